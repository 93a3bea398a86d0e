"""A worker does a round: what was learned is kept, what was found is reported, all of it or nothing."""

from datetime import timedelta

import pytest

from gezhi.cases.models import Case, Report
from gezhi.cases.procedure import Refused
from gezhi.cases.world import world
from gezhi.ledger.models import Entry
from gezhi.people.access import Actor
from gezhi.people.directory import Directory, UnitCard
from gezhi.rounds.actions import Findings, begin, finish, save_subject, set_plan, skip
from gezhi.rounds.models import Known, Round, Subject
from gezhi.rounds.queries import coverage, due_here, readable, rounds_together
from gezhi.rounds.queries.plans import book
from gezhi.rounds.reading import SubjectRow
from gezhi.rounds.walking import Track
from tests import cast
from tests.rounds.conftest import NOW
from tests.rounds.test_generating import GRID, JULY

ANSWERS = {"danger_grade": "D", "storeys": 3, "note": "裂缝变宽", "note_2": "老人在家"}


@pytest.fixture
def worker(walks: cast.Cast) -> Actor:
    return walks.actor("grid-worker")


@pytest.fixture
def house(walks: cast.Cast) -> Subject:
    """A dangerous house with two plans due, and the daily walk of its grid."""
    row = SubjectRow("house", "1 号楼", GRID, known={"danger-grade": "C"})
    made = save_subject(walks.actor("administrator"), row, now=NOW)
    for plan in ("daily-walk", "danger-visit", "house-visit"):
        set_plan(walks.actor("supervisor"), plan, cast.CITY, True, JULY, NOW)
    return made


def visit(worker: Actor) -> list[Round]:
    first = next(one for one in due_here(worker, NOW) if one.subject_id)
    return rounds_together(worker, first.pk, NOW)


def patrol(worker: Actor) -> Round:
    return next(one for one in due_here(worker, NOW) if one.subject_id is None)


def test_a_worker_sees_what_is_due_on_the_own_grid_soonest_first(worker: Actor, house: Subject) -> None:
    due = due_here(worker, NOW)
    assert [one.plan for one in due] == ["daily-walk", "danger-visit", "house-visit"]
    assert {one.place_code for one in due} == {GRID}


def test_one_visit_does_every_plan_that_is_due_there(worker: Actor, house: Subject) -> None:
    rounds = visit(worker)
    assert {one.plan for one in rounds} == {"danger-visit", "house-visit"}
    entries = Entry.objects.count()
    done = finish(worker, [one.pk for one in rounds], Findings(ANSWERS), NOW)
    assert (done.known, done.same) == (2, 0)
    answers = dict(Round.objects.filter(state="done").values_list("plan", "answers"))
    assert answers["house-visit"] == {"floors": 3, "note": "老人在家"}
    assert answers["danger-visit"] == {"danger_grade": "D", "storeys": 3, "note": "裂缝变宽"}
    assert list(Entry.objects.order_by("id").values_list("kind", flat=True)[entries:]) == ["rounds.done"]


def test_what_is_corrected_holds_from_now_on_and_what_held_before_is_history(
    worker: Actor, house: Subject
) -> None:
    finish(worker, [one.pk for one in visit(worker)], Findings(ANSWERS), NOW)
    grades = Known.objects.filter(subject=house, element="danger-grade").order_by("id")
    assert [(one.value, one.until) for one in grades] == [("C", NOW), ("D", None)]
    assert grades[1].source.startswith("round:")


def test_still_so_is_one_tap(worker: Actor, house: Subject) -> None:
    later = NOW + timedelta(hours=1)
    finish(
        worker,
        [one.pk for one in visit(worker)],
        Findings({"note": "无变化", "storeys": 3}, {"danger-grade"}),
        later,
    )
    grade = Known.objects.get(subject=house, element="danger-grade")
    assert (grade.value, grade.since, grade.confirmed_at) == ("C", NOW, later)


def test_a_finding_opens_a_case_and_the_round_names_it(worker: Actor, house: Subject) -> None:
    crack = cast.report("墙裂了", grid=GRID, category="wall-crack", submitted_by_id=worker.account_id)
    done = finish(worker, [one.pk for one in visit(worker)], Findings(ANSWERS, reports=[crack]), NOW)
    report = Report.objects.get()
    assert (report.source, report.source_id) == ("field", f"round:{done.rounds[0]}:1")
    assert report.case.category == "wall-crack"
    assert Round.objects.get(pk=done.rounds[0]).found == [report.case.number]


