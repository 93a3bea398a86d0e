"""SM4 over the data area (HJ 212-2025, 6.4.2 and annex A.2): ECB, whole groups of 16 bytes written as {0xE4,0x3E,..},
the rest of fewer than 16 plain behind them. The checksum is that of the plain segment."""

import re
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB

from gezhi.exchange.hj212.refusing import Refused, Why

GROUP: Final = 16
_CIPHERED: Final = re.compile(rb"\{(0x[0-9A-Fa-f]{2}(?:,0x[0-9A-Fa-f]{2})*)\}([!-%'-z|~]{0,15})")


def needs_cipher(cn: bytes) -> bool:
    """What must be ciphered on a public network (6.4.4): data 2000 to 2999, 1014 and 3020."""
    return cn[:1] == b"2" or cn in (b"1014", b"3020")


def is_ciphered(content: bytes) -> bool:
    return content[:1] == b"{"


def deciphered(content: bytes, key: bytes) -> bytes:
    found = _CIPHERED.fullmatch(content)
    if found is None:
        raise Refused(Why.CIPHER, content[:24])
    ciphered = bytes.fromhex(found[1].replace(b",", b"").replace(b"0x", b"").decode())
    if len(ciphered) % GROUP:
        raise Refused(Why.CIPHER, f"{len(ciphered)} bytes")
    decryptor = Cipher(SM4(key), ECB()).decryptor()  # noqa: S305 - the standard's own mode
    return decryptor.update(ciphered) + decryptor.finalize() + found[2]


def ciphered(content: bytes, key: bytes) -> bytes:
    whole = len(content) - len(content) % GROUP
    encryptor = Cipher(SM4(key), ECB()).encryptor()  # noqa: S305
    done = encryptor.update(content[:whole]) + encryptor.finalize()
    return b"{%b}%b" % (b",".join(b"0x%02X" % byte for byte in done), content[whole:])
