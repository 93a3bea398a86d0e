"""Cases that may not be merged, alone or in one batch."""

import pytest

from gezhi.cases.actions import Step, Who, take
from gezhi.cases.case_row import CaseRow
from gezhi.cases.models import Case
from gezhi.cases.procedure import Given, Refused
from tests.cases.test_actions import Loop, refusal
from tests.cast import LIUJIN, WANAN, Cast, reported


@pytest.fixture
def loop(city: Cast) -> Loop:
    return Loop(city, reported())


def test_a_case_with_open_children_is_not_merged(loop: Loop) -> None:
    loop.do("dispatcher", "accept")
    loop.do("dispatcher", "child", text="旁边还有一盏")
    other = reported(grid=f"{WANAN}002")
    assert refusal(lambda: loop.do("dispatcher", "merge", case_number=other.case_number)) == "children-open"


@pytest.mark.parametrize("order", [[0, 1], [1, 0]], ids=str)
def test_a_case_that_the_same_batch_merges_away_takes_in_no_other(city: Cast, order: list[int]) -> None:
    first, second, third = (reported(grid=grid) for grid in (f"{WANAN}001", f"{WANAN}002", f"{LIUJIN}001"))
    who = Who(city.actor("dispatcher"))
    steps = [
        Step(first.case_id, "merge", who, Given(case_number=second.case_number)),
        Step(second.case_id, "merge", who, Given(case_number=third.case_number)),
    ]
    outcomes = dict(zip(order, take([steps[n] for n in order]), strict=True))
    assert isinstance(outcomes[0], Refused)
    assert outcomes[0].code == "target-closed"
    assert isinstance(outcomes[1], CaseRow)
    assert Case.objects.get(id=first.case_id).state == "registered"
    assert Case.objects.get(id=third.case_id).report_count == 2
