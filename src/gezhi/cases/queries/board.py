"""Open cases as columns of stages, due soonest first: bounded however many there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from gezhi.cases.models import Case
from gezhi.cases.queries.cursor import NO_DUE, cursor_of, read_cursor
from gezhi.cases.queries.filters import Filters
from gezhi.cases.queries.listing import COUNTED, LINE, CaseLine
from gezhi.cases.queries.scope import marked, visible
from gezhi.cases.queries.written import written
from gezhi.packs.shapes import Procedure, Stage
from gezhi.people.access import Actor

SHOWN = 20  # of each column
LONGER = 50  # of one column alone

States = Sequence[str]


@dataclass(frozen=True, slots=True)
class Column:
    """`count` and `late` stop at 999. `next`: the cursor of what follows, None at the end."""

    stage: Stage
    lines: Sequence[CaseLine]
    count: int
    late: int
    next: str | None


def stages_of(procedures: Iterable[Procedure]) -> dict[Stage, States]:
    """The open states of each stage, in the order of the loop. Should packs put one state into two stages, the first
    rules."""
    stage_of: dict[str, Stage] = {}
    for procedure in procedures:
        for state in procedure.states:
            if state.open:
                stage_of.setdefault(state.key, state.stage)
    found = {stage: [key for key, one in stage_of.items() if one is stage] for stage in Stage}
    return {stage: states for stage, states in found.items() if states}


def board(actor: Actor, filters: Filters, stages: Mapping[Stage, States], now: datetime) -> list[Column]:
    """Two statements, and one more for people of units."""
    cases = _open(actor, filters, now)
    counts = _counts(cases, stages, now)
    filled = {stage: states for stage, states in stages.items() if counts[stage][0]}
    lines = _lines(cases, filled, SHOWN)
    return [
        Column(stage, lines.get(stage, [])[:SHOWN], *counts[stage], _next(lines.get(stage, []), SHOWN))
        for stage in stages
    ]


def column(
    actor: Actor,
    filters: Filters,
    stage: Stage,
    states: States,
    now: datetime,
    after: str = "",
    size: int = LONGER,
) -> Column:
    """One column alone. Raises BadFilter for a cursor that we did not give."""
    cases = _open(actor, filters, now)
    counts = _counts(cases, {stage: states}, now)[stage]
    rest = cases.filter(_following(after)) if after else cases
    lines = _lines(rest, {stage: states}, size)[stage]
    return Column(stage, lines[:size], *counts, _next(lines, size))


def _open(actor: Actor, filters: Filters, now: datetime) -> QuerySet[Case]:
    return Case.objects.filter(
        visible(actor), marked(actor, filters.mark), filters.condition(now), is_open=True
    )


def _counts(
    cases: QuerySet[Case], stages: Mapping[Stage, States], now: datetime
) -> dict[Stage, tuple[int, int]]:
    """How many of each stage and how many of them late, each counted up to 999. One statement."""
    asked = [
        cases.filter(state__in=states, **late).order_by().values("id")[:COUNTED]
        for states in stages.values()
        for late in ({}, {"due_at__lt": now})
    ]
    said = [written(one) for one in asked]
    parts = ", ".join(f"(SELECT count(*) FROM ({sql}) found)" for sql, _params in said)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {parts}", [value for _sql, params in said for value in params])
        row = cursor.fetchone()
    return {stage: (row[2 * place], row[2 * place + 1]) for place, stage in enumerate(stages)}


def _lines(cases: QuerySet[Case], stages: Mapping[Stage, States], size: int) -> dict[Stage, list[CaseLine]]:
    """Each state by its own index, then the soonest of each stage. One statement."""
    of_state = {state: stage for stage, states in stages.items() for state in states}
    branches = [
        cases.filter(state=state).order_by("due_at", "id").values_list(*LINE)[: size + 1]
        for state in of_state
    ]
    found: dict[Stage, list[CaseLine]] = {stage: [] for stage in stages}
    for row in branches[0].union(*branches[1:], all=True) if branches else ():
        line = CaseLine(*row)
        found[of_state[line.state]].append(line)
    return {stage: sorted(lines, key=_order)[: size + 1] for stage, lines in found.items()}


def _order(line: CaseLine) -> tuple[datetime, int]:
    return line.due_at or NO_DUE, line.id


def _next(lines: Sequence[CaseLine], size: int) -> str | None:
    if len(lines) <= size:
        return None
    return cursor_of(*_order(lines[size - 1]))


def _following(after: str) -> Q:
    due, pk = read_cursor(after)
    if due == NO_DUE:
        return Q(due_at=None, id__gt=pk)
    return Q(due_at__gt=due) | Q(due_at=due, id__gt=pk) | Q(due_at=None)
