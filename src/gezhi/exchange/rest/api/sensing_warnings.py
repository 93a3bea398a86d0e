"""Warnings of readings, what watches, and silences."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Query, Router

from gezhi.cases.models import Case
from gezhi.cases.queries import visible
from gezhi.cases.world import known_world
from gezhi.exchange.rest import sensing_shapes as bodies
from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import ACT, READ, CallerRequest, Scope
from gezhi.exchange.rest.api.reading import kept_json
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.api.sensing import actor_of, level_key
from gezhi.exchange.rest.problems import Problem
from gezhi.lib.refused import Refused
from gezhi.packs.shapes import Limit, Monitor, Parameter
from gezhi.packs.units import unit_of
from gezhi.people.access import WATCH, Actor
from gezhi.sensing.actions.silencing import SilenceDraft, end_silence, silence
from gezhi.sensing.actions.warnings import acknowledge
from gezhi.sensing.levels import Why
from gezhi.sensing.looking import BadFilter, read_warning_filters
from gezhi.sensing.models import PostNotice, SensedWarning, SilenceRow, Thing
from gezhi.sensing.queries.listing import warnings_matching, watched_groups
from gezhi.sensing.queries.posts import is_told, notices_of
from gezhi.sensing.queries.scope import (
    may_acknowledge,
    may_end,
    refuse_silencing,
    silences_in_sight,
    things_in_sight,
    warnings_in_sight,
)
from gezhi.sensing.queries.told import Gathered, gathered_by, moves_of_warning, silences_matching

SHOWN: Final = 100
router = Router(tags=["sensing"])
FOUND = {404: shapes.ProblemOut, **PROBLEMS}


def _watcher(request: CallerRequest) -> Actor:
    actor = actor_of(request)
    if not actor.may(WATCH):
        raise Problem(
            403, "not-your-role", "This needs a post that watches: dispatcher, handler, supervisor, leader."
        )
    return actor


def _found(request: CallerRequest, pk: int) -> SensedWarning:
    found = SensedWarning.objects.filter(warnings_in_sight(actor_of(request)), pk=_safe(pk)).first()
    if found is None:
        raise Problem(404, "unknown-warning", "There is no such warning in your places or units.")
    return found


def _safe(pk: int) -> int:
    return pk if 0 < pk < 2**62 else 0


@router.get("/sensing/warnings", auth=Scope(READ), response={200: bodies.SensedPageOut, **PROBLEMS})
def list_sensed_warnings(request: CallerRequest, asked: Query[bodies.SensedQuery]) -> HttpResponse:
    """A hundred at a time, standing ones first and the highest of them first; `next` is sent as `after`."""
    given = {name: str(value) for name, value in asked.model_dump().items() if value}
    standing = "" if asked.standing == "all" else asked.standing
    try:
        filters = read_warning_filters(
            {**given, "standing": standing, "unanswered": "1" if asked.unanswered else ""}
        )
    except BadFilter as bad:
        raise Problem(422, "bad-filter", str(bad)) from bad
    found = warnings_matching(actor_of(request), filters)
    warnings = list(found[asked.after : asked.after + SHOWN + 1])
    rows = _rows(warnings[:SHOWN], actor_of(request))
    following = asked.after + SHOWN if len(warnings) > SHOWN else None
    return kept_json(request, "感知预警", {"warnings": rows, "next": following}, rows)


@router.get("/sensing/warnings/{pk}", auth=Scope(READ), response={200: bodies.SensedDetailOut, **FOUND})
def read_sensed_warning(request: CallerRequest, pk: int) -> HttpResponse:
    """With its alarms in your sight, muted ones and why, their changes of level, and what is to be done."""
    found, now = _found(request, pk), timezone.now()
    members, _hidden = gathered_by(found, actor_of(request))
    series = {one.stream.pk for one in members}
    moves = moves_of_warning(found, series, min((one.member.since for one in members), default=now), now)
    monitor = _monitor(found.monitor)
    more = {
        "todo_zh": monitor.todo.zh if monitor else "",
        "todo_en": monitor.todo.en if monitor else "",
        "source": monitor.source if monitor else "",
        "members": [_member(one) for one in members],
        "told_to": [_told(one) for one in notices_of(found)],
        "moves": [
            {
                "datastream": number,
                "at": move.at,
                "level_from": level_key(move.level_from),
                "level_to": level_key(move.level_to),
                "value": move.value,
                "why": Why(move.why).name.lower(),
            }
            for number, move in moves
        ],
    }
    return JsonResponse({**_rows([found], actor_of(request))[0], **more})


@router.post("/sensing/warnings/{pk}/acknowledge", auth=Scope(ACT), response={200: bodies.SensedOut, **FOUND})
def acknowledge_sensed_warning(request: CallerRequest, pk: int) -> HttpResponse:
    """You have taken it up: whoever watches over its place, has a thing in it, or was told of it in person. It is to be
    acknowledged anew when it rises."""
    actor, found = actor_of(request), _found(request, pk)
    if not is_told(actor, found):
        _watcher(request)
    if not may_acknowledge(actor, found):
        raise Problem(
            403, "not-your-place", "It is neither in a place of your post nor of a thing of your unit."
        )
    return JsonResponse(_rows([acknowledge(found.pk, actor, timezone.now())], actor)[0])


@router.get("/sensing/monitors", auth=Scope(READ), response={200: list[bodies.WatchingOut], **PROBLEMS})
def list_monitors(request: CallerRequest) -> HttpResponse:
    """What watches, from the published packs, and how many of the datastreams in your sight each looks at."""
    groups = watched_groups(actor_of(request))
    catalogue = known_world().catalogue
    return JsonResponse(
        [
            _watching(one.thing, one.pack, groups, catalogue.limits_of(one.thing))
            for one in catalogue.monitors.values()
        ],
        safe=False,
    )


@router.get("/sensing/silences", auth=Scope(READ), response={200: list[bodies.SilenceOut], **PROBLEMS})
def list_silences(request: CallerRequest, asked: Query[bodies.SilenceQuery]) -> HttpResponse:
    """Those in force and to come that hold for something of yours, ending first; at most a hundred."""
    found = silences_matching(actor_of(request), timezone.now(), over=asked.over)
    return JsonResponse([_silence(one) for one in found[:SHOWN]], safe=False)


@router.post("/sensing/silences", auth=Scope(ACT), response={201: bodies.SilenceOut, **PROBLEMS})
def set_silence(request: CallerRequest, body: bodies.SilenceIn) -> HttpResponse:
    """Alarms are kept as ever, but nobody is told of those that it covers and no case is opened."""
    actor, now = _watcher(request), timezone.now()
    thing = Thing.objects.filter(things_in_sight(actor), pk=body.thing).first() if body.thing else None
    if body.thing and thing is None:
        raise Problem(422, "unknown-thing", "There is no such thing in your places or units.")
    unknown = sorted(set(body.monitors) - set(known_world().catalogue.monitors))
    if unknown:
        raise Problem(
            422, "unknown-monitor", f"There is no monitor {', '.join(unknown)}. See /sensing/monitors."
        )
    if body.until.tzinfo is None or (body.starts_at and body.starts_at.tzinfo is None):
        raise Problem(422, "bad-time", "'until' and 'starts_at' need a zone, as 2026-11-22T18:00:00+08:00.")
    refuse_silencing(actor, body.place_code, thing)
    draft = SilenceDraft(
        why=body.why,
        starts_at=body.starts_at or now,
        until=body.until,
        monitors=frozenset(body.monitors),
        place_code=body.place_code,
        thing_id=body.thing,
    )
    return JsonResponse(_silence(silence(draft, actor, now)), status=201)


@router.post("/sensing/silences/{pk}/end", auth=Scope(ACT), response={200: bodies.SilenceOut, **FOUND})
def end_a_silence(request: CallerRequest, pk: int) -> HttpResponse:
    """Now. What still stands is told of again."""
    actor = _watcher(request)
    row = SilenceRow.objects.filter(silences_in_sight(actor), pk=_safe(pk)).first()
    if row is None:
        raise Problem(404, "unknown-silence", "There is no such silence for anything of yours.")
    if not may_end(actor, row):
        raise Refused(
            "not-your-place",
            "静默由设定的人，或负责该区域的岗位结束。",
            "Whoever set a silence ends it, or a post that watches over its place.",
        )
    return JsonResponse(_silence(end_silence(row.pk, actor, timezone.now())))


def _monitor(key: str) -> Monitor | None:
    found = known_world().catalogue.monitors.get(key)
    return found.thing if found else None


def _rows(warnings: Sequence[SensedWarning], actor: Actor) -> list[dict[str, object]]:
    """One statement, for the numbers of cases."""
    ids = [one.case_id for one in warnings if one.case_id]
    seen = Case.objects.filter(visible(actor), id__in=ids) if ids else Case.objects.none()
    numbers = dict(seen.values_list("id", "number"))
    return [_row(one, numbers) for one in warnings]


def _row(one: SensedWarning, numbers: Mapping[int, str]) -> dict[str, object]:
    monitor = _monitor(one.monitor)
    columns = ("id", "monitor", "place_code", "raised_at", "changed_at", "ended_at", "acknowledged_at")
    return {
        **{name: getattr(one, name) for name in columns},
        "title_zh": monitor.title.zh if monitor else one.monitor,
        "title_en": monitor.title.en if monitor else one.monitor,
        "level": level_key(one.level) if one.ended_at is None else None,
        "peak": level_key(one.peak),
        "alarms": one.told,
        "case": numbers.get(one.case_id or 0),
    }


def _member(one: Gathered) -> dict[str, object]:
    return {
        "datastream": one.stream.pk,
        "thing": one.stream.thing_id,
        "thing_name": one.stream.thing.name,
        "place_code": one.stream.place_code,
        "level": level_key(one.member.level),
        "since": one.member.since,
        "left_at": one.member.left_at,
        "value": one.value,
        "muted": one.member.muted,
    }


def _told(one: PostNotice) -> dict[str, object]:
    columns = ("role", "place_code", "above", "at")
    return {**{name: getattr(one, name) for name in columns}, "level": level_key(one.level)}


def _dated(limit: Parameter, value: Limit) -> dict[str, object]:
    titles = {"title_zh": limit.title.zh, "title_en": limit.title.en}
    held = {"since": value.since, "number": value.number, "source": value.source}
    return {"key": limit.key, "unit": limit.unit, **titles, **held}


def _watching(
    one: Monitor,
    pack: str,
    groups: Mapping[tuple[str, str, str, str], int],
    limits: Iterable[Parameter],
) -> dict[str, object]:
    named = {
        unit_of(symbol, definition): 0
        for (kind, code, symbol, definition) in groups
        if code == one.of.property and one.of.kind in (None, kind)
    }
    for (kind, code, symbol, definition), many in groups.items():
        if code == one.of.property and one.of.kind in (None, kind):
            named[unit_of(symbol, definition)] += many
    watched = sum(many for unit, many in named.items() if one.unit in ("", unit))
    return {
        "key": one.key,
        "pack": pack,
        "title_zh": one.title.zh,
        "title_en": one.title.en,
        "kind": one.of.kind,
        "property": one.of.property,
        "unit": one.unit,
        "levels": one.levels,
        "limits": [_dated(limit, value) for limit in limits for value in limit.values],
        "silent_s": one.silences,
        "opens": one.opens,
        "category": one.category,
        "todo_zh": one.todo.zh,
        "todo_en": one.todo.en,
        "source": one.source,
        "watched": watched,
        "foreign": sum(named.values()) - watched,
    }


def _silence(row: SilenceRow) -> dict[str, object]:
    columns = ("id", "why", "monitors", "place_code", "starts_at", "until", "made_at")
    return {**{name: getattr(row, name) for name in columns}, "thing": row.thing_id}
