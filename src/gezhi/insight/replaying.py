"""A day told again: how the number of open and overdue cases changed, place by place. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

STEP: Final = 60  # seconds: changes of one place within a minute are one


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a case: after it, the case stood in `state` with the limit `due_at`."""

    case_id: int
    at: datetime
    procedure: str
    state: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """`second`: of the day; `open`, `overdue`: by how much their numbers changed at the place."""

    second: int
    place: str
    open: int
    overdue: int


Stood = tuple[int, int]  # open, overdue: each 0 or 1
NOWHERE: Final[Stood] = 0, 0


def stood_after(event: Told | None, ended: Collection[str]) -> Stood:
    """`ended`: 'procedure state' of the states that are not open. A case is overdue once that was noted."""
    if event is None or f"{event.procedure} {event.state}" in ended:
        return NOWHERE
    return 1, int(event.due_at is not None and event.due_at <= event.at)


def changes(
    events: Iterable[Told],
    before: Mapping[int, Stood],
    places: Mapping[int, str],
    since: datetime,
    ended: Collection[str],
) -> Sequence[Change]:
    """Of the events of a day, each case's in order. `before`: how cases stood as the day began; `places`: by case."""
    stood = dict(before)
    summed: Counter[tuple[int, str, int]] = Counter()
    for event in events:
        was, now = stood.get(event.case_id, NOWHERE), stood_after(event, ended)
        second = int((event.at - since).total_seconds()) // STEP * STEP
        for part in (0, 1):
            summed[second, places[event.case_id], part] += now[part] - was[part]
        stood[event.case_id] = now
    moments = sorted({(second, place) for (second, place, _part), by in summed.items() if by})
    return [Change(*moment, summed[*moment, 0], summed[*moment, 1]) for moment in moments]
