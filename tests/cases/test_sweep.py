"""Limits that passed are seen once; what the system may go on with goes on."""

from datetime import datetime, timedelta

from django.utils import timezone

from gezhi.cases.actions import sweep
from gezhi.cases.models import Case, CaseEvent
from gezhi.ledger.models import Entry
from tests.cases.test_actions import Loop, assert_history
from tests.cast import DAY, LIUJIN, WANAN, WEST, Cast, reported
from tests.together import together

LATER = timedelta(days=30)


def later() -> datetime:
    return timezone.now() + LATER


def just_late() -> datetime:
    latest = Case.objects.order_by("-due_at").values_list("due_at", flat=True).first()
    assert latest is not None
    return latest + timedelta(minutes=1)


def test_nothing_is_late_before_its_limit(city: Cast) -> None:
    reported()
    assert sweep() == 0


def test_a_late_case_is_marked_once(city: Cast) -> None:
    case_id = reported().case_id
    at = just_late()
    assert (sweep(at), sweep(at)) == (2, 0)  # the limit, and the yellow card for it
    case = Case.objects.get()
    assert (case.overdue_count, case.version, case.state, case.card) == (1, 3, "registered", 1)
    assert (
        CaseEvent.objects.filter(kind="overdue").count()
        == Entry.objects.filter(kind="case.overdue").count()
        == 1
    )
    assert_history(case_id)


def test_the_next_state_may_be_late_again(city: Cast) -> None:
    loop = Loop(city, reported())
    sweep(just_late())
    loop.dispatched()
    assert loop.case.overdue_at is None
    sweep(later())
    assert loop.case.overdue_count == 2


def test_a_closed_case_is_archived_when_the_time_to_rate_is_over(city: Cast) -> None:
    loop = Loop(city, reported()).closed()
    assert sweep(timezone.now() + 14 * DAY) == 0
    assert sweep(timezone.now() + 16 * DAY) == 1
    assert (loop.case.state, loop.case.due_at, loop.case.overdue_count) == ("archived", None, 0)
    assert CaseEvent.objects.get(kind="close").role == "system"
    assert sweep(later()) == 0


def test_an_archived_case_may_still_be_rated(city: Cast) -> None:
    loop = Loop(city, reported()).closed()
    sweep(later())
    assert loop.reporter("rate", rating=3).state == "rated"


def test_a_sweep_takes_no_more_than_its_limit(city: Cast) -> None:
    for grid in WEST:
        reported(grid=grid)
    at = just_late()
    assert [sweep(at, limit=4) for _ in range(4)] == [8, 4, 0, 0]


def test_two_sweeps_at_once_take_each_case_once(committed: Cast) -> None:
    for grid in WEST:
        reported(grid=grid)
    at = just_late()
    together([lambda: sweep(at)] * 3)
    while sweep(at):
        pass
    assert set(Case.objects.values_list("overdue_count", "version", "card")) == {(1, 3, 1)}
    for case_id in Case.objects.values_list("id", flat=True):
        assert_history(case_id)


def test_late_and_archived_cases_in_one_sweep(city: Cast) -> None:
    late, done = Loop(city, reported(grid=f"{WANAN}001")), Loop(city, reported(grid=f"{LIUJIN}001")).closed()
    assert sweep(later()) == 3
    assert (late.case.overdue_count, done.case.state) == (1, "archived")
