"""The checksum of HJ 212 (2005, 2017 and 2025: annex A).

A step keeps only the register's high byte: register = TABLE[(register >> 8) ^ byte]. Steps are linear over bits and the
eighth power of a step is the identity. So the checksum has 256 values and not 65,536, and it is the exclusive-or of all
groups of eight bytes, counted from the end, with eight look-ups after that: 1.5 microseconds for a frame of 422 bytes
where a loop over a table takes 10.

What follows for whoever trusts it: one changed byte is always seen, of several changes one in 256 is not, and two bytes
that change places at a distance of 8, 16, 24 .. never are. The other checks have to carry the weight.
"""

from typing import Final

_POLYNOMIAL: Final = 0xA001
_START: Final = 0xFFFF
_FOLDS: Final = tuple(
    (64 << n, (1 << (64 << n)) - 1) for n in range(6, -1, -1)
)  # 4096 bits .. 64: width, mask


def _shifted(register: int) -> int:
    for _ in range(8):
        register = (register >> 1) ^ _POLYNOMIAL if register & 1 else register >> 1
    return register


_TABLE: Final = tuple(_shifted(value) for value in range(256))


def _after(steps: int) -> bytes:
    """What each high byte becomes after so many steps over zeros."""
    became = bytes(range(256))
    for _ in range(steps):
        became = bytes(_TABLE[high] >> 8 for high in became)
    return became


_AFTER: Final = tuple(_after(steps) for steps in range(8))
_BEGUN: Final = tuple(row[_START >> 8] for row in _AFTER)  # by length modulo 8
_WHOLE: Final = {register >> 8: register for register in _TABLE}
_A, _B, _C, _D, _E, _F, _G, _H = (_AFTER[steps % 8] for steps in range(8, 0, -1))


def checksum(segment: bytes) -> int:
    """Of a data segment: 0 to 0xFFFF."""
    if not segment:
        return _START
    folded = int.from_bytes(segment, "big")
    for width, mask in _FOLDS:
        while folded > mask:
            folded = (folded & mask) ^ (folded >> width)
    a, b, c, d, e, f, g, h = folded.to_bytes(8, "big")
    return _WHOLE[_BEGUN[len(segment) & 7] ^ _A[a] ^ _B[b] ^ _C[c] ^ _D[d] ^ _E[e] ^ _F[f] ^ _G[g] ^ _H[h]]


def modbus_checksum(segment: bytes) -> int:
    """As some devices compute it by mistake: the byte meets the whole register."""
    register = _START
    for byte in segment:
        register = (register >> 8) ^ _TABLE[(register ^ byte) & 0xFF]
    return register
