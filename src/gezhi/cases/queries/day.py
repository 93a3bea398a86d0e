"""A person's day: what waits for the person and is due, soonest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import IntegerField, QuerySet, Value

from gezhi.cases.models import Case
from gezhi.cases.queries.filters import Filters
from gezhi.cases.queries.listing import COUNTED, LINE, CaseLine
from gezhi.cases.queries.scope import marked, visible
from gezhi.cases.queries.written import written
from gezhi.people.access import Actor

PARTS: Final = ("overdue", "today", "week")
SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Part:
    """`key`: overdue, today (the rest of it) or week (the six days after); `lines`: its first, `query`: the list's
    address for all."""

    key: str
    count: int
    capped: bool
    lines: Sequence[CaseLine]
    query: str


def my_day(actor: Actor, now: datetime) -> list[Part]:
    """Two statements, and those of the scope."""
    mine = Case.objects.filter(visible(actor), marked(actor, "mine"), is_open=True)
    parts = [mine.filter(Filters(due=key).facets(now)) for key in PARTS]
    lines = _lines(parts)
    return [
        Part(key, min(count, COUNTED), count > COUNTED, lines[at], _query(key))
        for at, (key, count) in enumerate(zip(PARTS, _counts(parts), strict=True))
    ]


def _query(key: str) -> str:
    return Filters(sort="due", due=key, mark="mine").query_string()


def _lines(parts: Sequence[QuerySet[Case]]) -> list[list[CaseLine]]:
    branches = [_branch(part, at) for at, part in enumerate(parts)]
    found: list[list[CaseLine]] = [[] for _ in parts]
    for at, *row in branches[0].union(*branches[1:], all=True):
        found[at].append(CaseLine(*row))
    return [sorted(lines, key=lambda line: (line.due_at, line.id)) for lines in found]


def _branch(part: QuerySet[Case], at: int) -> QuerySet[Case, tuple[Any, ...]]:
    numbered = part.annotate(part=Value(at, IntegerField())).order_by("due_at", "id")
    return numbered.values_list("part", *LINE)[:SHOWN]


def _counts(parts: Sequence[QuerySet[Case]]) -> Sequence[int]:
    """Counting stops at 1,000."""
    asked = [written(part.order_by().values("id")[: COUNTED + 1]) for part in parts]
    counts = ", ".join(f"(SELECT count(*) FROM ({sql}) AS found)" for sql, _params in asked)  # noqa: S608 - of compiled queries
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [one for _sql, params in asked for one in params])
        row: Sequence[int] = cursor.fetchone()
    return row
