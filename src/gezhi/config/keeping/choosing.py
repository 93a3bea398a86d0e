"""To which moment, from which copy, by which part of the log: decided from what the store holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gezhi.config.keeping.store import Base, Mark, NoBackup, Store
from gezhi.config.keeping.wal import Ancestry, ancestry, reach

LATEST: Final = "latest"
END: Final = "end"


@dataclass(frozen=True, slots=True)
class Way:
    """`options`: what PostgreSQL is told of where to stop. `until`: no more of the log is needed than up to here.
    `at`: the moment that is reached, as far as it is known beforehand."""

    base: Base
    line: Ancestry
    until: int
    options: tuple[tuple[str, str], ...]
    at: datetime
    last: Mark


class NotKept(Exception):
    """The backup does not hold that moment; the message says which it holds."""


def way_to(store: Store, to: str | datetime) -> Way:
    """Raises NoBackup, NotKept."""
    marks = list(store.marks())
    if not marks:
        raise NoBackup(
            f"{store.folder} has no complete copy yet: nobody has followed the node to a first mark."
        )
    if isinstance(to, datetime):
        return _to_time(store, marks, to)
    last = marks[-1]
    if to == END:
        way = _way(store, last, last, (), last.at)
        end = reach(store, way.base.start_lsn, last.timeline, way.base.segment_size)
        return Way(way.base, way.line, max(end, last.lsn), (), last.at, last)
    return _way(store, last, last, (("recovery_target_name", last.name),), last.at)


def _to_time(store: Store, marks: Sequence[Mark], moment: datetime) -> Way:
    if moment < marks[0].at:
        raise NotKept(
            f"The backup reaches back to {marks[0].at.isoformat()}; {moment.isoformat()} is before that."
        )
    after = next((n for n, mark in enumerate(marks) if mark.at > moment), None)
    if after is None:
        complete = store.state().get("complete_at") or marks[-1].at.isoformat()
        if moment > datetime.fromisoformat(complete):
            raise NotKept(
                f"The backup is complete to {complete}; {moment.isoformat()} is after that. Take 'latest'."
            )
        last = marks[-1]
        return _way(store, last, last, (("recovery_target_name", last.name),), last.at)
    before, mark = marks[max(after - 1, 0)], marks[after]
    return _way(store, before, mark, (("recovery_target_time", moment.isoformat(" ")),), moment)


def _way(store: Store, before: Mark, mark: Mark, options: tuple[tuple[str, str], ...], at: datetime) -> Way:
    """From the newest copy of the database that was complete at `before`."""
    line = ancestry(store, mark.timeline)
    for base in reversed(store.bases()):
        fits = base.stop_lsn <= before.lsn and line.at(base.stop_lsn) == base.timeline
        if fits and reach(store, base.start_lsn, mark.timeline, base.segment_size) >= mark.lsn:
            return Way(base, line, mark.lsn, options, at, mark)
    raise NoBackup(
        f"{store.folder} has no copy of the database from which the log leads to {at.isoformat()}."
    )
