"""Place codes: levels, ancestors, ranges, children."""

import pytest

from gezhi.lib.codes import (
    GRID,
    TOWN,
    BadCode,
    ancestor_at,
    ancestors,
    child_code,
    is_within,
    level_named,
    level_of,
    padded,
    parent_of,
)  # fmt: skip

VILLAGE_CODE = "330203001003"
NO_CODES = [
    "",
    "33",
    "3302030010",
    "33020300100a",
    "000000000000",
    "３３０２０３００１００３",
    "3302030010030",
]


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("330000000000", 0), ("330200000000", 1), ("330203000000", 2), ("330203001000", 3),
        (VILLAGE_CODE, 4), (VILLAGE_CODE + "001", 5), (VILLAGE_CODE + "0012", 5), ("330210100000", 3),
    ],
)  # fmt: skip
def test_the_zeros_at_the_end_tell_the_level(code: str, level: int) -> None:
    assert level_of(code) == level


@pytest.mark.parametrize("text", NO_CODES)
def test_what_is_no_code_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadCode, match="is no place code"):
        level_of(text)


def test_ancestors_come_nearest_first() -> None:
    assert ancestors(VILLAGE_CODE + "001") == (
        VILLAGE_CODE, "330203001000", "330203000000", "330200000000", "330000000000",
    )  # fmt: skip
    assert ancestors("330000000000") == ()
    assert parent_of("330000000000") is None


def test_towns_of_a_city_without_counties_hang_below_the_city() -> None:
    assert ancestors("441900003000") == ("441900000000", "440000000000")


def test_a_place_has_no_ancestor_below_itself() -> None:
    assert ancestor_at(VILLAGE_CODE, TOWN) == "330203001000"
    with pytest.raises(ValueError, match="has no grid"):
        ancestor_at(VILLAGE_CODE, GRID)


def test_a_subtree_holds_its_grids_and_not_its_neighbours() -> None:
    assert is_within(VILLAGE_CODE + "001", "330203000000")
    assert not is_within("330204001001001", "330203000000")
    assert not is_within("330203000000", "330203001000")


def test_children_are_numbered_at_their_level() -> None:
    assert child_code("330200000000", 3) == "330203000000"
    assert child_code("330203000000", 1) == "330203001000"
    assert child_code("330203001000", 3) == VILLAGE_CODE
    assert child_code(VILLAGE_CODE, 12) == VILLAGE_CODE + "012"
    with pytest.raises(ValueError, match="no child number 1000"):
        child_code(VILLAGE_CODE, 1000)
    with pytest.raises(ValueError, match="no child number"):
        child_code(VILLAGE_CODE + "001", 1)


def test_level_names_and_padding() -> None:
    assert level_named("grid") == GRID
    assert padded("3302") == "330200000000"
    with pytest.raises(ValueError, match="levels are province"):
        level_named("borough")
