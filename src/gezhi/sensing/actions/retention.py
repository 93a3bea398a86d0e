"""How long readings are kept: each datastream says it in days, or the city does, for the table and the files alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
from django.conf import settings
from django.db import connection, transaction

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.lib.durable import keep_name
from gezhi.sensing.actions.archiving import keep_day
from gezhi.sensing.archive import read, series_in, without, write
from gezhi.sensing.columns import Int32, Int64
from gezhi.sensing.models import ArchivedDay, ForecastRow
from gezhi.sensing.queries.archived import ends_of, folder, path_of, standing_days

FORECASTS: Final = timedelta(days=400)  # what was said is kept for a year and a month, to be compared
_TERMS: Final = "SELECT id, keep_days FROM sensing_datastream"
_FORGET: Final = "DELETE FROM sensing_reading WHERE datastream_id = ANY(%s) AND at >= %s AND at < %s"
_FORGET_EXTRA: Final = "DELETE FROM sensing_extra WHERE datastream_id = ANY(%s) AND at < %s"


@dataclass(frozen=True, slots=True)
class Terms:
    """By number of the series: for how many days its readings are kept; 0: there is no such datastream any more."""

    days: Int64

    @classmethod
    def of(cls, kept: Mapping[int, int | None], usual: int) -> "Terms":
        days = np.zeros(max(kept, default=0) + 1, np.int64)
        for series, own in kept.items():
            days[series] = usual if own is None else own
        return cls(days)

    def over(self, series: Int32, age: int) -> Int32:
        """Those whose readings of a day so many days ago are to go."""
        known = series < len(self.days)
        kept = np.where(known, self.days[np.where(known, series, 0)], 0)
        return series[kept < age]

    def by_days(self) -> dict[int, list[int]]:
        """Series that there are, by their days."""
        return {
            int(days): np.flatnonzero(self.days == days).tolist() for days in np.unique(self.days) if days > 0
        }


@dataclass(frozen=True, slots=True)
class Gone:
    readings: int
    files: int
    forecasts: int


def forget_readings(now: datetime, usual: int) -> Gone:
    """What was kept long enough. `usual`: days for datastreams that do not say. A day is as old as the nights since."""
    today = now.astimezone(UTC).date()
    terms = _terms(usual)
    readings = sum(_forget_day(day, terms, today) for day in standing_days(today))
    files = 0
    for row in ArchivedDay.objects.order_by("day"):
        gone = terms.over(series_in(bytes(row.holds)), (today - row.day).days)
        if len(gone):
            readings += _forget_in_file(row, gone, now)
            files += 1
    return Gone(readings, files, _forget_beside(terms, today, now))


def _terms(usual: int) -> Terms:
    with connection.cursor() as cursor:
        cursor.execute(_TERMS)
        return Terms.of(dict(cursor.fetchall()), usual)


@transaction.atomic
def _forget_day(day: date, terms: Terms, today: date) -> int:
    age = (today - day).days
    over = [one for days, series in terms.by_days().items() if days < age for one in series]
    if not over:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [over, *ends_of(day)])
        gone = int(cursor.rowcount)
    if gone:
        record("sensing.forgotten", f"readings:{day.isoformat()}", {"readings": gone})
    return gone


def _forget_in_file(row: ArchivedDay, gone: Int32, now: datetime) -> int:
    """A file without them takes the place of the old one, which lingers for those who read it."""
    draft = folder() / f"{row.day.isoformat()}.parquet.draft"
    written = write(draft, without(read(path_of(row)), gone))
    path = folder() / f"{row.day.isoformat()}-{written.sha256[:16]}.parquet"
    draft.rename(path)
    keep_name(path.parent)
    with transaction.atomic():
        if written.sums.rows:
            keep_day(row.day, path, written, now)
        else:
            ArchivedDay.objects.filter(day=row.day).delete()
        lost = row.rows - written.sums.rows
        facts: dict[str, Fact] = {"readings": lost, "left": written.sums.rows, "sha256": written.sha256}
        record("sensing.forgotten", f"archive:{row.day.isoformat()}", facts)
    if not written.sums.rows:
        path.unlink(missing_ok=True)
    return lost


def _forget_beside(terms: Terms, today: date, now: datetime) -> int:
    """What readings carried beside their numbers, and forecasts."""
    with transaction.atomic(), connection.cursor() as cursor:
        extras = 0
        for days, series in terms.by_days().items():
            cursor.execute(_FORGET_EXTRA, [series, ends_of(today - timedelta(days=days))[0]])
            extras += int(cursor.rowcount)
        forecasts, _ = ForecastRow.objects.filter(due_at__lt=now - FORECASTS).delete()
        if extras or forecasts:
            record("sensing.forgotten", "beside-readings", {"extras": extras, "forecasts": forecasts})
    return forecasts


def usual_days() -> int:
    """What the node's settings say."""
    return int(settings.READINGS_KEEP_DAYS)
