"""What counts of a case, for whom, and when; told by cases from beginning to end."""

from datetime import timedelta

import pytest

from gezhi.cases.models import Assignment, Callback, Case, CaseEvent, Supervision
from gezhi.insight.actions.tallying import tally_all, tally_new
from gezhi.insight.counts import BY_KEY, COUNTS, NAMES
from gezhi.insight.models import Tally, TallyMark
from gezhi.insight.periods import Period
from gezhi.insight.queries.checking import differences
from gezhi.insight.queries.figures import DIMENSIONS, Dimension, Within, figures
from gezhi.insight.queries.opened import number_opened, opened
from gezhi.packs.shapes import Counted
from tests import cast
from tests.insight.stories import HOURS, START, Step, handled, happened

JULY = Period("month", "2026-07")


def counted(unit: int | None = None, period: Period = JULY) -> set[str]:
    """The names of what counts, with their number where it is not one."""
    within = Within(unit=unit)
    row = figures(period, "unit" if unit else "all", within).row(str(unit) if unit else "")
    return {name if value == 1 else f"{name} {value:g}" for name, value in row.items() if value}


@pytest.fixture
def works(city: cast.Cast) -> int:
    return city.units["haishu-works"]


def test_a_case_on_the_straight_way_counts_once_for_its_unit(works: int) -> None:
    happened(handled(works, rating=5))
    tally_all()
    assert counted(works) == {
        *("reported", "reported_by_residents", "given", "received", "should_handle", "handled"),
        *("handled_on_time", "should_close", "closed", "closed_on_time", "rated", "rated_satisfied"),
        "response_minutes 60",
    }


def test_what_is_done_late_counts_when_it_was_due(works: int) -> None:
    happened(handled(works, done=30 * 24, due=24))
    tally_all()
    assert {"should_handle", "handled"} <= counted(works)
    assert "handled_on_time" not in counted(works)
    assert counted(works, Period("month", "2026-08")) == {"closed"}


def test_what_stands_past_its_limit_is_due_and_not_handled(works: int) -> None:
    happened([("dispatch", 1, {"unit": works, "due": 24}), ("overdue", 24, {"due": 24})])
    tally_all()
    assert counted(works) == {"reported", "reported_by_residents", "given", "should_handle", "overdue_open"}


def test_what_runs_within_its_limit_counts_only_as_reported(works: int) -> None:
    happened([("dispatch", 1, {"unit": works, "due": 24}), ("receive", 2, {"due": 24})])
    tally_all()
    assert counted(works) == {"reported", "reported_by_residents"}


def test_a_returned_case_counts_for_the_unit_that_returned_it_and_for_the_next(
    works: int, city: cast.Cast
) -> None:
    other = city.units["city-works"]
    happened(
        [
            ("dispatch", 1, {"unit": works, "due": 24}),
            ("return", 2, {"unit": None}),
            ("dispatch", 3, {"unit": other, "due": 48}),
            ("receive", 4, {"due": 48}),
            ("finish", 9, {"due": 72}),
        ]
    )
    tally_all()
    assert counted(works) == {"reported", "reported_by_residents", "given", "returned"}
    assert {"handled", "handled_on_time"} <= counted(other)


def test_rework_and_extension_count_once_for_a_stint(works: int) -> None:
    happened(_reworked(works))
    tally_all()
    assert {"extended", "reworked", "handled", "handled_on_time", "should_close"} <= counted(works)


def _reworked(unit: int) -> list[Step]:
    return [
        ("dispatch", 1, {"unit": unit, "due": 24}),
        ("extend", 20, {"due": 48}),
        ("extend", 21, {"due": 60}),
        ("finish", 50, {"due": 70}),
        ("rework", 51, {"due": 70}),
        ("finish", 60, {"due": 80}),
        ("rework", 61, {"due": 90}),
        ("finish", 62, {"due": 90}),
    ]


def test_a_closing_that_the_reporter_contradicts_within_a_week_was_in_form_only(works: int) -> None:
    happened([*handled(works), ("reopen", 6 + 7 * 24, {"unit": None, "role": "reporter"})])
    assert tally_all() == 1
    assert {"closed", "reopened", "formal_closed"} <= counted(works)


