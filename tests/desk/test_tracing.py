"""Tracing and soil on the desk: an area, places to inspect in it, campaigns, and refusals that say what to do."""

from datetime import timedelta
from math import cos, radians

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from gezhi.pages.river_form import written
from gezhi.sensing.actions.days import make_days_of
from gezhi.sensing.models import Thing
from gezhi.sensing.tracing.plume import Wind, downwind, unit_plume
from gezhi.sensing.tracing.winds import Vane, winds
from tests.cast import SOUTH, WANAN, WEST, Cast
from tests.desk.conftest import SignedIn
from tests.sensing.things import a_series, a_thing

LON, LAT = next(iter(WEST.values())), SOUTH
HOURS = 24
REACHES = "a,b,4000,0.5,8,121.50 29.80 121.52 29.81\nb,c,6000,0.5,10,121.52 29.81 121.55 29.81\n"
GAUGES = "upper,1,1000,600\nlower,2,5000,600,300,4.2\n"


def at(east: float, north: float) -> tuple[float, float]:
    """Metres from the middle to degrees."""
    return LON + east / (111_320 * cos(radians(LAT))), LAT + north / 111_320


def stored(series: int, values: np.ndarray) -> None:
    now = timezone.now().replace(minute=30, second=0, microsecond=0)
    make_days_of(np.array([int((now - timedelta(hours=n)).timestamp() * 1000) for n in range(len(values))]))
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy("COPY sensing_reading (datastream_id, at, value) FROM STDIN") as copy,
    ):
        for hour, value in enumerate(values.tolist()):
            copy.write_row((series, now - timedelta(hours=len(values) - 1 - hour), value))


