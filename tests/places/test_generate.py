"""Invented grids."""

from pathlib import Path

import numpy as np
import pytest
import shapely

from gezhi.lib.codes import GRID, VILLAGE, is_within, parent_of
from gezhi.places.divisions import Division, read_divisions
from gezhi.places.generate import NoCentre, chinese_number, generate, known_centres
from gezhi.places.locate import Locator

NINGBO = "330200000000"


def shapes_at(made: list, level: int) -> dict[str, shapely.Geometry]:  # type: ignore[type-arg]
    return {g.code: shapely.from_wkb(g.shape) for g in made if g.level == level}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(divisions: list[Division]) -> None:
    first, again, other = (generate(divisions, NINGBO, seed, known_centres()) for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_every_village_has_grids_that_fill_it_exactly(divisions: list[Division]) -> None:
    made = generate(divisions, NINGBO, 7, known_centres())
    grids, villages = shapes_at(made, GRID), shapes_at(made, 4)
    assert {parent_of(code) for code in grids} == set(villages) == {d.code for d in divisions if d.level == 4}
    assert shapely.coverage_is_valid(list(grids.values()))
    for level in range(1, 5):
        for code, outline in shapes_at(made, level).items():
            inside = [shape for grid, shape in grids.items() if is_within(grid, code)]
            assert np.isclose(outline.area, sum(shape.area for shape in inside), rtol=1e-9)
            assert all(outline.covers(shape.representative_point()) for shape in inside)


def test_grids_are_octagons_with_names_and_households(divisions: list[Division]) -> None:
    grids = [g for g in generate(divisions, NINGBO, 7, known_centres()) if g.level == GRID]
    assert {shapely.get_num_coordinates(shapely.from_wkb(g.shape)) for g in grids} == {9}
    first = grids[0]
    assert (first.code, first.name) == ("330203001001001", "第一网格")
    assert first.full_name == "宁波市海曙区南门街道万安社区第一网格"
    assert all(g.households and 200 <= g.households <= 500 for g in grids)


def test_without_a_centre_the_way_out_is_named(divisions: list[Division]) -> None:
    with pytest.raises(NoCentre, match="--centre LON LAT"):
        generate(divisions, NINGBO, 7, {})
    assert generate(divisions, NINGBO, 7, {}, centre=(121.5, 29.9))


def test_a_county_with_a_known_centre_lies_around_it(divisions: list[Division]) -> None:
    haishu = "330203000000"
    county = [one for one in divisions if is_within(one.code, haishu) or is_within(haishu, one.code)]
    made = generate(county, haishu, 7, {haishu: (121.55, 29.87)})
    outline = shapes_at(made, 2)[haishu]
    assert outline.centroid.distance(shapely.Point(121.55, 29.87)) < 0.02
    assert {parent_of(code) for code in shapes_at(made, GRID)} == {
        d.code for d in county if d.level == VILLAGE
    }


def test_the_whole_of_ningbo_lies_where_its_counties_are(tables: Path) -> None:
    made = generate(read_divisions(tables, NINGBO), NINGBO, 7, known_centres())
    assert 11_000 < sum(g.level == GRID for g in made) < 13_000
    assert shapely.coverage_is_valid(list(shapes_at(made, GRID).values()))
    where = Locator.of(
        [g.code for g in made], [g.level for g in made], shapely.from_wkb([g.shape for g in made])
    )
    for county, (lon, lat) in known_centres().items():
        assert is_within(where.locate_one(lon, lat), county)


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")]
)
def test_numbers_are_said_in_chinese(number: int, words: str) -> None:
    assert chinese_number(number) == words
