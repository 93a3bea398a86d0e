"""A release into a river is found upstream of what it reached and not of what it did not."""

import numpy as np
import pytest
from shapely import LineString

from gezhi.sensing.tracing.area import stretch_line
from gezhi.sensing.tracing.river import Reach, River, Spot, stretches
from gezhi.sensing.tracing.upstream import Gauge, Outlet, Suspected, likeliest, traced

HOUR = 3600.0
# two brooks meet at `fork`, from where the river runs to the mouth
LEFT, RIGHT, TRUNK = 0, 1, 2
RIVER = River(
    [
        Reach("left", "fork", 7200, 0.5, 4),
        Reach("right", "fork", 3600, 0.5, 6),
        Reach("fork", "mouth", 3600, 1.0, 10),
    ]
)
MOUTH = Spot(TRUNK, 3600)
OUTLETS = [
    Outlet("left top", Spot(LEFT, 100)),
    Outlet("left low", Spot(LEFT, 6000)),
    Outlet("right", Spot(RIGHT, 1800)),
    Outlet("below", Spot(TRUNK, 3599)),
]


def shares(found: list[Suspected]) -> dict[str, float]:
    return {one.key: one.share for one in found}


def test_travel_time_adds_up_along_the_water() -> None:
    ways = RIVER.ways_to(MOUTH)
    way = RIVER.way(Spot(LEFT, 3600), MOUTH, ways)
    assert way is not None
    assert way.seconds == pytest.approx(3600 / 0.5 + 3600)
    assert way.discharge == 10
    assert RIVER.way(MOUTH, Spot(LEFT, 7200), RIVER.ways_to(Spot(LEFT, 7200))) is None
    assert RIVER.way(Spot(RIGHT, 0), Spot(LEFT, 7200), RIVER.ways_to(Spot(LEFT, 7200))) is None


def test_on_one_reach_water_runs_down_only() -> None:
    ways = RIVER.ways_to(Spot(LEFT, 1000))
    assert RIVER.way(Spot(LEFT, 2000), Spot(LEFT, 1000), ways) is None
    way = RIVER.way(Spot(LEFT, 500), Spot(LEFT, 1000), ways)
    assert way is not None
    assert way.seconds == pytest.approx(1000)


def test_a_high_river_runs_faster_and_thins_more() -> None:
    high = River(RIVER.reaches, flow=8)
    ways = high.ways_to(MOUTH)
    way = high.way(Spot(LEFT, 0), MOUTH, ways)
    assert way is not None
    assert way.discharge == 80
    assert way.seconds == pytest.approx((7200 / 0.5 + 3600) / 8**0.34)


def test_where_the_river_parts_the_faster_arm_counts() -> None:
    parted = River(
        [
            Reach("top", "a", 100, 1, 5),
            Reach("a", "b", 1000, 1, 2),
            Reach("a", "b", 5000, 1, 3),
            Reach("b", "end", 100, 1, 5),
        ]
    )
    way = parted.way(Spot(0, 0), Spot(3, 100), parted.ways_to(Spot(3, 100)))
    assert way is not None
    assert way.seconds == pytest.approx(1200)


def test_water_that_runs_in_a_circle_is_refused_with_the_circle() -> None:
    with pytest.raises(ValueError, match=r"circle: . <- . <- . <- "):
        River([Reach("a", "b", 1, 1, 1), Reach("b", "c", 1, 1, 1), Reach("c", "a", 1, 1, 1)])


def test_a_reach_without_length_or_speed_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="Reach a -> b: speed must be above 0"):
        Reach("a", "b", 10, 0, 1)
    with pytest.raises(ValueError, match="runs into itself"):
        Reach("a", "a", 10, 1, 1)
    with pytest.raises(ValueError, match="9000 m is not on it"):
        RIVER.checked(Spot(LEFT, 9000))


def test_a_gauge_that_stayed_quiet_clears_its_brook() -> None:
    gauges = [
        Gauge("left", Spot(LEFT, 7000), 40 * HOUR),
        Gauge("mouth", MOUTH, 40 * HOUR, arrived=20 * HOUR, peak=2.0),
    ]
    found = shares(traced(RIVER, gauges, OUTLETS, lasts=12 * HOUR))
    assert found["right"] > 0.4
    assert found["left top"] + found["left low"] < 0.12


