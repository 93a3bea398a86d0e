"""Steps that meet in one instant: one wins, the others are refused, and no history disagrees with its case."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Event
from time import sleep

import pytest
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Count, F
from django.utils import timezone

from gezhi.cases.actions import Step, Who, act, act_as_reporter, sweep, take
from gezhi.cases.case_row import CaseRow
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.models import Case, Report
from gezhi.cases.procedure import Given, Refused
from tests import cast
from tests.cast import LAMP, LIUJIN, WANAN, Cast, reported
from tests.together import together


@pytest.fixture(autouse=True)
def _history_agrees(committed: Cast) -> object:
    yield
    cases = Case.objects.annotate(steps=Count("events", distinct=True), said=Count("reports", distinct=True))
    assert not cases.exclude(steps=F("version")).exists()
    assert not cases.exclude(said=F("report_count")).exists()


def won(outcomes: list[object]) -> int:
    assert all(isinstance(one, CaseRow | Refused) for one in outcomes), outcomes
    return sum(isinstance(one, CaseRow) for one in outcomes)


def closed(city: Cast) -> Receipt:
    receipt = reported(category=LAMP)
    unit = city.units["haishu-works"]
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=unit))
    act(city.actor("handler"), receipt.case_id, "receive", Given())
    act(city.actor("handler"), receipt.case_id, "finish", Given(text="好了", evidence=(cast.photo(),)))
    act(city.actor("verifier"), receipt.case_id, "verify", Given())
    return receipt


def test_a_rating_given_by_six_clicks_at_once_counts_once(committed: Cast) -> None:
    receipt = closed(committed)
    rate = partial(act_as_reporter, receipt.case_id, receipt.report_id, "rate", Given(rating=5))
    assert won(together([rate] * 6)) == 1


def test_a_withdrawal_and_a_dispatch_at_once_leave_one_truth(committed: Cast) -> None:
    receipt, unit = reported(), committed.units["haishu-works"]
    withdraw = partial(
        act_as_reporter, receipt.case_id, receipt.report_id, "withdraw", Given(reason="不用了")
    )
    dispatch = partial(
        act, committed.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=unit), 1
    )
    outcomes = together([withdraw, dispatch])
    assert sum(isinstance(one, CaseRow) for one in outcomes) >= 1, outcomes


def test_two_cases_that_merge_into_each_other_become_one(committed: Cast) -> None:
    first, second = reported(category=LAMP, grid=f"{WANAN}001"), reported(category=LAMP, grid=f"{LIUJIN}001")

    def merge(case: Receipt, into: Receipt) -> Callable[[], CaseRow]:
        given = Given(case_number=into.case_number)
        return partial(act, committed.actor("dispatcher"), case.case_id, "merge", given)

    assert won(together([merge(first, second), merge(second, first)])) == 1
    assert Case.objects.get(is_open=True).report_count == 2


def test_the_two_reports_of_a_case_are_not_both_split_off(committed: Cast) -> None:
    first, second = reported(category=LAMP), reported(category=LAMP)
    assert first.case_id == second.case_id
    split = [
        partial(act, committed.actor("dispatcher"), first.case_id, "split", Given(report_id=one.report_id))
        for one in (first, second)
    ]
    assert won(together(split)) == 1
    assert Report.objects.values("case").distinct().count() == 2


def test_sweeps_and_a_step_at_once_count_everything(committed: Cast) -> None:
    receipt = reported()
    later = timezone.now() + timedelta(days=30)
    accept = partial(act, committed.actor("dispatcher"), receipt.case_id, "accept", Given())
    outcomes = together([partial(sweep, later), accept, partial(sweep, later)])
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes


def test_a_batch_that_was_locked_out_in_a_ring_is_taken_again(committed: Cast) -> None:
    """Another transaction holds the second case and wants the first: the batch gives way and begins anew."""
    first, second = sorted(reported(grid=f"{WANAN}00{n}").case_id for n in (1, 2))
    who = Who(actor=committed.actor("dispatcher"))

    def other() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = '30s'")
            cursor.execute("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE", [second])
            locked.set()
            _until_somebody_waits(cursor)
            cursor.execute("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE", [first])

    def batch() -> None:
        locked.wait(10)
        outcomes.extend(take([Step(pk, "accept", who) for pk in (first, second)]))

    locked, outcomes = Event(), list[object]()
    assert together([other, batch]) == [None, None]
    assert [one.state for one in outcomes if isinstance(one, CaseRow)] == ["filed", "filed"]


def _until_somebody_waits(cursor: CursorWrapper) -> None:
    for _ in range(200):
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        if cursor.fetchone()[0]:
            return
        sleep(0.02)
    raise AssertionError("nobody waits")
