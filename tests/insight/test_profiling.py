"""What a grid is about and how the work lies on it, by tables of examples and from cases."""

from collections import Counter
from datetime import timedelta

import pytest

from gezhi.insight.actions.tallying import tally_all
from gezhi.insight.profiling import Grid, Load, loads, needs, proposal
from gezhi.insight.queries.profiles import profiles, proposal_for
from tests import cast
from tests.insight.stories import START, happened


def test_a_category_stands_out_by_its_share_and_by_enough_cases() -> None:
    everywhere = Counter(lamp=90, rubbish=10)
    grid = Grid("g", reports=20, categories=Counter(lamp=14, rubbish=6))
    (only,) = needs(grid, everywhere)
    assert (only.category, only.number, round(only.lift, 1)) == ("rubbish", 6, 3.0)
    assert needs(Grid("g", reports=5, categories=Counter(lamp=1, rubbish=4)), everywhere) == []


def test_load_is_measured_by_the_median_and_for_each_post() -> None:
    grids = [Grid(name, 100, posts=1, reports=number) for name, number in (("a", 10), ("b", 20), ("c", 60))]
    found = loads([*grids, Grid("d", 100, posts=2, reports=40)])
    assert found["c"] == Load(cases=3.0, households=1.0, rounds=None, index=2.0)
    assert found["d"].cases == 1.0


@pytest.mark.parametrize(
    ("own", "near", "posts", "expected"),
    [
        (2.5, {"b": 0.4, "c": 0.9, "d": 1.2}, 1, ("redraw", True, ("b", "c"))),
        (2.5, {"b": 1.4}, 1, ("staff", True, ())),
        (2.5, {"b": 0.4}, 0, ("staff", True, ())),
        (0.4, {"b": 2.4, "c": 0.9}, 1, ("redraw", False, ("b",))),
        (0.4, {"b": 0.9}, 1, None),
        (1.9, {"b": 0.1}, 1, None),
    ],
)
def test_a_proposal_names_the_neighbours_that_can_help(
    own: float, near: dict[str, float], posts: int, expected: tuple[object, ...] | None
) -> None:
    load = {code: Load(None, None, None, index) for code, index in ({"a": own} | near).items()}
    found = proposal(Grid("a", posts=posts), load, list(near))
    assert (None if found is None else (found.kind, found.heavy, found.neighbours)) == expected


def test_a_heavy_grid_is_found_with_its_neighbours(city: cast.Cast) -> None:
    heavy, near = f"{cast.WANAN}001", f"{cast.WANAN}002"
    for grid, number in ((heavy, 60), (near, 2), (f"{cast.LIUJIN}001", 4), (f"{cast.LIUJIN}002", 4)):
        for at in range(number):
            happened([], at=START + timedelta(hours=at), grid=grid, category=cast.RUBBISH)
    tally_all()
    found = profiles(cast.NANMEN, START + timedelta(days=10))
    assert found.grids[heavy].reports == 60
    assert (found.loads[heavy].index or 0) > 2
    proposed, names = proposal_for(found, heavy)
    assert proposed is not None and near in proposed.neighbours
    assert "网格" in names[near]
