"""Old days of readings go into files. A day leaves the table when the file was read back and has the same readings.

The file is whole on the disk before the row names it, and the table lets go in the transaction of that row: at no
moment, and after no kill, is a reading in neither or lost. What comes for such a day later is kept in the table, told
as new, and joined with the file the next time; where both have a series and instant, the file's reading stays.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import OperationalError, connection, transaction

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.lib.durable import keep_name
from gezhi.sensing.actions.days import FIRST
from gezhi.sensing.archive import WHOLE, Sums, Written, held_bits, merged, read, write
from gezhi.sensing.columns import Columns
from gezhi.sensing.models import ArchivedDay
from gezhi.sensing.queries.archived import ends_of, folder, path_of, rows_of_day, standing_days

LEAST: Final = 2  # days at hand: a day that may still be running is never taken
MOST: Final = 60  # days of one run
LINGERS: Final = timedelta(days=1)  # a file that no row names any more, for those who read it
_TRIES: Final = 5
# Shorter than PostgreSQL's look for deadlocks: a batch that waits for the day while we wait for the table goes on.
_PATIENCE: Final = "SET LOCAL lock_timeout = '500ms'"
_SUMS: Final = """
SELECT count(*), coalesce(sum(datastream_id::bigint), 0), coalesce(sum((extract(epoch FROM at) * 1000)::bigint), 0),
    coalesce(sum(('x' || encode(float8send(value), 'hex'))::bit(64)::bigint), 0), coalesce(sum(mark::bigint), 0)
FROM sensing_reading WHERE at >= %s AND at < %s
"""
# A corrected reading has the id of the time that it had, unless a reading of that time has it: one in a file for good.
_KEEP_IDS: Final = """
UPDATE sensing_extra x SET body = x.body - 'from' FROM sensing_reading r
WHERE (x.body->>'from')::bigint IS NOT NULL AND r.at >= %s AND r.at < %s AND r.datastream_id = x.datastream_id
AND r.at = timestamptz 'epoch' + (x.body->>'from')::bigint * interval '1 millisecond'
"""
_FORGET_REST: Final = "DELETE FROM sensing_reading_rest WHERE at >= %s AND at < %s"
_DROP: Final = "SELECT gezhi_drop_reading_day(%s)"


def archive_days(now: datetime, at_hand: int) -> list[date]:
    """Every day that is older than `at_hand` days, oldest first, at most 60. Returns those that went. A day that is
    being written to or read for long is left for the next time. Raises ValueError below two days."""
    if at_hand < LEAST:
        raise ValueError(f"At least {LEAST} days of readings stay at hand; {at_hand} are asked for.")
    before = now.astimezone(UTC).date() - timedelta(days=at_hand)
    folder().mkdir(parents=True, exist_ok=True)
    _sweep(now)
    return [day for day in standing_days(before)[:MOST] if archive_day(day, now)]


def archive_day(day: date, now: datetime) -> bool:
    """False: there is nothing of it, or others hold it."""
    known = ArchivedDay.objects.filter(day=day).first()
    for _ in range(_TRIES):
        draft = folder() / f"{day.isoformat()}.parquet.draft"
        standing, written = _written(day, known, draft)
        if not standing.rows:
            draft.unlink(missing_ok=True)
            return _give_up_empty(day)
        path = _named(draft, day)
        with suppress(OperationalError):
            if _hand_over(day, path, standing, written, now):
                return True
        path.unlink(missing_ok=True)
        time.sleep(0.2)
    return False


def _written(day: date, known: ArchivedDay | None, draft: Path) -> tuple[Sums, Written]:
    """What stands in the table; and the file of that and of what was archived before."""
    if known is None:
        written = write(draft, rows_of_day(day))
        return written.sums, written
    late = Columns.joined(list(rows_of_day(day)))
    return Sums.of(late), write(draft, merged(read(path_of(known)), late))


def _named(draft: Path, day: date) -> Path:
    """Under a name that no row had: the old file lasts as long as it is read, and as a backup may need it."""
    path = folder() / f"{day.isoformat()}-{time.time_ns():x}.parquet"
    draft.rename(path)
    keep_name(path.parent)
    return path


def _hand_over(day: date, path: Path, standing: Sums, written: Written, now: datetime) -> bool:
    """False: something came meanwhile. Raises OperationalError: others hold the day."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PATIENCE)
        in_rest = day < FIRST
        table = "sensing_reading_rest" if in_rest else f"sensing_reading_{day:%Y%m%d}"
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(_SUMS, list(ends_of(day)))
        rows, *sums = cursor.fetchone()
        if Sums(int(rows), *(int(one) % WHOLE for one in sums)) != standing:
            return False
        keep_day(day, path, written, now)
        cursor.execute(_KEEP_IDS, list(ends_of(day)))
        cursor.execute(_FORGET_REST, list(ends_of(day))) if in_rest else cursor.execute(_DROP, [day])
        facts: dict[str, Fact] = {"rows": written.sums.rows, "new": standing.rows, "sha256": written.sha256}
        record("sensing.archived", f"readings:{day.isoformat()}", facts)
    return True


def keep_day(day: date, path: Path, written: Written, now: datetime) -> None:
    """Inside the transaction of the action that wrote the file."""
    values = {
        "file": path.name,
        "rows": written.sums.rows,
        "bytes": written.bytes,
        "sha256": written.sha256,
        "holds": held_bits(written.holds),
        "made_at": now,
    }
    ArchivedDay.objects.update_or_create(day=day, defaults=values)


def _give_up_empty(day: date) -> bool:
    """A day of which nothing is left has no table; it is no archived day either."""
    with suppress(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PATIENCE)
        cursor.execute(f"LOCK TABLE sensing_reading_{day:%Y%m%d} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(_SUMS, list(ends_of(day)))
        if cursor.fetchone()[0] == 0:
            cursor.execute(_DROP, [day])
    return False


def _sweep(now: datetime) -> None:
    """Files that no row names: replaced, or left by a run that was killed."""
    named = set(ArchivedDay.objects.values_list("file", flat=True))
    for path in _files():
        age = now.timestamp() - path.stat().st_mtime
        if path.name not in named and age > LINGERS.total_seconds():
            path.unlink(missing_ok=True)


def _files() -> Iterator[Path]:
    yield from folder().glob("*.parquet")
    yield from folder().glob("*.parquet.draft")


def days_at_hand() -> int:
    """What the node's settings say."""
    return int(settings.READINGS_AT_HAND)
