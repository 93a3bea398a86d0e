"""Reading what profiles of grids rest on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count

from gezhi.insight.counts import FLAG, Origin
from gezhi.insight.profiling import Grid, Load, Proposal, loads, proposal
from gezhi.insight.queries.posts import grid_post_numbers
from gezhi.lib.codes import GRID, ancestors, place_range
from gezhi.places.queries import NoShapes, neighbours_of, within
from gezhi.rounds.models import Round

DAYS = 90

_SAID = """
SELECT place_code, category, flags & %s <> 0, extract(hour FROM at AT TIME ZONE %s)::int / 6, count(*)
FROM insight_tally
WHERE origin = %s AND at >= %s AND at < %s AND place_code >= %s AND place_code < %s AND length(place_code) > 12
GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True)
class Profiles:
    """The grids of a place over the last ninety days. `everywhere`: its reports by category."""

    grids: dict[str, Grid]
    everywhere: Counter[str]

    @cached_property
    def loads(self) -> dict[str, Load]:
        return loads(list(self.grids.values()))


def profiles(place: str, now: datetime) -> Profiles:
    """Four statements."""
    since = now - timedelta(days=DAYS)
    grids = _grids(place)
    everywhere: Counter[str] = Counter()
    for code, category, found, part, number in _said(place, since, now):
        grid = grids.setdefault(code, Grid(code))
        grid.reports += number
        grid.found += number * found
        grid.categories[category] += number
        grid.parts[part] += number
        everywhere[category] += number
    _add_rounds(grids, place, since, now)
    _add_posts(grids, now)
    return Profiles(grids, everywhere)


def _grids(place: str) -> dict[str, Grid]:
    rows = within(place).filter(level=GRID).order_by("code").values_list("code", "households")
    return {code: Grid(code, households) for code, households in rows}


def _said(place: str, since: datetime, until: datetime) -> Sequence[tuple[str, str, bool, int, int]]:
    low, high = place_range(place)
    with connection.cursor() as cursor:
        values: list[Any] = [FLAG["found"], settings.TIME_ZONE, Origin.REPORT.value, since, until, low, high]
        cursor.execute(_SAID, values)
        return [(code, category, found, part, number) for code, category, found, part, number in cursor]


def _add_rounds(grids: dict[str, Grid], place: str, since: datetime, until: datetime) -> None:
    low, high = place_range(place)
    due = Round.objects.filter(due_at__gte=since, due_at__lt=until, place_code__gte=low, place_code__lt=high)
    for code, number in due.values_list("place_code").annotate(number=Count("id")).order_by():
        if code in grids:
            grids[code].rounds = number


def _add_posts(grids: dict[str, Grid], now: datetime) -> None:
    """Each grid is worked by the posts of the nearest place upward that has any."""
    held = grid_post_numbers(now.date())
    homes = {code: next((one for one in (code, *ancestors(code)) if one in held), "") for code in grids}
    shared = Counter(homes.values())
    for code, home in homes.items():
        grids[code].posts = held[home] / shared[home] if home else 0.0


def proposal_for(found: Profiles, code: str) -> tuple[Proposal | None, dict[str, str]]:
    """With the names of the neighbours."""
    try:
        near = {one.code: one.name for one in neighbours_of(code)[1:]}
    except NoShapes:
        near = {}
    return proposal(found.grids[code], found.loads, list(near)), near
