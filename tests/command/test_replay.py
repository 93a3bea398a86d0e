"""A day told again ends where the cases stand, and begins where they stood."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from gezhi.cases.models import Case
from gezhi.cases.queries import BadFilter
from gezhi.cases.queries.filters import midnight
from gezhi.cases.world import world
from gezhi.insight.queries.board.look import Look
from gezhi.insight.queries.board.replay import Replay, replay
from gezhi.insight.replaying import Told, changes
from tests import cast

MORNING = datetime(2026, 7, 1, tzinfo=UTC)
ENDED = frozenset({"standard closed"})


def told(minute: int, state: str, due: int | None = None, case: int = 1) -> Told:
    due_at = None if due is None else MORNING + timedelta(minutes=due)
    return Told(case, MORNING + timedelta(minutes=minute), "standard", state, due_at)


def test_a_case_that_came_was_late_and_was_closed() -> None:
    events = [
        told(1, "registered"),
        told(5, "dispatched", 60),
        told(61, "dispatched", 60),
        told(90, "closed"),
    ]
    found = changes(events, {}, {1: "here"}, MORNING, ENDED)
    assert [(one.second, one.open, one.overdue) for one in found] == [
        (60, 1, 0),
        (3660, 0, 1),
        (5400, -1, -1),
    ]


def test_what_ends_as_it_began_within_a_minute_is_nothing() -> None:
    events = [told(1, "closed"), told(1, "registered")]
    assert not changes(events, {1: (1, 0)}, {1: "here"}, MORNING, ENDED)


def test_places_change_apart() -> None:
    events = [told(1, "registered"), told(1, "registered", case=2), told(1, "registered", case=3)]
    found = changes(events, {}, {1: "a", 2: "b", 3: "b"}, MORNING, ENDED)
    assert [(one.place, one.open) for one in found] == [("a", 1), ("b", 2)]


def told_again(city: cast.Cast, who: str, place: str, day: str = "") -> Replay:
    look = Look.read({"place": place}, city.actor(who), world())
    return replay(city.actor(who), look, day, world(), timezone.localdate())


def ends(found: Replay) -> dict[str, tuple[int, int]]:
    return {
        place: (
            is_open + sum(one.open for one in found.changes if one.place == place),
            overdue + sum(one.overdue for one in found.changes if one.place == place),
        )
        for place, (is_open, overdue) in found.start.items()
    }


def now_at(cases: list[Case], place: str) -> tuple[int, int]:
    still = [case for case in cases if case.is_open and case.place_code.startswith(place.rstrip("0"))]
    return len(still), sum(case.overdue_at is not None for case in still)


@pytest.mark.parametrize(("who", "place"), [("leader", cast.CITY), ("dispatcher", cast.HAISHU)])
def test_today_ends_where_the_cases_stand(city: cast.Cast, cases: list[Case], who: str, place: str) -> None:
    found = told_again(city, who, place)
    assert ends(found) == {code: now_at(cases, code) for code in found.start}


def test_days_follow_each_other(city: cast.Cast, cases: list[Case]) -> None:
    today = timezone.localdate()
    for back in range(1, 5):
        day = told_again(city, "leader", cast.CITY, (today - timedelta(days=back)).isoformat())
        following = told_again(city, "leader", cast.CITY, (today - timedelta(days=back - 1)).isoformat())
        assert {place: stood[0] for place, stood in ends(day).items()} == {
            place: stood[0] for place, stood in following.start.items()
        }


def test_a_day_begins_with_what_was_open_then(city: cast.Cast, cases: list[Case]) -> None:
    day = timezone.localdate() - timedelta(days=12)
    found = told_again(city, "leader", cast.CITY, day.isoformat())
    assert found.start[cast.JIANGBEI][0] == sum(
        case.opened_at < midnight(day) for case in cases if case.place_code.startswith("330205")
    )


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "2000-01-01", "2199-01-01"])
def test_other_days_are_refused(city: cast.Cast, day: str) -> None:
    with pytest.raises(BadFilter):
        told_again(city, "leader", cast.CITY, day)