def test_a_gauge_that_was_not_read_long_enough_clears_nothing() -> None:
    gauges = [
        Gauge("left", Spot(LEFT, 7000), 6 * HOUR),
        Gauge("mouth", MOUTH, 40 * HOUR, arrived=20 * HOUR),
    ]
    found = shares(traced(RIVER, gauges, OUTLETS[:3], lasts=12 * HOUR))
    assert max(found.values()) < 0.5


def test_a_quiet_gauge_says_little_where_the_water_was_too_thin_to_see() -> None:
    seen = Gauge("left", Spot(LEFT, 7000), 40 * HOUR, arrived=15 * HOUR, peak=0.4, floor=0.3)
    thin = Gauge("mouth", MOUTH, 40 * HOUR, floor=0.3)
    keen = Gauge("mouth", MOUTH, 40 * HOUR, floor=0.001)
    blind = traced(RIVER, [seen, thin], OUTLETS[:3], lasts=12 * HOUR)
    sharp = traced(RIVER, [seen, keen], OUTLETS[:3], lasts=12 * HOUR)
    assert shares(blind)["left low"] > 0.3
    assert shares(sharp)["right"] > shares(blind)["right"]


def test_two_arrivals_tell_how_far_up_it_was() -> None:
    low, fast = 7000 / 0.5 - 100 / 0.5, 200 / 0.5 + 3600
    gauges = [
        Gauge("left", Spot(LEFT, 7000), 90 * HOUR, arrived=30 * HOUR),
        Gauge("mouth", MOUTH, 90 * HOUR, arrived=30 * HOUR + fast),
    ]
    found = traced(RIVER, gauges, OUTLETS, lasts=12 * HOUR)
    best = {one.key: one for one in found}
    assert shares(found)["right"] < 0.05
    top = best["left top"]
    assert top.released is not None
    assert top.within is not None
    assert abs(top.released - (30 * HOUR - low)) < 2 * top.within


def test_outlets_without_water_to_any_gauge_have_no_hour() -> None:
    gauges = [Gauge("left", Spot(LEFT, 7000), 40 * HOUR, arrived=15 * HOUR)]
    found = {one.key: one for one in traced(RIVER, gauges, OUTLETS, lasts=12 * HOUR)}
    assert found["right"].released is None
    assert found["right"].share < 0.01


def test_what_is_known_before_weighs() -> None:
    gauges = [Gauge("mouth", MOUTH, 40 * HOUR, arrived=20 * HOUR)]
    plain = shares(traced(RIVER, gauges, OUTLETS[1:3], lasts=12 * HOUR))
    weighed = [OUTLETS[1], Outlet("right", Spot(RIGHT, 1800), weight=9)]
    after = shares(traced(RIVER, gauges, weighed, lasts=12 * HOUR))
    assert after["right"] / after["left low"] == pytest.approx(9 * plain["right"] / plain["left low"])


def test_the_likeliest_are_the_fewest_that_hold_the_share() -> None:
    found = [Suspected(key, share, None, None) for key, share in (("a", 0.5), ("b", 0.3), ("c", 0.2))]
    assert [one.key for one in likeliest(found, 0.75)] == ["a", "b"]


def test_stretches_cover_every_reach() -> None:
    spots = stretches(RIVER, 500)
    lengths = np.bincount([spot.reach for spot in spots])
    assert lengths.tolist() == [15, 8, 8]
    assert all(0 < spot.along < RIVER.reaches[spot.reach].metres for spot in spots)


def test_a_stretch_is_drawn_as_its_part_of_the_line() -> None:
    bend = LineString([(121.0, 30.0), (121.1, 30.0), (121.1, 30.1)])
    part = stretch_line(bend, 0.25, 0.75)
    assert list(part.coords) == [(pytest.approx(121.05), 30.0), (121.1, 30.0), (121.1, pytest.approx(30.05))]
    with pytest.raises(ValueError, match="lower to a higher"):
        stretch_line(bend, 0.5, 0.5)


def test_without_a_rise_there_is_nothing_to_trace() -> None:
    with pytest.raises(ValueError, match="nothing to trace"):
        traced(RIVER, [Gauge("mouth", MOUTH, HOUR)], OUTLETS, lasts=HOUR)
    with pytest.raises(ValueError, match="rose after"):
        Gauge("mouth", MOUTH, HOUR, arrived=2 * HOUR)
    with pytest.raises(ValueError, match="has an arrival"):
        Gauge("mouth", MOUTH, HOUR, peak=2)
