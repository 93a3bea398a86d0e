"""What holds the overdue cases up, and who is at work in the units that hold them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count
from django.utils import timezone

from gezhi.cases.models import Case
from gezhi.cases.world import World
from gezhi.insight.queries.board.look import Look
from gezhi.insight.queries.board.standing import stage_of
from gezhi.lib.codes import level_of
from gezhi.packs.shapes import Stage
from gezhi.people.access import Actor
from gezhi.people.directory import chain_of
from gezhi.people.models import Post, Role
from gezhi.people.queries.staff import in_force

MOST: Final = 6
PEOPLE: Final = 4  # of a unit


@dataclass(frozen=True, slots=True)
class Held:
    """Overdue cases by stage and by category, most first."""

    stages: Sequence[tuple[Stage, int]]
    categories: Sequence[tuple[str, int]]


def held_by(actor: Actor, look: Look, world: World, now: datetime) -> Held:
    """One statement."""
    late = Case.objects.filter(look.seen_by(actor), look.opened(), is_open=True, due_at__lt=now)
    rows = late.values_list("pack_version_id", "procedure", "state", "category").annotate(n=Count("*"))
    stages, categories = Counter[Stage](), Counter[str]()
    for version, procedure, state, category, number in rows.order_by():
        stages[stage_of(version, procedure, state, world.catalogue)] += number
        categories[category] += number
    return Held(
        stages.most_common(MOST), sorted(categories.items(), key=lambda one: (-one[1], one[0]))[:MOST]
    )


def dispatchers_at(place: str) -> tuple[str, list[str]] | None:
    """Names of those who dispatch there today, with the place: it, or the nearest above that has one. One
    statement."""
    posts = Post.objects.filter(
        in_force(timezone.localdate()), role=Role.DISPATCHER, place_code__in=list(chain_of(place))
    )
    rows = list(posts.order_by("id").values_list("place_code", "account__name"))
    nearest = max((code for code, _name in rows), key=level_of, default="")
    return (nearest, [name for code, name in rows if code == nearest][:PEOPLE]) if rows else None


def on_duty(unit_ids: Sequence[int]) -> Mapping[int, Sequence[tuple[str, str]]]:
    """unit -> (role, name) of the posts held there today, leaders first; nothing of how anybody works. One
    statement."""
    posts = Post.objects.filter(in_force(timezone.localdate()), unit_id__in=unit_ids)
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for unit, role, name in posts.order_by("id").values_list("unit_id", "role", "account__name"):
        found[unit].append((role, name))
    leading = [Role.LEADER, Role.DISPATCHER, Role.HANDLER]
    order = {str(role): at for at, role in enumerate(leading)}
    return {
        unit: sorted(people, key=lambda one: order.get(one[0], len(leading)))[:PEOPLE]
        for unit, people in found.items()
    }
