"""Corners where steps meet: what a step leaves behind, what the sweep does meanwhile, whose share it is."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gezhi.cases.actions import Step, Who, sweep, take, writing
from gezhi.cases.actions.moving import still_asked
from gezhi.cases.case_row import CaseRow, procedure_of
from gezhi.cases.models import Assignment, Case, CaseEvent, Supervision
from gezhi.cases.procedure import Given, Refused, Standing, steps_from, why_not_whole
from gezhi.cases.queries.around import around_cases
from gezhi.cases.queries.closing_facts import read_claims
from gezhi.cases.world import World, world
from gezhi.packs.shapes import Kind, Procedure
from gezhi.people.actions import appoint
from gezhi.people.models import Account, Unit
from tests import cast
from tests.cases.test_actions import Loop, refusal
from tests.cast import CITY, DAY, HAISHU, LAMP, LIUJIN, SINCE, WANAN, Cast, reported
from tests.owner import owning
from tests.together import together

MINUTE = timedelta(minutes=1)


@pytest.fixture
def loop(city: Cast) -> Loop:
    return Loop(city, reported(category=LAMP, reporter_phone="13800001234"))


def child_of(loop: Loop) -> Case:
    return Case.objects.get(parent_id=loop.receipt.case_id)


# what a child takes from its parent, and what it must not change there


def test_a_child_of_another_category_leaves_its_parent_what_it_is(loop: Loop) -> None:
    loop.handling().do("handler", "child", text="旁边的井盖也坏了", category="matter-01023")
    assert loop.case.category == LAMP
    assert child_of(loop).category == "matter-01023"


def test_a_child_elsewhere_leaves_its_parent_where_it_is(loop: Loop) -> None:
    place = loop.case.place_code
    loop.handling().do("handler", "child", text="另一处", place_code=f"{LIUJIN}001")
    assert loop.case.place_code == place
    assert child_of(loop).place_code == f"{LIUJIN}001"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"category": "no-such"}, "unknown-category"),
        ({"place_code": "12"}, "unknown-place"),
        ({"unit_id": 10**9}, "unknown-unit"),
    ],
)
def test_a_child_is_refused_for_what_is_not_known(loop: Loop, given: dict[str, object], code: str) -> None:
    loop.handling()
    assert refusal(lambda: loop.do("handler", "child", text="井盖", **given)) == code
    assert loop.case.open_children == 0


def test_a_parent_waits_for_as_many_children_as_are_open(loop: Loop) -> None:
    loop.handling().do("handler", "child", text="一")
    child = child_of(loop)
    act_on = Loop(loop.city, loop.receipt)
    assert act_on.case.open_children == 1
    reject = Step(child.pk, "reject", Who(actor=loop.city.actor("dispatcher")), Given(reason="已好"))
    assert isinstance(take([reject])[0], CaseRow)
    assert loop.case.open_children == 0
    review = Step(child.pk, "review", Who(actor=loop.city.actor("supervisor")), Given(reason="没好"))
    assert isinstance(take([review])[0], CaseRow)
    assert loop.case.open_children == 1


def test_a_child_merged_into_its_parent_is_not_waited_for(loop: Loop) -> None:
    loop.handling().do("handler", "child", text="一")
    given = Given(case_number=loop.case.number)
    merge = Step(child_of(loop).pk, "merge", Who(actor=loop.city.actor("dispatcher")), given)
    assert isinstance(take([merge])[0], CaseRow)
    assert loop.case.open_children == 0


# what a closing leaves behind


def test_nobody_is_awaited_in_a_case_that_is_not_accepted(loop: Loop) -> None:
    loop.dispatched().do("dispatcher", "whistle", unit_ids=(loop.city.units["jiangbei-works"],), text="来")
    loop.do("handler", "return", reason="不归我管")
    loop.do("dispatcher", "reject", reason="不予受理")
    assert not Assignment.objects.filter(state__in=["open", "received"]).exists()
    sweep(timezone.now() + 30 * DAY)
    assert not Assignment.objects.filter(absent_at__isnull=False).exists()


def test_an_order_ends_with_its_case_and_cards_nobody_after_it_is_opened_again(loop: Loop) -> None:
    loop.handled().do("supervisor", "order", reason="今日办结", length="4 working hours")
    loop.do("verifier", "verify")
    loop.do("supervisor", "reopen", reason="又坏了")
    due = Supervision.objects.get(level="order").due_at
    assert due is not None
    sweep(due + MINUTE)
    assert Supervision.objects.get(level="order").overdue_at is None
    assert not Supervision.objects.filter(level="red").exists()


# limits


def test_a_longer_limit_by_another_category_may_pass_again(loop: Loop) -> None:
    """matter-01037 has one working day; what is seen as overdue is seen again once the longer limit passes."""
    loop.handling()
    due = loop.case.due_at
    assert due is not None
    sweep(due + MINUTE)
    assert loop.case.overdue_at is not None
    longer = longer_category(loop)
    given = Given(category=longer)
    correct = Step(loop.receipt.case_id, "correct", Who(actor=loop.city.actor("dispatcher")), given)
    assert isinstance(take([correct], due + 2 * MINUTE)[0], CaseRow)
    assert loop.case.due_at > due  # type: ignore[operator]
    assert loop.case.overdue_at is None
    assert loop.case.due_at is not None
    while sweep(loop.case.due_at + MINUTE):
        pass
    assert loop.case.overdue_count == 2


def longer_category(loop: Loop) -> str:
    known = world().catalogue
    procedure = known.category(LAMP).procedure
    return next(one.key for one in known.reportable if one.limits == "long" and one.procedure == procedure)


def test_a_shorter_limit_that_has_passed_already_is_carded(loop: Loop) -> None:
    loop.do("dispatcher", "correct", category=longer_category(loop))
    loop.handling()
    assert loop.case.due_at is not None
    late = timezone.now() + 10 * DAY
    correct = Step(
        loop.receipt.case_id, "correct", Who(actor=loop.city.actor("dispatcher")), Given(category=LAMP)
    )
    assert isinstance(take([correct], late)[0], CaseRow)
    while sweep(late + MINUTE):
        pass
    assert loop.case.overdue_count == 1
    assert loop.case.card >= 1


def test_what_was_asked_in_time_is_not_agreed_to_after_the_limit(loop: Loop) -> None:
    loop.handling().do("handler", "extend", length="1 working days", reason="等配件")
    due = loop.case.due_at
    assert due is not None
    agree = Step(loop.receipt.case_id, "approve", Who(actor=loop.city.actor("supervisor")))
    outcome = take([agree], due + 10 * DAY)[0]
    assert isinstance(outcome, Refused), outcome
    assert outcome.code == "too-late"


def test_the_next_level_has_a_limit_of_its_own(loop: Loop) -> None:
    loop.do("dispatcher", "accept")
    due = loop.case.due_at
    assert due is not None
    at = due + MINUTE
    sweep(at)
    escalate = Step(
        loop.receipt.case_id, "escalate", Who(actor=loop.city.actor("dispatcher")), Given(reason="请街道定")
    )
    assert isinstance(take([escalate], at)[0], CaseRow)
    assert (loop.case.state, loop.case.overdue_at) == ("filed", None)
    assert loop.case.due_at is not None
    assert loop.case.due_at > at


def test_a_case_that_nobody_takes_goes_up_to_the_top_and_is_carded_there(loop: Loop) -> None:
    loop.do("dispatcher", "accept")
    held = []
    for _ in range(60):
        waits = [at for at in (loop.case.wake_at, None if loop.case.overdue_at else loop.case.due_at) if at]
        if not waits:
            break
        while sweep(min(waits)):
            pass
        if loop.case.held_code not in held:
            held.append(loop.case.held_code)
    assert held == ["", HAISHU, CITY]
    assert loop.case.overdue_count == len(held)
    assert loop.case.overdue_at is not None


def test_what_waits_for_more_than_the_newer_version_asks_is_dropped_when_cases_move(loop: Loop) -> None:
    """Two had to agree and one has; the new version asks one only. Whoever asked may ask again."""
    loop.handling().do("handler", "extend", length="10 working days", reason="等配件")
    loop.do("supervisor", "approve")
    now_world = world()
    row = writing.lock_cases([loop.receipt.case_id])[0][loop.receipt.case_id]
    assert row.asked is not None
    assert still_asked(row, extending(now_world, [{"by": "supervisor"}, {"by": "leader"}]), "handling")
    assert not still_asked(row, extending(now_world, [{"by": "supervisor"}]), "handling")
    assert not still_asked(row, extending(now_world, []), "handling")
    assert not still_asked(row, extending(now_world, [{"by": "supervisor"}, {"by": "leader"}]), "dispatched")


def extending(now_world: World, chain: list[dict[str, str]]) -> Procedure:
    plain = now_world.catalogue.procedure_of(LAMP).model_dump(by_alias=True)
    for step in plain["transitions"]:
        if step["key"] == "extend":
            step["approve"] = chain
    return Procedure.model_validate(plain)


def test_what_was_agreed_to_was_done_by_whoever_asked(loop: Loop) -> None:
    loop.handling().do("handler", "extend", length="1 working days", reason="等配件")
    loop.do("supervisor", "approve")
    past = around_cases([loop.receipt.case_id], [loop.receipt.case_id]).past[loop.receipt.case_id]
    assert past.did[Kind.EXTEND] == [loop.city.account("handler").pk]


def test_whoever_asked_to_finish_handled_the_case(loop: Loop) -> None:
    """The supervisor agreed that it is finished; the handler, not the supervisor, has done it."""
    loop.handled()
    handler, supervisor = loop.city.account("handler").pk, loop.city.account("supervisor").pk
    event = CaseEvent.objects.filter(case_id=loop.receipt.case_id, kind="finish")
    with owning():
        event.update(account_id=supervisor, facts={"asked_by": [handler, supervisor]})
    now_world, row = world(), writing.lock_cases([loop.receipt.case_id])[0]
    verify = Step(loop.receipt.case_id, "verify", Who(actor=loop.city.actor("supervisor")))
    claim = read_claims([verify], row, now_world.catalogue, timezone.now())[loop.receipt.case_id]
    assert claim.facts.handlers == {handler}


def test_a_case_with_open_children_is_not_finished_by_agreeing(loop: Loop) -> None:
    """Asked for while it was whole; agreed to when a part of it had been opened."""
    loop.handling().do("handler", "extend", length="1 working days", reason="等配件")
    row = writing.lock_cases([loop.receipt.case_id])[0][loop.receipt.case_id]
    finish = next(
        one for one in steps_from(procedure_of(row, world().catalogue), row.state) if one.key == "finish"
    )
    assert why_not_whole(finish, Standing(row.state, children=1)) is not None
    assert why_not_whole(finish, Standing(row.state, shares=("市政",))) is not None
    assert why_not_whole(finish, Standing(row.state)) is None


def test_a_transfer_goes_to_another_unit(loop: Loop) -> None:
    loop.handling()
    given = {"unit_id": loop.city.units["haishu-works"], "reason": "重新计时"}
    assert refusal(lambda: loop.do("handler", "transfer", **given)) == "same-unit"


# whose share


def test_a_post_that_handles_nothing_does_no_share(loop: Loop) -> None:
    """A handler of one called unit who dispatches for another called unit has one share to finish, not both."""
    city = loop.city
    jiangbei, works = Unit.objects.get(code="jiangbei-works"), Unit.objects.get(code="city-works")
    account = Account.objects.create(username="two-posts", name="一人两岗")
    appoint(account, works, "handler", HAISHU, SINCE)
    appoint(account, jiangbei, "operator", HAISHU, SINCE)
    loop.handling().do("dispatcher", "whistle", unit_ids=(jiangbei.pk, works.pk), text="会商")
    loop.do("two-posts", "finish-share", text="好了")
    states = dict(Assignment.objects.exclude(kind="lead").values_list("unit_id", "state"))
    assert states == {jiangbei.pk: "open", works.pk: "finished"}
    assert city.units["jiangbei-works"] == jiangbei.pk


def test_whoever_did_a_share_does_not_verify_the_case(loop: Loop) -> None:
    jiangbei, centre = Unit.objects.get(code="jiangbei-works"), Unit.objects.get(code="centre")
    account = Account.objects.create(username="partner-verifier", name="协办又核查")
    appoint(account, jiangbei, "handler", HAISHU, SINCE)
    appoint(account, centre, "verifier", HAISHU, SINCE)
    loop.handling().do("handler", "joint", unit_ids=(jiangbei.pk,))
    loop.do("partner-verifier", "finish-share", text="好了")
    loop.do("handler", "finish", text="好了", evidence=(cast.photo(),))
    assert refusal(lambda: loop.do("partner-verifier", "verify")) == "own-work"


# meeting in one instant


def test_a_unit_that_reports_in_while_the_sweep_looks_is_never_in_a_ring(committed: Cast) -> None:
    """The sweep waits for nobody who waits for it: it takes the case first, as every step does."""
    loop = Loop(committed, reported(category=LAMP)).handling()
    loop.do("dispatcher", "whistle", unit_ids=(committed.units["jiangbei-works"],), text="来")
    due = Assignment.objects.exclude(kind="lead").get().due_at
    assert due is not None
    Case.objects.filter(id=loop.receipt.case_id).update(due_at=None, wake_at=None)
    assert_no_ring(
        loop, due + MINUTE, "UPDATE cases_assignment SET account_id = account_id WHERE kind <> 'lead'"
    )
    assert Assignment.objects.exclude(kind="lead").get().absent_at is None
    sweep(due + MINUTE)
    assert Assignment.objects.exclude(kind="lead").get().absent_at is not None


def test_an_order_answered_while_the_sweep_looks_is_never_in_a_ring(committed: Cast) -> None:
    loop = Loop(committed, reported(category=LAMP)).handling()
    loop.do("supervisor", "order", reason="限期", length="1 working hours")
    due = Supervision.objects.get().due_at
    assert due is not None
    Case.objects.filter(id=loop.receipt.case_id).update(due_at=None, wake_at=None)
    assert_no_ring(loop, due + MINUTE, "UPDATE cases_supervision SET answer = answer")
    assert not Supervision.objects.filter(level="red").exists()
    sweep(due + MINUTE)
    assert Supervision.objects.filter(level="red").count() == 1


def assert_no_ring(loop: Loop, at: object, then: str) -> None:
    """Somebody holds the case; the sweep comes; somebody goes on to the share or the order."""
    from threading import Event

    held, swept = Event(), Event()

    def step() -> None:
        with transaction.atomic():
            Case.objects.select_for_update().get(id=loop.receipt.case_id)
            held.set()
            swept.wait(2)
            with connection.cursor() as cursor:
                cursor.execute(then)

    def look() -> None:
        held.wait(5)
        try:
            sweep(at)  # type: ignore[arg-type]
        finally:
            swept.set()

    outcomes = together([step, look])
    assert outcomes == [None, None], outcomes


def test_two_whistles_at_once_call_each_unit_once(committed: Cast) -> None:
    loop = Loop(committed, reported(category=LAMP)).handling()
    units = (committed.units["jiangbei-works"], committed.units["city-works"])
    outcomes = together([lambda: loop.do("dispatcher", "whistle", unit_ids=units, text="来")] * 4)
    codes = [one.code for one in outcomes if isinstance(one, Refused)]
    assert codes == ["called-already"] * 3, outcomes
    assert Assignment.objects.exclude(kind="lead").count() == 2


def test_an_approval_and_a_return_at_once_leave_one_truth(committed: Cast) -> None:
    loop = Loop(committed, reported(category=LAMP)).handling()
    loop.do("handler", "transfer", unit_id=committed.units["city-works"], reason="市管")
    outcomes = together(
        [
            lambda: loop.do("dispatcher", "approve"),
            lambda: loop.do("handler", "return", reason="不归我管"),
        ]
    )
    assert all(isinstance(one, CaseRow | Refused) for one in outcomes), outcomes
    assert loop.case.asked is None
    active = Assignment.objects.filter(state__in=["open", "received"])
    assert active.count() == (0 if loop.case.state == "filed" else 1)


def test_many_units_that_stayed_away_cost_no_statement_each(city: Cast) -> None:
    def absences(grids: list[str]) -> int:
        for grid in grids:
            loop = Loop(city, reported(category=LAMP, grid=grid)).dispatched()
            loop.do("dispatcher", "whistle", unit_ids=(city.units["jiangbei-works"],), text="来")
        Case.objects.update(due_at=None, wake_at=None)
        with CaptureQueriesContext(connection) as captured:
            assert sweep(timezone.now() + 20 * DAY) == len(grids)
        return len(captured)

    assert absences([f"{WANAN}001"]) == absences([f"{WANAN}002", f"{LIUJIN}001", f"{LIUJIN}002"])


def test_the_words_of_whoever_agreed_stand_beside_those_of_the_request(loop: Loop, client: Client) -> None:
    loop.handling().do("handler", "extend", length="1 working days", reason="等配件")
    loop.do("supervisor", "approve", text="同意，仅此一次")
    event = CaseEvent.objects.get(case_id=loop.receipt.case_id, kind="extend")
    assert (event.text, event.facts["said"]) == ("等配件", "同意，仅此一次")
    client.force_login(loop.city.account("dispatcher"))
    page = client.get(f"/desk/cases/{loop.case.number}/").content.decode()
    assert "审批意见：同意，仅此一次" in page