def test_a_reopening_after_a_week_or_by_staff_is_no_formal_closing(works: int) -> None:
    happened([*handled(works), ("reopen", 6.1 + 7 * 24, {"unit": None, "role": "reporter"})])
    happened([*handled(works), ("reopen", 8, {"unit": None, "role": "dispatcher"})])
    tally_all()
    assert "reopened 2" in counted(works)
    assert not any(name.startswith("formal_closed") for name in counted(works))


def test_the_lowest_rating_since_a_closing_stands_for_it(works: int) -> None:
    happened([*handled(works, rating=5), ("rate", 9, {"rating": 2, "role": "reporter"})])
    tally_all()
    assert {"rated", "rated_dissatisfied"} <= counted(works)
    assert "rated_satisfied" not in counted(works)


def test_callbacks_count_when_they_reached_the_reporter(works: int) -> None:
    case = happened(handled(works))
    for report, outcome, rating in ((1, "resolved", 5), (2, "not-resolved", 1), (3, "unreachable", None)):
        _call(case, works, report, outcome, rating)
    tally_all()
    assert {"asked 2", "responded 2", "resolved", "satisfied", "dissatisfied"} <= counted(works)


def _call(case: Case, unit: int, report: int, outcome: str, rating: int | None) -> Callback:
    return Callback.objects.create(
        case=case,
        report_id=report,
        place_code=case.place_code,
        unit_id=unit,
        reason="sample",
        at=START,
        done_at=START + 20 * HOURS,
        outcome=outcome,
        responded=True,
        rating=rating,
    )


def test_partners_and_cards_count_for_those_who_were_called_or_warned(works: int, city: cast.Cast) -> None:
    case = happened(handled(works))
    called, absent = city.units["nanmen"], city.units["wanan"]
    _partners_and_cards(case, called, absent)
    tally_all()
    assert counted(called) == {"whistled", "reported_in"}
    assert counted(absent) == {"whistled", "absent", "yellow_cards", "red_cards", "orders", "orders_late"}


def _partners_and_cards(case: Case, called: int, absent: int) -> None:
    for unit, came in ((called, START), (absent, None)):
        Assignment.objects.create(
            case=case,
            unit_id=unit,
            kind="whistle",
            state="received" if came else "open",
            assigned_at=START,
            received_at=came,
            absent_at=None if came else START + 2 * HOURS,
        )
    for seq, level in enumerate(("yellow", "red", "order"), start=1):
        Supervision.objects.create(
            case=case, seq=seq, level=level, unit_id=absent, reason="x", at=START, overdue_at=START + HOURS
        )


def test_a_find_that_its_own_unit_did_not_handle_in_time_lowers_nothing(city: cast.Cast) -> None:
    wanan, worker = city.units["wanan"], city.account("grid-worker").pk
    happened(handled(wanan, done=5), source="field", submitted_by_id=worker)
    late = happened(handled(wanan, done=60, due=24), source="field", submitted_by_id=worker)
    tally_all()
    assert {"found 2", "own 2", "should_handle", "handled_on_time", "closed"} <= counted(wanan)
    assert Tally.objects.filter(case_id=late.pk, origin__in=[2, 3]).count() == 1


def test_another_units_find_counts_against_the_unit_that_leads_it(works: int, city: cast.Cast) -> None:
    worker = city.account("grid-worker").pk
    happened(handled(works, done=60, due=24), source="field", submitted_by_id=worker)
    tally_all()
    assert {"found", "should_handle", "handled"} <= counted(works)
    assert "own" not in counted(works)


@pytest.mark.parametrize(("days", "missed"), [(0, False), (1, True), (7, True), (8, False)])
def test_what_a_resident_reports_where_the_post_was_in_the_week_before_was_missed(
    city: cast.Cast, days: int, missed: bool
) -> None:
    before = START - timedelta(days=days)
    happened([], at=before, source="field", category=cast.RUBBISH)
    happened([])
    tally_all()
    assert ("missed" in counted()) is missed


def test_catching_up_changes_the_period_that_a_late_fact_belongs_to(works: int) -> None:
    case = happened(handled(works))
    tally_all()
    assert tally_new() == 0
    _add(case, "reopen", 30 * 24)
    assert tally_new() == 1
    assert "reopened" in counted(works)
    assert list(differences()) == []


