"""Invented houses, households, shops and sites around the demonstration's grid worker, and plans that visit them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final

import shapely
from django.utils import timezone

from gezhi.cases.world import world
from gezhi.demo.queries import grids_with_villages
from gezhi.lib.codes import TOWN, VILLAGE, ancestor_at, is_within
from gezhi.packs.shapes import RoundPlan
from gezhi.people.access import Actor, actor_of
from gezhi.people.models import Account
from gezhi.rounds.actions import import_subjects, set_plan
from gezhi.rounds.book import Book
from gezhi.rounds.queries import book
from gezhi.rounds.reading import SubjectRow

PER_GRID: Final = 5  # of each kind
LANES: Final = ("桂花巷", "石板街", "临河路", "后塘弄", "新丰里", "百丈弄")
NAMES: Final = {
    "house": "{lane} {n} 号楼",
    "household": "{lane} {n} 号 {m}02 室",
    "shop": "{lane} {n} 号店铺",
    "site": "{lane} {n} 号场所",
}


def plan_rounds(now: datetime, seed: int, worker: str = "gridworker") -> int:
    """Subjects in the grid worker's village and every plan of the published packs on in its town; how many subjects.

    Without plans in the packs nothing is invented.
    """
    plans = book(world().stamp)
    if not plans.plans:
        return 0
    actor = actor_of(Account.objects.get(username="supervisor"), timezone.localdate(now))
    grid = actor_of(Account.objects.get(username=worker), timezone.localdate(now)).posts[0].place_code
    rows = list(_subjects(ancestor_at(grid, VILLAGE), plans, Random(seed)))
    if rows:
        import_subjects(actor, rows, "模拟名单", now)
    _switch_on(actor, ancestor_at(grid, TOWN), plans, now)
    return len(rows)


def _switch_on(actor: Actor, town: str, plans: Book, now: datetime) -> None:
    since = timezone.localdate(now) - timedelta(days=1)
    for plan in plans.plans:
        set_plan(actor, plan, town, True, since, now)


def _subjects(village: str, plans: Book, rng: Random) -> Iterator[SubjectRow]:
    visits = [card.plan for card in plans.plans.values() if card.plan.kind == "visit"]
    for code, shape, _village in grids_with_villages():
        if is_within(code, village):
            for kind in dict.fromkeys(plan.about for plan in visits):
                for number in range(1, PER_GRID + 1):
                    yield _subject(kind, number, code, shape, visits, rng)


def _subject(
    kind: str, number: int, grid: str, shape: bytes, visits: list[RoundPlan], rng: Random
) -> SubjectRow:
    """Every second one is such that plans which pick by an element pick it, each plan in turn."""
    at = shapely.point_on_surface(shapely.from_wkb(shape))
    lane, house = rng.choice(LANES), rng.randrange(1, 90)
    picked: dict[str, list[str | bool | int]] = defaultdict(list)
    for plan in visits:
        if plan.only and plan.about == kind and number % 2:
            picked[plan.only.element].append(plan.only.one_of[0])
    return SubjectRow(
        kind=kind,
        code=f"DEMO-{grid}-{kind}-{number}",
        name=NAMES[kind].format(lane=lane, n=house, m=rng.randrange(1, 7)),
        address=f"{lane} {house} 号",
        place_code=grid,
        lon=round(at.x + (rng.random() - 0.5) * 4e-4, 6),
        lat=round(at.y + (rng.random() - 0.5) * 4e-4, 6),
        known={key: values[number // 2 % len(values)] for key, values in picked.items()},
    )
