"""What a place has (底数): grids, homes, units, people on duty by number, and the rounds of today."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, Sum

from gezhi.insight.queries.board import memo
from gezhi.lib.codes import GRID, place_range
from gezhi.people.models import Post, Role, Unit
from gezhi.people.queries.staff import in_force
from gezhi.places.queries import within
from gezhi.rounds.queries import Covered, coverage

KEPT = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Base:
    """`posts`: held today; `workers`: those of them that are grid posts. Numbers, no names."""

    grids: int
    households: int
    units: int
    posts: int
    workers: int


def base(place: str, today: date) -> Base:
    """Three statements once a minute."""
    return memo.get(("base", place, today), KEPT, lambda: _base(place, today))


def _base(place: str, today: date) -> Base:
    low, high = place_range(place)
    here = Q(place_code__gte=low, place_code__lt=high)
    homes = within(place).filter(level=GRID).aggregate(grids=Count("pk"), households=Sum("households"))
    posts = Post.objects.filter(here, in_force(today)).aggregate(
        posts=Count("pk"), workers=Count("pk", filter=Q(role=Role.GRID_WORKER))
    )
    units = Unit.objects.filter(here, is_active=True).count()
    return Base(homes["grids"], homes["households"] or 0, units, **posts)


def rounds_of(place: str, since: datetime, until: datetime) -> Covered:
    """Patrols and visits of a time, of all plans together: how many, never who walked where. One statement."""
    found = coverage(place, since, until).values()
    names = ("due", "done", "missed", "skipped")
    return Covered(**{name: sum(getattr(one, name) for one in found) for name in names})
