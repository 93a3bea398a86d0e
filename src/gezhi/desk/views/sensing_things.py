"""Things: the list, one with what it measures and measured, and looking after it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_POST

from gezhi.cases.world import World, known_world
from gezhi.desk.views.sensing_page import sensed_page
from gezhi.lib.refused import Refused
from gezhi.pages.acting import unit_name, words_of
from gezhi.pages.asked import number, posted, texts
from gezhi.pages.grid_map import GridMap, grid_map
from gezhi.pages.paging import shown_of
from gezhi.pages.place_choice import place_of
from gezhi.pages.sensing import (
    NONE,
    STATES,
    ThingRow,
    cares,
    kind_title,
    monitor_title,
    sensed_views,
    stream_title,
    stream_views,
    thing_rows,
    unit_symbol,
    unit_words,
)
from gezhi.pages.series_chart import SeriesChart, series_chart
from gezhi.pages.tables import Table, table_file
from gezhi.people.access import DESK, EXPORT, WATCH, ActorRequest, requires
from gezhi.people.directory import CONTRACTOR, chain_of
from gezhi.places.queries import place_names
from gezhi.sensing.actions.looking_after import Care, care_of, look_after
from gezhi.sensing.looking import BadFilter, Span, ThingFilters, read_thing_filters, span_of
from gezhi.sensing.models import Datastream, Thing
from gezhi.sensing.queries.history import history
from gezhi.sensing.queries.listing import (
    kinds_in_sight,
    levels_of,
    thing_lines,
    things_matching,
    warnings_of_series,
)
from gezhi.sensing.queries.newest import held_for, newest_of
from gezhi.sensing.queries.scope import acts_at, may_keep, things_in_sight

PAGE: Final = 50
MOST: Final = 50_000  # rows of a file
_CHUNK: Final = 500
_CHARTS: Final = 12  # on one page
_WARNED: Final = 20
SPAN_WORDS: Final = {
    "24h": gettext_lazy("24 小时"),
    "7d": gettext_lazy("7 天"),
    "30d": gettext_lazy("30 天"),
}
_NAMES: Final = ("text", "kind", "place", "unit", "state", "due")


@requires(DESK)
@require_GET
def things(request: ActorRequest) -> HttpResponse:
    world, now = known_world(), timezone.now()
    typed, asked, fault = _asked(request, world)
    shown = shown_of(request, things_matching(request.actor, asked, now, timezone.localdate()), PAGE)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "shown": shown,
        "rows": thing_rows(thing_lines(list(shown.object_list), now), world, timezone.localdate()),
        "typed": typed,
        "fault": fault,
        "states": STATES.items(),
        "kinds": [(key, kind_title(key, world), many) for key, many in kinds_in_sight(request.actor) if key],
        "query": query.urlencode(),
        "may_export": request.actor.may(EXPORT),
    }
    return sensed_page(request, "things", context)


def _asked(request: ActorRequest, world: World) -> tuple[dict[str, str], ThingFilters, str]:
    """What was typed, what it means, and what could not be understood."""
    typed = texts(request.GET, _NAMES)
    place = place_of(typed["place"], world)
    if typed["place"] and not place:
        return typed, ThingFilters(), _("没有找到这个区域，请写全名，或区划、网格编码。")
    try:
        return typed, read_thing_filters({**typed, "place": place}), ""
    except BadFilter:
        return typed, ThingFilters(), _("有一个条件看不懂，已略过。")


@requires(EXPORT)
@require_GET
def export(request: ActorRequest) -> HttpResponseBase:
    world, now = known_world(), timezone.now()
    _typed, asked, _fault = _asked(request, world)
    found = list(things_matching(request.actor, asked, now, timezone.localdate())[:MOST])
    heads = [
        _("编号"),
        pgettext("sensing", "设备"),
        _("种类"),
        _("区域"),
        _("区域编码"),
        _("经度"),
        _("纬度"),
        _("部件编码"),
    ]
    heads += [_("责任单位"), _("状态"), _("数据流"), _("最新数据"), _("校准到期"), _("保养到期")]
    table = Table("things", pgettext("sensing", "设备"), heads, _lines(found, world, now), exact=(5, 6))
    return table_file(request, table)


def _lines(found: Sequence[Thing], world: World, now: datetime) -> Iterator[list[object]]:
    today = timezone.localdate()
    for start in range(0, len(found), _CHUNK):
        for row in thing_rows(thing_lines(found[start : start + _CHUNK], now), world, today):
            yield _cells(row, today)


def _cells(row: ThingRow, today: date) -> list[object]:
    thing = row.thing
    due = [str(one.due_on or "") for one in cares(thing, today)]
    return [
        *(thing.key, thing.name, row.kind, row.place, thing.place_code, thing.lon, thing.lat),
        *(thing.part_code, row.unit, row.words, row.streams, row.newest, *due),
    ]


@requires(DESK)
@require_GET
def thing(request: ActorRequest, pk: int) -> HttpResponse:
    return _thing_page(request, _found(request, pk))


def _found(request: ActorRequest, pk: int) -> Thing:
    found = Thing.objects.filter(things_in_sight(request.actor), pk=min(pk, 2**62)).first()
    if found is None:
        raise Http404
    return found


def _thing_page(
    request: ActorRequest,
    found: Thing,
    given: Mapping[str, str] | None = None,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    world, now, today = known_world(), timezone.now(), timezone.localdate()
    streams = list(
        Datastream.objects.filter(thing=found).select_related("thing", "observed_property").order_by("pk")
    )
    series, span = [one.pk for one in streams], span_of(request.GET.get("span", ""))
    newest = newest_of(series, now)
    kept = may_keep(request.actor, found)
    context = {
        "thing": found,
        "kind": kind_title(found.kind, world),
        "place": place_names([found.place_code]).get(found.place_code, found.place_code),
        "unit": unit_words(found.unit_id, world),
        "map": _map(found),
        "streams": stream_views(streams, newest, levels_of(series), world, now),
        "charts": [_chart(one, span, world, now) for one in streams[:_CHARTS]],
        "more": max(0, len(streams) - _CHARTS),
        "span": span.key,
        "spans": SPAN_WORDS.items(),
        "cares": cares(found, today),
        "warnings": sensed_views(warnings_of_series(series, request.actor, _WARNED), request.actor, now),
        "may_keep": kept and request.actor.may(WATCH),
        "may_silence": kept and request.actor.may(WATCH),
        "units": _units(found, world) if kept and acts_at(request.actor, found.place_code) else [],
        "given": given or _given(found),
        "fault": fault,
        "today": today,
        "none": NONE,
    }
    return sensed_page(request, "thing", context, status=status)


def _map(found: Thing) -> GridMap | None:
    return grid_map(found.place_code, found.lon, found.lat)


def _chart(stream: Datastream, span: Span, world: World, now: datetime) -> SeriesChart:
    found = history(stream.pk, span, now)
    titles = {one.monitor: monitor_title(one.monitor) for one in found.stood}
    title, unit = stream_title(stream, world), unit_symbol(stream.unit)
    return series_chart(title, unit, found, span.bucket, titles, held_for(stream.pk))


def _units(found: Thing, world: World) -> list[tuple[int, str]]:
    """Its own, those of the place and above, nearest first."""
    far = {place: steps for steps, place in enumerate(chain_of(found.place_code))}
    near = [
        one
        for one in world.directory.units.values()
        if one.id == found.unit_id or (one.place_code in far and one.kind != CONTRACTOR)
    ]
    near.sort(key=lambda one: (far.get(one.place_code, len(far)), one.name))
    return [(one.id, unit_name(one)) for one in near]


def _given(found: Thing) -> dict[str, str]:
    care = care_of(found)
    return {name: str(value) if (value := getattr(care, name)) is not None else "" for name in _FIELDS}


_FIELDS: Final = ("unit_id", "calibrate_days", "calibrated_on", "service_days", "serviced_on")


@requires(WATCH)
@require_POST
def keep(request: ActorRequest, pk: int) -> HttpResponse:
    """Fields that did not come stay as they are; `do`: calibrated or serviced, today."""
    found = _found(request, pk)
    typed = {
        **_given(found),
        **{name: text for name, text in posted(request, _FIELDS).items() if name in request.POST},
    }
    if (done := request.POST.get("do")) in ("calibrated", "serviced"):
        typed[f"{done}_on"] = str(localtime().date())
    try:
        look_after(request.actor, found.pk, _care(typed), timezone.localdate())
    except Refused as refused:
        return _thing_page(request, found, typed, words_of(refused), status=422)
    messages.success(request, _("已保存“%(name)s”。") % {"name": found.name}, "good")
    return redirect("desk:thing", found.pk)


def _care(typed: Mapping[str, str]) -> Care:
    """Raises Refused."""
    try:
        return Care(
            unit_id=number(typed["unit_id"]),
            calibrate_days=_whole(typed["calibrate_days"]),
            calibrated_on=_day(typed["calibrated_on"]),
            service_days=_whole(typed["service_days"]),
            serviced_on=_day(typed["serviced_on"]),
        )
    except ValueError:
        raise Refused(
            "bad-day",
            "日期请写成 2026-11-22，周期请写整数天。",
            "Write the day as 2026-11-22 and the plan as whole days.",
        ) from None


def _whole(text: str) -> int | None:
    return int(text[:6]) if text else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
