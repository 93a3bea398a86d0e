"""What a cell says, whatever the file that it stands in: the same for a workbook, CSV, JSON or a pasted text. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

LONGEST: Final = 4000  # characters of a cell that are read
SMALL: Final = 1000  # whole numbers below are counts and marks: every table is full of them
_HUGE: Final = Decimal(10) ** 40  # no code or key is longer
_NUMBER: Final = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:e[+-]?\d{1,3})?")
_DAY: Final = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
_CLOCK: Final = r"(\d{1,2})[:时](\d{2})(?:[:分](\d{2})(?:[.,](\d{1,9}))?秒?|分)?"
_INSTANT: Final = re.compile(_DAY + r"(?:[t\s]*" + _CLOCK + r"\s*(z|[+-]\d{2}:?\d{2})?)?")
_HALF: Final = timedelta(milliseconds=500)
_UNSEEN: Final = frozenset(("Cf", "Cc"))


@dataclass(frozen=True, slots=True)
class Told:
    """`exact`: the whole of what the cell says; "" says nothing. `coarse`: a time without its seconds, else "".

    Only times to the second have both: their last digit is where an export is told from another.
    """

    exact: str
    coarse: str = ""


NOTHING: Final = Told("")


def told(value: object, zone: tzinfo) -> Told:
    """`zone`: the clock that times without one are read by."""
    if value is None or isinstance(value, bool):
        return NOTHING
    if isinstance(value, datetime):
        return _instant(value, zone)
    if isinstance(value, date):
        return Told(value.isoformat())
    if isinstance(value, int | float | Decimal):
        return _number(value)
    return _text(str(value)[:LONGEST], zone)


def leaves(value: object) -> Iterator[object]:
    """The cells of a JSON value, however deep they stand."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            waiting += reversed(list(one.values()))
        elif isinstance(one, Sequence) and not isinstance(one, str | bytes):
            waiting += reversed(one)
        else:
            yield one


@lru_cache(maxsize=65536)
def _text(text: str, zone: tzinfo) -> Told:
    plain = " ".join(_seen(unicodedata.normalize("NFKC", text)).casefold().split()).removeprefix("'")
    if _NUMBER.fullmatch(plain):
        return _number(plain.replace(",", ""))
    found = _INSTANT.fullmatch(plain)
    if found:
        return _read(found, zone) or Told(plain)
    return Told(plain) if len(plain) > 1 else NOTHING


def _seen(text: str) -> str:
    """Without characters that nobody sees; a line break is a blank."""
    if text.isprintable():
        return text
    return "".join(
        " " if one in "\n\r\t" else one
        for one in text
        if one in "\n\r\t" or unicodedata.category(one) not in _UNSEEN
    )


def _number(given: str | int | float | Decimal) -> Told:
    try:
        value = Decimal(repr(given) if isinstance(given, float) else given)
        if abs(value) >= _HUGE:
            return NOTHING
        plain = f"{value:.6f}".rstrip("0").rstrip(".")
    except (InvalidOperation, ValueError):
        return NOTHING
    whole = "." not in plain
    return NOTHING if whole and abs(value) < SMALL else Told(plain.removeprefix("+"))


def _read(found: re.Match[str], zone: tzinfo) -> Told | None:
    year, month, day, hour, minute, second, part, offset = found.groups()
    try:
        if hour is None:
            return Told(date(int(year), int(month), int(day)).isoformat())
        micro = int((part or "").ljust(6, "0")[:6])
        at = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micro)  # noqa: DTZ001
        return _instant(datetime.fromisoformat(at.isoformat() + offset.upper()) if offset else at, zone)
    except ValueError:
        return None


def _instant(at: datetime, zone: tzinfo) -> Told:
    """To the nearest second: a workbook keeps times as parts of a day and is off by some microseconds."""
    local = at.astimezone(zone).replace(tzinfo=None) if at.tzinfo else at
    near = (local + _HALF).replace(microsecond=0) if local < datetime.max - _HALF else local  # noqa: DTZ901
    if not (near.hour or near.minute or near.second):
        return Told(near.date().isoformat())
    minute = near.isoformat(timespec="minutes")
    return Told(near.isoformat(), minute) if near.second else Told(minute)
