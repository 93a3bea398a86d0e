"""A step is taken back within seconds by whoever took it; the history keeps both, statistics neither."""

import time
from dataclasses import fields
from datetime import timedelta
from functools import partial
from threading import Event

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gezhi.cases.actions import Stale, act, act_as_reporter, undo
from gezhi.cases.actions.writing import COLUMNS, lock_cases
from gezhi.cases.case_row import CaseRow
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.models import Assignment, Case, CaseEvent, Lesson
from gezhi.cases.procedure import Given, Refused
from gezhi.cases.queries import case_page, tracked
from gezhi.cases.undoing import HELD, TIME
from gezhi.insight.actions.tallying import tally_all
from gezhi.insight.models import Tally
from gezhi.insight.queries.checking import differences
from gezhi.ledger.models import Entry
from gezhi.notices.actions import send_some
from gezhi.notices.models import Notice
from tests import cast
from tests.cast import LAMP, RUBBISH, Cast, reported
from tests.owner import owning
from tests.together import together

SAME = {field.name for field in fields(CaseRow)} - {"version"}


def row_of(receipt: Receipt) -> CaseRow:
    return CaseRow(*Case.objects.values_list(*COLUMNS).get(id=receipt.case_id))


def dispatch(city: Cast, receipt: Receipt, unit: str = "haishu-works") -> CaseRow:
    return act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units[unit]))


def aged(receipt: Receipt, by: timedelta) -> None:
    with owning():
        CaseEvent.objects.filter(case_id=receipt.case_id).update(at=F("at") - by)


STEPS = {
    "accept": Given(),
    "accept into another category": Given(category=RUBBISH),
    "correct": Given(category=RUBBISH),
    "dispatch": Given(unit_id=0),
}


@pytest.mark.parametrize("name", STEPS)
def test_the_case_is_what_it_was_and_the_history_says_both(city: Cast, name: str) -> None:
    receipt, given = reported(category=LAMP), STEPS[name]
    if given.unit_id == 0:
        given = Given(unit_id=city.units["nanmen"])
    before = row_of(receipt)
    taken = act(city.actor("dispatcher"), receipt.case_id, name.split(maxsplit=1)[0], given)
    undo(city.actor("dispatcher"), receipt.case_id, taken.version)
    after = row_of(receipt)
    assert {one: getattr(after, one) for one in SAME} == {one: getattr(before, one) for one in SAME}
    assert after.version == before.version + 2
    events = list(CaseEvent.objects.filter(case_id=receipt.case_id).order_by("seq"))
    assert [event.kind for event in events][1:] == [name.split(maxsplit=1)[0], "undo"]
    assert (events[2].from_state, events[2].to_state) == (taken.state, before.state)
    assert events[2].facts["undone"] == 2
    entry = Entry.objects.get(kind="case.undo")
    assert entry.subject == f"case:{receipt.case_id}"
    assert not Assignment.objects.filter(case_id=receipt.case_id, state="open").exists()
    assert not Lesson.objects.exists()


def test_what_was_given_to_a_unit_is_cancelled_and_may_be_given_again(city: Cast) -> None:
    receipt = reported()
    undo(city.actor("dispatcher"), receipt.case_id, dispatch(city, receipt).version)
    dispatch(city, receipt, "nanmen")
    shares = Assignment.objects.filter(case_id=receipt.case_id).order_by("id").values_list("unit_id", "state")
    assert list(shares) == [(city.units["haishu-works"], "cancelled"), (city.units["nanmen"], "open")]


def test_a_procedure_that_was_changed_comes_back(city: Cast) -> None:
    from django.conf import settings

    from gezhi.packs.actions import publish
    from gezhi.packs.loading import read_pack

    publish(read_pack(settings.PACKS_DIR / "fire-hazards"))
    receipt = reported(category=LAMP)
    before = row_of(receipt)
    taken = act(city.actor("dispatcher"), receipt.case_id, "correct", Given(category="fh-wiring"))
    assert taken.procedure != before.procedure
    undo(city.actor("dispatcher"), receipt.case_id, taken.version)
    assert row_of(receipt).procedure == before.procedure
    page = case_page(city.actor("dispatcher"), receipt.case_number, timezone.now())
    assert page is not None
    assert page.events[0].lived.procedure.key == before.procedure


def later(city: Cast, receipt: Receipt) -> str:
    aged(receipt, TIME + timedelta(seconds=1))
    return "dispatcher"


def another(city: Cast, receipt: Receipt) -> str:
    return "second-dispatcher"


def received(city: Cast, receipt: Receipt) -> str:
    act(city.actor("handler"), receipt.case_id, "receive", Given())
    return "handler"


def rejected(city: Cast, receipt: Receipt) -> str:
    act(city.actor("handler"), receipt.case_id, "return", Given(reason="不归我管"))
    act(city.actor("dispatcher"), receipt.case_id, "reject", Given(reason="不在受理范围"))
    return "dispatcher"


def undone(city: Cast, receipt: Receipt) -> str:
    undo(city.actor("dispatcher"), receipt.case_id, row_of(receipt).version)
    return "dispatcher"


def without_post(city: Cast, receipt: Receipt) -> str:
    city.account("dispatcher").posts.update(valid_to=timezone.localdate())
    return "dispatcher"


@pytest.mark.parametrize(
    ("happening", "code"),
    [
        (later, "too-late-to-undo"),
        (another, "not-yours"),
        (received, "not-undoable"),
        (rejected, "not-undoable"),
        (undone, "not-undoable"),
        (without_post, "not-your-role"),
    ],
)
def test_what_cannot_be_undone_says_why(city: Cast, happening, code: str) -> None:  # type: ignore[no-untyped-def]
    receipt = reported()
    dispatch(city, receipt)
    who = happening(city, receipt)
    before = row_of(receipt)
    with pytest.raises(Refused) as refused:
        undo(city.actor(who), receipt.case_id, before.version)
    assert refused.value.code == code
    assert row_of(receipt) == before


