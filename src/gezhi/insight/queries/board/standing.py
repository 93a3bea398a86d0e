"""How it stands now: the open cases that are looked at, by stage, and what came in and was closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from gezhi.cases.models import Case
from gezhi.cases.queries.filters import midnight
from gezhi.cases.world import World
from gezhi.insight.queries.board.look import Look
from gezhi.insight.queries.board.open_cases import Numbers, groups, summed
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.shapes import Stage
from gezhi.people.access import Actor

RATED_DAYS = 30


@dataclass(frozen=True, slots=True)
class Standing:
    """`stages`: how many open cases stand in each of the seven stages."""

    numbers: Numbers
    stages: Mapping[Stage, int]


@dataclass(frozen=True, slots=True)
class Flow:
    """Cases opened and closed in a time. `rated`, `satisfied`: of those closed in the last thirty days or in the time
    that was asked for, how many were rated, and how many of these 4 or 5; of work, never of a person."""

    received: int = 0
    closed: int = 0
    rated: int = 0
    satisfied: int = 0

    @property
    def satisfaction(self) -> float | None:
        return self.satisfied / self.rated if self.rated else None


def standing(actor: Actor, look: Look, world: World, now: datetime) -> Standing:
    found = groups(actor, look, now)
    total = summed(found, lambda _group: "")
    stages = summed(
        found, lambda one: stage_of(one.pack_version_id, one.procedure, one.state, world.catalogue)
    )
    return Standing(total[""], {stage: stages[stage].open for stage in Stage if stage in stages})


def stage_of(pack_version_id: int, procedure: str, state: str, catalogue: Catalogue) -> Stage:
    known = catalogue.find_procedure(pack_version_id, procedure)
    found = next((one.stage for one in known.states if one.key == state), None) if known else None
    return found or Stage.FILE


def flow(actor: Actor, look: Look, today: date) -> Flow:
    """Of today, or of the time that is asked for. Two statements."""
    since, until = span(look, today)
    seen = look.seen_by(actor)
    received = Case.objects.filter(seen, opened_at__gte=since, opened_at__lt=until).count()
    rated_since = since if look.since else min(since, until - timedelta(days=RATED_DAYS))
    closed = closings(actor, look, rated_since, until).aggregate(
        closed=Count("place_code", filter=Q(closed_at__gte=since)),
        rated=Count("rating"),
        satisfied=Count("place_code", filter=Q(rating__gte=4)),
    )
    return Flow(received=received, **closed)


def closings(actor: Actor, look: Look, since: datetime, until: datetime) -> QuerySet[Case]:
    """Cases that were closed in this time and have stayed so; what was merged into another is none."""
    closed = Q(closed_at__gte=since, closed_at__lt=until, is_open=False, merged_into_id=None)
    return Case.objects.filter(look.seen_by(actor), closed)


def span(look: Look, today: date) -> tuple[datetime, datetime]:
    """The time that is asked for; without one, today."""
    first = date.fromisoformat(look.since) if look.since else min(today, _last(look, today))
    return midnight(first), midnight(_last(look, today) + timedelta(days=1))


def _last(look: Look, today: date) -> date:
    return date.fromisoformat(look.until) if look.until else today
