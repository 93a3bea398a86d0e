"""Many ISO 8601 times at once: texts of one form are read as one block of bytes. Pure."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gezhi.exchange.sensorthings.expressions import BadQuery, instant_of

Int64 = NDArray[np.int64]
Bools = NDArray[np.bool_]
# length of a text -> digits of its fraction, and whether an offset stands where Z would
_FORMS: Final = {20: (0, False), 24: (3, False), 27: (6, False), 25: (0, True), 29: (3, True), 32: (6, True)}
_PLACES: Final = ((0, 4), (5, 2), (8, 2), (11, 2), (14, 2), (17, 2))  # year to second: where, how many digits
_BETWEEN: Final = ((4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"))
_DAYS: Final = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_DAY_MS: Final = 86_400_000


def times_of(texts: Sequence[object]) -> tuple[Int64, Bools]:
    """Milliseconds since 1970 UTC, and which are usable; the others are 0. A fraction is cut to milliseconds."""
    if not texts:
        return np.zeros(0, np.int64), np.zeros(0, np.bool_)
    if set(map(type, texts)) == {str}:
        lengths = set(map(len, texts))  # type: ignore[arg-type]
        joined = "".join(texts)  # type: ignore[arg-type]
        if len(lengths) == 1 and joined.isascii() and (form := _FORMS.get(min(lengths))):
            block = np.frombuffer(joined.encode(), np.uint8).reshape(len(texts), -1)
            return _of_one_form(block, *form)
    return _one_by_one(texts)


def _one_by_one(texts: Sequence[object]) -> tuple[Int64, Bools]:
    found, usable = np.zeros(len(texts), np.int64), np.ones(len(texts), np.bool_)
    for at, text in enumerate(texts):
        try:
            instant = instant_of(text if isinstance(text, str) else "")
            found[at] = int(instant.timestamp()) * 1000 + instant.microsecond // 1000
        except BadQuery:
            usable[at] = False
    return found, usable


def _of_one_form(block: NDArray[np.uint8], fraction: int, has_offset: bool) -> tuple[Int64, Bools]:
    usable = np.ones(len(block), np.bool_)
    for at, mark in _BETWEEN:
        usable &= block[:, at] == ord(mark)
    year, month, day, hour, minute, second = (_digits(block, at, count, usable) for at, count in _PLACES)
    usable &= (month >= 1) & (month <= 12) & (day >= 1) & (day <= _DAYS[np.clip(month, 0, 12)])
    usable &= (month != 2) | (day < 29) | (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    usable &= (hour < 24) & (minute < 60) & (second < 60) & (year > 0)
    ms = (_days(year, month, day) * _DAY_MS) + ((hour * 60 + minute) * 60 + second) * 1000
    if fraction:
        usable &= (block[:, 19] == ord(".")) | (block[:, 19] == ord(","))
        ms += _digits(block, 20, 3, usable)
        if fraction > 3:
            _digits(block, 23, 3, usable)
    ms -= _offset(block, usable) if has_offset else _zulu(block, usable)
    return np.where(usable, ms, 0), usable


def _digits(block: NDArray[np.uint8], at: int, count: int, usable: Bools) -> Int64:
    found = np.zeros(len(block), np.int64)
    for place in range(at, at + count):
        digit = block[:, place] - np.uint8(48)  # what is below "0" wraps round to above 9
        usable &= digit <= 9
        found = found * 10 + digit
    return found


def _days(year: Int64, month: Int64, day: Int64) -> Int64:
    """Since 1970-01-01; years begin in March, so that the day of a leap year is the last."""
    shifted = year - (month <= 2)
    era, of_era = shifted // 400, shifted % 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def _zulu(block: NDArray[np.uint8], usable: Bools) -> int:
    usable &= (block[:, -1] == ord("Z")) | (block[:, -1] == ord("z"))
    return 0


def _offset(block: NDArray[np.uint8], usable: Bools) -> Int64:
    """In ms."""
    width = block.shape[1]
    sign = block[:, width - 6]
    usable &= ((sign == ord("+")) | (sign == ord("-"))) & (block[:, width - 3] == ord(":"))
    hours, minutes = _digits(block, width - 5, 2, usable), _digits(block, width - 2, 2, usable)
    usable &= (hours < 24) & (minutes < 60)
    return (hours * 60 + minutes) * 60_000 * np.where(sign == ord("-"), -1, 1)
