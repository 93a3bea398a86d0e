"""Readings of the past from a file: through the one door in batches; what was not taken is told with its row."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

import numpy as np
from django.db import transaction

from gezhi.ledger.actions import record
from gezhi.sensing.actions.stores import milliseconds
from gezhi.sensing.actions.taking import take
from gezhi.sensing.columns import Columns, Fate, Int64
from gezhi.sensing.deciding import REASONS, refused
from gezhi.sensing.past import Past, Wrong
from gezhi.sensing.queries.named import series_named
from gezhi.sensing.queries.sensed import sensed

MOST: Final = 20_000  # readings of a batch
AGAINST: Final = "contradicts"
WORDS: Final = {
    "bad-row": "the row has not the columns of the header",
    "bad-time": "no time; e.g. 2026-11-22T08:00:00+08:00 is one",
    "bad-mark": "no mark of a device; whole numbers from 0 to 255 are",
    "bad-number": "no number",
    AGAINST: "another value is kept for this series and instant; it stays",
    "unknown-series": "there is no such datastream",
    "not-a-number": "the value is no finite number",
    "too-old": "the time is before 2000",
    "from-the-future": "the time is in the future",
}
FIELDS: Final = {
    AGAINST: "value", "unknown-series": "series", "not-a-number": "value", "too-old": "time", "from-the-future": "time",
}  # fmt: skip


@dataclass
class Backfilled:
    """Counts of readings; `wrong` of those that were not taken, contradicting ones among them."""

    read: int = 0
    new: int = 0
    again: int = 0
    wrong: int = 0
    known: dict[str, int] = field(default_factory=dict, repr=False)


def backfill(
    rows: Iterable[Past | Wrong],
    name: str,
    account_id: int | None,
    now: datetime,
    tell: Callable[[Wrong], None],
    done: Callable[[Backfilled], None] = lambda _: None,
    named: Callable[[Iterable[str]], dict[str, int]] = series_named,
) -> Backfilled:
    """Each batch is kept when the next is read: whoever is interrupted runs the file again, and what was kept is told
    as such. `name`: of the file, for the ledger. `done`: called after each batch. `named`: the series that may
    be written, by their names."""
    total = Backfilled()
    for batch in _batches(rows):
        for wrong in _keep(batch, f"file:{name}"[:80], now, total, named):
            total.wrong += 1
            tell(wrong)
        done(total)
    with transaction.atomic():
        counts = {"read": total.read, "new": total.new, "again": total.again, "wrong": total.wrong}
        record("sensing.backfilled", f"file:{name}"[:120], {**counts, "by": account_id})
    return total


def _batches(rows: Iterable[Past | Wrong]) -> Iterator[list[Past | Wrong]]:
    each = iter(rows)
    while batch := list(islice(each, MOST)):
        yield batch


def _keep(
    batch: list[Past | Wrong],
    source: str,
    now: datetime,
    total: Backfilled,
    named: Callable[[Iterable[str]], dict[str, int]],
) -> Iterator[Wrong]:
    yield from (one for one in batch if isinstance(one, Wrong))
    past = [one for one in batch if isinstance(one, Past)]
    total.read += len(batch)
    missing = {one.series for one in past} - total.known.keys()
    total.known |= dict.fromkeys(missing, 0) | named(missing)
    if not past:
        return
    columns = Columns.of(
        [total.known[one.series] for one in past],
        np.array([one.at for one in past], np.int64),
        [one.value for one in past],
        [one.mark for one in past],
    )
    taken = take(columns, source, now)
    total.new += taken.new
    total.again += taken.again
    for row, code in _unkept(columns, taken.fate.astype(np.int64), now):
        yield _wrong(past[row], code)


def _wrong(past: Past, code: str) -> Wrong:
    field = FIELDS[code]
    cell = {"series": past.series, "value": f"{past.value:g}"}.get(field, _time(past.at))
    return Wrong(past.number, past.series, WORDS[code], code, field, cell[:60])


def _time(at: int) -> str:
    """Of any number that a file may hold."""
    return f"{np.datetime64(at, 'ms')}Z"


def _unkept(columns: Columns, fate: Int64, now: datetime) -> Iterator[tuple[int, str]]:
    reasons = refused(columns, sensed().limits, milliseconds(now))
    for row in np.flatnonzero((fate == Fate.REFUSED) | (fate == Fate.CONTRADICTING)).tolist():
        yield row, AGAINST if fate[row] == Fate.CONTRADICTING else REASONS[reasons[row]]
