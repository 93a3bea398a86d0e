"""What may be put on a village, and what a contractor may be given."""

from datetime import date

from gezhi.people.contracts import ContractCard
from gezhi.people.directory import Directory, UnitCard
from gezhi.people.giving import Matter, why_not_give
from tests.cast import CITY, GAOQIAO, HAISHU, LAMP, NANMEN, RUBBISH, WANAN

GRID = f"{WANAN}001"
UNITS = {
    1: UnitCard(1, "works", "市政局", "", HAISHU, frozenset({"municipal"})),
    2: UnitCard(2, "wanan", "万安社区", "", WANAN, frozenset({"municipal"}), "community"),
    3: UnitCard(3, "lampco", "亮灯公司", "", CITY, frozenset({"municipal"}), "contractor"),
}
CONTRACT = ContractCard(
    9, "HT-1", 3, 1, date(2026, 1, 1), date(2027, 1, 1), (NANMEN,), frozenset({LAMP}), frozenset()
)


def lamp(place: str = GRID, *, grids: bool = True) -> Matter:
    return Matter(LAMP, "municipal", grids, place)


def code(directory: Directory, unit: int, matter: Matter) -> str:
    found = why_not_give(directory, unit, matter)
    return found.code if found else ""


def test_what_is_not_admitted_goes_to_no_village_but_to_the_department() -> None:
    closed = Directory(UNITS, admission={(LAMP, CITY): False})
    refused = why_not_give(closed, 2, lamp())
    assert refused
    assert refused.code == "not-admitted"
    assert "works" in refused.en
    assert "propose" in refused.en
    assert "市政局" in refused.zh
    assert code(closed, 1, lamp()) == ""


def test_what_is_admitted_goes_to_the_village() -> None:
    assert code(Directory(UNITS), 2, lamp()) == ""
    assert code(Directory(UNITS), 2, lamp(grids=False)) == "not-admitted"
    opened = Directory(UNITS, admission={(LAMP, WANAN): True})
    assert code(opened, 2, lamp(grids=False)) == ""


def test_a_ruling_for_one_grid_holds_there_alone() -> None:
    directory = Directory(UNITS, admission={(LAMP, GRID): False})
    assert code(directory, 2, lamp()) == "not-admitted"
    assert code(directory, 2, lamp(f"{WANAN}002")) == ""


def test_the_suggested_unit_is_one_that_may_have_it() -> None:
    found = Directory(UNITS).responsible(LAMP, "municipal", GRID)
    assert found
    assert found.code == "wanan"
    other = Directory(UNITS, admission={(LAMP, CITY): False}).responsible(LAMP, "municipal", GRID)
    assert other
    assert other.code == "works"


def test_a_contractor_gets_what_its_contract_covers_and_nothing_else() -> None:
    directory = Directory(UNITS, contracts=(CONTRACT,))
    assert code(directory, 3, lamp()) == ""
    assert code(directory, 3, lamp(GAOQIAO)) == "outside-contract"
    assert code(directory, 3, Matter(RUBBISH, "sanitation", True, GRID)) == "outside-contract"
    refused = why_not_give(directory, 3, lamp(GAOQIAO))
    assert refused
    assert "HT-1 2026-01-01–2026-12-31" in refused.en


def test_a_contractor_without_a_contract_in_force_gets_nothing() -> None:
    assert code(Directory(UNITS), 3, lamp()) == "outside-contract"


def test_a_contractor_is_never_the_responsible_unit() -> None:
    alone = Directory({3: UNITS[3]}, contracts=(CONTRACT,))
    assert alone.responsible(LAMP, "municipal", GRID) is None
