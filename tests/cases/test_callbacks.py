"""Callbacks: who is asked, what an answer means, and that the reporter's word decides."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.utils import timezone

from gezhi.cases.actions import act, act_as_reporter, record_callback
from gezhi.cases.callbacks import SAMPLE, Answer, Called, Standing, called, is_sampled
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.models import Callback, Case, CaseEvent, Report
from gezhi.cases.procedure import Given, Refused
from gezhi.cases.queries.calls import CallFilters, call_list
from gezhi.cases.queries.filters import BadFilter
from gezhi.ledger.models import Entry
from gezhi.packs.actions import publish
from gezhi.packs.content import sealed
from gezhi.packs.loading import read_pack
from gezhi.packs.shapes import CALLBACK_LIMIT, Parameter
from tests import cast
from tests.cast import Cast, reported
from tests.statements import statements

HANDLER, CALLER = 7, 8
WAITING = Standing(tries=0, done=False, handlers=frozenset({HANDLER}))
NOT_MENDED = Answer("not-resolved", responded=False, text="灯还是不亮")


def refusal(asked: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        asked()
    assert caught.value.zh
    return caught.value.code


# Who is asked


def test_a_tenth_of_the_closings_is_asked_about_and_always_the_same_tenth() -> None:
    drawn = [is_sampled(case, 0, 10) for case in range(20_000)]
    assert 0.09 < sum(drawn) / len(drawn) < 0.11
    assert drawn == [is_sampled(case, 0, 10) for case in range(20_000)]
    assert drawn != [is_sampled(case, 1, 10) for case in range(20_000)]


def test_a_share_of_nothing_and_of_everything() -> None:
    assert not any(is_sampled(case, 0, 0) for case in range(500))
    assert all(is_sampled(case, 0, 100) for case in range(500))


# What an answer means


@pytest.mark.parametrize(
    ("tries", "outcome", "after"),
    [
        (0, "resolved", Called(1, True)),
        (2, "not-resolved", Called(3, True)),
        (0, "unreachable", Called(1, False)),
        (1, "unreachable", Called(2, False)),
        (2, "unreachable", Called(3, True)),
    ],
)
def test_nobody_reached_is_tried_three_times(tries: int, outcome: str, after: Called) -> None:
    standing = Standing(tries, False, frozenset())
    assert called(standing, Answer(outcome, text="说明"), {CALLER}) == after


@pytest.mark.parametrize(
    ("standing", "answer", "account", "code"),
    [
        (Standing(1, True, ()), Answer("resolved"), CALLER, "called-already"),
        (WAITING, Answer("resolved"), HANDLER, "own-work"),
        (WAITING, Answer("perhaps"), CALLER, "bad-outcome"),
        (WAITING, Answer("not-resolved", text="  "), CALLER, "lacking"),
        (WAITING, Answer("resolved", rating=6), CALLER, "bad-rating"),
    ],
)
def test_what_a_call_may_not_say(standing: Standing, answer: Answer, account: int, code: str) -> None:
    assert refusal(lambda: called(standing, answer, {account})) == code


# With a city


def asked_about(percent: float) -> None:
    """From now on that share of closings is asked about, within two working days."""
    pack = read_pack(settings.PACKS_DIR / "city-management")
    kept = tuple(one for one in pack.parameters if one.key not in (SAMPLE, CALLBACK_LIMIT))
    manifest = pack.manifest.model_copy(update={"version": f"99.0.{round(percent)}"})
    parameters = (
        *kept,
        parameter(SAMPLE, number=percent),
        parameter(CALLBACK_LIMIT, length="2 working days"),
    )
    publish(sealed(pack.model_copy(update={"manifest": manifest, "parameters": parameters})))


def parameter(key: str, **value: object) -> Parameter:
    limits = [{"since": "2026-07-01", "source": "the test", **value}]
    return Parameter.model_validate({"key": key, "title": {"zh": "回访", "en": "Callback"}, "values": limits})


@pytest.fixture
def always(city: Cast) -> None:
    asked_about(100)


@pytest.fixture
def never(city: Cast) -> None:
    asked_about(0)


def closed(city: Cast, **fields: object) -> Receipt:
    receipt = reported(**{"reporter_phone": "13800001234"} | fields)
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    act(city.actor("handler"), receipt.case_id, "receive", Given())
    act(city.actor("handler"), receipt.case_id, "finish", Given(text="修好了", evidence=(cast.photo(),)))
    act(city.actor("verifier"), receipt.case_id, "verify", Given())
    return receipt


def waiting(receipt: Receipt) -> Callback:
    return Callback.objects.get(case_id=receipt.case_id, done_at=None)


@pytest.mark.usefixtures("always")
def test_a_verified_closing_queues_a_call_about_the_unit(city: Cast) -> None:
    call = waiting(closed(city))
    assert (call.reason, call.unit_id, call.tries) == ("sample", city.units["haishu-works"], 0)
    assert call.due_at is not None
    assert call.due_at > call.at


@pytest.mark.usefixtures("always")
def test_who_left_no_number_is_not_sampled(city: Cast) -> None:
    receipt = closed(city, reporter_phone="")
    assert not Callback.objects.filter(case_id=receipt.case_id).exists()


@pytest.mark.usefixtures("never")
@pytest.mark.parametrize(("rating", "calls"), [(1, 1), (2, 1), (3, 0), (5, 0)])
def test_every_bad_rating_is_called_about(city: Cast, rating: int, calls: int) -> None:
    receipt = closed(city)
    act_as_reporter(receipt.case_id, receipt.report_id, "rate", Given(rating=rating))
    assert Callback.objects.filter(case_id=receipt.case_id, reason="bad-rating").count() == calls


@pytest.mark.usefixtures("always")
def test_a_bad_rating_makes_the_waiting_call_urgent_instead_of_a_second_one(city: Cast) -> None:
    receipt = closed(city)
    act_as_reporter(receipt.case_id, receipt.report_id, "rate", Given(rating=1))
    assert waiting(receipt).reason == "bad-rating"


@pytest.mark.usefixtures("always")
def test_what_was_opened_again_is_not_called_about(city: Cast) -> None:
    receipt = closed(city)
    act_as_reporter(receipt.case_id, receipt.report_id, "reopen", Given(reason="又坏了"))
    assert [call.outcome for call in Callback.objects.filter(case_id=receipt.case_id)] == ["reopened"]


@pytest.mark.usefixtures("always")
def test_the_reporters_word_decides(city: Cast) -> None:
    receipt = closed(city)
    answer = Answer("not-resolved", responded=False, rating=2, text="灯还是不亮")
    call = record_callback(city.actor("operator"), waiting(receipt).pk, answer)
    case, report = Case.objects.get(id=receipt.case_id), Report.objects.get(id=receipt.report_id)
    assert (case.state, case.is_open, case.reopen_count) == ("filed", True, 1)
    assert report.rating == 2
    assert (call.outcome, call.reason, call.responded) == ("not-resolved", "sample", False)
    overturned = CaseEvent.objects.get(case=case, kind="overturn")
    assert (overturned.text, overturned.account_id) == ("灯还是不亮", city.account("operator").pk)
    assert not Callback.objects.filter(case=case, done_at=None).exists()
    assert Entry.objects.filter(kind="case.callback", subject=f"case:{case.pk}").count() == 1


@pytest.mark.usefixtures("always")
def test_what_is_resolved_stays_closed(city: Cast) -> None:
    receipt = closed(city)
    record_callback(city.actor("supervisor"), waiting(receipt).pk, Answer("resolved", True, 5, "很满意"))
    case = Case.objects.get(id=receipt.case_id)
    assert (case.is_open, case.rating) == (False, 5)


@pytest.mark.usefixtures("always")
def test_a_rating_that_stands_is_left_as_it_is(city: Cast) -> None:
    receipt = closed(city)
    act_as_reporter(receipt.case_id, receipt.report_id, "rate", Given(rating=4))
    record_callback(city.actor("operator"), waiting(receipt).pk, Answer("resolved", rating=1))
    assert Report.objects.get(id=receipt.report_id).rating == 4


@pytest.mark.usefixtures("always")
def test_who_handled_does_not_call(city: Cast) -> None:
    receipt = reported(reporter_phone="13800001234")
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    act(city.actor("both"), receipt.case_id, "receive", Given())
    act(city.actor("both"), receipt.case_id, "finish", Given(text="修好了", evidence=(cast.photo(),)))
    act(city.actor("verifier"), receipt.case_id, "verify", Given())
    call = waiting(receipt)
    assert refusal(lambda: record_callback(city.actor("both"), call.pk, Answer("resolved"))) == "own-work"


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("who", ["handler", "dispatcher", "leader", "jiangbei-dispatcher", "nobody"])
def test_a_post_that_does_not_call_sees_no_callback(city: Cast, who: str) -> None:
    call = waiting(closed(city))
    assert not call_list(city.actor(who), CallFilters(), timezone.now()).exists()
    assert (
        refusal(lambda: record_callback(city.actor(who), call.pk, Answer("resolved"))) == "unknown-callback"
    )


@pytest.mark.usefixtures("always")
def test_the_queue_is_found_by_number_phone_and_reason(city: Cast) -> None:
    receipt, now = closed(city), timezone.now()
    operator = city.actor("operator")

    def found(**asked: str) -> int:
        return call_list(operator, CallFilters(**asked), now).count()

    assert found() == found(text=receipt.case_number) == found(text="1234") == found(reason="sample") == 1
    assert found(text="9999") == found(reason="bad-rating") == found(standing="done") == 0
    assert found(place=cast.HAISHU) == 1
    assert found(place=cast.JIANGBEI) == 0
    record_callback(operator, waiting(receipt).pk, Answer("resolved"))
    assert found(standing="done") == found(standing="resolved") == 1
    with pytest.raises(BadFilter):
        found(standing="someday")


def test_a_step_that_queues_no_call_costs_no_statement(city: Cast) -> None:
    receipt = reported(reporter_phone="13800001234")
    with statements() as said:
        act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    assert not [line for line in said.lines if "cases_callback" in line]
