"""What the system would do by itself and does not, while nobody outside vouches for the ledger any more."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from gezhi.cases.binding import Chosen, held_states
from gezhi.cases.models import Case
from gezhi.cases.watching import marks
from gezhi.cases.world import World
from gezhi.packs.shapes import Effect, Kind, Procedure, Transition


def in_states(states: Mapping[str, frozenset[str]]) -> Q:
    """Cases of these procedures in these states."""
    found = Q(pk__in=())
    for procedure, keys in sorted(states.items()):
        found |= Q(procedure=procedure, state__in=sorted(keys))
    return found


def held_back(world: World, chosen: Chosen) -> Q:
    """Cases whose next step by the system has legal effect."""
    return in_states(held_states(world.catalogue.procedures, chosen))


def held_count(world: World, now: datetime) -> int:
    """How many cases would have gone on by themselves."""
    over = Q(due_at__lte=now, overdue_at=None) & held_back(world, when_over)
    marked = Q(wake_at__lte=now) & held_back(world, at_marks)
    return Case.objects.filter(over | marked).count()


def when_over(procedure: Procedure, state: str, step: Transition) -> bool:
    """Taken when the state's limit is over."""
    return step.when_overdue


def at_marks(procedure: Procedure, state: str, step: Transition) -> bool:
    """Taken at a share of the limit."""
    return step.key in {watch.do for watch in marks(procedure, state)}


def when_absent(procedure: Procedure, state: str, step: Transition) -> bool:
    """Taken when a called unit stays away."""
    return step.kind is Kind.ABSENT


def when_unanswered(procedure: Procedure, state: str, step: Transition) -> bool:
    """Taken when an order has no answer."""
    return step.kind is Kind.SUPERVISE and Effect.RED_CARD in step.effects
