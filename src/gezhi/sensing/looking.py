"""What a list of things or warnings, and a history, are asked for, as an address has it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from gezhi.lib.codes import is_code

LEVEL_KEYS: Final = ("blue", "yellow", "orange", "red")


class State(StrEnum):
    """How a thing stands: the worst of its datastreams."""

    ALARMING = "alarming"
    SILENT = "silent"
    MARKED = "marked"
    GOOD = "good"


class Standing(StrEnum):
    OPEN = "open"
    ENDED = "ended"
    ALL = ""


class BadFilter(ValueError):
    """A filter that cannot be understood."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field


@dataclass(frozen=True, slots=True)
class ThingFilters:
    """ "" and None: any. `due`: calibration or service is due."""

    text: str = ""
    kind: str = ""
    place: str = ""
    unit: int | None = None
    state: State | None = None
    due: bool = False


@dataclass(frozen=True, slots=True)
class WarningFilters:
    standing: Standing = Standing.OPEN
    monitor: str = ""
    place: str = ""
    level: int = 0
    unanswered: bool = False  # that nobody acknowledged


def read_thing_filters(query: Mapping[str, str]) -> ThingFilters:
    """Raises BadFilter."""
    state = query.get("state", "")
    if state and state not in set(State):
        raise BadFilter("state", f"must be one of {', '.join(State)}")
    unit = query.get("unit", "")
    if unit and not (unit.isascii() and unit.isdigit() and len(unit) < 18):
        raise BadFilter("unit", "must be the number of a unit")
    return ThingFilters(
        text=_plain(query.get("text", "")),
        kind=_plain(query.get("kind", "")),
        place=_place(query.get("place", "")),
        unit=int(unit) if unit else None,
        state=State(state) if state else None,
        due=query.get("due", "") == "1",
    )


def read_warning_filters(query: Mapping[str, str]) -> WarningFilters:
    """Raises BadFilter."""
    standing, level = query.get("standing", Standing.OPEN), query.get("level", "")
    if standing not in set(Standing):
        raise BadFilter("standing", "must be open, ended or empty")
    if level and level not in LEVEL_KEYS:
        raise BadFilter("level", f"must be one of {', '.join(LEVEL_KEYS)}")
    return WarningFilters(
        standing=Standing(standing),
        monitor=_plain(query.get("monitor", "")),
        place=_place(query.get("place", "")),
        level=LEVEL_KEYS.index(level) + 1 if level else 0,
        unanswered=query.get("unanswered", "") == "1",
    )


def _plain(text: str) -> str:
    return text.replace("\0", "").strip()[:60]


def _place(code: str) -> str:
    if code and not is_code(code):
        raise BadFilter("place", "must be a code of 12, 15 or 16 digits")
    return code


@dataclass(frozen=True, slots=True)
class Span:
    """`length` back from the end of the bucket that holds now, in buckets of `bucket`."""

    key: str
    length: timedelta
    bucket: timedelta

    def ends(self, now: datetime) -> tuple[datetime, datetime]:
        """Whole buckets, counted from midnight of the city's clock."""
        width = round(self.bucket.total_seconds())
        turned = -(-(round(now.timestamp()) + BEIJING) // width) * width - BEIJING
        end = datetime.fromtimestamp(turned, UTC)
        return end - self.length, end


BEIJING: Final = 8 * 3600  # seconds by which the city's clock is ahead of UTC
DAY: Final = timedelta(days=1)
SPANS: Final[Mapping[str, Span]] = {
    one.key: one
    for one in (
        Span("24h", DAY, timedelta(minutes=15)),
        Span("7d", 7 * DAY, timedelta(hours=2)),
        Span("30d", 30 * DAY, timedelta(hours=6)),
    )
}


def span_of(text: str) -> Span:
    """That of a day where it cannot be understood."""
    return SPANS.get(text, SPANS["24h"])
