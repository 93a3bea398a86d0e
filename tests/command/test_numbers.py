"""Every number of the command centre against a plain recount of the cases themselves."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from gezhi.cases.models import Case
from gezhi.cases.queries.filters import midnight
from gezhi.cases.world import world
from gezhi.insight.actions.tallying import tally_all
from gezhi.insight.counts import FLAG
from gezhi.insight.models import Tally
from gezhi.insight.queries.board.curves import days, hours
from gezhi.insight.queries.board.efficiency import Efficiency, grids, heat, places, units
from gezhi.insight.queries.board.lines import latest, most_overdue, points
from gezhi.insight.queries.board.look import Look
from gezhi.insight.queries.board.shares import shares
from gezhi.insight.queries.board.standing import Numbers, flow, standing
from gezhi.lib.codes import is_within
from tests import cast

NOW = timezone.now
SIGHTS = [
    ("leader", cast.CITY),
    ("leader", cast.JIANGBEI),
    ("dispatcher", cast.HAISHU),
    ("dispatcher", cast.WANAN),
]
EVERYWHERE = (121.0, 29.0, 122.0, 30.5)


def look_of(city: cast.Cast, who: str, place: str, **asked: str) -> Look:
    return Look.read({"place": place, **asked}, city.actor(who), world())


def inside(cases: list[Case], place: str) -> list[Case]:
    return [case for case in cases if is_within(case.place_code, place)]


def counted(cases: list[Case]) -> Numbers:
    now = NOW()
    still = [case for case in cases if case.is_open]
    dues = [case.due_at for case in still if case.due_at]
    return Numbers(
        len(still),
        sum(now <= due < now + timedelta(hours=4) for due in dues),
        sum(due < now for due in dues),
        sum(case.card == 1 for case in still),
        sum(case.card == 2 for case in still),
    )


@pytest.mark.parametrize(("who", "place"), SIGHTS)
def test_what_is_open_late_and_carded(city: cast.Cast, cases: list[Case], who: str, place: str) -> None:
    found = standing(city.actor(who), look_of(city, who, place), world(), NOW())
    expected = counted(inside(cases, place))
    assert found.numbers == expected
    assert sum(found.stages.values()) == expected.open
    assert expected.overdue, "the city has something to show"


@pytest.mark.parametrize(("who", "place"), SIGHTS)
def test_what_came_in_and_was_closed_today(city: cast.Cast, cases: list[Case], who: str, place: str) -> None:
    found = flow(city.actor(who), look_of(city, who, place), timezone.localdate())
    today, mine = midnight(timezone.localdate()), inside(cases, place)
    month = today - timedelta(days=29)
    closed = [case for case in mine if case.closed_at and not case.is_open]
    rated = [case.rating for case in closed if case.rating and case.closed_at and case.closed_at >= month]
    assert found.received == sum(case.opened_at >= today for case in mine)
    assert found.closed == sum(case.closed_at >= today for case in closed if case.closed_at)
    assert (found.rated, found.satisfied) == (len(rated), sum(rating >= 4 for rating in rated))


@pytest.mark.parametrize(("who", "place"), SIGHTS)
def test_the_curves_add_up(city: cast.Cast, cases: list[Case], who: str, place: str) -> None:
    look, now, mine = look_of(city, who, place), NOW(), inside(cases, place)
    by_day, by_hour = days(city.actor(who), look, now), hours(city.actor(who), look, now)
    local = Counter(timezone.localtime(case.opened_at).date() for case in mine)
    ended = Counter(timezone.localtime(case.closed_at).date() for case in mine if case.closed_at)
    assert list(by_day.received) == [local[day] for day in by_day.at]
    assert list(by_day.closed) == [ended[day] for day in by_day.at]
    assert (len(by_day.at), len(by_hour.at)) == (30, 24)
    assert sum(by_hour.received) == sum(case.opened_at >= by_hour.at[0] for case in mine)  # type: ignore[operator]


def test_a_past_day_has_its_own_hours(city: cast.Cast, cases: list[Case]) -> None:
    day = timezone.localdate() - timedelta(days=12)
    found = hours(city.actor("leader"), look_of(city, "leader", cast.CITY, day=day.isoformat()), NOW())
    assert found.at[0] == midnight(day)
    assert sum(found.received) == sum(timezone.localtime(case.opened_at).date() == day for case in cases)


@pytest.mark.parametrize(
    ("who", "place", "level"),
    [
        ("leader", cast.CITY, "county"),
        ("dispatcher", cast.HAISHU, "town"),
        ("leader", cast.NANMEN, "village"),
        ("dispatcher", cast.WANAN, "grid"),
    ],
)
def test_how_the_places_below_do(
    city: cast.Cast, cases: list[Case], who: str, place: str, level: str
) -> None:
    tally_all()
    below = places(city.actor(who), look_of(city, who, place), NOW(), timezone.localdate())
    assert below.level == level
    assert sum(row.numbers.open for row in below.rows) == counted(inside(cases, place)).open
    for row in below.rows:
        assert row.numbers == counted(inside(cases, row.key)), row.name
        assert row.on_time == on_time(row.key), row.name
        assert row.centre is not None


def on_time(place: str) -> float | None:
    since = midnight(timezone.localdate()) - timedelta(days=29)
    mine = [one for one in Tally.objects.filter(at__gte=since) if is_within(one.place_code, place)]
    should = sum(bool(one.flags & FLAG["should_handle"]) for one in mine)
    return sum(bool(one.flags & FLAG["handled_on_time"]) for one in mine) / should if should else None


def test_how_the_units_do(city: cast.Cast, cases: list[Case]) -> None:
    found = units(
        city.actor("leader"), look_of(city, "leader", cast.CITY), world(), NOW(), timezone.localdate()
    )
    for row in found:
        assert row.numbers == counted([case for case in cases if str(case.unit_id) == row.key])
    assert {row.name for row in found} == {"海曙区综合行政执法局", "江北区综合行政执法局"}
    assert [row.numbers.overdue for row in found] == sorted(
        (row.numbers.overdue for row in found), reverse=True
    )


def test_grids_of_a_box_are_those_in_it(city: cast.Cast, cases: list[Case]) -> None:
    box = (121.501, 29.801, 121.512, 29.809)  # touches the first two
    found = grids(city.actor("leader"), look_of(city, "leader", cast.CITY), box, NOW(), timezone.localdate())
    assert [row.key for row in found.rows] == [f"{cast.WANAN}001", f"{cast.WANAN}002"]
    assert all(row.numbers == counted(inside(cases, row.key)) for row in found.rows)


def test_points_are_the_open_cases_of_the_box(city: cast.Cast, cases: list[Case]) -> None:
    found = points(city.actor("leader"), look_of(city, "leader", cast.CITY), EVERYWHERE, NOW())
    assert {dot.id for dot in found.dots} == {case.pk for case in cases if case.is_open}
    assert found.more == 0
    assert found.dots[0].status == "overdue"
    half = points(
        city.actor("leader"), look_of(city, "leader", cast.CITY), (121.59, 29.0, 122.0, 30.5), NOW()
    )
    assert {dot.id for dot in half.dots} == {case.pk for case in inside(cases, cast.JIANGBEI) if case.is_open}


def test_too_many_points_say_how_many_more(
    city: cast.Cast, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gezhi.insight.queries.board.lines.MOST_POINTS", 5)
    found = points(city.actor("leader"), look_of(city, "leader", cast.CITY), EVERYWHERE, NOW())
    assert len(found.dots) == 5
    assert found.more == counted(cases).open - 5


def test_warmth_is_all_that_is_open(city: cast.Cast, cases: list[Case]) -> None:
    for place in (cast.CITY, cast.NANMEN):
        found = heat(city.actor("leader"), look_of(city, "leader", place), NOW())
        assert sum(number for _lon, _lat, number in found) == counted(inside(cases, place)).open


def test_sources_and_categories_are_of_thirty_days(city: cast.Cast, cases: list[Case]) -> None:
    found = shares(city.actor("leader"), look_of(city, "leader", cast.CITY), timezone.localdate())
    since = midnight(timezone.localdate()) - timedelta(days=29)
    recent = [case for case in cases if case.opened_at >= since]
    assert dict(found.sources) == Counter(case.source for case in recent)
    assert dict(found.categories) == Counter(case.category for case in recent)


def test_the_longest_overdue_stand_first(city: cast.Cast, cases: list[Case]) -> None:
    found = most_overdue(city.actor("leader"), look_of(city, "leader", cast.CITY), NOW(), 5)
    late = sorted(
        (case for case in cases if case.is_open and case.due_at and case.due_at < NOW()),
        key=lambda one: (one.due_at, one.pk),
    )
    assert [line.id for line in found] == [case.pk for case in late[:5]]


def test_the_newest_events_are_of_the_own_county(city: cast.Cast, cases: list[Case]) -> None:
    numbers = {case.number for case in inside(cases, cast.HAISHU)}
    found = latest(city.actor("dispatcher"), look_of(city, "dispatcher", cast.HAISHU), 12)
    assert len(found) == 12
    assert {one.number for one in found} <= numbers


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({"category": cast.LAMP}, lambda case: case.category == cast.LAMP),
        ({"source": "hotline"}, lambda case: case.source == "hotline"),
        ({"source": "open311"}, lambda case: case.source == "open311"),
        ({"held": "own"}, lambda case: case.held_code == ""),
        ({"held": "city"}, lambda case: case.held_code == cast.CITY),
        (
            {"since": (timezone.localdate() - timedelta(days=13)).isoformat()},
            lambda case: NOW() - case.opened_at < timedelta(days=13),
        ),
    ],
)
def test_filters_narrow_every_number(
    city: cast.Cast, cases: list[Case], asked: dict[str, str], kept: object
) -> None:
    mine = [case for case in cases if kept(case)]  # type: ignore[operator]
    look, leader = look_of(city, "leader", cast.CITY, **asked), city.actor("leader")
    expected = counted(mine)
    assert standing(leader, look, world(), NOW()).numbers == expected
    rows = places(leader, look, NOW(), timezone.localdate()).rows
    assert sum(row.numbers.overdue for row in rows) == expected.overdue
    assert len(points(leader, look, EVERYWHERE, NOW()).dots) == expected.open


def test_a_group_stands_for_its_categories(city: cast.Cast, cases: list[Case]) -> None:
    group = world().catalogue.category(cast.LAMP).group
    keys = {one.key for one in world().catalogue.categories.values() if one.group == group}
    look = look_of(city, "leader", cast.CITY, category=group)
    expected = counted([case for case in cases if case.category in keys])
    assert standing(city.actor("leader"), look, world(), NOW()).numbers == expected


def test_points_keep_to_the_limit_that_is_asked_for(city: cast.Cast, cases: list[Case]) -> None:
    look = look_of(city, "leader", cast.CITY, due="overdue")
    found = points(city.actor("leader"), look, EVERYWHERE, NOW()).dots
    assert len(found) == counted(cases).overdue
    assert {dot.status for dot in found} == {"overdue"}


def test_efficiency_is_of_places_and_units_only() -> None:
    """No number, rank or score of a person."""
    assert not {"account", "account_id", "person", "worker"} & set(Efficiency.__dataclass_fields__)
