"""Grid posts: who works a grid is a post of a unit, never a name."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
from django.db.models import Q, QuerySet

from gezhi.insight.queries.figures import Figures
from gezhi.lib.codes import ancestors, is_within
from gezhi.people.models import Post, Role


def grid_posts(day: date) -> dict[str, tuple[str, str]]:
    """Place of a grid worker's post held on that day -> its unit's names."""
    columns = _held(day).order_by("-id").values_list("place_code", "unit__name", "unit__name_en")
    return {place: (name, english) for place, name, english in columns}


def grid_post_numbers(day: date) -> dict[str, int]:
    """Place -> how many grid workers' posts are held there on that day."""
    return dict(Counter(_held(day).values_list("place_code", flat=True)))


def _held(day: date) -> QuerySet[Post]:
    in_force = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
    return Post.objects.filter(in_force, role=Role.GRID_WORKER)


def nearer_posts(place: str, day: date) -> list[str]:
    """Posts inside a post's place: their grids are not its own."""
    return [other for other in grid_posts(day) if place and other != place and is_within(other, place)]


def by_post(figures: Figures, posts: Mapping[str, object]) -> Figures:
    """Figures by grid, as figures by post: a post may work several grids. Grids without a post are left out."""
    homes = [_post_of(grid, posts) for grid in figures.keys]
    keys = sorted({home for home in homes if home})
    index = {key: at for at, key in enumerate(keys)}
    mine = [at for at, home in enumerate(homes) if home]
    at = np.array([index[homes[one] or ""] for one in mine], dtype=np.intp)
    columns = {
        name: np.bincount(at, column[mine], len(keys)).astype(np.float64)
        for name, column in figures.columns.items()
    }
    return Figures(keys, columns)


def _post_of(grid: str, posts: Mapping[str, object]) -> str | None:
    chain: Iterable[str] = (grid, *ancestors(grid))
    return next((place for place in chain if place in posts), None)