def stations(source: tuple[float, float]) -> None:
    """Sixteen micro stations around a source that smokes for a day, one of them with a vane."""
    chance = np.random.default_rng(5)
    degrees = chance.uniform(0, 360, HOURS)
    for number in range(16):
        east, north = (number % 4 - 1.5) * 1500, (number // 4 - 1.5) * 1500
        thing = a_thing("air-micro-station", f"{WANAN}001")
        lon, lat = at(east, north)
        Thing.objects.filter(pk=thing.pk).update(lon=lon, lat=lat)
        read = []
        for hour in range(HOURS):
            along, across = downwind(
                np.array([east - source[0]]), np.array([north - source[1]]), float(degrees[hour])
            )
            read.append(20 + 4e8 * float(unit_plume(along, across, Wind(float(degrees[hour]), 3.0), 10.0)[0]))
        stored(a_series(thing, "pm10"), np.array(read))
        if not number:
            stored(a_series(thing, "wind"), np.full(HOURS, 3.0))
            stored(a_series(thing, "winddirection"), degrees)


def asked(client: Client, **more: str) -> str:
    query = {"code": "pm10", "lon": f"{LON}", "lat": f"{LAT}", "hours": str(HOURS), "wide": "10",
             "at": timezone.localtime().strftime("%Y-%m-%dT%H:00")}  # fmt: skip
    return client.get("/desk/tracing/", {**query, **more}).content.decode()


def test_the_area_holds_the_source_and_lists_what_stands_in_it(signed_in: SignedIn, city: Cast) -> None:
    from gezhi.rounds.models import Subject

    stations((900.0, -600.0))
    for name, place in (("烟囱旁的工地", (900.0, -600.0)), ("远处的工地", (-3800.0, 3800.0))):
        lon, lat = at(*place)
        Subject.objects.create(
            kind="site", name=name, place_code=f"{WANAN}001", lon=lon, lat=lat, added_at=timezone.now()
        )
    page = asked(signed_in("leader"))
    assert "来源可能所在的范围" in page
    assert "烟囱旁的工地" in page
    assert "远处的工地" not in page
    assert 'class="area"' in page
    assert "不是对任何单位的认定" in page
    assert "style=" not in page


def test_too_few_devices_are_said_to_be_too_few(signed_in: SignedIn, city: Cast) -> None:
    stations((0.0, 0.0))
    page = asked(signed_in("leader"), lon=f"{LON + 1}")
    assert "至少要 3 个" in page


@pytest.mark.parametrize(
    ("name", "text"), [("lon", "east"), ("lat", "95"), ("at", "soon"), ("code", "nothing")]
)
def test_what_cannot_be_asked_is_told_by_its_field(
    signed_in: SignedIn, city: Cast, name: str, text: str
) -> None:
    stations((0.0, 0.0))
    page = asked(signed_in("leader"), **{name: text})
    assert f'href="#{name}"' in page


def test_a_river_ranks_outlets_and_draws_where_to_look(signed_in: SignedIn, city: Cast) -> None:
    data = {"reaches": REACHES, "gauges": GAUGES, "outlets": "印染厂,2,500\n下游厂,2,5900\n", "flow": "1"}
    page = signed_in("leader").post("/desk/tracing/river/", data).content.decode()
    assert "印染厂" in page
    assert "下游厂</td>" not in page, "the water of an outlet below does not reach the gauge"
    assert 'class="stretch"' in page


def test_without_outlets_stretches_are_ranked(signed_in: SignedIn, city: Cast) -> None:
    data = {"reaches": REACHES, "gauges": GAUGES, "outlets": "", "flow": "1"}
    page = signed_in("leader").post("/desk/tracing/river/", data).content.decode()
    assert "米河道" in page


@pytest.mark.parametrize(
    ("reaches", "gauges", "field", "line"),
    [
        ("a,b,4000", GAUGES, "reaches", 1),
        (REACHES + "c,d,-5,1,1\n", GAUGES, "reaches", 3),
        (REACHES, "upper,9,1000,600\n", "gauges", 1),
        (REACHES, "upper,1,1000,600\nlower,2,99999,600\n", "gauges", 2),
        (REACHES, "upper,1,1000,later\n", "gauges", 1),
    ],
)
def test_a_wrong_line_of_a_river_is_told_with_its_number(
    reaches: str, gauges: str, field: str, line: int
) -> None:
    found = written(reaches, gauges, "")
    assert f"第 {line} 行" in found.faults[field] or f"Line {line}:" in found.faults[field]


def test_the_wind_of_an_hour_is_the_mean_of_its_vanes_as_a_vector() -> None:
    hour = np.array([10, 10, 11])
    found = winds([Vane(hour, np.array([2.0, 2.0, 4.0]), np.array([350.0, 10.0, 90.0]))], 10, 3)
    assert min(found[0].degrees, 360 - found[0].degrees) == pytest.approx(0, abs=1e-6)
    assert (found[1].degrees, found[1].speed) == (pytest.approx(90), 4.0)
    assert found[2].speed == 0, "nobody read anything: that hour says nothing"


def test_a_campaign_has_as_many_points_as_its_spread_asks_for(signed_in: SignedIn, city: Cast) -> None:
    client = signed_in("leader")
    query = {"place": f"{WANAN}001", "variation": "0.5", "deviation": "0.2", "way": "random"}
    page = client.get("/desk/soil/", query).content.decode()
    assert "需要 25 个样" in page
    lines = client.get("/desk/soil/", {**query, "as": "csv"}).content.decode("utf-8-sig").splitlines()
    assert lines[0] == "number,lon,lat"
    assert 20 <= len(lines) - 1 <= 40
    again = client.get("/desk/soil/", {**query, "as": "csv"}).content.decode("utf-8-sig").splitlines()
    assert again == lines


def test_the_years_of_a_point_show_whether_it_rises(signed_in: SignedIn, city: Cast) -> None:
    rising, flat = (a_thing("soil-point-field") for _ in range(2))
    for thing, step in ((rising, 0.05), (flat, 0.0)):
        series = a_series(thing, "cadmium")
        with connection.cursor() as cursor:
            for year in range(2006, 2022):
                cursor.execute(
                    "INSERT INTO sensing_reading VALUES (%s, make_timestamptz(%s, 6, 1, 0, 0, 0), %s)",
                    [series, year, 0.2 + step * (year - 2006) + 0.01 * (year % 2)],
                )
    page = signed_in("leader").get("/desk/soil/", {"code": "cadmium"}).content.decode()
    assert page.index(rising.name) < page.index(flat.name)
    assert "在升高" in page
    assert "没有确定的变化" in page


def test_a_place_that_is_not_there_is_told(signed_in: SignedIn, city: Cast) -> None:
    answer = signed_in("leader").get("/desk/soil/", {"place": "月球", "variation": "x", "deviation": "0.2"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'href="#place"' in page
    assert 'href="#variation"' in page
