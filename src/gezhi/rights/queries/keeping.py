"""What has been kept long enough: for each kind of record how many rows have come to the end of their time, and when
the next one does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.timezone import localdate

from gezhi.cases.models import Evidence
from gezhi.cases.world import known_world
from gezhi.lib.personal import RETENTIONS, Name, Retention
from gezhi.rights.queries.columns import columns_of
from gezhi.rights.queries.sql import rows_of
from gezhi.rights.tags import all_tags
from gezhi.rights.wiping import blank

ORPHAN: Final = timedelta(days=7)  # a photo that was uploaded and never sent


@dataclass(frozen=True, slots=True)
class Lot:
    """The columns of a table that share a length of keeping. `due`: SQL over the table as `t` that is true of rows
    whose time is over, with %(until)s; `begins`: the instant from which it counts."""

    table: str
    retention: Retention
    days: int
    columns: tuple[str, ...]
    what: tuple[Name, ...]
    begins: str
    full: str
    deletes: bool

    @property
    def due(self) -> str:
        return f"({self.begins})::timestamptz < %(until)s AND ({self.full})"


@dataclass(frozen=True, slots=True)
class Due:
    """`rows`: how many have come to the end of their time. `held`: how many there are besides. `next_at`: when the
    next one comes to its end, None where none counts yet."""

    lot: Lot
    rows: int
    held: int
    next_at: datetime | None


def days_of(retention: Retention) -> int | None:
    """As the pack `rights` or the staff have set it; the tag's own where no pack is published."""
    if retention.days is None:
        return None
    number = known_world().catalogue.number(retention.parameter, localdate())
    return retention.days if number is None else int(number)


def lengths() -> dict[str, int | None]:
    """By the key of a retention."""
    return {one.key: days_of(one) for one in RETENTIONS}


def lots() -> Iterator[Lot]:
    tags = all_tags()
    days = lengths()
    for table in tags.tables:
        held, columns = tags.holds(table), tags.of_table(table)
        for retention in dict.fromkeys(tag.retention for tag in columns.values()):
            length = days[retention.key]
            mine = tuple(name for name, tag in columns.items() if tag.retention == retention)
            if length is not None and retention.since in held.begins:
                yield Lot(
                    table=table,
                    retention=retention,
                    days=length,
                    columns=mine,
                    what=tuple(columns[name].what for name in mine),
                    begins=held.begins[retention.since],
                    full="true" if held.delete else blank(held, mine, columns_of(table)).full,
                    deletes=held.delete,
                )


def dues(now: datetime) -> list[Due]:
    return [_due(lot, now) for lot in lots()]


def _due(lot: Lot, now: datetime) -> Due:
    until = now - timedelta(days=lot.days)
    over, every, first = rows_of(
        f"SELECT count(*) FILTER (WHERE began < %(until)s), count(*), min(began) FILTER (WHERE began >= %(until)s)"
        f' FROM (SELECT ({lot.begins})::timestamptz AS began FROM "{lot.table}" t WHERE {lot.full}) AS rows',
        {"until": until},
    )[0]
    return Due(lot, over, every - over, None if first is None else first + timedelta(days=lot.days))


def orphans(now: datetime) -> list[str]:
    """Keys of photos that lie in the folder of evidence, were never sent with anything, and are a week old."""
    folder = Path(settings.DATA_DIR) / "evidence"
    old = (now - ORPHAN).timestamp()
    found = {path.stem: path for path in folder.glob("*/*.json") if path.stat().st_mtime < old}
    used = {str(key) for key in Evidence.objects.filter(key__in=found).values_list("key", flat=True)}
    return sorted(found.keys() - used - _walked(found.keys() - used))


def _walked(keys: set[str]) -> set[str]:
    """Photos of patrols and visits."""
    if not keys:
        return set()
    found = rows_of(
        "SELECT DISTINCT key::text FROM rounds_round, unnest(photos) AS key WHERE photos && %s::uuid[]",
        [sorted(keys)],
    )
    return {key for (key,) in found}