def _add(case: Case, kind: str, hours: float) -> CaseEvent:
    seq = CaseEvent.objects.filter(case=case).count() + 1
    return CaseEvent.objects.create(
        case=case,
        seq=seq,
        at=START + hours * HOURS,
        transition=kind,
        kind=kind,
        from_state="closed",
        to_state="filed",
        role="reporter",
        facts={"unit": None},
        salt=b"",
    )


def test_events_that_commit_after_younger_ones_are_not_forgotten(works: int) -> None:
    first, second = happened(handled(works)), happened(handled(works))
    tally_all()
    mark = TallyMark.objects.get()
    late = _add(first, "reopen", 9)
    _add(second, "reopen", 9)
    mark.event_id, mark.gaps = late.pk + 1, [[late.pk, late.pk, START.isoformat()]]
    mark.save()
    assert tally_new(START) == 1
    assert Tally.objects.filter(case_id=first.pk, flags__gte=BY_KEY["reopened"].flag).exists()
    assert TallyMark.objects.get().gaps == []


def test_tallying_twice_changes_nothing(works: int) -> None:
    happened(handled(works, rating=3))
    tally_all()
    before = list(Tally.objects.order_by("pk").values_list())
    tally_all()
    assert list(Tally.objects.order_by("pk").values_list()) == before


@pytest.mark.parametrize("by", ["unit", "grid", "category", "all"])
def test_every_figure_opens_as_many_lines_as_it_says(everything: None, by: Dimension) -> None:
    found = figures(JULY, by)
    for count in COUNTS:
        assert sum(found.columns[count.key]) > 0, f"the month has no {count.key}"
        for key in found.keys:
            within = _narrowed(by, key)
            lines = opened(count, JULY, by, within)
            assert len(lines) == number_opened(count, JULY, by, within) == found.row(key)[count.key]


def _narrowed(by: Dimension, key: str) -> Within:
    if by == "unit":
        return Within(unit=int(key))
    return Within(place=key) if by == "grid" else Within(category=key) if by == "category" else Within()


@pytest.fixture
def everything(works: int, city: cast.Cast) -> None:
    """A month in which every count occurs."""
    called, absent = city.units["nanmen"], city.units["wanan"]
    case = happened(handled(works))
    _partners_and_cards(case, called, absent)
    for report, outcome, rating in ((1, "resolved", 5), (2, "not-resolved", 1), (3, "resolved", 3)):
        _call(case, works, report, outcome, rating)
    for rating in (1, 3, 5):
        happened([*handled(works, rating=rating), ("overturn", 9, {"unit": None})])
    happened([*handled(works), ("reopen", 8, {"unit": None, "role": "reporter"})])
    happened(_reworked(works))
    happened([("dispatch", 1, {"unit": works, "due": 24}), ("overdue", 24, {"due": 24})])
    happened([("dispatch", 1, {"unit": works, "due": 24}), ("return", 2, {"unit": None})])
    happened(handled(absent), source="field", submitted_by_id=city.account("grid-worker").pk)
    happened(handled(works), at=START + timedelta(days=2))
    tally_all()


def test_the_check_agrees_with_a_month_in_which_everything_occurs(everything: None) -> None:
    assert list(differences()) == []
    assert list(differences(JULY)) == []


def test_the_check_finds_a_planted_error(everything: None) -> None:
    victim = Tally.objects.filter(origin=2).order_by("case_id").first()
    assert victim is not None
    Tally.objects.filter(pk=victim.pk).update(flags=victim.flags ^ BY_KEY["handled_on_time"].flag)
    found = list(differences(JULY))
    assert [(one.case_id, one.origin, one.ref) for one in found] == [victim.pk]
    Tally.objects.filter(pk=victim.pk).delete()
    assert [one.stored for one in differences()] == [""]


def test_packs_may_use_every_count_and_no_other() -> None:
    assert {count.value for count in Counted} == set(NAMES)
    assert len({count.bit for count in COUNTS}) == len(COUNTS)
    assert "unit" in DIMENSIONS
