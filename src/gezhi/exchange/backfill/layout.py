"""How a file says when, what and how much; rows of it as readings. Pure."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from gezhi.exchange.files.rows import FileUnreadable, Row, Table
from gezhi.sensing.columns import FROM_DEVICE
from gezhi.sensing.past import Past, Wrong

BLANKS: Final = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "--"})
SECONDS_BELOW: Final = 100_000_000_000  # a plain number below is seconds since 1970, else milliseconds
_PARTS: Final = 3  # year, month, day at the least
BEIJING: Final = timezone(timedelta(hours=8))


class BadLayout(ValueError):
    """What was said of the columns cannot be; the message says what is possible."""


class BadCell(ValueError):
    """A cell that is no time, number or mark."""


@dataclass(frozen=True)
class Layout:
    """`time`: the column of the instant, or several of year, month, day, hour, minute in this order. Either each row
    names its `series` (its number, or THING/PROPERTY) and has one `value`; or `columns` says which column is which
    series. `mark`: a column of numbers of marks, "" for none. `zone`: of times that name none."""

    time: tuple[str, ...] = ("at",)
    series: str = "series"
    value: str = "value"
    mark: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    zone: timezone = BEIJING

    def needed(self) -> list[str]:
        named = list(self.columns) if self.columns else [self.series, self.value]
        return [*self.time, *named, *([self.mark] if self.mark else [])]


def checked(table: Table, layout: Layout) -> None:
    """Raises FileUnreadable: a column that the layout names is not in the file."""
    lacking = [name for name in layout.needed() if table.columns and name not in table.columns]
    if lacking:
        there = ", ".join(table.columns[:30])
        raise FileUnreadable(f"The file has no column '{lacking[0]}'. It has: {there}.")


def readings_in(rows: Iterable[Row], layout: Layout) -> Iterator[Past | Wrong]:
    """An empty cell is no reading and no fault."""
    for row in rows:
        if row.fault is not None:
            yield Wrong(row.number, "", row.fault.problem, "bad-row")
            continue
        try:
            at = instant_in([row.values.get(name, "") for name in layout.time], layout.zone)
        except BadCell as bad:
            found = " ".join(_plain(row.values.get(name, "")) for name in layout.time)
            yield Wrong(row.number, "", str(bad), "bad-time", "time", found[:60])
            continue
        try:
            mark = _mark(row.values.get(layout.mark, "")) if layout.mark else 0
        except BadCell as bad:
            yield Wrong(
                row.number, "", str(bad), "bad-mark", "mark", _plain(row.values.get(layout.mark))[:60]
            )
            continue
        for series, cell in _cells(row, layout):
            yield from _reading(row.number, series, at, cell, mark)


def _cells(row: Row, layout: Layout) -> Iterator[tuple[str, object]]:
    if not layout.columns:
        yield _plain(row.values.get(layout.series, "")), row.values.get(layout.value, "")
        return
    for column, series in layout.columns.items():
        yield series, row.values.get(column, "")


def _reading(number: int, series: str, at: int, cell: object, mark: int) -> Iterator[Past | Wrong]:
    if _plain(cell).lower() in BLANKS:
        return
    try:
        value = float(cell) if isinstance(cell, int | float) else float(_plain(cell))
    except ValueError:
        why = f"'{_plain(cell)[:40]}' is no number"
        yield Wrong(number, series, why, "bad-number", "value", _plain(cell)[:60])
        return
    yield Past(number, series, at, value, mark)


def instant_in(cells: list[object], zone: timezone) -> int:
    """Milliseconds since 1970 UTC. Raises BadCell."""
    if len(cells) >= _PARTS:
        return _ms(_from_parts(cells), zone)
    cell = cells[0]
    if isinstance(cell, datetime):
        return _ms(cell, zone)
    text = _plain(cell)
    try:
        number = float(text)
    except ValueError:
        try:
            return _ms(datetime.fromisoformat(text.replace("/", "-")), zone)
        except ValueError:
            raise BadCell(f"'{text[:40]}' is no time; e.g. 2026-11-22T08:00:00+08:00 is one") from None
    if not math.isfinite(number) or not abs(number) < SECONDS_BELOW * 1000:
        raise BadCell(f"'{text[:40]}' is no time")
    return round(number * 1000) if abs(number) < SECONDS_BELOW else round(number)


def _from_parts(cells: list[object]) -> datetime:
    texts = [_plain(cell) for cell in cells]
    try:
        year, month, day, *rest = (int(float(text)) for text in texts)
        hour, minute, second = (*rest, 0, 0, 0)[:3]
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the layout's zone comes next
    except (ValueError, OverflowError):
        raise BadCell(f"'{' '.join(texts)[:60]}' is no time") from None


def _ms(at: datetime, zone: timezone) -> int:
    aware = at if at.tzinfo else at.replace(tzinfo=zone)
    return round((aware - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)


def _mark(cell: object) -> int:
    text = _plain(cell)
    if text.lower() in BLANKS:
        return 0
    try:
        mark = int(float(text))
    except (ValueError, OverflowError):
        raise BadCell(f"'{text[:40]}' is no mark") from None
    if not 0 <= mark <= int(FROM_DEVICE):
        raise BadCell(f"the mark {mark} is none of a device's; 0 to {int(FROM_DEVICE)} are")
    return mark


def _plain(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def layout_of(time: str, series: str, value: str, mark: str, columns: Iterable[str], zone: str) -> Layout:
    """From the words of a command. `columns`: COLUMN=SERIES each. Raises BadLayout."""
    named: dict[str, str] = {}
    for text in columns:
        column, equal, wanted = text.rpartition("=")
        if not equal or not column.strip() or not wanted.strip():
            raise BadLayout(f"'{text[:60]}' is not COLUMN=SERIES, e.g. PM2.5=station-7/pm25.")
        named[column.strip()] = wanted.strip()
    return Layout(
        tuple(part.strip() for part in time.split(",") if part.strip()) or ("at",),
        series, value, mark, named, zone_in(zone),
    )  # fmt: skip


def zone_in(text: str) -> timezone:
    """+08:00. Raises BadLayout."""
    try:
        found = datetime.fromisoformat(f"2000-01-01T00:00:00{text}").tzinfo
    except ValueError:
        found = None
    if not isinstance(found, timezone):
        raise BadLayout(f"'{text[:20]}' is no zone; +08:00 is one.")
    return found
