"""Silences: which alarms nobody is told of, on whose word, why and until when; setting one and ending it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from gezhi.cases.world import known_world
from gezhi.desk.views.sensing_page import sensed_page
from gezhi.lib.refused import Refused
from gezhi.pages.acting import words_of
from gezhi.pages.asked import number, posted, texts
from gezhi.pages.paging import shown_of
from gezhi.pages.place_choice import place_of
from gezhi.pages.sensing import silence_views
from gezhi.pages.showing import said
from gezhi.people.access import DESK, WATCH, ActorRequest, requires
from gezhi.sensing.actions.silencing import SilenceDraft, end_silence, silence
from gezhi.sensing.models import SilenceRow, Thing
from gezhi.sensing.queries.scope import may_end, refuse_silencing, silences_in_sight, things_in_sight
from gezhi.sensing.queries.told import silences_matching

PAGE: Final = 30
LENGTHS: Final = {
    1: gettext_lazy("1 小时"),
    4: gettext_lazy("4 小时"),
    24: gettext_lazy("1 天"),
    168: gettext_lazy("7 天"),
    720: gettext_lazy("30 天"),
}
_FIELDS: Final = ("why", "monitor", "place", "thing", "hours", "until")


@requires(DESK)
@require_http_methods(["GET", "POST"])
def silences(request: ActorRequest) -> HttpResponse:
    if request.method == "GET":
        return _list(request, texts(request.GET, _FIELDS))
    typed, now = posted(request, _FIELDS), timezone.now()
    try:
        row = silence(_draft(request, typed, now), request.actor, now)
    except Refused as refused:
        return _list(request, typed, words_of(refused), status=422)
    until = timezone.localtime(row.until)
    messages.success(
        request, _("已静默至 %(at)s，期间的报警照常记录。") % {"at": f"{until:%m-%d %H:%M}"}, "good"
    )
    return redirect("desk:silences")


def _draft(request: ActorRequest, typed: Mapping[str, str], now: datetime) -> SilenceDraft:
    """Raises Refused."""
    if not request.actor.may(WATCH):
        raise Refused("not-your-role", "您的岗位不能设静默。", "Your post sets no silences.")
    world = known_world()
    place = place_of(typed["place"], world)
    if typed["place"] and not place:
        raise Refused(
            "place",
            "没有找到这个区域，请写全名，或区划、网格编码。",
            "There is no such place: write its full name or its code.",
        )
    thing = _thing(request, typed["thing"])
    if typed["monitor"] and typed["monitor"] not in world.catalogue.monitors:
        raise Refused("monitor", "没有这条监测规则。", "There is no such monitor.")
    refuse_silencing(request.actor, place, thing)
    return SilenceDraft(
        why=typed["why"],
        starts_at=now,
        until=_until(typed, now),
        monitors=frozenset({typed["monitor"]} - {""}),
        place_code=place,
        thing_id=thing.pk if thing else None,
    )


def _thing(request: ActorRequest, typed: str) -> Thing | None:
    """Raises Refused."""
    if not typed:
        return None
    found = Thing.objects.filter(things_in_sight(request.actor), pk=number(typed) or 0).first()
    if found is None:
        raise Refused("thing", "没有这台设备，或不在您的辖区内。", "There is no such thing in your places.")
    return found


def _until(typed: Mapping[str, str], now: datetime) -> datetime:
    """The day and hour that was written by the city's clock, else so many hours from now. Raises Refused."""
    if typed["until"]:
        try:
            return timezone.make_aware(datetime.fromisoformat(typed["until"]))
        except ValueError:
            raise Refused(
                "until", "截止时间请写成 2026-11-22 18:00。", "Write the end as 2026-11-22 18:00."
            ) from None
    return now + timedelta(hours=min(number(typed["hours"]) or 0, 24 * 365))


def _list(
    request: ActorRequest, typed: Mapping[str, str], fault: str = "", status: int = 200
) -> HttpResponse:
    now, actor = timezone.now(), request.actor
    over = request.GET.get("over") == "1"
    shown = shown_of(request, silences_matching(actor, now, over=over), PAGE)
    rows = list(shown.object_list)
    may_act = actor.may(WATCH)
    ending = {} if over or not may_act else {one.pk: may_end(actor, one) for one in rows}
    thing = Thing.objects.filter(things_in_sight(actor), pk=number(typed["thing"]) or 0).first()
    context = {
        "shown": shown,
        "silences": silence_views(rows, now, ending),
        "over": over,
        "typed": typed,
        "fault": fault,
        "thing": thing,
        "may_act": may_act,
        "lengths": LENGTHS.items(),
        "monitors": [
            (key, said(one.thing.title)) for key, one in sorted(known_world().catalogue.monitors.items())
        ],
        "query": "over=1" if over else "",
    }
    return sensed_page(request, "silences", context, status=status)


@requires(WATCH)
@require_POST
def end(request: ActorRequest, pk: int) -> HttpResponse:
    row = SilenceRow.objects.filter(silences_in_sight(request.actor), pk=min(pk, 2**62)).first()
    if row is None:
        raise Http404
    try:
        if not may_end(request.actor, row):
            raise Refused(
                "not-your-place",
                "静默由设定的人，或负责该区域的岗位结束。",
                "Whoever set a silence ends it, or a post that watches over its place.",
            )
        end_silence(row.pk, request.actor, timezone.now())
        messages.success(request, _("静默已结束，仍在的报警会重新提醒。"), "good")
    except Refused as refused:
        messages.warning(request, words_of(refused), "soon")
    return redirect("desk:silences")
