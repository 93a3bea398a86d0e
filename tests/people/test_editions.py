"""Every change of a list is an edition; the lists of any earlier edition and day can be shown again."""

from datetime import date

import pytest

from gezhi.people.actions import apply_list_change, import_admissions, import_duties
from gezhi.people.lists import ListChange, NothingToEnd
from gezhi.people.queries import (
    admissions_on,
    directory_on,
    duties_on,
    edition_difference,
    edition_on,
    editions,
)
from gezhi.people.staffing import AdmissionRow, DutyRow
from tests.cast import CITY, LAMP, NANMEN, WANAN, Cast

JAN, MAR, JUN = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1)


def duty(function: str, begin: date = JAN) -> DutyRow:
    return DutyRow(LAMP, 2, function, begin, None, "list", "照明条例", "第八条")


def names(rows: list[DutyRow]) -> list[str]:
    return [row.function for row in rows]


def test_each_change_is_an_edition_and_the_one_before_stays(city: Cast) -> None:
    import_duties([duty("municipal")], "a.csv")
    import_duties([duty("power")], "b.csv")
    assert [one.number for one in editions()] == [2, 1]
    assert names(duties_on(JUN)) == ["power"]
    assert names(duties_on(JUN, edition=1)) == ["municipal"]
    assert editions()[0].added == editions()[0].ended == 1


def test_a_list_that_changes_nothing_makes_no_edition(city: Cast) -> None:
    import_duties([duty("municipal")], "a.csv")
    import_duties([duty("municipal")], "a.csv")
    assert len(editions()) == 1


def test_an_approved_change_keeps_who_when_why_and_from_which_case(city: Cast) -> None:
    import_duties([duty("municipal")], "a.csv")
    number = apply_list_change(ListChange(duty("power", MAR)), 7, "33020320260101000001")
    made = editions()[0]
    assert (made.number, made.basis, made.account_id, made.case_number) == (
        number,
        "照明条例 第八条",
        7,
        "33020320260101000001",
    )
    assert names(duties_on(MAR)) == ["power"]
    assert names(duties_on(JAN)) == ["municipal"]
    assert directory_on(JUN).duty == {(LAMP, 2): "power"}


def test_an_admission_is_taken_off_the_list(city: Cast) -> None:
    row = AdmissionRow(LAMP, NANMEN, False, JAN, None, "list", "准入制度")
    import_admissions([row], "a.csv")
    assert not directory_on(JUN).admitted(LAMP, True, f"{WANAN}001")
    apply_list_change(
        ListChange(AdmissionRow(LAMP, NANMEN, False, MAR, None, "case", "准入制度"), True), 7, "1"
    )
    assert directory_on(JUN).admitted(LAMP, True, f"{WANAN}001")
    assert admissions_on(JAN)[0].valid_to == MAR


def test_what_is_not_on_the_list_is_not_taken_off(city: Cast) -> None:
    with pytest.raises(NothingToEnd):
        apply_list_change(ListChange(AdmissionRow(LAMP, CITY, True, MAR, None, "case", "制度"), True), 7, "1")
    assert editions() == []


def test_editions_are_compared(city: Cast) -> None:
    import_duties([duty("municipal")], "a.csv")
    import_duties([duty("power", MAR)], "b.csv")
    duties, admissions = edition_difference(1, 2)
    assert duties.new == (duty("power", MAR),)
    assert not admissions
    assert edition_on(JAN) is None
