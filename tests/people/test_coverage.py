"""What nobody answers for, and what two answer for."""

import time
from datetime import date
from random import Random

from gezhi.lib.codes import COUNTY, TOWN, VILLAGE, ancestor_at
from gezhi.people.coverage import Gap, Overlap, Subject, by_place, gaps, overlaps, widened
from gezhi.people.directory import Directory, UnitCard
from gezhi.people.staffing import AdmissionRow, DutyRow
from tests.cast import (
    BAISHA,
    CITY,
    GAOQIAO,
    HAISHU,
    JIANGBEI,
    LAMP,
    LINGXIA,
    LIUJIN,
    NANMEN,
    RUBBISH,
    WANAN,
    ZHONGMA,
)

GRIDS = [f"{WANAN}001", f"{WANAN}002", f"{LIUJIN}001", f"{LINGXIA}001"]
LAMPS, WASTE = Subject(LAMP, "municipal", True), Subject(RUBBISH, "sanitation", True)
DAY = date(2026, 1, 1)


def unit(pk: int, place: str, *functions: str, kind: str = "office") -> UnitCard:
    return UnitCard(pk, f"unit-{pk}", f"单位{pk}", "", place, frozenset(functions), kind)


def units(*cards: UnitCard) -> dict[int, UnitCard]:
    return {card.id: card for card in cards}


def test_a_duty_that_only_one_town_holds_is_a_gap_in_the_other() -> None:
    directory = Directory(units(unit(1, NANMEN, "sanitation"), unit(2, HAISHU, "municipal")))
    assert gaps([LAMPS, WASTE], GRIDS, directory) == [Gap(GAOQIAO, "sanitation", (RUBBISH,), 1, 1)]


def test_a_gap_says_how_many_of_a_towns_places_it_takes() -> None:
    directory = Directory(units(unit(1, WANAN, "sanitation")))
    found = gaps([WASTE], GRIDS, directory)
    assert [(gap.place_code, gap.missing, gap.total, gap.whole) for gap in found] == [
        (NANMEN, 1, 3, False),
        (GAOQIAO, 1, 1, True),
    ]
    assert by_place(found, COUNTY) == {HAISHU: 2}


def test_a_gap_of_every_town_is_one_gap_of_the_county() -> None:
    both = [*GRIDS, f"{BAISHA}001"]
    nobody = widened(gaps([WASTE], both, Directory({})), both)
    assert nobody == [Gap(CITY, "sanitation", (RUBBISH,), 5, 5)]
    jiangbei = Directory(units(unit(1, JIANGBEI, "sanitation")))
    assert [gap.place_code for gap in widened(gaps([WASTE], both, jiangbei), both)] == [HAISHU]
    gaoqiao = Directory(units(unit(1, JIANGBEI, "sanitation"), unit(2, GAOQIAO, "sanitation")))
    assert [gap.place_code for gap in widened(gaps([WASTE], both, gaoqiao), both)] == [NANMEN]


def test_a_contractor_fills_no_gap() -> None:
    directory = Directory(units(unit(1, CITY, "sanitation", kind="contractor")))
    assert sum(gap.number for gap in gaps([WASTE], GRIDS, directory)) == len(GRIDS)


def test_a_village_unit_answers_only_for_what_is_admitted() -> None:
    holder = units(unit(1, WANAN, "sanitation"))
    assert by_place(gaps([WASTE], GRIDS[:2], Directory(holder)), TOWN) == {}
    closed = Directory(holder, admission={(RUBBISH, CITY): False})
    assert by_place(gaps([WASTE], GRIDS[:2], closed), TOWN) == {NANMEN: 2}
    opened = Directory(holder, admission={(RUBBISH, CITY): False, (RUBBISH, WANAN): True})
    assert by_place(gaps([WASTE], GRIDS[:2], opened), TOWN) == {}


def test_gaps_are_what_the_directory_finds_place_by_place() -> None:
    chance = Random(7)
    places = [HAISHU, JIANGBEI, NANMEN, GAOQIAO, ZHONGMA, WANAN, LIUJIN, LINGXIA]
    duties = ["a", "b", "c"]
    for _ in range(60):
        cards = [
            unit(pk, chance.choice(places), *chance.sample(duties, chance.randint(0, 2))) for pk in range(5)
        ]
        subjects = [Subject(f"k{n}", chance.choice(duties), chance.random() < 0.5) for n in range(6)]
        directory = Directory(
            units(*cards),
            {
                (chance.choice(["k0", "k1", "*"]), chance.randint(0, 4)): chance.choice(duties)
                for _ in range(3)
            },
            {(f"k{chance.randint(0, 5)}", chance.choice(places)): chance.random() < 0.5 for _ in range(4)},
        )
        slow: dict[str, int] = {}
        for one in subjects:
            for grid in GRIDS:
                if not directory.responsible(one.category, one.function, grid, grids=one.grids):
                    town = ancestor_at(grid, TOWN)
                    slow[town] = slow.get(town, 0) + 1
        assert by_place(gaps(subjects, GRIDS, directory), TOWN) == slow


def test_250_categories_on_12_000_grids_take_less_than_a_second() -> None:
    villages = [
        f"{330200000000 + 1000 * town + village:012d}" for town in range(100, 250) for village in (1, 2)
    ]
    grids = [f"{village}{number:03d}" for village in villages for number in range(1, 41)]
    subjects = [Subject(f"k{n}", f"f{n % 24}", True) for n in range(250)]
    directory = Directory(
        units(*(unit(n, villages[n], f"f{n % 24}") for n in range(300))), {("k3", VILLAGE): "f1"}
    )
    begun = time.perf_counter()
    assert gaps(subjects, grids, directory)
    assert len(grids) == 12_000
    assert time.perf_counter() - begun < 1


def test_two_units_of_a_place_with_one_duty_overlap_but_no_contractor() -> None:
    directory = Directory(
        units(unit(1, HAISHU, "fire"), unit(2, HAISHU, "fire"), unit(3, HAISHU, "fire", kind="contractor"))
    )
    assert overlaps(directory, [], []) == [Overlap("same-duty", HAISHU, "fire", ("unit-1", "unit-2"))]


def test_lists_that_say_two_things_on_one_day_overlap() -> None:
    duties = [DutyRow(LAMP, 2, name, DAY, None, "") for name in ("municipal", "power")]
    rulings = [
        AdmissionRow(LAMP, CITY, True, DAY, None, ""),
        AdmissionRow(LAMP, CITY, False, date(2026, 2, 1), None, ""),
    ]
    found = overlaps(Directory({}), duties, rulings)
    assert [(one.kind, one.place_code) for one in found] == [("two-duties", ""), ("two-rulings", CITY)]


def test_a_duty_of_villages_that_are_kept_off_it_is_named() -> None:
    directory = Directory({}, {(LAMP, VILLAGE): "community"}, {(LAMP, NANMEN): False})
    assert overlaps(directory, [], []) == [
        Overlap("duty-without-admission", NANMEN, LAMP, ("community",)),
    ]
