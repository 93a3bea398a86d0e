"""How it stands with security: what is red now, how it went, what waits, and whether anybody watches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Final

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from gezhi.cases.models import Case
from gezhi.cases.queries import visible
from gezhi.cases.world import World, known_world
from gezhi.desk.views.page import page
from gezhi.ledger.freshness import TIMESTAMP, Freshness, State
from gezhi.ledger.queries.outsiders import lag
from gezhi.pages.charts import Bar, BarList, LineChart, Series, bar_list, line_chart, number_words
from gezhi.pages.lines import tag_of
from gezhi.pages.security import WarningView, level_name, signal_name, warning_views
from gezhi.pages.showing import Due, StateTag, due_of
from gezhi.people.access import SECURE, SECURITY, Actor, ActorRequest, View, requires
from gezhi.security.models import Watched
from gezhi.security.queries import situation as told
from gezhi.security.queries.node import troubles

AT: Final = "desk:security"
_SHOWN: Final = 100
_BACKUP: Final = ("backup.stale", "backup.drill-failed", "backup.drill-stale")
_STATES: Final = {
    State.OFF: gettext_lazy("未配置"),
    State.FRESH: gettext_lazy("正常"),
    State.LATE: gettext_lazy("滞后"),
    State.STALE: gettext_lazy("过期，停办有法律效力的事项"),
}


def secured(permission: str) -> Callable[[Callable[..., HttpResponseBase]], View[...]]:
    """With a post that reaches the whole node: security is not divided by place."""

    def mark(view: Callable[..., HttpResponseBase]) -> View[...]:
        @wraps(view)
        def whole(request: ActorRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not request.actor.may_at(permission, settings.NODE_PLACE):
                return render(request, "refused.html", {"actor": request.actor}, status=403)
            return view(request, *args, **kwargs)

        return requires(permission)(whole)

    return mark


@dataclass(frozen=True, slots=True)
class Fact:
    title: str
    words: str
    bad: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class IncidentLine:
    number: str
    title: str
    state: StateTag
    due: Due | None
    opened_at: datetime
    visible: bool


@secured(SECURITY)
@require_GET
def situation(request: ActorRequest) -> HttpResponse:
    """With `part=1` what changes, for the page that asks again by itself."""
    now = timezone.now()
    context = {**_now(request.actor, now), "may_act": request.actor.may(SECURE), "at": now}
    if request.GET.get("part") == "1":
        return render(request, "desk/security/_situation.html", context)
    return page(request, "desk/security/situation.html", context, at=AT)


def _now(actor: Actor, now: datetime) -> dict[str, object]:
    world = known_world()
    standing = told.warnings_newest(standing=True, most=_SHOWN)
    views = warning_views(standing, actor, now)
    last = told.watched()
    return {
        "watched": last,
        "unwatched": _unwatched(last, now),
        "rules": len(world.catalogue.warnings),
        "levels": _levels(views),
        "warnings": views,
        "incidents": _incidents(told.open_incidents(), actor, world, now),
        "hours": _chart(
            _("24 小时"), told.curve(_hour(now) - 23 * told.HOUR, _hour(now) + told.HOUR, told.HOUR)
        ),
        "days": _chart(_("30 天"), told.curve(_day(now) - 29 * told.DAY, _day(now) + told.DAY, told.DAY)),
        "kinds": _bars(_("24 小时内的信号"), told.counts_of_signals(now - told.DAY)),
        "sources": told.failures_by_source(now - told.DAY),
        "taken": told.exports_by_account(now - told.DAY),
        "facts": [*_ledger(lag(now)), *_node(now)],
    }


def _unwatched(last: Watched | None, now: datetime) -> bool:
    return last is None or now - last.at > told.UNWATCHED


def _levels(views: Sequence[WarningView]) -> list[tuple[str, str, int]]:
    """Red first: look, name, how many stand and are not muted."""
    counts = {level: sum(one.row.level == level and not one.muted for one in views) for level in (4, 3, 2, 1)}
    looks = {4: "red", 3: "orange", 2: "yellow", 1: "blue"}
    return [(looks[level], level_name(level), many) for level, many in counts.items()]


def _incidents(cases: Sequence[Case], actor: Actor, world: World, now: datetime) -> list[IncidentLine]:
    seen = set(
        Case.objects.filter(visible(actor), id__in=[one.pk for one in cases]).values_list("id", flat=True)
    )
    return [
        IncidentLine(
            number=one.number,
            title=one.title,
            state=tag_of(world.catalogue, one.category, one.state),
            due=due_of(one.due_at, now),
            opened_at=one.opened_at,
            visible=one.pk in seen,
        )
        for one in cases
    ]


def _hour(now: datetime) -> datetime:
    return timezone.localtime(now).replace(minute=0, second=0, microsecond=0)


def _day(now: datetime) -> datetime:
    return _hour(now).replace(hour=0)


def _chart(title: str, points: Sequence[told.Point]) -> LineChart:
    failures = Series(_("登录失败、密钥错误、拒绝"), [point.failures for point in points])
    return line_chart(
        title,
        [point.at for point in points],
        [Series(_("全部信号"), [point.all for point in points], area=True), failures],
    )


def _bars(title: str, counts: dict[str, int]) -> BarList:
    return bar_list(title, [Bar(signal_name(kind), many) for kind, many in list(counts.items())[:12]])


def _ledger(found: Sequence[Freshness]) -> list[Fact]:
    titles = {TIMESTAMP: _("可信时间戳")}
    return [
        Fact(
            titles.get(one.kind, _("外部见证")),
            f"{_STATES[one.state]}" + (_("，滞后 %(n)s 分钟") % {"n": one.minutes} if one.minutes else ""),
            one.state in (State.LATE, State.STALE),
        )
        for one in found
    ]


def _node(now: datetime) -> list[Fact]:
    """What is wrong is named; what is not, in one word."""
    wrong = [
        Fact(signal_name(kind), "，".join(f"{number_words(value)}" for value in facts.values()), bad=True)
        for kind, facts in troubles(now)
        if kind not in ("timestamp-stale", "witness-stale")
    ]
    backup = told.newest_signal(_BACKUP)
    lately = backup is not None and now - backup.at < told.DAY
    said = signal_name(backup.kind) if backup is not None and lately else _("24 小时内无异常")
    rest = [] if wrong else [Fact(_("磁盘、作业、存证入链"), _("正常"))]
    return [*wrong, *rest, Fact(_("备份"), said, lately)]
