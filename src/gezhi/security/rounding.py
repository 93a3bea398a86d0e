"""The invisible mark of an export: which way it rounds what has to be rounded anyway. Pure.

A time that is kept to the microsecond is told to the second, a number with many digits to six. Rounding up is as
true as rounding down: neither is off by more than one unit of the last digit that is told. Each export has a key,
and the key decides for every value which way it goes; two exports of the same rows differ in about half of their
marked values. Nothing is added, nothing reordered, and a value that needs no rounding is never touched, so the mark
stands in the values themselves and lives through sorting, cutting, other formats and lost columns.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Final

KEY_BYTES: Final = 16
DIGITS: Final = 6  # after the point; fewer are left as they are
_UNIT: Final = Decimal(1).scaleb(-DIGITS)
_SECOND: Final = timedelta(seconds=1)


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def rounded(value: object, key: bytes) -> object:
    """The value as this export tells it. Other kinds of values come back as they are."""
    if isinstance(value, datetime):
        return _time(value, key)
    return _number(value, key) if isinstance(value, float) else value


def _time(value: datetime, key: bytes) -> datetime:
    if not value.microsecond:
        return value
    down = value.replace(microsecond=0)
    return down + _SECOND if _up(value.isoformat(), key) else down


def _number(value: float, key: bytes) -> float:
    exact = Decimal(repr(value))
    if not exact.is_finite():
        return value
    exponent = exact.as_tuple().exponent
    assert isinstance(exponent, int)
    if exponent >= -DIGITS or abs(exact) >= 10**9:  # beyond, a float holds no such digits
        return value
    near_zero = exact.quantize(_UNIT, ROUND_DOWN)
    away = _UNIT.copy_sign(exact)
    return float(near_zero + away if _up(repr(value), key) else near_zero)


def _up(value: str, key: bytes) -> bool:
    return bool(hashlib.blake2b(value.encode(), key=key, digest_size=1).digest()[0] & 1)
