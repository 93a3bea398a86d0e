"""Of what is reported, and how it comes in."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from gezhi.cases.models import Case
from gezhi.insight.queries.board.look import Look
from gezhi.insight.queries.board.standing import span
from gezhi.people.access import Actor

DAYS = 30


@dataclass(frozen=True, slots=True)
class Shares:
    """(key, how many), most first: of the cases opened in thirty days, or in the time that is asked for."""

    sources: Sequence[tuple[str, int]]
    categories: Sequence[tuple[str, int]]


def shares(actor: Actor, look: Look, today: date) -> Shares:
    """One statement."""
    since, until = span(look, today)
    if not look.since:
        since = until - timedelta(days=DAYS)
    cases = Case.objects.filter(look.seen_by(actor), opened_at__gte=since, opened_at__lt=until)
    sources: Counter[str] = Counter()
    categories: Counter[str] = Counter()
    for source, category, number in cases.values_list("source", "category").annotate(n=Count("*")).order_by():
        sources[source] += number
        categories[category] += number
    return Shares(_most(sources), _most(categories))


def _most(found: Counter[str]) -> list[tuple[str, int]]:
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))
