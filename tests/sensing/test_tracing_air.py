"""Sources in the air are found, and the area that is told holds them as often as it says."""

import numpy as np
import pytest
from shapely import Point

from gezhi.sensing.tracing.air import Search, Sensors, grid, posterior, traced
from gezhi.sensing.tracing.area import Ground, Site, middle, most_likely, outline, to_inspect
from gezhi.sensing.tracing.plume import Wind, downwind, stability_of, unit_plume
from tests.sensing.air_cases import WIDTH, air_case
from tests.sensing.tracing_errors import holds

EAST, NORTH = grid(WIDTH, 400.0)
GROUND = Ground(121.55, 29.87)


def test_wind_from_the_north_carries_to_the_south() -> None:
    along, across = downwind(np.array([0.0, 100]), np.array([-500.0, 0]), np.float64(0))
    np.testing.assert_allclose(along, [500, 0], atol=1e-9)
    np.testing.assert_allclose(np.abs(across), [0, 100], atol=1e-9)


def test_the_plume_is_highest_below_the_axis_and_nothing_goes_upwind() -> None:
    across = np.array([-200.0, 0, 200])
    side, axis, other = unit_plume(np.full(3, 1000.0), across, Wind(0, 3), 10)
    assert axis > side == other > 0
    assert unit_plume(np.array([-50.0]), np.array([0.0]), Wind(0, 3), 10)[0] == 0


def test_what_flows_through_any_section_of_the_plume_is_what_was_released() -> None:
    """Sideways the plume of height 0 integrates to Q / (u x sigma_z) x sqrt(2 / pi)."""
    across = np.arange(-4000, 4000, 2.0)
    for stability, upward in (("D", 0.06 * 1000 / np.sqrt(2.5)), ("A", 200.0), ("F", 0.016 * 1000 / 1.3)):
        whole = unit_plume(np.full(len(across), 1000.0), across, Wind(0, 4, stability), 0).sum() * 2
        assert whole == pytest.approx(np.sqrt(2 / np.pi) / (4 * upward), rel=1e-3)


def test_stability_goes_with_wind_and_light() -> None:
    assert [stability_of(speed, sun=False) for speed in (1, 2.5, 4, 7)] == ["F", "E", "D", "D"]
    assert [stability_of(speed, sun=True, strong=True) for speed in (1, 4, 7)] == ["A", "B", "C"]
    with pytest.raises(ValueError, match="Stability is one of"):
        Wind(0, 1, "G")


@pytest.mark.parametrize("other_air", [False, True])
def test_a_source_is_found_far_nearer_than_the_hottest_sensor(other_air: bool) -> None:
    off, hot, held = [], [], []
    for seed in range(6):
        case = air_case(seed, sensors=20, hours=24, other_air=other_air)
        found = traced(Search(EAST, NORTH), 400, case.sensors, case.winds)
        x, y = middle(found.east, found.north, found.likely)
        off.append(np.hypot(x - case.east, y - case.north))
        hot.append(case.hottest())
        held.append(holds(found, 0.9, case.east, case.north))
    assert np.median(off) < 300 < np.median(hot) / 2
    assert sum(held) >= 4


def test_a_second_look_is_finer_and_sums_to_one() -> None:
    case = air_case(1, sensors=40, hours=48)
    found = traced(Search(EAST, NORTH), 400, case.sensors, case.winds)
    assert found.step == 100
    assert found.likely.sum() == pytest.approx(1)
    assert len(found.east) % 16 == 0


def test_where_much_is_possible_no_finer_answer_is_feigned() -> None:
    case = air_case(2, sensors=3, hours=2)
    found = traced(Search(EAST, NORTH, vane=40), 400, case.sensors, case.winds)
    assert found.step == 400
    assert len(found.east) == len(EAST)


def test_the_answer_turns_with_the_city() -> None:
    case = air_case(3)
    first = posterior(Search(EAST, NORTH), case.sensors, case.winds)
    turned = Sensors(case.sensors.north, -case.sensors.east, case.sensors.read)  # a quarter clockwise
    winds = [Wind((wind.degrees + 90) % 360, wind.speed, wind.stability) for wind in case.winds]
    second = posterior(Search(NORTH, -EAST), turned, winds)
    np.testing.assert_allclose(first, second, atol=1e-9)


def test_calm_hours_and_lost_readings_say_nothing() -> None:
    case = air_case(4)
    read = np.vstack((case.sensors.read, np.full((1, 20), 5e-5), np.full((1, 20), np.nan)))
    more = Sensors(case.sensors.east, case.sensors.north, read)
    winds = [*case.winds, Wind(10, 0.1), Wind(10, 3)]
    np.testing.assert_allclose(
        posterior(Search(EAST, NORTH), more, winds), posterior(Search(EAST, NORTH), case.sensors, case.winds)
    )


def test_what_cannot_be_traced_is_refused() -> None:
    case = air_case(5)
    flat = Sensors(case.sensors.east, case.sensors.north, np.full((24, 20), 3e-5))
    with pytest.raises(ValueError, match="nothing can be traced"):
        posterior(Search(EAST, NORTH), flat, case.winds)
    with pytest.raises(ValueError, match="1 hours of wind for 24"):
        posterior(Search(EAST, NORTH), case.sensors, case.winds[:1])
    with pytest.raises(ValueError, match="at least 3 sensors"):
        Sensors(EAST[:2], NORTH[:2], np.zeros((5, 2)))
    with pytest.raises(ValueError, match="candidates"):
        Search(np.zeros(0), np.zeros(0))


def test_the_area_is_the_fewest_cells_with_that_share() -> None:
    assert most_likely(np.array([0.1, 0.6, 0.05, 0.25]), 0.8).tolist() == [False, True, False, True]
    with pytest.raises(ValueError, match="between 0 and 1"):
        most_likely(np.array([1.0]), 1.0)


def test_the_outlineholds_its_cells_and_no_other() -> None:
    east, north = np.array([0.0, 200, 2000]), np.array([0.0, 0, 2000])
    drawn = outline(GROUND, east, north, 200)
    assert len(drawn.geoms) == 2
    for x, y, inside in (
        (90, 90, True),
        (299, 0, True),
        (301, 0, False),
        (2000, 2000, True),
        (1000, 0, False),
    ):
        lon, lat = GROUND.degrees(np.float64(x), np.float64(y))
        assert drawn.contains(Point(lon, lat)) is inside


def test_the_ground_goes_there_and_back() -> None:
    lon, lat = GROUND.degrees(np.float64(5000), np.float64(-3000))
    assert GROUND.metres(lon, lat) == (pytest.approx(5000), pytest.approx(-3000))


def test_places_to_inspect_lie_in_the_area_the_likeliest_first() -> None:
    east, north = np.array([0.0, 200, 400, 9000]), np.zeros(4)
    likely = np.array([0.2, 0.6, 0.15, 0.05])
    sites = [
        Site(key, *(float(one) for one in GROUND.degrees(np.float64(x), np.float64(0.0))))
        for key, x in (("works", 10), ("kiln", 190), ("far", 9000), ("outside", 700))
    ]
    found = to_inspect(sites, GROUND, east, north, likely, 200, 0.8)
    assert [one.key for one in found] == ["kiln", "works"]
    assert found[0].share == pytest.approx(0.75)
