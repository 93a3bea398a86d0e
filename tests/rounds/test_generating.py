"""Rounds stand in place: each window once, where plans are on, for subjects that they pick."""

from datetime import date, datetime, timedelta

import pytest

from gezhi.cases.procedure import Refused
from gezhi.ledger.models import Entry
from gezhi.rounds.actions import generate, mark_missed, move_subject, save_subject, set_plan
from gezhi.rounds.models import Known, PlanSetting, Round, Subject
from gezhi.rounds.reading import SubjectRow
from tests import cast
from tests.rounds.conftest import NOW

GRID = f"{cast.WANAN}001"
JULY = date(2026, 7, 1)


def switch(
    city: cast.Cast, plan: str, place: str, *, on: bool = True, since: date = JULY, now: datetime = NOW
) -> None:
    set_plan(city.actor("supervisor"), plan, place, on, since, now)


def house(city: cast.Cast, name: str = "1 号楼", grade: str = "", place: str = GRID) -> Subject:
    known = {"danger-grade": grade} if grade else {}
    return save_subject(city.actor("administrator"), SubjectRow("house", name, place, known=known), now=NOW)


def test_nothing_is_due_until_a_plan_is_on(walks: cast.Cast) -> None:
    assert generate(NOW).added == 0
    assert not Round.objects.exists()


def test_a_patrol_is_due_on_each_grid_and_workday_of_the_next_fortnight(walks: cast.Cast) -> None:
    switch(walks, "daily-walk", cast.NANMEN)
    rounds = Round.objects.filter(plan="daily-walk")
    assert set(rounds.values_list("place_code", flat=True)) == {
        g for g in cast.WEST if g[:9] == cast.NANMEN[:9]
    }
    days = sorted({f"{one.opens_at.astimezone(NOW.tzinfo):%m-%d}" for one in rounds})
    assert days[:6] == ["07-06", "07-07", "07-08", "07-09", "07-10", "07-13"]
    assert days[-1] == "07-20"
    assert rounds.count() == 4 * len(days)


def test_generating_again_changes_nothing_and_writes_no_entry(walks: cast.Cast) -> None:
    switch(walks, "daily-walk", cast.CITY)
    before, entries = Round.objects.count(), Entry.objects.count()
    again = generate(NOW + timedelta(minutes=5))
    assert (again.added, again.removed, Round.objects.count()) == (0, 0, before)
    assert Entry.objects.count() == entries


def test_the_next_day_adds_one_day(walks: cast.Cast) -> None:
    switch(walks, "daily-walk", GRID)
    assert generate(NOW + timedelta(days=1)).added == 1


def test_one_generation_leaves_one_entry(walks: cast.Cast) -> None:
    PlanSetting.objects.create(plan="daily-walk", place_code=cast.CITY, is_on=True, since=JULY)
    entries = Entry.objects.count()
    generate(NOW)
    assert list(Entry.objects.order_by("id").values_list("kind", flat=True)[entries:]) == ["rounds.generated"]


def test_switching_off_below_takes_away_what_nobody_began(walks: cast.Cast) -> None:
    switch(walks, "daily-walk", cast.HAISHU)
    begun = Round.objects.filter(place_code=GRID).earliest("opens_at")
    Round.objects.filter(pk=begun.pk).update(begun_at=NOW)
    switch(walks, "daily-walk", cast.WANAN, on=False)
    assert list(Round.objects.filter(place_code__startswith=cast.WANAN)) == [begun]
    assert Round.objects.filter(place_code__startswith=cast.LIUJIN).exists()


def test_a_visit_is_due_at_the_houses_that_the_plan_picks(walks: cast.Cast) -> None:
    dangerous, sound = house(walks, "危房", "D"), house(walks, "好房", "A")
    unknown = house(walks, "不明")
    switch(walks, "danger-visit", cast.CITY)
    switch(walks, "house-visit", cast.CITY)
    visited = Round.objects.filter(plan="danger-visit").values_list("subject", flat=True)
    assert set(visited) == {dangerous.pk}
    assert Round.objects.filter(plan="danger-visit").count() == 2
    everywhere = Round.objects.filter(plan="house-visit").values_list("subject", flat=True)
    assert set(everywhere) == {dangerous.pk, sound.pk, unknown.pk}


def test_a_new_house_is_visited_from_then_on_and_one_that_is_gone_no_more(walks: cast.Cast) -> None:
    switch(walks, "house-visit", cast.CITY)
    built = house(walks)
    assert Round.objects.filter(subject=built).count() == 1
    move_subject(walks.actor("administrator"), built.pk, False, NOW)
    assert not Round.objects.filter(subject=built).exists()
    move_subject(walks.actor("administrator"), built.pk, True, NOW)
    assert Round.objects.filter(subject=built).count() == 1


def test_windows_that_ended_before_a_plan_was_on_are_never_due(walks: cast.Cast) -> None:
    switch(walks, "daily-walk", GRID, since=date(2026, 7, 10))
    switch(walks, "daily-walk", GRID, since=date(2026, 7, 6))
    first = Round.objects.earliest("opens_at").opens_at
    assert first.astimezone(NOW.tzinfo).date() == date(2026, 7, 6)


def test_what_was_not_done_in_time_is_missed_once(walks: cast.Cast) -> None:
    switch(walks, "daily-walk", GRID)
    later = NOW + timedelta(days=2)
    assert mark_missed(later) == 2
    assert mark_missed(later) == 0
    assert Round.objects.filter(state="missed").count() == 2
    assert generate(later).removed == 0


@pytest.mark.parametrize(
    ("who", "plan", "place", "code"),
    [
        ("supervisor", "no-plan", cast.CITY, "unknown-plan"),
        ("jiangbei-dispatcher", "daily-walk", cast.HAISHU, "not-your-role"),
        ("grid-worker", "daily-walk", GRID, "not-your-role"),
        ("supervisor", "daily-walk", "330299000000", "not-your-role"),
    ],
)
def test_who_may_not_switch_a_plan_is_told(
    walks: cast.Cast, who: str, plan: str, place: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        set_plan(walks.actor(who), plan, place, True, JULY, NOW)
    assert refused.value.code == code
    assert not PlanSetting.objects.exists()


def test_a_house_by_hand_is_known_with_its_source(walks: cast.Cast) -> None:
    built = house(walks, grade="C")
    known = Known.objects.get(subject=built)
    assert (known.element, known.value, known.source) == ("danger-grade", "C", "desk")
