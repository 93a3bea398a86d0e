"""Lists of cases and the queues of a person's posts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, QuerySet

from gezhi.cases.models import Case, SavedView
from gezhi.cases.periods import periods_back
from gezhi.cases.queries.cursor import NO_DUE, cursor_of, read_cursor
from gezhi.cases.queries.filters import Filters, said
from gezhi.cases.queries.scope import (
    WAITS,
    called_cases,
    hidden_from,
    marked,
    special_states,
    visible,
)
from gezhi.cases.waiting import Waiting
from gezhi.cases.world import known_world
from gezhi.lib.codes import place_range
from gezhi.people.access import Actor
from gezhi.people.models import Role

PAGE = 50
COUNTED = 999  # a queue's count stops here: what a person needs to know is "very many"
LINE = (
    "id number title category state is_open place_code unit_id suggested_unit_id opened_at due_at "
    "overdue_at closed_at report_count reopen_count rating version confidence card held_code lon lat"
).split()


@dataclass(frozen=True, slots=True)
class CaseLine:
    id: int
    number: str
    title: str
    category: str
    state: str
    is_open: bool
    place_code: str
    unit_id: int | None
    suggested_unit_id: int | None
    opened_at: datetime
    due_at: datetime | None
    overdue_at: datetime | None
    closed_at: datetime | None
    report_count: int
    reopen_count: int
    rating: int | None
    version: int
    confidence: float | None
    card: int
    held_code: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class Page:
    """`next`: the cursor of the following page, None at the end; `prev`: of the one before, None at the start."""

    lines: Sequence[CaseLine]
    next: str | None
    prev: str | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """`key` is stable; `count` stops at 999 and is then `capped`; `query`: the list's address for it."""

    key: str
    count: int
    capped: bool
    query: str


def case_list(
    actor: Actor, filters: Filters, now: datetime, after: str = "", size: int = PAGE, before: str = ""
) -> Page:
    """One statement; found words are listed newest first. `after`: a page's `next`, `before`: a page's `prev`, of the
    same filters. Raises BadFilter for a cursor that we did not give."""
    only_open = _only_open(filters)
    cases = Case.objects.filter(visible(actor), marked(actor, filters.mark))
    if only_open:
        cases = cases.filter(is_open=True)  # lets the small indexes of open cases serve
    if filters.tsquery:
        filters = replace(filters, sort="newest")
        branches = list(_back_in_time(cases.filter(filters.facets(now)), filters, now, only_open))
        found = _union(
            [
                ordered(branch, filters, after, before).values_list(*LINE)[: size + 1]
                for branch in (reversed(branches) if before else branches)
            ]
        )
    else:
        found = ordered(cases.filter(filters.condition(now)), filters, after, before).values_list(*LINE)
    return _page([CaseLine(*row) for row in found[: size + 1]], filters, size, after, before)


def _page(rows: Sequence[CaseLine], filters: Filters, size: int, after: str, before: str) -> Page:
    """`rows`: one more than the page holds where there is more that way; backwards where `before` is given."""
    more, lines = len(rows) > size, rows[:size]
    if before:
        lines = lines[::-1]
    if not lines:
        return Page([], None)
    back, on = (more, True) if before else (bool(after), more)
    return Page(
        lines, _cursor(lines[-1], filters) if on else None, _cursor(lines[0], filters) if back else None
    )


def _back_in_time(
    cases: QuerySet[Case], filters: Filters, now: datetime, only_open: bool
) -> Iterator[QuerySet[Case]]:
    """The cases that hold the words, period by period; PostgreSQL stops at the period that fills the page."""
    for period in periods_back(now):
        marks = " | ".join(f"'{mark}'" for mark in period.marks)
        branch = cases.filter(said(f"({filters.tsquery}) & ({marks})" if marks else filters.tsquery))
        if period.since:
            branch = branch.filter(opened_at__gte=period.since)
        if period.until:
            branch = branch.filter(opened_at__lt=period.until)
            if only_open:  # asked once for the period: nothing that old is open, so nothing is searched
                branch = branch.filter(Exists(Case.objects.filter(is_open=True, opened_at__lt=period.until)))
        yield branch


def _union(branches: Sequence[QuerySet[Case, tuple[Any, ...]]]) -> QuerySet[Case, tuple[Any, ...]]:
    return branches[0].union(*branches[1:], all=True)


