"""The board: open work as columns of stages, of one unit or of all that the person sees."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from gezhi.cases.queries import BadFilter
from gezhi.cases.queries.board import Column, board, column, stages_of
from gezhi.cases.queries.listing import COUNTED
from gezhi.cases.world import World, known_world
from gezhi.desk.views.cases import asked_of
from gezhi.desk.views.page import page
from gezhi.packs.shapes import Stage
from gezhi.pages.acting import unit_name
from gezhi.pages.lines import LineView, category_options, line_views
from gezhi.pages.showing import role_name
from gezhi.people.access import DESK, ActorRequest, requires

STAGES: Final = {
    Stage.COLLECT: _("信息收集"),
    Stage.FILE: _("案卷建立"),
    Stage.DISPATCH: _("任务派遣"),
    Stage.HANDLE: _("任务处理"),
    Stage.FEEDBACK: _("处理反馈"),
    Stage.VERIFY: _("核查结案"),
    Stage.EVALUATE: _("综合评价"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """`holder`: the post that works the state."""

    line: LineView
    holder: str


@dataclass(frozen=True, slots=True)
class ColumnView:
    key: str
    title: str
    cards: list[Card]
    count: str
    late: str
    more: str


@requires(DESK)
@require_GET
def show(request: ActorRequest) -> HttpResponse:
    now, world = timezone.now(), known_world()
    asked = asked_of(request.GET.dict(), world)
    stages = stages_of(world.catalogue.procedures)
    stage = next((one for one in stages if one == request.GET.get("stage")), None)
    query = asked.filters.query_string()
    try:
        columns = (
            [column(request.actor, asked.filters, stage, stages[stage], now, request.GET.get("after", ""))]
            if stage
            else board(request.actor, asked.filters, stages, now)
        )
    except BadFilter:
        return redirect(f"{request.path}?{query}")
    own = sorted({post.unit_id for post in request.actor.posts})
    units = [(str(pk), unit_name(world.directory.units[pk])) for pk in own if pk in world.directory.units]
    context = {
        "columns": [_column_view(one, world, now, query, alone=stage is not None) for one in columns],
        "alone": stage is not None,
        "later": bool(request.GET.get("after")),
        "query": query,
        "filters": asked.typed,
        "faults": asked.faults,
        "categories": category_options(world),
        "own_units": units,
    }
    return page(request, "desk/board.html", context, at="desk:board")


def _column_view(one: Column, world: World, now: datetime, query: str, *, alone: bool) -> ColumnView:
    views = line_views(one.lines, world, now)
    worked = _worked_by(world)
    after = f"&after={one.next}" if alone else ""
    return ColumnView(
        key=str(one.stage),
        title=str(STAGES[one.stage]),
        cards=[Card(view, worked.get(line.state, "")) for view, line in zip(views, one.lines, strict=True)],
        count=_capped(one.count),
        late=_capped(one.late) if one.late else "",
        more=f"{query}&stage={one.stage}{after}".lstrip("&") if one.next else "",
    )


def _capped(count: int) -> str:
    return f"{COUNTED}+" if count >= COUNTED else str(count)


def _worked_by(world: World) -> dict[str, str]:
    """The posts that work each state, in words."""
    states = (state for one in world.catalogue.procedures for state in one.states)
    return {
        state.key: "、".join(role_name(role) for role in state.worked_by)
        for state in states
        if state.worked_by
    }
