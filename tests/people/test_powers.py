"""Posts in another's hands, posts that a second person grants, looks in an emergency."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from gezhi.cases.actions import act
from gezhi.cases.actions.glass import break_glass
from gezhi.cases.actions.talk import write_note
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.procedure import Given, Refused
from gezhi.cases.queries import case_page
from gezhi.cases.queries.inbox import inbox
from gezhi.cases.queries.inbox_powers import power_sources
from gezhi.ledger.models import Entry
from gezhi.people.access import Actor
from gezhi.people.actions import (
    Wanted,
    appoint,
    decide_nomination,
    delegate,
    end_delegation,
    end_glass,
    end_post,
    mark_late_reviews,
    nominate,
    open_account,
    review_glass,
)
from gezhi.people.models import BreakGlass, Delegation, Nomination, Post, Signal, Unit
from tests.cast import BAISHA, CITY, HAISHU, JIANGBEI, SINCE, ZHONGMA, Cast, photo, reported
from tests.owner import owning

WHY = "外出培训一周"
EMERGENCY = "居民来电称煤气泄漏，江北值班无人接听"


def today() -> date:
    return timezone.localdate()


def appointed(city: Cast, username: str, role: str, unit: str, place: str) -> None:
    account = open_account(username, username, None)
    appoint(account, Unit.objects.get(id=city.units[unit]), role, place, SINCE)


@pytest.fixture
def auditor(city: Cast) -> Actor:
    appointed(city, "auditor", "auditor", "centre", CITY)
    return city.actor("auditor")


@pytest.fixture
def second_administrator(city: Cast) -> Actor:
    appointed(city, "second-administrator", "administrator", "centre", CITY)
    return city.actor("second-administrator")


def handed(city: Cast, giver: str, to: str, days: int = 7) -> Delegation:
    post = city.actor(giver).posts[0].id
    return delegate(city.actor(giver), post, to, today(), today() + timedelta(days=days), WHY)


def refusal(city: Cast, giver: str, to: str, days: int = 7, post: int | None = None) -> str:
    mine = city.actor(giver)
    chosen = post or mine.posts[0].id
    with pytest.raises(Refused) as caught:
        delegate(mine, chosen, to, today(), today() + timedelta(days=days), WHY)
    return caught.value.code


def test_whoever_holds_a_post_for_another_may_do_what_it_lets_and_each_step_says_for_whom(city: Cast) -> None:
    handed(city, "dispatcher", "operator")
    receipt = reported()
    act(city.actor("operator"), receipt.case_id, "accept", Given())
    page = case_page(city.actor("dispatcher"), receipt.case_number, timezone.now())
    assert page is not None
    last = page.events[-1]
    assert (last.role, last.who, last.for_who) == ("dispatcher", "话务员小王", "派遣员小李")
    entry = Entry.objects.filter(subject=f"case:{receipt.case_id}").order_by("-id")[0]
    assert f'"for":{city.account("dispatcher").pk}' in bytes(entry.body).decode()


def test_what_is_handed_over_can_be_taken_back_at_any_time_by_either(city: Cast) -> None:
    for who in ("dispatcher", "operator"):
        made = handed(city, "dispatcher", "operator")
        assert len(city.actor("operator").posts) == 2
        end_delegation(city.actor(who), made.pk)
        assert len(city.actor("operator").posts) == 1


def test_others_do_not_take_it_back(city: Cast) -> None:
    made = handed(city, "dispatcher", "operator")
    with pytest.raises(Refused):
        end_delegation(city.actor("handler"), made.pk)


def test_it_ends_by_itself(city: Cast) -> None:
    handed(city, "dispatcher", "operator", days=1)
    Delegation.objects.update(valid_from=today() - timedelta(days=2), valid_to=today())
    assert len(city.actor("operator").posts) == 1


def test_what_one_holds_for_another_is_not_handed_on(city: Cast) -> None:
    made = handed(city, "dispatcher", "operator")
    assert refusal(city, "operator", "second-dispatcher", post=made.post_id) == "not-yours"


@pytest.mark.parametrize(
    ("giver", "to", "days", "code"),
    [
        ("dispatcher", "dispatcher", 7, "nobody"),
        ("dispatcher", "nobody-of-this-name", 7, "nobody"),
        ("dispatcher", "nobody", 7, "not-near"),
        ("dispatcher", "jiangbei-handler", 7, "not-near"),
        ("dispatcher", "operator", 31, "too-long"),
        ("dispatcher", "operator", 0, "bad-days"),
        ("administrator", "leader", 7, "not-among-themselves"),
    ],
)
def test_a_post_is_handed_to_who_is_near_and_for_days(
    city: Cast, giver: str, to: str, days: int, code: str
) -> None:
    assert refusal(city, giver, to, days) == code


def test_a_unit_above_may_take_a_post_over(city: Cast) -> None:
    handed(city, "handler", "operator")
    assert {post.for_id for post in city.actor("operator").posts} == {None, city.account("handler").pk}


def test_a_post_is_in_one_persons_hands_at_a_time(city: Cast) -> None:
    handed(city, "dispatcher", "operator")
    assert refusal(city, "dispatcher", "second-dispatcher") == "handed-already"


def test_an_auditor_takes_over_no_other_post(city: Cast, auditor: Actor) -> None:
    assert refusal(city, "dispatcher", "auditor") == "posts-clash"
    assert refusal(city, "auditor", "operator") == "not-among-themselves"


def finished(city: Cast, by: str) -> Receipt:
    receipt = reported()
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    act(city.actor(by), receipt.case_id, "receive", Given())
    act(city.actor(by), receipt.case_id, "finish", Given(text="灯泡已换", evidence=(photo(),)))
    return receipt


def own_work(city: Cast, who: str, receipt: Receipt) -> bool:
    try:
        act(city.actor(who), receipt.case_id, "verify", Given())
    except Refused as refused:
        return refused.code == "own-work"
    return False


def test_handing_over_the_post_of_a_verifier_gets_nobody_around_it(city: Cast) -> None:
    """'both' handled, and whoever verifies in the post of 'both' verifies for them."""
    receipt = finished(city, "both")
    verifier_post = next(post.id for post in city.actor("both").posts if post.role == "verifier")
    Post.objects.filter(account=city.account("second-handler")).update(
        unit_id=city.units["centre"], role="operator"
    )
    delegate(city.actor("both"), verifier_post, "second-handler", today(), today() + timedelta(days=3), WHY)
    assert own_work(city, "second-handler", receipt)
    assert own_work(city, "both", receipt)
    assert not own_work(city, "verifier", receipt)


def test_handling_in_anothers_post_keeps_both_from_verifying(city: Cast) -> None:
    """'verifier' handles for the handler: neither may verify."""
    handed(city, "handler", "verifier")
    receipt = finished(city, "verifier")
    assert own_work(city, "verifier", receipt)
    assert not own_work(city, "supervisor", receipt)


def test_a_handler_of_an_earlier_round_does_not_verify_either(city: Cast) -> None:
    receipt = finished(city, "both")
    act(city.actor("verifier"), receipt.case_id, "rework", Given(reason="仍不亮"))
    act(city.actor("handler"), receipt.case_id, "receive", Given())
    act(city.actor("handler"), receipt.case_id, "finish", Given(text="又换了", evidence=(photo(),)))
    assert own_work(city, "both", receipt)


def test_an_approver_in_anothers_post_agrees_to_no_request_of_either(city: Cast) -> None:
    """The handler asks for time; the supervisor's post in the handler's hands does not agree."""
    receipt = reported()
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    act(city.actor("handler"), receipt.case_id, "receive", Given())
    post = city.actor("supervisor").posts[0].id
    Delegation.objects.create(
        post_id=post,
        to=city.account("handler"),
        valid_from=today(),
        valid_to=today() + timedelta(days=2),
        reason=WHY,
        made_by_id=city.account("supervisor").pk,
        made_at=timezone.now(),
    )
    after = act(
        city.actor("handler"), receipt.case_id, "extend", Given(reason="等配件", length="1 working days")
    )
    assert after.asked is not None
    with pytest.raises(Refused) as caught:
        act(city.actor("handler"), receipt.case_id, "approve", Given())
    assert caught.value.code == "own-request"


def wanted(role: str, username: str = "nobody", place: str = HAISHU) -> Wanted:
    return Wanted(username, "centre", role, place, today(), None, "区委组织部文件")


def test_an_ordinary_post_is_given_at_once(city: Cast) -> None:
    made = nominate(city.actor("administrator"), wanted("handler"))
    assert made.granted
    assert [post.role for post in city.actor("nobody").posts] == ["handler"]


@pytest.mark.parametrize("role", ["leader", "auditor", "administrator"])
def test_a_guarded_post_waits_for_a_second_administrator(
    city: Cast, second_administrator: Actor, role: str
) -> None:
    made = nominate(city.actor("administrator"), wanted(role))
    assert not city.actor("nobody").posts
    with pytest.raises(Refused) as caught:
        decide_nomination(city.actor("administrator"), made.pk, grant=True)
    assert caught.value.code == "own-request"
    decide_nomination(second_administrator, made.pk, grant=True)
    assert [post.role for post in city.actor("nobody").posts] == [role]


def test_the_first_administrators_post_in_anothers_hands_decides_nothing_either(
    city: Cast, second_administrator: Actor
) -> None:
    made = nominate(city.actor("administrator"), wanted("leader"))
    Post.objects.filter(account__username="second-administrator").delete()
    Delegation.objects.create(
        post_id=city.actor("administrator").posts[0].id,
        to=city.account("second-administrator"),
        valid_from=today(),
        valid_to=today() + timedelta(days=2),
        reason=WHY,
        made_by_id=city.account("administrator").pk,
        made_at=timezone.now(),
    )
    with pytest.raises(Refused) as caught:
        decide_nomination(city.actor("second-administrator"), made.pk, grant=True)
    assert caught.value.code == "own-request"


def test_whoever_opened_the_account_does_not_grant_its_post(city: Cast, second_administrator: Actor) -> None:
    open_account("newcomer", "新人", None, by=second_administrator.account_id)
    made = nominate(city.actor("administrator"), wanted("leader", "newcomer"))
    with pytest.raises(Refused) as caught:
        decide_nomination(second_administrator, made.pk, grant=True)
    assert caught.value.code == "own-request"


def test_nobody_gives_themself_a_post(city: Cast) -> None:
    with pytest.raises(Refused) as caught:
        nominate(city.actor("administrator"), wanted("handler", "administrator"))
    assert caught.value.code == "own-post"


def test_an_auditor_gets_no_other_post_and_others_become_no_auditor(city: Cast, auditor: Actor) -> None:
    for given in (wanted("handler", "auditor"), wanted("auditor", "handler")):
        with pytest.raises(Refused) as caught:
            nominate(city.actor("administrator"), given)
        assert caught.value.code == "posts-clash"


def test_only_administrators_of_the_place_give_posts(city: Cast) -> None:
    with pytest.raises(Refused) as caught:
        nominate(city.actor("leader"), wanted("handler"))
    assert caught.value.code == "not-your-place"
    assert not Nomination.objects.exists()


def test_a_guarded_post_that_a_command_gives_is_a_signal(city: Cast) -> None:
    appointed(city, "by-command", "leader", "centre", CITY)
    assert Signal.objects.get().kind == "post-by-command"


def test_ending_an_auditors_post_is_a_signal(city: Cast, auditor: Actor) -> None:
    end_post(city.actor("administrator"), auditor.posts[0].id, today())
    assert Signal.objects.filter(kind="auditor-post-ended").count() == 1
    assert not city.actor("auditor").posts


# emergency looks


def opened(city: Cast, who: str = "dispatcher") -> tuple[Receipt, BreakGlass]:
    far = reported(grid=f"{BAISHA}001")
    return far, break_glass(city.actor(who), far.case_number, EMERGENCY, "203.0.113.7")


def test_an_emergency_shows_a_case_that_no_post_reaches_for_an_hour(city: Cast) -> None:
    far, glass = opened(city)
    other = reported("护栏坏了", grid=f"{BAISHA}001")
    seen = [case_page(city.actor("dispatcher"), one.case_number, timezone.now()) for one in (far, other)]
    assert seen[0] and not seen[1] and glass.until - glass.at == timedelta(hours=1)
    with owning():  # the hour is over
        BreakGlass.objects.update(at=glass.at - timedelta(hours=1), until=glass.at)
    assert case_page(city.actor("dispatcher"), far.case_number, timezone.now()) is None


def test_a_whole_town_can_be_opened_and_a_county_cannot(city: Cast) -> None:
    far = reported(grid=f"{BAISHA}001")
    with pytest.raises(Refused) as caught:
        break_glass(city.actor("dispatcher"), JIANGBEI, EMERGENCY)
    assert caught.value.code == "unknown-target"
    break_glass(city.actor("dispatcher"), ZHONGMA, EMERGENCY)
    assert case_page(city.actor("dispatcher"), far.case_number, timezone.now()) is not None


def test_what_is_open_in_an_emergency_is_for_looking_only(city: Cast) -> None:
    far, _ = opened(city)
    for step in ("accept", "dispatch"):
        with pytest.raises(Refused) as caught:
            act(city.actor("dispatcher"), far.case_id, step, Given(unit_id=city.units["jiangbei-works"]))
        assert caught.value.code == "not-your-role"
    with pytest.raises(Refused) as caught:
        write_note(city.actor("dispatcher"), far.case_id, "看过了")
    assert caught.value.code == "only-looking"


@pytest.mark.parametrize(
    ("who", "reason", "code"),
    [("dispatcher", "急", "reason-needed"), ("auditor", EMERGENCY, "not-your-role")],
)
def test_an_emergency_has_a_reason_and_is_nothing_for_auditors(
    city: Cast, auditor: Actor, who: str, reason: str, code: str
) -> None:
    far = reported(grid=f"{BAISHA}001")
    with pytest.raises(Refused) as caught:
        break_glass(city.actor(who), far.case_number, reason)
    assert caught.value.code == code


def test_what_a_post_reaches_is_no_emergency_and_one_is_open_at_a_time(city: Cast) -> None:
    with pytest.raises(Refused) as caught:
        break_glass(city.actor("dispatcher"), reported().case_number, EMERGENCY)
    assert caught.value.code == "reached-already"
    _, glass = opened(city)
    with pytest.raises(Refused) as caught:
        break_glass(city.actor("dispatcher"), ZHONGMA, EMERGENCY)
    assert caught.value.code == "open-already"
    end_glass(city.actor("dispatcher"), glass.pk)
    break_glass(city.actor("dispatcher"), ZHONGMA, EMERGENCY)


def told(city: Cast, who: str) -> list[str]:
    sources = list(power_sources(city.actor(who)))
    return [line.kind for line in inbox(sources, city.account(who).pk, timezone.now()).lines]


def test_auditors_and_leaders_are_told_at_once_and_the_person_of_the_review(
    city: Cast, auditor: Actor
) -> None:
    _, glass = opened(city)
    assert told(city, "auditor") == told(city, "leader") == ["glass"]
    assert told(city, "handler") == told(city, "dispatcher") == []
    review_glass(auditor, glass.pk, False, "应先联系江北带班领导")
    assert told(city, "dispatcher") == ["glass-reviewed"]


def test_it_is_a_signal_and_its_reason_stands_in_no_ledger(city: Cast) -> None:
    opened(city)
    assert Signal.objects.get().kind == "break-glass"
    body = bytes(Entry.objects.get(kind="people.glass-broken").body).decode()
    assert "煤气" not in body


def test_it_is_reviewed_once_by_an_auditor_with_words(city: Cast, auditor: Actor) -> None:
    _, glass = opened(city)
    for actor, words in ((city.actor("leader"), "好"), (auditor, " ")):
        with pytest.raises(Refused):
            review_glass(actor, glass.pk, True, words)
    review_glass(auditor, glass.pk, True, "确属紧急")
    with pytest.raises(Refused):
        review_glass(auditor, glass.pk, False, "再看一次")


def test_a_review_that_is_late_becomes_a_signal_once(city: Cast) -> None:
    _, glass = opened(city)
    assert mark_late_reviews(glass.review_by - timedelta(minutes=1)) == 0
    assert mark_late_reviews(glass.review_by) == 1
    assert mark_late_reviews(glass.review_by) == 0
    assert Signal.objects.filter(kind="break-glass-review-overdue").count() == 1


def test_a_review_is_due_in_three_working_days(city: Cast) -> None:
    monday = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.get_current_timezone())
    far = reported(grid=f"{BAISHA}001")
    glass = break_glass(city.actor("dispatcher"), far.case_number, EMERGENCY, at=monday)
    assert timezone.localdate(glass.review_by) in (date(2026, 11, 26), date(2026, 11, 25))
