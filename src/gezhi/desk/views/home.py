"""The desk's first page: what waits for this person, by queue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from gezhi.cases.queries import Queue, queues, saved_views
from gezhi.cases.queries.day import my_day
from gezhi.cases.world import World, known_world
from gezhi.desk.views.moving import DAY_KEYS
from gezhi.desk.views.page import page
from gezhi.desk.views.rows import rows_html
from gezhi.pages.lines import line_views, state_titles
from gezhi.pages.showing import icon, role_name
from gezhi.people.access import DESK, Actor, ActorRequest, requires
from gezhi.people.models import Role

_AHEAD: Final = timedelta(days=60)
_PLANNERS: Final = {Role.ADMINISTRATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER}
_PARTS: Final = {"overdue": _("已超期"), "today": _("今天到期"), "week": _("六天内到期")}
_LEVELS: Final = {"overdue": "overdue", "today": "soon", "week": "calm"}
_OWN: Final = {
    "overdue": _("已超期"),
    "soon": _("4 小时内到期"),
    "open": _("全部在办"),
    "asked": _("待审批"),
    "card": _("已发牌"),
    "called": _("吹哨与联办"),
    "ordered": _("待答复督办令"),
    "special": _("专项流程待办"),
}


@dataclass(frozen=True, slots=True)
class QueueView:
    key: str
    title: str
    count: int
    capped: bool
    query: str

    @property
    def icon(self) -> str:
        return self.key if self.key in ("overdue", "soon") else ""

    @property
    def look(self) -> str:
        return self.icon if self.count else "none"


@dataclass(frozen=True, slots=True)
class PartView:
    """`drawn`: its first rows."""

    key: str
    title: str
    count: int
    capped: bool
    query: str
    drawn: SafeString

    @property
    def icon(self) -> SafeString:
        return icon(_LEVELS[self.key])


@dataclass(frozen=True, slots=True)
class PostView:
    unit: str
    role: str


@requires(DESK)
@require_GET
def home(request: ActorRequest) -> HttpResponse:
    now, world = timezone.now(), known_world()
    found = queues(request.actor, now)
    context = {
        "posts": [PostView(post.unit_name, role_name(post.role)) for post in request.actor.posts],
        "queues": _queue_views(found, state_titles(world.catalogue)),
        "day": _day(request.actor, world, now),
        "keys": DAY_KEYS,
        "views": saved_views(request.actor.account_id),
        "unknown_years": _unknown_years(request.actor, world),
    }
    return page(request, "desk/home.html", context, at="desk:home")


def _unknown_years(actor: Actor, world: World) -> str:
    """For whoever plans or can import them: years soon to come whose holidays nobody told this node."""
    if not any(post.role in _PLANNERS for post in actor.posts):
        return ""
    today = timezone.localdate()
    return "、".join(map(str, world.calendar.unknown_years(today, today + _AHEAD)))


def _day(actor: Actor, world: World, now: datetime) -> list[PartView]:
    """Three statements, and those of the scope."""
    parts = [part for part in my_day(actor, now) if part.count]
    rows = line_views([line for part in parts for line in part.lines], world, now)
    views, begin = [], 0
    for part in parts:
        end = begin + len(part.lines)
        drawn = rows_html(rows[begin:end], choosing=False)
        views.append(PartView(part.key, str(_PARTS[part.key]), part.count, part.capped, part.query, drawn))
        begin = end
    return views


def _queue_views(found: Sequence[Queue], titles: Mapping[str, str]) -> list[QueueView]:
    return [
        QueueView(
            one.key, str(_OWN.get(one.key) or titles.get(one.key, one.key)), one.count, one.capped, one.query
        )
        for one in found
    ]
