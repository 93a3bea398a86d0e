"""What the system does by itself waits, too, while nobody outside vouches for the ledger, and goes on afterwards."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from gezhi.cases.actions import sweep
from gezhi.cases.actions.acting import Step, Who, take
from gezhi.cases.models import Case
from gezhi.cases.procedure import Refused
from gezhi.cases.queries.held import held_count
from gezhi.cases.world import world
from tests.cases.test_actions import Loop, assert_history
from tests.cases.test_binding import lag_by, new_case
from tests.cast import Cast, reported


@pytest.fixture
def office(city: Cast, settings: Settings, tmp_path: Path) -> Cast:
    settings.DATA_DIR = tmp_path
    return city


def archivable(office: Cast) -> tuple[Loop, datetime]:
    """A closed case, and an instant at which its time is over."""
    loop = Loop(office, reported()).closed()
    due = loop.case.due_at
    assert due is not None
    return loop, due + timedelta(minutes=1)


def test_a_case_is_not_archived_by_time_while_timestamps_are_stale(office: Cast, settings: Settings) -> None:
    loop, at = archivable(office)
    version = loop.case.version
    lag_by(241, settings)
    assert held_count(world(), at) == 1
    assert sweep(at) == 0
    assert (loop.case.state, loop.case.version, loop.case.overdue_at) == ("closed", version, None)
    settings.TIMESTAMP_URL = ""
    while sweep(at):
        pass
    assert loop.case.state == "archived"
    assert held_count(world(), at) == 0
    assert_history(loop.case.pk)


def test_what_has_no_legal_effect_goes_on_meanwhile(office: Cast, settings: Settings) -> None:
    waiting, at = archivable(office)
    late = new_case()
    assert late.pk != waiting.case.pk
    Case.objects.filter(pk=late.pk).update(due_at=at - timedelta(minutes=1))
    lag_by(241, settings)
    assert sweep(at, limit=1) >= 1
    while sweep(at, limit=1):
        pass
    late.refresh_from_db()
    assert late.overdue_count == 1
    assert waiting.case.state == "closed"


def test_a_step_that_begins_to_wait_in_the_middle_of_a_sweep_is_not_passed_over(
    office: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, at = archivable(office)
    lag_by(241, settings)
    monkeypatch.setattr("gezhi.cases.actions.sweeping.is_stale", lambda: False)
    assert sweep(at) == 0
    assert (loop.case.state, loop.case.overdue_at) == ("closed", None)


def test_only_what_a_person_may_have_at_once_does_not_wait(office: Cast, settings: Settings) -> None:
    loop, at = archivable(office)
    lag_by(241, settings)
    Case.objects.filter(pk=loop.case.pk).update(overdue_at=at)
    (refused,) = take([Step(loop.case.pk, "close", Who())], at)
    assert isinstance(refused, Refused) and refused.code == "timestamp-stale"
    (done,) = take([Step(loop.case.pk, "close", Who(), wished=True)], at)
    assert not isinstance(done, Exception) and done.state == "archived"
