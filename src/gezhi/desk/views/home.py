"""The desk's first page: what waits for this person, by queue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from gezhi.cases.queries import DUES, MARKS, Filters, Queue, case_list, queues, saved_views
from gezhi.cases.world import World, known_world
from gezhi.desk.views.page import page
from gezhi.desk.views.rows import rows_html
from gezhi.pages.lines import line_views, state_titles
from gezhi.pages.showing import role_name
from gezhi.people.access import DESK, Actor, ActorRequest, requires
from gezhi.people.models import Role

_SHOWN: Final = 15
_AHEAD: Final = timedelta(days=60)
_PLANNERS: Final = {Role.ADMINISTRATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER}
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
class PostView:
    unit: str
    role: str


@requires(DESK)
@require_GET
def home(request: ActorRequest) -> HttpResponse:
    now, world = timezone.now(), known_world()
    found = queues(request.actor, now)
    first = next((queue for queue in found if queue.count and queue.key != "soon"), found[-1])
    lines = case_list(request.actor, _filters(first), now, size=_SHOWN).lines
    views = _queue_views(found, state_titles(world.catalogue))
    rows = line_views(lines, world, now)
    context = {
        "posts": [PostView(post.unit_name, role_name(post.role)) for post in request.actor.posts],
        "queues": views,
        "first": next(view for view in views if view.key == first.key),
        "rows": rows,
        "drawn": rows_html(rows, choosing=False),
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


def _filters(queue: Queue) -> Filters:
    names = dict.fromkeys(DUES, "due") | dict.fromkeys(MARKS, "mark") | {"open": "status"}
    return Filters(sort="due", **{names.get(queue.key, "state"): queue.key})


def _queue_views(found: Sequence[Queue], titles: Mapping[str, str]) -> list[QueueView]:
    return [
        QueueView(
            one.key, str(_OWN.get(one.key) or titles.get(one.key, one.key)), one.count, one.capped, one.query
        )
        for one in found
    ]
