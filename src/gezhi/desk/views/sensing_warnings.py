"""Warnings of monitors: the list, one with what it gathered, and acknowledging it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gezhi.cases.world import World, known_world
from gezhi.desk.views.sensing_page import sensed_page
from gezhi.lib.refused import Refused
from gezhi.pages.acting import words_of
from gezhi.pages.asked import texts
from gezhi.pages.monitor_limits import rule_on
from gezhi.pages.paging import shown_of
from gezhi.pages.place_choice import place_of
from gezhi.pages.security import LEVEL_NAMES, account_names
from gezhi.pages.sensing import (
    WHYS,
    SensedView,
    level_look,
    level_words,
    monitor_title,
    sensed_views,
    span_words,
    stream_title,
    value_words,
)
from gezhi.pages.showing import role_name, said
from gezhi.people.access import DESK, WATCH, ActorRequest, requires
from gezhi.places.queries import place_names
from gezhi.sensing.actions.posts import time_to_answer
from gezhi.sensing.actions.warnings import acknowledge, open_case
from gezhi.sensing.levels import Why
from gezhi.sensing.looking import LEVEL_KEYS, BadFilter, Standing, WarningFilters, read_warning_filters
from gezhi.sensing.models import Datastream, SensedWarning
from gezhi.sensing.queries.listing import counts_of_standing, warnings_matching
from gezhi.sensing.queries.posts import notices_of
from gezhi.sensing.queries.scope import may_acknowledge, warnings_in_sight
from gezhi.sensing.queries.told import Gathered, gathered_by, moves_of_warning, silences_named

PAGE: Final = 50
_BEFORE: Final = timedelta(days=1)  # so long before a warning was raised its alarms' moves are told
_MUTED_BY: Final = "silence:"
STANDINGS: Final = {
    Standing.OPEN: gettext_lazy("仍在"),
    Standing.ENDED: gettext_lazy("已解除"),
    Standing.ALL: gettext_lazy("全部"),
}
_NAMES: Final = ("standing", "monitor", "place", "level", "unanswered")


@requires(DESK)
@require_GET
def warnings(request: ActorRequest) -> HttpResponse:
    world, now = known_world(), timezone.now()
    typed, asked, fault = _asked(request, world)
    shown = shown_of(request, warnings_matching(request.actor, asked), PAGE)
    counts, query = counts_of_standing(request.actor), request.GET.copy()
    query.pop("page", None)
    context = {
        "shown": shown,
        "warnings": sensed_views(list(shown.object_list), request.actor, now),
        "typed": typed,
        "fault": fault,
        "queues": [
            (level_look(one), level_words(one), counts[one], LEVEL_KEYS[one - 1]) for one in (4, 3, 2, 1)
        ],
        "hushed": counts[0],
        "standings": STANDINGS.items(),
        "levels": [(LEVEL_KEYS[number - 1], words) for number, words in LEVEL_NAMES.items()],
        "monitors": [(key, said(one.thing.title)) for key, one in sorted(world.catalogue.monitors.items())],
        "query": query.urlencode(),
    }
    return sensed_page(request, "warnings", context)


def _asked(request: ActorRequest, world: World) -> tuple[dict[str, str], WarningFilters, str]:
    typed = texts(request.GET, _NAMES)
    if "standing" not in request.GET:
        typed["standing"] = Standing.OPEN
    place = place_of(typed["place"], world)
    if typed["place"] and not place:
        return typed, WarningFilters(), _("没有找到这个区域，请写全名，或区划、网格编码。")
    try:
        return typed, read_warning_filters({**typed, "place": place}), ""
    except BadFilter:
        return typed, WarningFilters(), _("有一个条件看不懂，已略过。")


@dataclass(frozen=True, slots=True)
class MemberView:
    """`muted`: why nobody was told of it, "" if they were."""

    thing_id: int
    thing: str
    title: str
    place: str
    level: str
    look: str
    since: datetime
    left_at: datetime | None
    value: str
    muted: str


@dataclass(frozen=True, slots=True)
class MoveView:
    at: datetime
    thing: str
    title: str
    words: str
    look: str
    level: str
    value: str


@requires(DESK)
@require_GET
def warning(request: ActorRequest, pk: int) -> HttpResponse:
    found, now, world = _found(request, pk), timezone.now(), known_world()
    members, hidden = gathered_by(found, request.actor)
    streams = {one.stream.pk: one.stream for one in members}
    view = sensed_views([found], request.actor, now)[0]
    views = _members(members, world)
    may_act = request.actor.may(WATCH) and may_acknowledge(request.actor, found)
    context = {
        "warning": view,
        "members": [one for one in views if not one.muted and one.left_at is None],
        "muted": [one for one in views if one.muted],
        "gone": [one for one in views if not one.muted and one.left_at is not None],
        "hidden": hidden,
        "moves": _moves(found, streams, world, now),
        "told": _told(found),
        "due": _due(found),
        "rule": _rule(view, world),
        "may_act": may_act,
        "may_open": may_act and _may_open(view),
    }
    return sensed_page(request, "warning", context)


def _found(request: ActorRequest, pk: int) -> SensedWarning:
    found = SensedWarning.objects.filter(warnings_in_sight(request.actor), pk=min(pk, 2**62)).first()
    if found is None:
        raise Http404
    return found


def _may_open(view: SensedView) -> bool:
    opens = view.monitor is not None and view.monitor.category is not None
    return opens and view.stands and view.row.case_id is None and view.row.level > 0


def _rule(view: SensedView, world: World) -> list[tuple[str, str]]:
    """Level and condition, with the limits of the day on which it was raised."""
    if view.monitor is None:
        return []
    silent = {
        level: _("%(length)s 没有数据") % {"length": span_words(span)}
        for level, span in view.monitor.silences.items()
    }
    given = view.monitor.levels or silent
    day = timezone.localtime(view.row.raised_at).date()
    return [
        (level_words(number), rule_on(given[level], world.catalogue, day))
        for number, level in enumerate(LEVEL_KEYS, 1)
        if level in given
    ]


@dataclass(frozen=True, slots=True)
class ToldView:
    """Whom it was told to. `above`: since nobody of the grid took it up."""

    who: str
    role: str
    place: str
    level: str
    at: datetime
    above: bool


def _told(warning: SensedWarning) -> list[ToldView]:
    found = notices_of(warning)
    names = account_names(one.account_id for one in found)
    places = place_names(one.place_code for one in found)
    return [
        ToldView(
            names.get(one.account_id, ""),
            role_name(one.role),
            places.get(one.place_code, one.place_code),
            level_words(one.level),
            one.at,
            one.above,
        )
        for one in found
    ]


def _due(warning: SensedWarning) -> datetime | None:
    """When the posts above are told if nobody takes it up."""
    waits = warning.ended_at is None and warning.acknowledged_at is None and warning.above_at is None
    since = warning.posts_since
    return since + time_to_answer(warning.monitor) if waits and since else None


def _members(found: Sequence[Gathered], world: World) -> list[MemberView]:
    places = place_names(one.stream.place_code for one in found)
    ids = [int(one.member.muted.removeprefix(_MUTED_BY)) for one in found if _is_silence(one.member.muted)]
    whys = {pk: row.why for pk, row in silences_named(ids).items()}
    return [
        MemberView(
            thing_id=one.stream.thing_id,
            thing=one.stream.thing.name,
            title=stream_title(one.stream, world),
            place=places.get(one.stream.place_code, one.stream.place_code),
            level=level_words(one.member.level),
            look=level_look(one.member.level),
            since=one.member.since,
            left_at=one.member.left_at,
            value=value_words(one.value, one.stream, world) if one.value is not None else "",
            muted=_muted(one.member.muted, whys),
        )
        for one in found
    ]


def _is_silence(muted: str) -> bool:
    return muted.startswith(_MUTED_BY) and muted.removeprefix(_MUTED_BY).isdecimal()


def _muted(muted: str, whys: Mapping[int, str]) -> str:
    if not muted:
        return ""
    if _is_silence(muted):
        why = whys.get(int(muted.removeprefix(_MUTED_BY)), "")
        return _("静默：%(why)s") % {"why": why}
    return _("已由“%(monitor)s”的预警涵盖") % {"monitor": monitor_title(muted.rpartition(":")[0])}


def _moves(
    warning: SensedWarning, streams: Mapping[int, Datastream], world: World, now: datetime
) -> list[MoveView]:
    found = moves_of_warning(warning, streams, warning.raised_at - _BEFORE, now)
    return [
        MoveView(
            at=move.at,
            thing=streams[series].thing.name,
            title=stream_title(streams[series], world),
            words=str(WHYS.get(Why(move.why), "")),
            look=level_look(move.level_to) if move.level_to else "",
            level=level_words(move.level_to) if move.level_to else "",
            value=value_words(move.value, streams[series], world) if move.value is not None else "",
        )
        for series, move in found
    ]


@requires(WATCH)
@require_POST
def answer(request: ActorRequest, pk: int) -> HttpResponse:
    """`do`: acknowledge or case."""
    found, now = _found(request, pk), timezone.now()
    try:
        if not may_acknowledge(request.actor, found):
            raise Refused(
                "not-your-place",
                "这条预警不在您岗位负责的区域，也没有您单位的设备。",
                "This warning is neither in a place of your post nor of a thing of your unit.",
            )
        if request.POST.get("do") == "case":
            open_case(found.pk, request.actor, now)
            messages.success(request, _("已立案。"), "good")
        else:
            acknowledge(found.pk, request.actor, now)
            messages.success(request, _("已确认。"), "good")
    except Refused as refused:
        messages.warning(request, words_of(refused), "soon")
    return redirect("desk:sensed-warning", found.pk)
