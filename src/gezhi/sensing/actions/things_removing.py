"""Things are deleted with what cannot be without them (18-088, table 25), readings among it, up to a bound."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection, models, transaction

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.sensing.actions.things import MODELS
from gezhi.sensing.actions.things_writer import Writer, missing_reading
from gezhi.sensing.drafts import too_many_readings, unknown
from gezhi.sensing.models import (
    Datastream,
    FeatureOfInterest,
    FeatureSpan,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    Thing,
)
from gezhi.sensing.queries import streams_of

MOST: Final = 100_000  # readings of one deletion
_COUNT: Final = """
SELECT count(*) FROM (SELECT FROM sensing_reading WHERE datastream_id = ANY(%s) LIMIT %s) counted
"""
_FORGET: Final = "DELETE FROM sensing_reading WHERE datastream_id = ANY(%s)"
_FORGET_EXTRA: Final = "DELETE FROM sensing_extra WHERE datastream_id = ANY(%s)"
_OF_FEATURE: Final = """
SELECT r.datastream_id, r.at FROM sensing_reading r
LEFT JOIN sensing_extra x ON x.datastream_id = r.datastream_id AND x.at = r.at
WHERE r.datastream_id = ANY(%s) AND coalesce((x.body->>'feature')::bigint, (
    SELECT s.feature_id FROM sensing_featurespan s
    WHERE s.datastream_id = r.datastream_id AND s.since <= r.at AND s.until > r.at LIMIT 1)) = %s
LIMIT %s
"""
_WITH_FEATURE: Final = """
SELECT DISTINCT datastream_id FROM sensing_extra WHERE (body->>'feature')::bigint = %s
"""
_FORGET_THESE: Final = """
DELETE FROM sensing_reading r USING unnest(%s::int[], %s::timestamptz[]) AS n(series, at)
WHERE r.datastream_id = n.series AND r.at = n.at
"""
_FORGET_THEIRS: Final = """
DELETE FROM sensing_extra r USING unnest(%s::int[], %s::timestamptz[]) AS n(series, at)
WHERE r.datastream_id = n.series AND r.at = n.at
"""


@transaction.atomic
def remove(writer: Writer, kind: str, number: int) -> None:
    """Raises Refused: it is not there, not all of it is the writer's, or there are too many readings."""
    row = writer.own(MODELS[kind], number)
    series = _streams_with(writer, row)
    gone = _forget_series(series)
    if isinstance(row, FeatureOfInterest):
        gone += _forget_of(writer, row.pk)
    if isinstance(row, Location):
        HistoricalLocation.objects.filter(locations=row).delete()
    Datastream.objects.filter(pk__in=series).delete()
    row.delete()
    facts: dict[str, Fact] = {"datastreams": len(series), "observations": gone, "by": writer.account_id}
    record("sensing.removed", f"{kind.lower()}:{number}", facts)


def _streams_with(writer: Writer, row: models.Model) -> list[int]:
    """Those that go with it. Raises Refused where one of them is somebody else's."""
    if isinstance(row, Datastream):
        return [row.pk]
    if not isinstance(row, Thing | Sensor | ObservedProperty):
        return []
    found = list(row.datastreams.only("id", "place_code", "unit_id"))
    for one in found:
        if not writer.holds(one):
            raise unknown("Datastream", one.pk)
    return [one.pk for one in found]


def _forget_series(series: Sequence[int]) -> int:
    if not series:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [list(series), MOST + 1])
        if cursor.fetchone()[0] > MOST:
            raise too_many_readings(MOST)
        cursor.execute(_FORGET_EXTRA, [list(series)])
        cursor.execute(_FORGET, [list(series)])
        return int(cursor.rowcount)


def _forget_of(writer: Writer, feature: int) -> int:
    """The readings of a feature, whose datastreams stay."""
    series = set(FeatureSpan.objects.filter(feature=feature).values_list("datastream_id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_WITH_FEATURE, [feature])
        series |= {row[0] for row in cursor.fetchall()}
        for one in streams_of(series).values():
            if not writer.reached.holds(one.place_code, one.unit_id):
                raise unknown("Datastream", one.id)
        cursor.execute(_OF_FEATURE, [sorted(series), feature, MOST + 1])
        keys = cursor.fetchall()
    if len(keys) > MOST:
        raise too_many_readings(MOST)
    return _forget_keys(keys)


def _forget_keys(keys: Sequence[tuple[int, datetime]]) -> int:
    columns: tuple[list[int], list[datetime]] = [key[0] for key in keys], [key[1] for key in keys]
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_THEIRS, columns)
        cursor.execute(_FORGET_THESE, columns)
        return int(cursor.rowcount)


@transaction.atomic
def remove_reading(writer: Writer, key: tuple[int, datetime]) -> None:
    """Raises Refused."""
    stream = streams_of([key[0]]).get(key[0])
    if stream is None or not writer.reached.holds(stream.place_code, stream.unit_id):
        raise unknown("Datastream", key[0])
    if not _forget_keys([key]):
        raise missing_reading(*key)
    facts: dict[str, Fact] = {"at": key[1].isoformat(), "by": writer.account_id}
    record("sensing.reading-removed", f"datastream:{key[0]}", facts)
