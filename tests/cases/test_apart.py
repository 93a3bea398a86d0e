"""Separation of duties by every way in: page, API, many at once, phone, undoing, calling back, appeals, marks.

'both' handles for Haishu's works and verifies for the centre. What 'both' handled another must verify."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gezhi.cases.actions import Step, Who, act, record_callback, take, undo
from gezhi.cases.callbacks import Answer
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.models import Callback, Case
from gezhi.cases.procedure import Given, Refused
from gezhi.insight.actions.appeals import AppealRefused, decide_appeal
from gezhi.insight.models import Appeal
from gezhi.people.actions import delegate, issue_token
from gezhi.people.actions.contracts import CannotChange, mark_quality
from gezhi.people.models import Contract, Delegation, Post
from tests.cast import HAISHU, SINCE, Cast, photo, reported
from tests.people.contracted import signed

Enter = Callable[[str], Client]


@pytest.fixture
def enter(city: Cast) -> Enter:
    def entered(who: str) -> Client:
        client = Client()
        client.force_login(city.account(who))
        return client

    return entered


def finished(city: Cast, by: str = "both") -> Receipt:
    receipt = reported(reporter_phone="13800001234")
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    act(city.actor(by), receipt.case_id, "receive", Given())
    act(city.actor(by), receipt.case_id, "finish", Given(text="灯泡已换", evidence=(photo(),)))
    return receipt


def case_of(receipt: Receipt) -> Case:
    return Case.objects.get(id=receipt.case_id)


def stands(receipt: Receipt) -> bool:
    return case_of(receipt).state == "handled"


@pytest.mark.parametrize("area", ["desk", "field"])
def test_not_on_a_page(city: Cast, enter: Enter, area: str) -> None:
    receipt = finished(city)
    form = {"step": "verify", "version": case_of(receipt).version}
    answer = enter("both").post(f"/{area}/cases/{receipt.case_number}/", form)
    assert answer.status_code == 422
    assert "不能由处置人本人办理" in answer.content.decode()
    assert stands(receipt)


def test_not_by_the_api(city: Cast) -> None:
    receipt = finished(city)
    key = issue_token(city.account("both"), "x", ["act", "read"], timezone.now())
    client = Client(headers={"Authorization": f"Bearer {key}"})
    address = f"/api/v1/cases/{receipt.case_number}"
    options = {one["step"]: one["why_not"] for one in client.get(address).json()["options"]}
    assert "handled the case" in options["verify"]
    body = {"version": case_of(receipt).version}
    answer = client.post(f"{address}/steps/verify", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "own-work")
    assert stands(receipt)


def test_not_with_many_at_once(city: Cast) -> None:
    """Of a batch those of others are verified and the own is not."""
    own, others = finished(city), None
    others = reported("垃圾没人收", category="matter-06010")
    act(city.actor("dispatcher"), others.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    act(city.actor("handler"), others.case_id, "receive", Given())
    act(city.actor("handler"), others.case_id, "finish", Given(text="已清", evidence=(photo(),)))
    steps = [Step(one.case_id, "verify", Who(actor=city.actor("both")), Given()) for one in (own, others)]
    refused, done = take(steps)
    assert isinstance(refused, Refused) and refused.code == "own-work"
    assert not isinstance(done, Exception)
    assert stands(own) and not stands(others)


def test_a_phone_is_not_offered_it_and_its_queue_is_refused(city: Cast, enter: Enter) -> None:
    receipt = finished(city)
    phone = enter("both")
    day = phone.get("/field/day.json").json()
    offered = {
        step["key"]
        for task in day["tasks"]
        if task["number"] == receipt.case_number
        for step in task["steps"]
    }
    assert "verify" not in offered
    sent = {"account": str(city.account("both").pk), "sent": "s-1", "step": "verify"}
    sent["version"] = str(case_of(receipt).version)
    answer = phone.post(f"/field/cases/{receipt.case_number}/", sent, headers={"accept": "application/json"})
    assert answer.json()["outcome"] != "done"
    assert stands(receipt)


def test_undoing_takes_no_handling_away(city: Cast) -> None:
    """A finish is not undone, so nobody handles, undoes and verifies."""
    receipt = finished(city)
    with pytest.raises(Refused) as caught:
        undo(city.actor("both"), receipt.case_id, case_of(receipt).version)
    assert caught.value.code == "not-undoable"


def test_whoever_handled_for_another_does_not_call_back_nor_does_that_other(city: Cast) -> None:
    post = next(post.id for post in city.actor("both").posts if post.role == "handler")
    today = timezone.localdate()
    Delegation.objects.create(
        post_id=post,
        to=city.account("verifier"),
        valid_from=today,
        valid_to=today + timedelta(days=2),
        reason="出差",
        made_by_id=city.account("both").pk,
        made_at=timezone.now(),
    )
    receipt = finished(city, "verifier")
    act(city.actor("supervisor"), receipt.case_id, "verify", Given())
    Callback.objects.filter(case_id=receipt.case_id).delete()
    case = case_of(receipt)
    call = Callback.objects.create(
        case=case, report_id=receipt.report_id, place_code=case.place_code, reason="sample", at=timezone.now()
    )
    for who in ("verifier", "both"):
        with pytest.raises(Refused) as caught:
            record_callback(city.actor(who), call.pk, Answer("resolved"))
        assert caught.value.code == "own-work"
    assert record_callback(city.actor("operator"), call.pk, Answer("resolved")).done_at


def appealed(city: Cast) -> Appeal:
    receipt = finished(city, "handler")
    return Appeal.objects.create(
        case_id=receipt.case_id,
        unit_id=city.units["haishu-works"],
        reason="不属于本单位",
        account_id=city.account("handler").pk,
        at=timezone.now(),
    )


def test_an_appeal_is_not_decided_for_somebody_of_the_unit(city: Cast) -> None:
    """The supervisor is of the unit, too; whoever holds the supervisor's post for them decides nothing either."""
    appeal, today = appealed(city), timezone.localdate()
    supervisor = city.account("supervisor")
    unit = city.units["haishu-works"]
    Post.objects.create(
        account=supervisor,
        unit_id=unit,
        role="handler",
        place_code=HAISHU,
        valid_from=SINCE,
    )
    post = next(post.id for post in city.actor("supervisor").posts if post.role == "supervisor")
    delegate(city.actor("supervisor"), post, "operator", today, today + timedelta(days=2), "出差")
    for who in ("supervisor", "operator"):
        with pytest.raises(AppealRefused) as caught:
            decide_appeal(city.actor(who), appeal.pk, True, "成立")
        assert caught.value.code == "own-unit"
    decide_appeal(city.actor("leader"), appeal.pk, False, "属于职责范围")


def test_nobody_marks_the_contractor_that_they_are_of(city: Cast) -> None:
    signed(city)
    contract = Contract.objects.get()
    verifier = city.account("verifier")
    Post.objects.create(
        account=verifier,
        unit_id=contract.unit_id,
        role="handler",
        place_code=HAISHU,
        valid_from=SINCE,
    )
    for acting in ([verifier.pk], [city.account("operator").pk, verifier.pk]):
        with pytest.raises(CannotChange, match="another unit"):
            mark_quality(contract.pk, 1, 4, "按时", acting, timezone.now())
    mark_quality(contract.pk, 1, 4, "按时", [city.account("supervisor").pk], timezone.now())
