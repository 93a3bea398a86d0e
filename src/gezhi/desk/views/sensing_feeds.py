"""Whence readings and events come, and what was not taken of them: by source, hour and reason, counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from gezhi.desk.views.sensing_page import sensed_page
from gezhi.pages.asked import texts
from gezhi.pages.charts import Series, line_chart
from gezhi.pages.sensing_reasons import reason_words
from gezhi.people.access import DESK, ActorRequest, requires
from gezhi.sensing.models import EventFate, EventWay, Feed, FeedWay, Thing
from gezhi.sensing.queries.feeds import active_feeds, pulse_of
from gezhi.sensing.queries.refusals import (
    EventsOf,
    Refusals,
    events_since,
    refusals_of,
    refusals_since,
    refused_by_hour,
)
from gezhi.sensing.queries.scope import sees_everything

DAYS: Final = {"1": gettext_lazy("24 小时"), "7": gettext_lazy("7 天"), "30": gettext_lazy("30 天")}
FATES: Final = {
    EventFate.OPENED: gettext_lazy("新立案"),
    EventFate.JOINED: gettext_lazy("并入案件"),
    EventFate.AGAIN: gettext_lazy("重复"),
    EventFate.HEARD: gettext_lazy("已收，不立案"),
    EventFate.PERSON: gettext_lazy("含人脸或个人特征，已拒收"),
    EventFate.INVALID: gettext_lazy("内容残缺，已拒收"),
    EventFate.PICTURE: gettext_lazy("图片不收"),
    EventFate.MISTRUSTED: gettext_lazy("身份不符，已拒收"),
    EventFate.TOO_MANY: gettext_lazy("发送过快，已拒收"),
}
WAYS: Final = {
    EventWay.GB28181: "GB/T 28181",
    EventWay.CAMERA: gettext_lazy("视频分析（HTTP）"),
    EventWay.SCAM: gettext_lazy("疑似诈骗电话通知（HTTP）"),
}
FEED_WAYS: Final = {FeedWay.HJ212: "HJ 212", FeedWay.MQTT: "MQTT"}
PROCESS: Final = "sense"
STILL: Final = timedelta(minutes=1)  # without a sign of life
_GRAVE: Final = (EventFate.PERSON, EventFate.MISTRUSTED, EventFate.INVALID, EventFate.TOO_MANY)


@dataclass(frozen=True, slots=True)
class RefusalView:
    row: Refusals
    reason: str


@dataclass(frozen=True, slots=True)
class EventView:
    """`counts`: (words, how many, whether it was refused)."""

    name: str
    key: str
    way: str
    seen_at: datetime | None
    ended: bool
    counts: list[tuple[str, int, bool]]


@requires(DESK)
@require_GET
def feeds(request: ActorRequest) -> HttpResponse:
    """For posts of the whole node: a source has no place. `source`: one of them, hour by hour."""
    if not sees_everything(request.actor):
        return render(request, "refused.html", {"actor": request.actor}, status=403)
    typed = texts(request.GET, ("days", "source"))
    days = int(typed["days"]) if typed["days"] in DAYS else 1
    hours, since = days * 24, _hour(timezone.now()) - timedelta(hours=days * 24 - 1)
    told = refused_by_hour(since, hours)
    context = {
        "days": str(days),
        "spans": DAYS.items(),
        "refusals": [RefusalView(one, reason_words(one.reason)) for one in refusals_since(since)],
        "total": sum(many for _hour, many in told),
        "chart": line_chart(
            _("每小时未收的读数"),
            [hour for hour, _many in told],
            [Series(_("未收的读数"), [many for _hour, many in told], area=True)],
        ),
        "events": [_event(one) for one in events_since(since)],
        "feeds": [_feed(one) for one in active_feeds().select_related("thing")],
        "pulse": _pulse(timezone.now()),
        "source": typed["source"][:60],
        "hours": _hours(typed["source"][:60], since),
    }
    return sensed_page(request, "feeds", context)


def _hour(now: datetime) -> datetime:
    return localtime(now).replace(minute=0, second=0, microsecond=0)


def _hours(source: str, since: datetime) -> list[tuple[datetime, str, int]]:
    if not source:
        return []
    return [(hour, reason_words(reason), many) for hour, reason, many in refusals_of(source, since)]


@dataclass(frozen=True, slots=True)
class FeedView:
    """`source`: by which its refusals are counted."""

    name: str
    way: str
    source: str
    thing: Thing | None


def _feed(one: Feed) -> FeedView:
    return FeedView(
        one.name, str(FEED_WAYS.get(FeedWay(one.way), one.way)), f"{one.way}:{one.key}", one.thing
    )


@dataclass(frozen=True, slots=True)
class PulseView:
    """The process that hears stations and brokers. `at` None: it never ran."""

    at: datetime | None
    late: bool


def _pulse(now: datetime) -> PulseView:
    found = pulse_of(PROCESS)
    return PulseView(found.at if found else None, found is None or now - found.at > STILL)


def _event(one: EventsOf) -> EventView:
    source = one.source
    return EventView(
        name=source.name if source else _("没有登记的来源"),
        key=source.key if source else "",
        way=str(WAYS.get(EventWay(source.way), source.way)) if source else "",
        seen_at=source.seen_at if source else one.last_at,
        ended=source is not None and not source.is_active,
        counts=_counts(one.counts),
    )


def _counts(counts: Mapping[str, int]) -> list[tuple[str, int, bool]]:
    return [(str(words), counts[fate], fate in _GRAVE) for fate, words in FATES.items() if counts.get(fate)]
