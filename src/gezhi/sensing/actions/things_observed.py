"""Readings that come by the interface for other systems: who may write which series, what they are of, and what they
carry beside a number. The numbers go through the one door."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import numpy as np
import orjson
from django.db import connection, transaction

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.lib.refused import Refused
from gezhi.lib.rows import insert_rows
from gezhi.sensing.actions.stores import count_refused
from gezhi.sensing.actions.taking import take
from gezhi.sensing.actions.things_writer import ALWAYS, Writer, missing_reading
from gezhi.sensing.columns import Columns, Fate, Int8
from gezhi.sensing.drafts import Observed, Ref, contradicts, no_place_for, refused_reading, unknown
from gezhi.sensing.models import Datastream, FeatureOfInterest, FeatureSpan, Location
from gezhi.sensing.queries import Held, streams_of

_FORGET: Final = "DELETE FROM sensing_reading WHERE datastream_id = %s AND at = %s"
_FORGET_EXTRA: Final = "DELETE FROM sensing_extra WHERE datastream_id = %s AND at = %s"
_EXTRA: Final = "SELECT body FROM sensing_extra WHERE datastream_id = %s AND at = %s"
_VALUE: Final = "SELECT value, mark FROM sensing_reading WHERE datastream_id = %s AND at = %s FOR UPDATE"


@dataclass(frozen=True)
class Noted:
    """`fate`: Fate by row. `why`: series -> why none of its readings was taken."""

    fate: Int8
    why: Mapping[int, Refused] = field(default_factory=dict)

    def count(self, fate: Fate) -> int:
        return int(np.count_nonzero(self.fate == fate))


def take_observed(
    writer: Writer,
    columns: Columns,
    extras: Mapping[int, Mapping[str, object]],
    now: datetime,
    unread: int = 0,
) -> Noted:
    """Readings of any series; `extras`: by row. Rows of series or features that the writer does not reach, and rows of
    nothing (no location, no feature), are refused; the others are taken. One statement beside those of the door, and
    one where rows were refused before it. `unread`: rows that could not be read, which are counted with them."""
    why, homeless = _refusals(writer, columns, extras, now)
    allowed = ~np.isin(columns.series, np.array([*why], np.int32))
    for row in (*homeless, *_of_unknown_features(writer, extras)):
        allowed[row] = False
    fate = np.full(len(columns), Fate.REFUSED, np.int8)
    with ExitStack() as stack:
        if extras:
            stack.enter_context(transaction.atomic())
        if allowed.any():
            chosen = columns if allowed.all() else columns[allowed]
            fate[allowed] = take(chosen, f"api:{writer.account_id}", now).fate
        _keep_extras(columns, extras, fate)
    refused = Counter(
        why[one].code if one in why else "no-feature" for one in columns.series[~allowed].tolist()
    )
    count_refused(f"api:{writer.account_id}", now, refused + Counter(unreadable=unread))
    return Noted(fate, why)


def _refusals(
    writer: Writer, columns: Columns, extras: Mapping[int, Mapping[str, object]], now: datetime
) -> tuple[dict[int, Refused], list[int]]:
    series = np.unique(columns.series).tolist()
    known = streams_of(series)
    why = {
        one: unknown("Datastream", one)
        for one in series
        if one not in known or not writer.reached.holds(known[one].place_code, known[one].unit_id)
    }
    bare = [known[one] for one in series if one not in why and known[one].feature_id is None]
    own = np.zeros(len(columns), np.bool_)
    own[[row for row, extra in extras.items() if "feature" in extra]] = True
    homeless: list[int] = []
    for stream in bare:
        rows = columns.series == stream.id
        if not (rows & own).all() and not _give_feature(writer, stream, now):
            homeless += np.flatnonzero(rows & ~own).tolist()
            if not (rows & own).any():
                why[stream.id] = no_place_for(stream.id)
    return why, homeless


def _of_unknown_features(writer: Writer, extras: Mapping[int, Mapping[str, object]]) -> list[int]:
    """The rows that name a feature which is not there or not in reach."""
    named = {row: extra["feature"] for row, extra in extras.items() if "feature" in extra}
    if not named:
        return []
    wanted = FeatureOfInterest.objects.filter(writer.reached.rows, pk__in=set(named.values()))
    known = set(wanted.values_list("pk", flat=True))
    return [row for row, feature in named.items() if feature not in known]


@transaction.atomic
def _give_feature(writer: Writer, stream: Held, now: datetime) -> bool:
    """Its readings are of the place of its thing from now on. False: the thing has none."""
    held = Datastream.objects.select_for_update().get(pk=stream.id)
    if held.feature_id is not None:
        return True
    found = Location.objects.filter(things=stream.thing_id).order_by("pk").first()
    if found is None:
        return False
    feature, is_new = FeatureOfInterest.objects.get_or_create(location=found, defaults=_feature_from(found))
    last = FeatureSpan.objects.filter(datastream=held).order_by("-until").first()
    FeatureSpan.objects.create(
        datastream=held, feature=feature, since=last.until if last else ALWAYS[0], until=ALWAYS[1]
    )
    Datastream.objects.filter(pk=held.pk).update(feature=feature)
    if is_new:
        facts: dict[str, Fact] = {"location": found.pk, "by": writer.account_id}
        record("sensing.created", f"featureofinterest:{feature.pk}", facts)
    return True


def _feature_from(location: Location) -> dict[str, object]:
    return {
        "name": location.name,
        "description": location.description,
        "encoding_type": location.encoding_type,
        "feature": location.location,
        "place_code": location.place_code,
        "unit_id": location.unit_id,
        "account_id": location.account_id,
        "west": location.west,
        "south": location.south,
        "east": location.east,
        "north": location.north,
    }


def _keep_extras(columns: Columns, extras: Mapping[int, Mapping[str, object]], fate: Int8) -> None:
    rows = [
        (int(columns.series[row]), _instant(int(columns.at[row])), orjson.dumps(dict(extra)).decode())
        for row, extra in sorted(extras.items())
        if extra and fate[row] == Fate.NEW
    ]
    unique = {(row[0], row[1]): row for row in reversed(rows)}
    insert_rows("sensing_extra", ("datastream_id", "at", "body"), list(unique.values()))


def _instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms // 1000, UTC).replace(microsecond=ms % 1000 * 1000)


def take_of(
    writer: Writer, series: int, observed: Sequence[tuple[Observed, int | None]], now: datetime
) -> None:
    """All of one series, each with the feature that it names, or Refused."""
    columns = Columns.of(
        [min(series, Datastream.MOST)] * len(observed),
        [one.at for one, _ in observed],
        [one.value for one, _ in observed],
    )
    extras = {
        row: {**one.extra, **({"feature": feature} if feature is not None else {})}
        for row, (one, feature) in enumerate(observed)
        if one.extra or feature is not None
    }
    noted = take_observed(writer, columns, extras, now)
    for at, fate in zip(columns.at.tolist(), noted.fate.tolist(), strict=True):
        if fate == Fate.REFUSED:
            raise noted.why.get(series, refused_reading())
        if fate == Fate.CONTRADICTING:
            raise contradicts((series << 41) | (at - 946_684_800_000))


@transaction.atomic
def correct(
    writer: Writer, key: tuple[int, datetime], observed: Observed, named: frozenset[str], now: datetime
) -> None:
    """A reading is put right; it keeps its address when its time changes. `named`: what of `observed` is said: at,
    value, feature, or keys of `extra`. Raises Refused."""
    series, at = key
    stream = streams_of([series]).get(series)
    if stream is None or not writer.reached.holds(stream.place_code, stream.unit_id):
        raise unknown("Datastream", series)
    with connection.cursor() as cursor:
        cursor.execute(_VALUE, [series, at])
        row = cursor.fetchone()
        if row is None:
            raise missing_reading(series, at)
        cursor.execute(_EXTRA, [series, at])
        held = cursor.fetchone()
        cursor.execute(_FORGET, [series, at])
        cursor.execute(_FORGET_EXTRA, [series, at])
    extra = _merged(held[0] if held else None, observed, named)
    was = round(at.timestamp() * 1000)
    moved = observed.at if "at" in named else was
    if moved != was:
        extra.setdefault("from", was)
    if extra.get("from") == moved:
        del extra["from"]
    value = observed.value if "value" in named else float(row[0])
    right = Observed(moved, value, extra)
    feature = observed.feature.id if isinstance(observed.feature, Ref) else None
    take_of(writer, series, [(right, feature)], now)
    facts: dict[str, Fact] = {"at": at.isoformat(), "changed": sorted(named), "by": writer.account_id}
    record("sensing.corrected", f"datastream:{series}", facts)


def _merged(held: object, observed: Observed, named: frozenset[str]) -> dict[str, object]:
    """What a reading carries after it was put right: what is not named stays; a number takes the place of a text."""
    found = orjson.loads(held) if isinstance(held, str) else dict(held) if isinstance(held, dict) else {}
    extra: dict[str, object] = dict(found)
    if "value" in named:
        extra.pop("result", None)
    if "at" in named:
        extra.pop("end", None)
    for name in named - {"at", "value", "feature"}:
        extra.pop(name, None)
    return {**extra, **observed.extra}
