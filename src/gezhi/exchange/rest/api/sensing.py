"""Things and what they measured."""

from datetime import date, timedelta
from typing import Final

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Query, Router

from gezhi.exchange.rest import sensing_shapes as bodies
from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import READ, CallerRequest, Scope
from gezhi.exchange.rest.api.reading import kept_json
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.packs.shapes import LEVELS
from gezhi.people.access import Actor
from gezhi.sensing.columns import Mark
from gezhi.sensing.looking import BadFilter, read_thing_filters, span_of
from gezhi.sensing.models import Datastream, Thing
from gezhi.sensing.queries.history import Bucket, Stood, history
from gezhi.sensing.queries.listing import ThingLine, levels_of, thing_lines, things_matching
from gezhi.sensing.queries.newest import Newest, newest_of
from gezhi.sensing.queries.scope import streams_in_sight, things_in_sight

SHOWN: Final = 100
router = Router(tags=["sensing"])
FOUND = {404: shapes.ProblemOut, **PROBLEMS}


def actor_of(request: CallerRequest) -> Actor:
    assert request.caller is not None
    return request.caller.actor


def level_key(level: int) -> str | None:
    return LEVELS[level - 1] if level else None


def mark_keys(mark: Mark) -> list[str]:
    """out-of-range, stuck and so on."""
    return [str(one.name).lower().replace("_", "-") for one in Mark if one and mark & one]


@router.get("/sensing/things", auth=Scope(READ), response={200: bodies.ThingPageOut, **PROBLEMS})
def list_things(request: CallerRequest, asked: Query[bodies.ThingQuery]) -> HttpResponse:
    """A hundred things of your places and units at a time; `next` is sent as `after` for the following."""
    now, given = timezone.now(), {name: str(value) for name, value in asked.model_dump().items() if value}
    try:
        filters = read_thing_filters({**given, "due": "1" if asked.due else ""})
    except BadFilter as bad:
        raise Problem(422, "bad-filter", str(bad)) from bad
    found = things_matching(actor_of(request), filters, now, timezone.localdate())
    things = list(found[asked.after : asked.after + SHOWN + 1])
    rows = [_thing(one) for one in thing_lines(things[:SHOWN], now)]
    following = asked.after + SHOWN if len(things) > SHOWN else None
    return kept_json(request, "设备", {"things": rows, "next": following}, rows)


@router.get("/sensing/things/{pk}", auth=Scope(READ), response={200: bodies.ThingDetailOut, **FOUND})
def read_thing(request: CallerRequest, pk: int) -> HttpResponse:
    """One thing with its plan of calibration and service and the newest reading of each datastream."""
    thing = Thing.objects.filter(things_in_sight(actor_of(request)), pk=_safe(pk)).first()
    if thing is None:
        raise Problem(404, "unknown-thing", "There is no such thing in your places or units.")
    now = timezone.now()
    streams = list(Datastream.objects.filter(thing=thing).select_related("observed_property").order_by("pk"))
    newest, levels = newest_of([one.pk for one in streams], now), levels_of([one.pk for one in streams])
    plan = {
        "description": thing.description,
        "installed_on": thing.installed_on,
        "calibrate_days": thing.calibrate_days,
        "calibrated_on": thing.calibrated_on,
        "calibration_due_on": _due(thing.calibrate_days, thing.calibrated_on or thing.installed_on),
        "service_days": thing.service_days,
        "serviced_on": thing.serviced_on,
        "service_due_on": _due(thing.service_days, thing.serviced_on or thing.installed_on),
    }
    rows = [_stream(one, newest[one.pk], levels.get(one.pk, 0)) for one in streams]
    return JsonResponse({**_thing(thing_lines([thing], now)[0]), **plan, "datastreams": rows})


@router.get("/sensing/datastreams/{pk}/history", auth=Scope(READ), response={200: bodies.HistoryOut, **FOUND})
def read_history(request: CallerRequest, pk: int, asked: Query[bodies.HistoryQuery]) -> HttpResponse:
    """Lowest, mean and highest by bucket: 15 minutes of a day, 2 hours of a week, 6 hours of a month; and when alarms
    stood. Single readings: /api/sensorthings/v1.1/Datastreams(ID)/Observations."""
    stream = Datastream.objects.filter(
        streams_in_sight(actor_of(request)), pk=min(_safe(pk), Datastream.MOST)
    )
    if not stream.exists():
        raise Problem(404, "unknown-datastream", "There is no such datastream in your places or units.")
    span = span_of(asked.span)
    found = history(pk, span, timezone.now())
    buckets = [_bucket(one) for one in found.buckets]
    body: dict[str, object] = {
        "datastream": pk,
        "since": found.since,
        "until": found.until,
        "bucket_s": round(span.bucket.total_seconds()),
        "buckets": buckets,
        "alarms": [_stood(one) for one in found.stood],
    }
    return kept_json(request, "读数历史", body, buckets)


def _safe(pk: int) -> int:
    return pk if 0 < pk < 2**62 else 0


def _due(days: int | None, last: date | None) -> date | None:
    return last + timedelta(days=days) if days and last else None


def _thing(line: ThingLine) -> dict[str, object]:
    columns = ("id", "key", "name", "kind", "place_code", "lon", "lat", "part_code", "unit_id")
    return {
        **{name: getattr(line.thing, name) for name in columns},
        "state": line.state.value,
        "level": level_key(line.level),
        "streams": line.streams,
        "silent": line.silent,
        "marked": line.marked,
        "newest_at": line.newest,
    }


def _stream(one: Datastream, newest: Newest, level: int) -> dict[str, object]:
    return {
        "id": one.pk,
        "key": one.key,
        "name": one.name,
        "property": one.observed_property.code,
        "code": one.code,
        "unit": str((one.unit or {}).get("symbol") or ""),
        "value": newest.value,
        "at": newest.at,
        "marks": mark_keys(newest.mark),
        "silent": newest.silent,
        "level": level_key(level),
        "every_s": one.every_s,
        "low": one.low,
        "high": one.high,
    }


def _bucket(one: Bucket) -> dict[str, object]:
    return {
        "at": one.at,
        "low": one.low,
        "mean": one.mean,
        "high": one.high,
        "count": one.count,
        "marked": one.marked,
        "marks": mark_keys(one.marks),
    }


def _stood(one: Stood) -> dict[str, object]:
    return {"monitor": one.monitor, "level": level_key(one.level), "since": one.since, "until": one.until}
