"""The devices of the demonstration: shapes, faults, and every way in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import connection
from django.utils import timezone

from gezhi.cases.models import Report
from gezhi.demo.cli import simulate
from gezhi.demo.queries import grids_with_villages
from gezhi.demo.reporting import Spots
from gezhi.demo.sensors.faults import Fault, Sent, What, altered, broken
from gezhi.demo.sensors.happening import FIRST_RAIN, OF_RAIN, Happenings, Stand
from gezhi.demo.sensors.inventing import invent_things, settle_broker
from gezhi.demo.sensors.names import PLATFORM
from gezhi.demo.sensors.playing import Sensors, Ways
from gezhi.demo.sensors.recorded import NoRecordings, hour_of, recorded_in
from gezhi.demo.sensors.shapes import kind_of
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.actions import issue_token, load_people
from gezhi.people.models import Account, Post, Unit
from gezhi.sensing.models import Feed, Thing
from gezhi.sensing.queries.feeds import refused_since
from tests.cast import CITY, SINCE, Cast
from tests.chaos.server import Server, free_port
from tests.exchange.mosquitto import HOST, Mosquitto, needs_mosquitto
from tests.house.tree import ROOT
from tests.sensing.heard import environment, until

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PACKS = (
    "street-parts",
    "rivers",
    "fire-hazards",
    "camera-events",
    "drainage",
    "air",
    "street-sensing",
    "home-smoke",
)


def reading(value: float = 1.0, thing: str = "a") -> Sent:
    return Sent(thing, "level", 7, NOW, value)


def test_an_event_has_the_curve_of_the_packs_recording_and_ends_at_rest() -> None:
    pack = read_pack(ROOT / "packs/drainage")
    thing = next(one for one in pack.things if one.key == "underpass-gauge")
    kind = kind_of(thing, pack.recordings, {one.key: one for one in pack.monitors})
    depth = kind.shapes["depth"]
    assert max(depth.value(minute, 0, 0.5) for minute in range(60)) == 31
    assert depth.value(10, 0, 0.5) == 18
    assert depth.value(11, 0, 0.5) == 20
    assert depth.value(kind.lasts + 1, 0, 0.5) < 0.2
    assert depth.value(None, 0, 0.5) < 0.2


@pytest.mark.parametrize(
    ("what", "sent"),
    [(What.STUCK, 5.0), (What.GAP, None), (What.SILENCE, None), (What.JUMP, 60.0), (What.FLOOD, 1.0)],
)
def test_a_fault_does_to_its_device_what_it_says_and_to_no_other(what: What, sent: float | None) -> None:
    fault = Fault(what, "a", NOW)
    one, other = (altered([reading(1.0, key)], [fault], {7: 5.0}, NOW, Random(1)) for key in "ab")
    assert [round(each.value, -1) if sent == 60.0 else each.value for each in one] == (
        [] if sent is None else [sent]
    )
    assert other == [reading(1.0, "b")]
    assert altered([reading()], [fault], {}, NOW - timedelta(seconds=1), Random(1)) == [reading()]


def test_a_clock_that_is_wrong_says_1970_or_2099() -> None:
    years = {
        altered([reading()], [Fault(What.CLOCK, "a", NOW)], {}, NOW, Random(seed))[0].at.year
        for seed in range(20)
    }
    assert years == {1970, 2099}


def test_a_broken_frame_is_never_the_one_that_was_sent() -> None:
    rng, frame = Random(3), b"##0010ST=22;CN=1ABCD\r\n"
    found = [broken(frame, rng) for _ in range(300)]
    assert sum(one == frame for one in found) < 20  # cut before its first byte it is whole


def test_it_rains_over_one_town_and_everything_there_feels_it_within_minutes() -> None:
    stands = [Stand(f"{town}-{kind}", kind, town, 60) for town in "xyz" for kind in sorted(OF_RAIN)]
    found = Happenings(stands, Random(2), NOW)
    found.go_on(NOW)
    assert not found.events
    found.go_on(NOW + FIRST_RAIN, faulty=False)
    assert len(found.events) == len(OF_RAIN)
    assert len({key[0] for key in found.events}) == 1
    later = NOW + FIRST_RAIN + timedelta(minutes=4)
    assert all(found.minute(key, later)[0] is not None for key in found.events)
    found.go_on(later + timedelta(minutes=70), faulty=False)
    assert not [key for key in found.events if key[2:] in OF_RAIN]


def test_measured_hours_are_read_where_they_lie(tmp_path: Path) -> None:
    head = "No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,TEMP,PRES,DEWP,RAIN,wd,WSPM,station"
    rows = [
        "1,2016,11,23,16,81,120,NA,40,900,12,4.5,1020,-3,0,N,1.2,Dongsi",
        "2,2015,11,23,16,1,1,1,1,1,1,1,1,1,1,N,1,D",
    ]
    (tmp_path / "PRSA_Data_Dongsi_x.csv").write_text("\n".join([head, *rows]))
    (table,) = recorded_in(tmp_path)
    values = table[hour_of(datetime(2026, 11, 23, 16, tzinfo=UTC))]
    assert values == {
        "pm25": 81,
        "pm10": 120,
        "no2": 40,
        "co": 0.9,
        "o3": 12,
        "temperature": 4.5,
        "wind": 1.2,
    }
    with pytest.raises(NoRecordings):
        recorded_in(tmp_path / "nowhere")


def test_a_fault_that_does_not_exist_is_refused_with_those_that_do() -> None:
    done = CliRunner().invoke(simulate, ["sensors", "--key-file", "-", "--fault", "melts=a"], input="key")
    assert done.exit_code == 2
    assert "stuck, gap, jump, clock, silence, flood" in done.output


@dataclass
class City:
    """With invented devices."""

    owner: Account
    key: str


def invented(city: Cast) -> City:
    for name in PACKS:
        publish(read_pack(settings.PACKS_DIR / name))
    account = Account(username="devices", name="模拟设备", is_system=True)
    account.set_unusable_password()
    unit = Unit.objects.get(code="centre")
    load_people(
        [account],
        [],
        [Post(account=account, unit=unit, role="dispatcher", place_code=CITY, valid_from=SINCE)],
    )
    invent_things(Spots(grids_with_villages(), 1), account, timezone.now(), 1)
    return City(account, issue_token(account, "sensors", ["read", "sense"], timezone.now()))


def test_an_invented_city_has_devices_where_they_stand_and_a_second_start_makes_no_more(city: Cast) -> None:
    made = invented(city)
    kinds = set(Thing.objects.values_list("kind", flat=True))
    assert {"manhole-level", "underpass-gauge", "air-station", "home-smoke-alarm", "cover-sensor"} <= kinds
    assert not Thing.objects.filter(place_code=CITY).exists()
    assert (
        Feed.objects.filter(way="hj212").count()
        == Thing.objects.filter(kind__in=("air-station", "stack-monitor")).count()
    )
    before = Thing.objects.count(), Feed.objects.count()
    invent_things(Spots(grids_with_villages(), 1), made.owner, timezone.now(), 1)
    settle_broker("mqtt://127.0.0.1:1", timezone.now())
    settle_broker("mqtt://127.0.0.1:1", timezone.now())
    assert (Thing.objects.count(), Feed.objects.filter(way="hj212").count()) == before
    assert Feed.objects.filter(way="mqtt").count() == 1


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    one = Mosquitto(tmp_path).start()
    yield one
    one.kill()


@needs_mosquitto
@pytest.mark.django_db(transaction=True)
def test_every_way_in_takes_what_devices_send_and_counts_what_they_break(
    city: Cast, tmp_path: Path, broker: Mosquitto
) -> None:
    made = invented(city)
    settle_broker(f"mqtt://{HOST}:{broker.port}", timezone.now())
    hj212, sip = free_port(), free_port()
    more = {
        **environment(),
        "GEZHI_HJ212_LISTEN": f"127.0.0.1:{hj212}",
        "GEZHI_GB28181_LISTEN": f"127.0.0.1:{sip}",
        "GEZHI_GB28181_ID": PLATFORM,
    }
    server = Server(
        tmp_path, "", more=more, log=tmp_path / "server.log", options=("--no-live", "--no-backup")
    )
    server.start()
    try:
        server.wait_ready()
        ways = Ways(server.url, made.key, ("127.0.0.1", hj212), (HOST, broker.port), ("127.0.0.1", sip))
        station, cover = (
            next(key for key in keys() if kind in key) for kind in ("stack-monitor", "cover-sensor")
        )
        faults = [Fault(What.FLOOD, station, timezone.now()), Fault(What.CLOCK, cover, timezone.now())]
        sensors = Sensors(ways, faults=faults, faulty=False, back=timedelta(hours=2))
        sensors.begin(timezone.now())
        sensors._signal_at = timezone.now()

        def all_ways_took_something() -> bool:
            sensors.turn(timezone.now())
            told = sensors.counts()
            return bool(told["http"] and told["mqtt"] and told["hj212"])

        assert until(all_ways_took_something, 60), (sensors.counts(), server.log_file.read_text()[-3000:])
        assert sensors.counts()["refused"] == 0
        assert until(lambda: {"http", "mqtt", "hj212"} <= ways_of_readings(), 30), ways_of_readings()
        assert until(lambda: refused_since(timezone.now()).get("hj212", {}), 30)
        assert until(lambda: refused_since(timezone.now()).get("mqtt:demo", {}), 30)
        assert until(lambda: Report.objects.filter(source__startswith="sensor:").count() == 2, 30)
    finally:
        server.kill_all()


def keys() -> list[str]:
    return list(Thing.objects.order_by("key").values_list("key", flat=True))


def ways_of_readings() -> set[str]:
    """By the kinds that speak so."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT t.kind, p.code FROM sensing_reading r JOIN sensing_datastream d ON d.id = r.datastream_id"
            " JOIN sensing_thing t ON t.id = d.thing_id"
            " JOIN sensing_observedproperty p ON p.id = d.observed_property_id"
            " WHERE r.at > now() - interval '3 minutes'"
        )
        for kind, code in cursor.fetchall():
            way = {"stack-monitor": "hj212", "air-micro-station": "mqtt", "home-smoke-alarm": "mqtt"}.get(
                kind, "http"
            )
            found.add(way if (kind, code) != ("stack-monitor", "") else "http")
    return found