def test_a_finding_of_another_kind_is_refused_and_nothing_is_kept(worker: Actor, house: Subject) -> None:
    lamp = cast.report("路灯不亮", grid=GRID, category=cast.LAMP)
    with pytest.raises(Refused, match="does not report"):
        finish(worker, [one.pk for one in visit(worker)], Findings(ANSWERS, reports=[lamp]), NOW)
    assert not Round.objects.filter(state="done").exists()
    assert not Case.objects.exists()


def test_a_patrol_keeps_the_summary_of_its_way_and_what_it_learned_of_the_grid(
    worker: Actor, house: Subject
) -> None:
    one = begin(worker, patrol(worker).pk, NOW)
    begin(worker, one.pk, NOW + timedelta(minutes=1))
    finish(worker, [one.pk], Findings({"hydrants": 4}, track=Track(30, 1800)), NOW + timedelta(hours=1))
    done = Round.objects.get(pk=one.pk)
    assert (done.begun_at, done.points, done.metres, done.state) == (NOW, 30, 1800, "done")
    known = Known.objects.get(element="hydrants")
    assert (known.subject.kind, known.subject.place_code, known.value) == ("grid", GRID, 4)
    assert Entry.objects.filter(kind="rounds.begun").count() == 1


def test_skipping_needs_a_reason(worker: Actor, house: Subject) -> None:
    one = patrol(worker)
    with pytest.raises(Refused) as refused:
        skip(worker, one.pk, "  ", NOW)
    assert refused.value.code == "needs-reason"
    skip(worker, one.pk, "台风停巡", NOW)
    assert Round.objects.get(pk=one.pk).reason == "台风停巡"


def test_a_round_is_done_once(worker: Actor, house: Subject) -> None:
    one = patrol(worker)
    finish(worker, [one.pk], Findings(), NOW)
    for again in (
        lambda: finish(worker, [one.pk], Findings(), NOW),
        lambda: skip(worker, one.pk, "晚了", NOW),
    ):
        with pytest.raises(Refused) as refused:
            again()
        assert refused.value.code == "not-due"


def test_a_round_is_done_in_its_time_by_those_of_its_place(
    walks: cast.Cast, worker: Actor, house: Subject
) -> None:
    one, ahead = patrol(worker), Round.objects.filter(plan="daily-walk", place_code=GRID).latest("opens_at")
    elsewhere = Round.objects.filter(plan="daily-walk", place_code=f"{cast.BAISHA}001").earliest("opens_at")
    both = [one.pk, visit(worker)[0].pk]
    for who, ids, at, code in (
        (worker, [ahead.pk], NOW, "not-due"),
        (worker, [one.pk], NOW + timedelta(days=1), "not-due"),
        (worker, [elsewhere.pk], NOW, "unknown-round"),
        (worker, [], NOW, "unknown-round"),
        (worker, both, NOW, "not-together"),
        (walks.actor("handler"), [one.pk], NOW, "unknown-round"),
    ):
        with pytest.raises(Refused) as refused:
            finish(who, ids, Findings(), at)
        assert refused.value.code == code


def test_coverage_counts_by_plan_and_by_the_places_below(worker: Actor, house: Subject) -> None:
    finish(worker, [patrol(worker).pk], Findings(), NOW)
    span = NOW - timedelta(days=1), NOW + timedelta(hours=20)
    plans = coverage(cast.CITY, *span)
    assert (plans["daily-walk"].done, plans["daily-walk"].due, plans["daily-walk"].share) == (1, 5, 1.0)
    below = coverage(cast.CITY, *span, plan="daily-walk")
    assert {code: (one.done, one.due) for code, one in below.items()} == {
        cast.HAISHU: (1, 4),
        cast.JIANGBEI: (0, 1),
    }


def test_elements_are_read_by_those_who_collect_them_and_by_the_duty_that_needs_them(
    walks: cast.Cast,
) -> None:
    works = walks.units["haishu-works"]
    directory = Directory(
        {works: UnitCard(works, "haishu-works", "", "", cast.HAISHU, frozenset({"houses"}))}
    )
    elements = book(world().stamp).elements_about("house")
    assert readable(walks.actor("grid-worker"), elements, GRID, directory) == {"danger-grade", "storeys"}
    assert readable(walks.actor("handler"), elements, GRID, directory) == {"danger-grade"}
    assert readable(walks.actor("leader"), elements, GRID, directory) == set()
    assert readable(walks.actor("jiangbei-handler"), elements, GRID, directory) == set()
