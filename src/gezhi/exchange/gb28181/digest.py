"""Digest access authentication (RFC 2617, MD5) as GB/T 28181 asks of devices that register. Pure.

MD5 is the standard's choice, not ours: it keeps the secret off the wire and nothing more. Nonces are signed and hold
their own time, so that nothing is kept for whoever only asks for one.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LASTS: Final = 300  # seconds of a nonce
_PAIR: Final = re.compile(r'([a-z]{1,20})\s*=\s*(?:"([^"\\]{0,300})"|([^\s",]{1,300}))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Nonces:
    """`key`: of this process or node. A nonce counts only for the address that asked for it."""

    key: bytes

    def fresh(self, address: str, now: float) -> str:
        at = f"{int(now):x}"
        return f"{at}.{self._sign(at, address)}"

    def age(self, nonce: str, address: str, now: float) -> float | None:
        """Seconds; None: it is none of ours, or another address's."""
        at, _, sign = nonce.partition(".")
        if not nonce.isascii() or not re.fullmatch(r"[0-9a-f]{1,12}", at):
            return None
        if not hmac.compare_digest(sign, self._sign(at, address)):
            return None
        return now - int(at, 16)

    def _sign(self, at: str, address: str) -> str:
        return hmac.new(self.key, f"{at} {address}".encode(), hashlib.sha256).hexdigest()[:32]


def challenge(realm: str, nonce: str, *, stale: bool = False) -> str:
    ends = ", stale=true" if stale else ""
    return f'WWW-Authenticate: Digest realm="{realm}", nonce="{nonce}", algorithm=MD5, qop="auth"{ends}'


def answered(header: str) -> dict[str, str]:
    """The parts of `Digest username="...", ...`, by lower names; empty for another scheme, and beyond ASCII."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "digest" or not header.isascii():
        return {}
    return {name.lower(): quoted or plain for name, quoted, plain in _PAIR.findall(rest[:2000])}


def proves(parts: Mapping[str, str], *, username: str, realm: str, secret: str, method: str) -> bool:
    """Whether these parts could only be made with the secret. Of the nonce nothing is asked here."""
    if parts.get("username") != username or parts.get("realm") != realm:
        return False
    if parts.get("algorithm", "MD5").upper() != "MD5":
        return False
    first = _md5(f"{username}:{realm}:{secret}")
    second = _md5(f"{method}:{parts.get('uri', '')}")
    nonce, qop = parts.get("nonce", ""), parts.get("qop", "")
    if qop == "auth":
        middle = f"{nonce}:{parts.get('nc', '')}:{parts.get('cnonce', '')}:auth"
    elif qop == "":
        middle = nonce
    else:
        return False
    return hmac.compare_digest(
        _md5(f"{first}:{middle}:{second}").encode(), parts.get("response", "").lower().encode()
    )


def answer_to(challenge: str, *, username: str, secret: str, method: str, uri: str) -> str:
    """The header by which a device answers a challenge. Raises KeyError for one without realm or nonce."""
    parts = answered(challenge)
    realm, nonce, count, mine = parts["realm"], parts["nonce"], "00000001", secrets.token_hex(4)
    first, second = _md5(f"{username}:{realm}:{secret}"), _md5(f"{method}:{uri}")
    proof = _md5(f"{first}:{nonce}:{count}:{mine}:auth:{second}")
    return (
        f'Digest username="{username}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{proof}",'
        f' algorithm=MD5, qop=auth, nc={count}, cnonce="{mine}"'
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
