"""Who answers for what, where: the nearest unit upward, lists that rule otherwise."""

import pytest

from gezhi.lib.codes import COUNTY, TOWN
from gezhi.people.directory import Directory, UnitCard, chain_of, is_grid
from tests.cast import CITY, GAOQIAO, HAISHU, JIANGBEI, LAMP, NANMEN, RUBBISH, WANAN

GRID = f"{WANAN}001"


def unit(pk: int, place: str, *functions: str) -> UnitCard:
    return UnitCard(pk, f"unit-{pk}", f"单位{pk}", "", place, frozenset(functions))


UNITS = {
    1: unit(1, CITY, "municipal", "power"),
    2: unit(2, HAISHU, "municipal", "sanitation"),
    3: unit(3, NANMEN, "sanitation"),
}
PLAIN = Directory(UNITS)


def who(directory: Directory, category: str, function: str, place: str) -> int | None:
    found = directory.responsible(category, function, place)
    return found.id if found else None


@pytest.mark.parametrize(
    ("function", "place", "unit_id"),
    [
        ("sanitation", GRID, 3),  # the town's own
        ("sanitation", GAOQIAO, 2),  # another town: the county's
        ("municipal", GRID, 2),
        ("power", GRID, 1),  # only the city has it
        ("municipal", JIANGBEI, 1),  # a county without: the city's
        ("fire", GRID, None),
        ("municipal", "110101001001", None),  # another province
        ("municipal", "", None),
    ],
)
def test_the_nearest_unit_upward_answers(function: str, place: str, unit_id: int | None) -> None:
    assert who(PLAIN, LAMP, function, place) == unit_id


def test_of_two_units_at_one_place_the_first_by_code_answers() -> None:
    both = Directory({9: unit(9, HAISHU, "fire"), 4: unit(4, HAISHU, "fire")})
    assert who(both, LAMP, "fire", GRID) == 4


def test_a_duty_list_rules_by_category_and_level() -> None:
    listed = Directory(UNITS, duty={(LAMP, COUNTY): "sanitation"})
    assert who(listed, LAMP, "power", GRID) == 2  # at the county, lamps are for sanitation
    assert who(listed, RUBBISH, "power", GRID) == 1
    town = Directory(UNITS, duty={(LAMP, TOWN): "sanitation"})
    assert who(town, LAMP, "municipal", GRID) == 3


def test_a_rule_for_all_categories_yields_to_a_rule_for_one() -> None:
    listed = Directory(UNITS, duty={("*", COUNTY): "sanitation", (LAMP, COUNTY): "municipal"})
    assert who(listed, RUBBISH, "fire", GAOQIAO) == 2
    assert who(Directory(UNITS, duty={("*", COUNTY): "none"}), LAMP, "municipal", GRID) == 1


def test_admission_is_ruled_by_the_nearest_place() -> None:
    listed = Directory(UNITS, admission={(LAMP, CITY): True, (LAMP, NANMEN): False, (LAMP, GRID): True})
    assert listed.admitted(LAMP, False, GRID)
    assert not listed.admitted(LAMP, True, f"{WANAN}002")
    assert listed.admitted(LAMP, False, GAOQIAO)
    assert listed.admitted(RUBBISH, True, GRID)
    assert not listed.admitted(RUBBISH, False, GRID)


def test_a_chain_climbs_from_the_grid_to_the_province() -> None:
    assert list(chain_of(GRID)) == [GRID, WANAN, NANMEN, HAISHU, CITY, "330000000000"]
    assert list(chain_of("")) == []
    assert is_grid(GRID)
    assert not is_grid(WANAN)
    assert not is_grid("")
