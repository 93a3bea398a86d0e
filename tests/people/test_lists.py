"""One entry of a list changes on a legal basis, from a day on; what stood before can be shown again."""

from datetime import date

import pytest

from gezhi.people.lists import BadChange, ListChange, NothingToEnd, difference, read_change, replacement
from gezhi.people.staffing import AdmissionRow, DutyRow, Known
from tests.cast import LAMP, NANMEN

JAN, MAR, JUN = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1)
KNOWN = Known(frozenset({"municipal", "power"}), frozenset({LAMP}), frozenset({NANMEN}), frozenset())
DUTY = {
    "list": "duty",
    "action": "set",
    "category": LAMP,
    "level": "county",
    "function": "power",
    "law": "某市城市照明管理条例",
    "article": "第八条",
    "valid_from": "2026-03-01",
}


def duty(function: str, begin: date, end: date | None = None) -> DutyRow:
    return DutyRow(LAMP, 2, function, begin, end, "list")


def test_a_form_becomes_a_change_of_the_duty_list() -> None:
    change = read_change(DUTY, KNOWN, "case 7")
    row = DutyRow(LAMP, 2, "power", MAR, None, "case 7", "某市城市照明管理条例", "第八条")
    assert change == ListChange(row)
    assert change.list == "duty"


def test_a_form_becomes_a_change_of_the_admission_list() -> None:
    answers = DUTY | {"list": "admission", "place_code": NANMEN, "admitted": True, "valid_to": "2027-01-01"}
    row = read_change(answers, KNOWN, "case 7").row
    assert isinstance(row, AdmissionRow)
    assert (row.place_code, row.admitted, row.valid_to) == (NANMEN, True, date(2027, 1, 1))


def test_an_entry_is_taken_off_without_a_new_value() -> None:
    change = read_change(DUTY | {"action": "end", "function": ""}, KNOWN, "case 7")
    assert change.ends
    assert change.row.valid_from == MAR


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"list": "other"}, "list"),
        ({"action": "burn"}, "action"),
        ({"law": ""}, "law"),
        ({"category": "unheard-of"}, "category"),
        ({"level": "galaxy"}, "level"),
        ({"function": "magic"}, "function"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"valid_to": "2026-03-01"}, "valid_to"),
        ({"list": "admission", "place_code": "110000000000", "admitted": "yes"}, "place_code"),
        ({"list": "admission", "place_code": NANMEN, "admitted": "perhaps"}, "admitted"),
    ],
)
def test_each_wrong_answer_is_named(wrong: dict[str, str], field: str) -> None:
    with pytest.raises(BadChange) as refused:
        read_change(DUTY | wrong, KNOWN, "case 7")
    assert field in {fault.field for fault in refused.value.faults}


def test_a_new_entry_ends_the_one_before_on_its_first_day() -> None:
    old = duty("municipal", JAN)
    made = replacement([old], duty("power", MAR), ends=False)
    assert made.goes == (old,)
    assert made.comes == (duty("municipal", JAN, MAR), duty("power", MAR))


def test_a_new_entry_of_the_same_day_takes_the_place_of_the_old() -> None:
    made = replacement([duty("municipal", MAR)], duty("power", MAR), ends=False)
    assert made.comes == (duty("power", MAR),)


def test_an_entry_planned_for_later_stays_and_bounds_the_new_one() -> None:
    made = replacement([duty("municipal", JUN)], duty("power", MAR), ends=False)
    assert made.goes == ()
    assert made.comes == (duty("power", MAR, JUN),)


def test_an_ended_entry_leaves_its_past_on_the_list() -> None:
    made = replacement([duty("municipal", JAN)], duty("power", MAR), ends=True)
    assert made.comes == (duty("municipal", JAN, MAR),)


def test_what_is_not_in_force_cannot_be_ended() -> None:
    other_level = DutyRow(LAMP, 3, "municipal", JAN, None, "list")
    with pytest.raises(NothingToEnd):
        replacement(
            [duty("municipal", JAN, JAN.replace(month=2)), other_level], duty("power", MAR), ends=True
        )


def test_two_editions_are_compared_by_entry_and_first_day() -> None:
    found = difference(
        [duty("municipal", JAN), duty("water", JUN)], [duty("municipal", JAN, MAR), duty("power", MAR)]
    )
    assert found.new == (duty("power", MAR),)
    assert found.gone == (duty("water", JUN),)
    assert found.changed == ((duty("municipal", JAN), duty("municipal", JAN, MAR)),)