def _only_open(filters: Filters) -> bool:
    """Whether the filters let open cases through only."""
    if filters.status == "open" or filters.due or filters.mark in ("special", "mine"):
        return True
    states = (state for one in known_world().catalogue.procedures for state in one.states)
    return bool(filters.state) and all(state.open for state in states if state.key == filters.state)


def ordered(cases: QuerySet[Case], filters: Filters, after: str = "", before: str = "") -> QuerySet[Case]:
    """`before`: those before the cursor, the nearest to it first."""
    if filters.sort == "due":
        cases = cases.filter(is_open=True, due_at__isnull=False)
    by, rises = ("due_at", True) if filters.sort == "due" else ("opened_at", False)
    if after or before:
        at, pk = read_cursor(after or before)
        way = "gt" if rises is bool(after) else "lt"
        cases = cases.filter(**{f"{by}__{way}e": at}).exclude(**{by: at, f"id__{_BEYOND[way]}e": pk})
    sign = "" if rises is not bool(before) else "-"
    return cases.order_by(f"{sign}{by}", f"{sign}id")


_BEYOND = {"gt": "lt", "lt": "gt"}


def _cursor(line: CaseLine, filters: Filters) -> str:
    return cursor_of((line.due_at or NO_DUE) if filters.sort == "due" else line.opened_at, line.id)


_MARKS = {
    Role.DISPATCHER: ("asked",),
    Role.SUPERVISOR: ("asked", "card"),
    Role.LEADER: ("asked", "card"),
    Role.HANDLER: ("called", "ordered"),
}


def queues(actor: Actor, now: datetime) -> list[Queue]:
    """What waits for this person: by state, then what is late. One statement for all counts, one more
    for what the units were called to."""
    asked = [("state", state) for post in actor.posts for state in WAITS.get(Role(post.role), ())]
    asked += [("mark", mark) for post in actor.posts for mark in _MARKS.get(Role(post.role), ())]
    special = special_states(actor)
    asked += [("mark", "special")] if special else []
    keys = list(dict.fromkeys(asked)) + [("due", "overdue"), ("due", "soon"), ("status", "open")]
    called = called_cases(actor)
    scope, params = _scope_sql(actor, called)
    parts: list[str] = []
    values: list[Any] = []
    for name, value in keys:
        condition, more = (
            _special_sql(special) if value == "special" else _condition_sql(name, value, now, called)
        )
        parts.append(
            f"(SELECT count(*) FROM (SELECT 1 FROM cases_case WHERE is_open AND {condition} AND ({scope})"
            f" LIMIT {COUNTED + 1}) AS found)"
        )
        values += [*more, *params]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        counts = cursor.fetchone()
    return [
        Queue(value, min(count, COUNTED), count > COUNTED, Filters(sort="due").query_string(**{name: value}))
        for (name, value), count in zip(keys, counts, strict=True)
    ]


_MARK_SQL = {"asked": "asked IS NOT NULL", "card": "card > 0", "ordered": "ordered"}


def _condition_sql(name: str, value: str, now: datetime, called: Sequence[int]) -> tuple[str, list[Any]]:
    if name == "mark":
        return ("id = ANY(%s)", [list(called)]) if value == "called" else (_MARK_SQL[value], [])
    if name == "state":
        return "state = %s", [value]
    if name == "due" and value == "overdue":
        return "due_at < %s", [now]
    if name == "due":
        return "due_at >= %s AND due_at < %s::timestamptz + interval '4 hours'", [now, now]
    return "true", []


def _special_sql(special: Waiting) -> tuple[str, list[Any]]:
    """The same as `marked`, for counts written by hand."""
    each = " OR ".join("(procedure = %s AND state = ANY(%s))" for _ in special)
    return f"({each})", [part for key, states in special.items() for part in (key, sorted(states))]


def _scope_sql(actor: Actor, called: Sequence[int]) -> tuple[str, list[Any]]:
    """The same scope as `reached`, for counts written by hand."""
    parts = ["id = ANY(%s)"] if called else ["false"]
    values: list[Any] = [list(called)] if called else []
    for unit in sorted(actor.handling_units):
        parts.append("unit_id = %s")
        values.append(unit)
    for place in actor.seen_places:
        parts.append("place_code >= %s AND place_code < %s")
        values += place_range(place)
    hidden = hidden_from(actor)
    if not hidden:
        return " OR ".join(parts), values
    return f"({' OR '.join(parts)}) AND NOT category = ANY(%s)", [*values, sorted(hidden)]


def saved_views(account_id: int) -> list[SavedView]:
    return list(SavedView.objects.filter(account_id=account_id).order_by("name"))
