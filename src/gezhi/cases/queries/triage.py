"""Triage: what waits for a person to file or dispatch it, one case after the other, due soonest first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import F, Q, QuerySet

from gezhi.cases.models import Case
from gezhi.cases.queries.cursor import NO_DUE, cursor_of, read_cursor
from gezhi.cases.world import World
from gezhi.lib.codes import place_range
from gezhi.packs.shapes import Stage
from gezhi.people.access import Actor
from gezhi.people.models import Role

COUNTED = 999
STAGES = (Stage.COLLECT, Stage.FILE)


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A case's turn: when it is due (NO_DUE: never), then by age."""

    due_at: datetime
    id: int
    number: str = ""

    @property
    def cursor(self) -> str:
        return cursor_of(self.due_at, self.id)


def turn_of(cursor: str) -> Turn:
    """Raises BadFilter for a cursor that we did not give."""
    return Turn(*read_cursor(cursor))


def is_dispatcher(actor: Actor) -> bool:
    return any(post.role == Role.DISPATCHER for post in actor.posts)


def turn_after(actor: Actor, world: World, turn: Turn | None = None) -> Turn | None:
    """The case whose turn it is after that one (None: the first of all). One statement."""
    later = Q()
    if turn and turn.due_at == NO_DUE:
        later = Q(due_at=None, id__gt=turn.id)
    elif turn:
        later = Q(due_at=turn.due_at, id__gt=turn.id) | Q(due_at__gt=turn.due_at) | Q(due_at=None)
    found = _each(actor, world, later, (F("due_at").asc(nulls_last=True), "id"))
    return min(found, default=None)


def turn_before(actor: Actor, world: World, turn: Turn) -> Turn | None:
    """The case whose turn was before that one. One statement."""
    earlier = Q(due_at=turn.due_at, id__lt=turn.id) | Q(due_at__lt=turn.due_at)
    if turn.due_at == NO_DUE:
        earlier = Q(due_at=None, id__lt=turn.id) | Q(due_at__isnull=False)
    found = _each(actor, world, earlier, (F("due_at").desc(nulls_first=True), "-id"))
    return max(found, default=None)


def triage_count(actor: Actor, world: World) -> int:
    """How many wait; counting stops at 1,000. One statement."""
    states = _states(world)
    waiting = (Q(state=state, procedure__in=keys) for state, keys in states.items())
    if not states or not is_dispatcher(actor):
        return 0
    return Case.objects.filter(_own(actor), reduce(or_, waiting), is_open=True)[: COUNTED + 1].count()


def _each(actor: Actor, world: World, where: Q, order: Iterable[object]) -> Sequence[Turn]:
    """The first case of each state: so each is one look into the index of the state's queue."""
    if not is_dispatcher(actor):
        return ()
    found = [_first(actor, state, keys, where, order) for state, keys in _states(world).items()]
    rows = found[0].union(*found[1:], all=True) if found else ()
    return [Turn(due or NO_DUE, pk, number) for due, pk, number in rows]


def _first(
    actor: Actor, state: str, procedures: Sequence[str], where: Q, order: Iterable[object]
) -> "QuerySet[Case, tuple[datetime | None, int, str]]":
    cases = Case.objects.filter(_own(actor), where, is_open=True, state=state, procedure__in=procedures)
    return cases.order_by(*order).values_list("due_at", "id", "number")[:1]  # type: ignore[arg-type]


def _states(world: World) -> dict[str, list[str]]:
    """Open states at the beginning of procedures that wait for a dispatcher -> the procedures that know them."""
    found: dict[str, set[str]] = defaultdict(set)
    for procedure in world.catalogue.procedures:
        for state in procedure.states:
            if state.open and state.stage in STAGES and Role.DISPATCHER in state.worked_by:
                found[state.key].add(procedure.key)
    return {state: sorted(found[state]) for state in sorted(found)}


def _own(actor: Actor) -> Q:
    """What the centres of the person's dispatching posts hold: of their places, and not escalated above them."""
    held = Q(pk__in=())
    for post in actor.posts:
        if post.role == Role.DISPATCHER:
            low, high = place_range(post.place_code)
            held |= Q(held_code="", place_code__gte=low, place_code__lt=high)
            held |= Q(held_code__gte=low, held_code__lt=high)
    return held
