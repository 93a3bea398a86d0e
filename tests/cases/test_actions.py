"""Every step of the loop, by those who may take it."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from gezhi.cases.actions import Stale, Step, Who, act, act_as_reporter, delete_view, save_view, take
from gezhi.cases.actions.views import MOST, TooManyViews
from gezhi.cases.case_row import CaseRow
from gezhi.cases.intake.door import accept
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.models import Assignment, Case, CaseEvent, Evidence, Lesson, Report, SavedView
from gezhi.cases.photos import load_photo
from gezhi.cases.procedure import Given, Refused
from gezhi.ledger.models import Entry
from gezhi.notices.models import Notice
from tests import cast
from tests.cast import JIANGBEI, LAMP, LIUJIN, OTHER, RUBBISH, WANAN, Cast, report, reported
from tests.together import together

REASON = Given(reason="情况属实但不归我管")


class Loop:
    """One case and the shortest way to each of its states."""

    def __init__(self, city: Cast, receipt: Receipt) -> None:
        self.city, self.receipt = city, receipt

    @property
    def case(self) -> Case:
        return Case.objects.get(id=self.receipt.case_id)

    def do(self, who: str, step: str, **given: object) -> CaseRow:
        return act(self.city.actor(who), self.receipt.case_id, step, Given(**given))  # type: ignore[arg-type]

    def reporter(self, step: str, **given: object) -> CaseRow:
        return act_as_reporter(self.receipt.case_id, self.receipt.report_id, step, Given(**given))  # type: ignore[arg-type]

    def dispatched(self) -> "Loop":
        self.do("dispatcher", "dispatch", unit_id=self.city.units["haishu-works"])
        return self

    def handling(self) -> "Loop":
        self.dispatched().do("handler", "receive")
        return self

    def handled(self) -> "Loop":
        self.handling().do("handler", "finish", text="已修好", evidence=(cast.photo(),))
        return self

    def closed(self) -> "Loop":
        self.handled().do("verifier", "verify")
        return self


@pytest.fixture
def loop(city: Cast) -> Loop:
    return Loop(city, reported(reporter_phone="13800001234"))


def refusal(asked: object) -> str:
    with pytest.raises(Refused) as caught:
        asked()  # type: ignore[operator]
    return caught.value.code


def assert_history(case_id: int) -> None:
    """Events count from 1 to the version, and each left an entry."""
    case = Case.objects.get(id=case_id)
    seqs = list(CaseEvent.objects.filter(case=case).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, case.version + 1))
    assert Entry.objects.filter(subject=f"case:{case_id}").count() == len(seqs)


def test_the_whole_loop_closes(loop: Loop) -> None:
    loop.closed()
    loop.reporter("rate", rating=2, text="慢了一点")
    loop.reporter("reopen", reason="又不亮了")
    assert (loop.case.state, loop.case.reopen_count, loop.case.rating, loop.case.unit_id) == (
        "filed",
        1,
        None,
        None,
    )
    assert loop.case.suggested_unit_id == loop.city.units["haishu-works"]
    loop.closed()
    loop.reporter("rate", rating=5)
    assert (loop.case.state, loop.case.rating, loop.case.is_open) == ("rated", 5, False)
    assert_history(loop.receipt.case_id)


def test_each_step_is_told_to_the_reporter_with_its_words(loop: Loop) -> None:
    loop.handled().do("verifier", "rework", reason="仍然不亮")
    messages = list(Notice.objects.order_by("id").values_list("message", flat=True))
    assert messages == ["received", "dispatched", "handling", "finished", "again"]
    assert "海曙区综合行政执法局" in Notice.objects.get(message="dispatched").text


def test_the_assignment_follows_the_case(loop: Loop) -> None:
    def standing() -> list[str]:
        return list(Assignment.objects.order_by("id").values_list("state", flat=True))

    loop.dispatched()
    assert standing() == ["open"]
    loop.do("handler", "receive")
    assert standing() == ["received"]
    loop.do("handler", "return", reason="不属于本单位")
    assert standing() == ["returned"]
    assert (loop.case.state, loop.case.unit_id) == ("filed", None)
    loop.handled()
    assert standing() == ["returned", "finished"]
    loop.do("verifier", "rework", reason="不彻底")
    assert standing() == ["returned", "finished", "open"]
    loop.reporter("withdraw")
    assert standing() == ["returned", "finished", "cancelled"]


def test_a_handler_may_not_verify_the_own_work(city: Cast) -> None:
    loop = Loop(city, reported()).dispatched()
    loop.do("both", "receive")
    loop.do("both", "finish", text="已修好", evidence=(cast.photo(),))
    assert refusal(lambda: loop.do("both", "verify")) == "own-work"
    assert loop.do("verifier", "verify").state == "closed"


@pytest.mark.parametrize(
    "who", ["operator", "handler", "verifier", "leader", "nobody", "jiangbei-dispatcher"]
)
def test_only_the_dispatcher_of_the_place_dispatches(loop: Loop, who: str) -> None:
    unit = loop.city.units["haishu-works"]
    assert refusal(lambda: loop.do(who, "dispatch", unit_id=unit)) == "not-your-role"
    assert loop.case.version == 1


@pytest.mark.parametrize("who", ["jiangbei-handler", "verifier", "grid-worker-elsewhere"])
def test_only_the_unit_that_holds_the_case_receives_it(loop: Loop, who: str) -> None:
    loop.dispatched()
    if who == "grid-worker-elsewhere":
        loop = Loop(loop.city, reported(grid=f"{LIUJIN}001")).dispatched()
        who = "grid-worker"
    assert refusal(lambda: loop.do(who, "receive")) == "not-your-role"


def test_a_grid_worker_handles_what_lies_in_the_own_grid(loop: Loop) -> None:
    loop.dispatched()
    assert loop.do("grid-worker", "receive").state == "handling"


def test_a_unit_that_does_not_exist_is_refused(loop: Loop) -> None:
    assert refusal(lambda: loop.do("dispatcher", "dispatch", unit_id=999_999)) == "unknown-unit"


def test_finishing_needs_a_photo_that_was_uploaded(loop: Loop) -> None:
    loop.handling()
    assert refusal(lambda: loop.do("handler", "finish", text="好了")) == "lacking"
    for key in ("7a0a6a3e-8a06-4f0e-9d0b-0a4c2a0f6a11", "../../etc/passwd"):
        assert (
            refusal(lambda key=key: loop.do("handler", "finish", text="好了", evidence=(key,)))
            == "unknown-evidence"
        )  # type: ignore[misc]
    key = cast.photo()
    loop.do("handler", "finish", text="好了", evidence=(key,))
    proof = Evidence.objects.get(key=key)
    assert (proof.case_id, proof.event_seq, proof.sha256) == (loop.case.pk, 4, load_photo(key).sha256)


def test_a_case_that_does_not_exist_is_refused(city: Cast) -> None:
    assert refusal(lambda: act(city.actor("dispatcher"), 10**9, "accept", Given())) == "unknown-case"


def test_a_stale_version_gets_the_newer_state(loop: Loop) -> None:
    act(loop.city.actor("dispatcher"), loop.case.pk, "accept", Given(), expected_version=1)
    with pytest.raises(Stale) as caught:
        act(loop.city.actor("dispatcher"), loop.case.pk, "reject", REASON, expected_version=1)
    assert (caught.value.row.state, caught.value.row.version) == ("filed", 2)
    assert loop.case.state == "filed"


def test_of_two_dispatchers_at_once_the_second_is_stale(committed: Cast) -> None:
    unit = committed.units["haishu-works"]
    for _ in range(4):
        case_id = reported(source="hotline", grid=f"{LIUJIN}002").case_id
        version = Case.objects.get(id=case_id).version
        ask = [
            partial(act, committed.actor(who), case_id, "dispatch", Given(unit_id=unit), version)
            for who in ("dispatcher", "second-dispatcher")
        ]
        kinds = sorted(type(one).__name__ for one in together(ask))
        assert kinds == ["CaseRow", "Stale"]
        assert_history(case_id)
        act(committed.actor("handler"), case_id, "return", REASON)
        act(committed.actor("dispatcher"), case_id, "reject", REASON)


def test_steps_and_joining_reports_at_once_leave_no_gap(committed: Cast) -> None:
    case_id = reported().case_id
    steps = [
        partial(act, committed.actor("dispatcher"), case_id, "correct", Given(text=str(n))) for n in range(6)
    ]
    joins = [partial(accept, [report(), report()]) for _ in range(6)]
    outcomes = together([*steps, *joins])
    assert [one for one in outcomes if isinstance(one, Exception)] == []
    assert_history(case_id)
    assert Case.objects.get(id=case_id).report_count == 13


def test_a_correction_moves_the_case_and_teaches(loop: Loop) -> None:
    row = loop.do("dispatcher", "correct", category=RUBBISH, place_code=f"{WANAN}002")
    assert (row.category, row.place_code) == (RUBBISH, f"{WANAN}002")
    assert row.suggested_unit_id == loop.city.units["nanmen"]
    assert CaseEvent.objects.get(seq=2).facts == {
        "category": [LAMP, RUBBISH],
        "place": [f"{WANAN}001", f"{WANAN}002"],
        "before": {
            "category": LAMP,
            "place_code": f"{WANAN}001",
            "suggested_unit_id": loop.city.units["haishu-works"],
        },
    }
    lesson = Lesson.objects.get()
    assert (lesson.text, lesson.category) == ("路灯不亮了", RUBBISH)


def test_a_correction_of_what_the_source_said_teaches_nothing(city: Cast) -> None:
    loop = Loop(city, reported(category=OTHER))
    loop.do("dispatcher", "correct", category=RUBBISH)
    assert not Lesson.objects.exists()


def test_corrections_to_what_does_not_exist_are_refused(loop: Loop) -> None:
    assert refusal(lambda: loop.do("dispatcher", "correct", category="part-01037")) == "unknown-category"
    assert refusal(lambda: loop.do("dispatcher", "correct", place_code="110000000000")) == "unknown-place"


def test_a_correction_into_another_county_hands_it_to_its_dispatcher(loop: Loop) -> None:
    loop.do("dispatcher", "correct", place_code=JIANGBEI)
    assert refusal(lambda: loop.do("dispatcher", "accept")) == "not-your-role"
    assert loop.do("jiangbei-dispatcher", "accept").state == "filed"


def test_a_report_is_rated_once_until_the_case_is_closed_again(loop: Loop) -> None:
    loop.closed()
    loop.reporter("rate", rating=4)
    assert refusal(lambda: loop.reporter("rate", rating=5)) == "already-rated"
    loop.reporter("reopen", reason="又坏了")
    loop.closed()
    assert loop.reporter("rate", rating=1).rating == 1
    assert Report.objects.get().rating == 1


def test_the_worst_of_two_reporters_ratings_stands(city: Cast) -> None:
    first, second = accept([report(), report()])
    Loop(city, first).closed()
    Loop(city, first).reporter("rate", rating=2)
    row = Loop(city, second).reporter("rate", rating=5)
    assert row.rating == 2


def test_a_reporter_withdraws_unless_others_reported_too(loop: Loop) -> None:
    second = reported()
    assert refusal(lambda: loop.reporter("withdraw")) == "others-reported"
    loop.do("dispatcher", "split", report_id=second.report_id)
    assert loop.reporter("withdraw").state == "withdrawn"


def test_one_case_merges_into_another_with_reports_and_photos(city: Cast) -> None:
    photo = load_photo(cast.photo())
    target, other = reported(), reported(grid=f"{WANAN}002", photos=(photo,))
    row = Loop(city, other).do("dispatcher", "merge", case_number=target.case_number)
    assert row.state == "merged"
    merged, kept = Case.objects.get(id=other.case_id), Case.objects.get(id=target.case_id)
    assert (merged.merged_into_id, merged.report_count, kept.report_count, kept.version) == (kept.pk, 0, 2, 2)
    assert set(Report.objects.values_list("case_id", flat=True)) == {kept.pk}
    proof = Evidence.objects.get()
    assert (proof.case_id, proof.event_seq) == (kept.pk, 2)
    assert CaseEvent.objects.get(case=kept, seq=2).kind == "join"


def test_two_cases_merge_into_a_third_in_one_batch(city: Cast) -> None:
    target, *others = (reported(grid=f"{village}{n}") for village in (WANAN, LIUJIN) for n in ("001", "002"))
    who = Who(city.actor("dispatcher"))
    outcomes = take(
        [Step(one.case_id, "merge", who, Given(case_number=target.case_number)) for one in others]
    )
    assert [one.state for one in outcomes if isinstance(one, CaseRow)] == ["merged"] * 3
    kept = Case.objects.get(id=target.case_id)
    assert (kept.report_count, kept.version) == (4, 4)
    assert list(CaseEvent.objects.filter(case=kept).order_by("seq").values_list("seq", flat=True)) == [
        1,
        2,
        3,
        4,
    ]


def test_a_step_of_the_target_and_a_merge_into_it_in_one_batch_both_count(city: Cast) -> None:
    target, other = reported(), reported(grid=f"{WANAN}002")
    who = Who(city.actor("dispatcher"))
    take(
        [
            Step(target.case_id, "accept", who),
            Step(other.case_id, "merge", who, Given(case_number=target.case_number)),
        ]
    )
    kept = Case.objects.get(id=target.case_id)
    assert (kept.state, kept.version, kept.report_count) == ("filed", 3, 2)
    assert list(CaseEvent.objects.filter(case=kept).order_by("seq").values_list("seq", flat=True)) == [
        1,
        2,
        3,
    ]


def test_merges_that_make_no_sense_are_refused(loop: Loop) -> None:
    def merge(number: str) -> str:
        return refusal(lambda: loop.do("dispatcher", "merge", case_number=number))

    ended = Loop(loop.city, reported(grid=f"{WANAN}002"))
    ended.do("dispatcher", "reject", reason="重复")
    assert merge("0000") == "unknown-case"
    assert merge(loop.case.number) == "same-case"
    assert merge(ended.case.number) == "target-closed"


def test_a_report_splits_off_into_a_case_of_its_own(loop: Loop) -> None:
    second = reported(photos=(load_photo(cast.photo()),))
    loop.do("dispatcher", "split", report_id=second.report_id)
    own = Report.objects.get(id=second.report_id).case
    assert (own.pk != loop.case.pk, own.state, own.report_count, own.version) == (True, "registered", 1, 1)
    assert loop.case.report_count == 1
    assert CaseEvent.objects.get(case=own).facts == {"from": loop.case.number, "report": second.report_id}
    assert Evidence.objects.get().case_id == own.pk
    assert own.due_at is not None


def test_splits_that_make_no_sense_are_refused(loop: Loop) -> None:
    elsewhere = reported(grid=f"{WANAN}002")
    assert refusal(lambda: loop.do("dispatcher", "split", report_id=loop.receipt.report_id)) == "only-report"
    reported()
    assert refusal(lambda: loop.do("dispatcher", "split", report_id=elsewhere.report_id)) == "unknown-report"


def test_what_is_added_stands_in_the_history(loop: Loop) -> None:
    loop.reporter("add", text="就在公交站旁边", evidence=(cast.photo(),))
    event = CaseEvent.objects.get(seq=2)
    assert (event.kind, event.role, event.text) == ("add", "reporter", "就在公交站旁边")
    assert event.facts["report"] == loop.receipt.report_id
    assert Evidence.objects.get().report_id == loop.receipt.report_id


def test_a_batch_takes_what_it_can_and_says_why_not(city: Cast) -> None:
    receipts = [reported(grid=grid) for grid in (f"{WANAN}001", f"{WANAN}002", f"{LIUJIN}001")]
    who = Who(city.actor("dispatcher"))
    steps = [Step(one.case_id, "accept", who) for one in receipts]
    steps[1] = replace(steps[1], key="verify")
    steps[2] = replace(steps[2], expected_version=9)
    kinds = [type(one).__name__ for one in take(steps)]
    assert kinds == ["CaseRow", "Refused", "Stale"]
    assert [Case.objects.get(id=one.case_id).version for one in receipts] == [2, 1, 1]


def test_a_batch_takes_one_step_for_each_case(loop: Loop) -> None:
    step = Step(loop.case.pk, "accept", Who(loop.city.actor("dispatcher")))
    with pytest.raises(ValueError, match="one step for each case"):
        take([step, step])


def test_a_limit_runs_from_the_state_and_not_from_its_steps(loop: Loop) -> None:
    first = loop.case.due_at
    loop.do("dispatcher", "correct", text="补充说明")
    assert loop.case.due_at == first
    assert loop.dispatched().case.state_at > timezone.now() - timedelta(minutes=1)
    assert loop.case.due_at != first


def test_a_person_keeps_at_most_thirty_views(city: Cast) -> None:
    account = city.account("dispatcher").pk
    for number in range(MOST):
        save_view(account, f"view {number}", "state=filed")
    save_view(account, "view 0", "state=handled")
    with pytest.raises(TooManyViews):
        save_view(account, "one more", "")
    assert SavedView.objects.get(name="view 0").query == "state=handled"
    delete_view(city.account("verifier").pk, SavedView.objects.get(name="view 1").pk)
    assert SavedView.objects.count() == MOST


def test_a_reporter_takes_no_step_on_a_case_that_the_report_has_left(city: Cast) -> None:
    first, second = reported("路灯不亮了", category=LAMP), reported("路灯不亮了", category=LAMP)
    assert first.case_id == second.case_id
    act(city.actor("dispatcher"), first.case_id, "split", Given(report_id=second.report_id))
    with pytest.raises(Refused) as refused:
        act_as_reporter(first.case_id, second.report_id, "withdraw", Given(reason="不用了"))
    assert refused.value.code == "report-moved"