def test_nobody_undoes_a_case_that_went_on(city: Cast) -> None:
    receipt = reported()
    taken = dispatch(city, receipt)
    act(city.actor("handler"), receipt.case_id, "receive", Given())
    with pytest.raises(Stale) as stale:
        undo(city.actor("dispatcher"), receipt.case_id, taken.version)
    assert stale.value.row.state == "handling"


def test_a_unit_that_was_called_before_keeps_the_step_from_being_undone(city: Cast) -> None:
    receipt = reported()
    act(city.actor("dispatcher"), receipt.case_id, "accept", Given())
    called = Given(unit_ids=(city.units["haishu-works"],), text="请到场")
    act(city.actor("dispatcher"), receipt.case_id, "whistle", called)
    taken = dispatch(city, receipt)  # its share as partner ended with it
    with pytest.raises(Refused):
        undo(city.actor("dispatcher"), receipt.case_id, taken.version)


def test_an_undoing_and_a_receipt_at_once_leave_one_truth(committed: Cast) -> None:
    receipt = reported()
    version = dispatch(committed, receipt).version
    back = partial(undo, committed.actor("dispatcher"), receipt.case_id, version)
    receive = partial(act, committed.actor("handler"), receipt.case_id, "receive", Given(), version)
    outcomes = together([back, receive])
    assert sum(isinstance(one, CaseRow) for one in outcomes) == 1
    active = Assignment.objects.filter(case_id=receipt.case_id, state__in=["open", "received"])
    assert active.count() == (row_of(receipt).unit_id is not None)


def test_two_undoings_at_once_are_one(committed: Cast) -> None:
    receipt = reported()
    version = dispatch(committed, receipt).version
    back = partial(undo, committed.actor("dispatcher"), receipt.case_id, version)
    assert sum(isinstance(one, CaseRow) for one in together([back] * 4)) == 1


def test_whoever_waits_for_a_case_too_long_undoes_nothing(committed: Cast) -> None:
    receipt = reported()
    version = dispatch(committed, receipt).version
    aged(receipt, TIME - timedelta(seconds=1))
    gate = Event()

    def hold() -> None:
        with transaction.atomic():
            lock_cases([receipt.case_id])
            gate.set()
            time.sleep(1.5)

    def back() -> CaseRow:
        gate.wait(10)
        return undo(committed.actor("dispatcher"), receipt.case_id, version)

    refused = together([hold, back])[1]
    assert isinstance(refused, Refused) and refused.code == "too-late-to-undo"


def test_a_reporter_is_told_of_what_stands_and_once(city: Cast) -> None:
    receipt = reported(reporter_phone="13800001234")
    taken = dispatch(city, receipt)
    assert "dispatched" not in told(receipt)
    undo(city.actor("dispatcher"), receipt.case_id, taken.version)
    dispatch(city, receipt, "nanmen")
    Notice.objects.update(queued_at=F("queued_at") - HELD)
    assert told(receipt).count("dispatched") == 1
    assert "南门街道" in Notice.objects.get(message="dispatched").text


def told(receipt: Receipt) -> list[str]:
    seen = tracked(receipt.tracking_code, "1234")
    assert seen is not None
    return [answer.message for answer in seen.answers]


def test_a_message_waits_until_its_step_cannot_be_undone(city: Cast, settings) -> None:  # type: ignore[no-untyped-def]
    settings.SMS_URL = "http://127.0.0.1:9/"
    receipt = reported(reporter_phone="13800001234")
    Notice.objects.all().delete()
    dispatch(city, receipt)
    now = timezone.now()
    send_some(now)
    assert Notice.objects.get().attempts == 0
    send_some(now + HELD)
    assert Notice.objects.get().attempts == 1


def test_the_reporter_sees_neither_the_step_nor_its_undoing(city: Cast) -> None:
    receipt = reported()
    undo(city.actor("dispatcher"), receipt.case_id, dispatch(city, receipt).version)
    seen = tracked(receipt.tracking_code, "")
    assert seen is not None
    assert [event.kind for event in seen.events] == ["report"]


def test_appraisal_counts_no_step_that_was_undone(city: Cast) -> None:
    receipt, plain = reported("路灯不亮了"), reported("路灯灯杆倒了", grid=f"{cast.LIUJIN}001")
    undo(city.actor("dispatcher"), receipt.case_id, dispatch(city, receipt).version)
    for one in (receipt, plain):
        dispatch(city, one, "nanmen")
        act_as_reporter(one.case_id, one.report_id, "withdraw", Given(reason="不用了"))
    tally_all()
    counted = {
        one.case_id: [(tally.origin, tally.unit_id, tally.flags) for tally in tallies(one)]
        for one in (receipt, plain)
    }
    assert counted[receipt.case_id] == counted[plain.case_id]
    assert not list(differences())


def tallies(receipt: Receipt) -> list[Tally]:
    return list(Tally.objects.filter(case_id=receipt.case_id).order_by("origin", "ref"))


def test_what_was_undone_does_not_count_towards_what_a_case_may_see(city: Cast) -> None:
    from gezhi.cases.queries.around import around_cases
    from gezhi.packs.shapes import Kind

    receipt = reported()
    undo(city.actor("dispatcher"), receipt.case_id, dispatch(city, receipt).version)
    past = around_cases([receipt.case_id], [receipt.case_id]).past[receipt.case_id]
    assert past.counts.get(Kind.DISPATCH, 0) == 0
