"""`gezhi sense` as it runs beside a node: what it acknowledged is there, whatever is killed, cut or registered."""

import json
import subprocess
from datetime import timedelta
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import connection
from django.utils import timezone

from gezhi.config.health import state_of_node
from gezhi.config.metrics import _heard
from gezhi.exchange.feeds.adding import add_broker, add_station
from gezhi.exchange.feeds.cli import sensing as commands
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.sensing.actions.feeds import BadFeed, end_feed
from gezhi.sensing.actions.taking import take
from gezhi.sensing.columns import Columns
from gezhi.sensing.models import Alarm, Datastream, Feed, ObservedProperty, Pulse, Sensor, Thing
from gezhi.sensing.queries.feeds import refused_since
from tests.cast import WANAN, Cast
from tests.exchange.mosquitto import HOST, Mosquitto, needs_mosquitto, write_certificate
from tests.sensing.heard import (
    MN,
    PASSWORD,
    Sensing,
    cut_connections,
    frame,
    held_up,
    sensing,
    station_thing,
    stored,
    until,
)

AIR = {"stations": ["22"], "sent_in": {"a21026": "mg/m3"}}


def heard_station(**options: object) -> dict[str, int]:
    series = station_thing()
    add_station(MN, "南门空气站", "air-1", {**AIR, **options}, {"password": PASSWORD}, timezone.now())
    return series


def test_a_frame_is_answered_once_its_readings_are_kept_in_the_units_of_the_datastream(
    committed: Cast, tmp_path: Path
) -> None:
    series = heard_station()
    with sensing(tmp_path) as node:
        line = node.line()
        line.send(frame(2, pm25=35.5, so2=0.012) + frame(1, pm25=36.5, so2=0.013))
        assert [b"CN=9014" in line.answer() for _ in range(2)] == [True, True]
        assert stored(series["a34004"]) == [35.5, 36.5]
        assert stored(series["a21026"]) == [12.0, 13.0]


def test_killed_between_receipt_and_acknowledgement_it_loses_and_doubles_nothing(
    committed: Cast, tmp_path: Path
) -> None:
    series = heard_station()
    with sensing(tmp_path) as node:
        line, sent = node.line(), frame(1)
        line.send(frame(2))
        assert b"CN=9014" in line.answer()
        with held_up():
            line.send(sent)
            assert line.answer(1.0) == b""
            node.kill()
        node.start()
        line = node.line()
        for _ in range(2):
            line.send(sent)
            assert b"CN=9014" in line.answer()
        assert len(stored(series["a34004"])) == 2


def test_asked_to_end_it_takes_and_acknowledges_what_waits_first(committed: Cast, tmp_path: Path) -> None:
    series = heard_station()
    with sensing(tmp_path) as node:
        line = node.line()
        line.send(frame(2))
        assert b"CN=9014" in line.answer()
        with held_up():
            line.send(frame(1))
            assert line.answer(0.5) == b""
            node.ask_to_end()
            assert line.answer(0.5) == b""
        assert b"CN=9014" in line.answer()
        assert node.ended() == 0
        assert len(stored(series["a34004"])) == 2


def test_a_restart_of_the_database_is_waited_for_and_nothing_is_lost(committed: Cast, tmp_path: Path) -> None:
    series = heard_station()
    with sensing(tmp_path) as node:
        line = node.line()
        line.send(frame(9))
        assert b"CN=9014" in line.answer()
        for minutes in range(8, 3, -1):
            assert cut_connections()
            line.send(frame(minutes))
            assert b"CN=9014" in line.answer()
        with held_up():
            line.send(frame(2))
            assert line.answer(0.5) == b""
            connection.ensure_connection()
        assert b"CN=9014" in line.answer()
        assert len(stored(series["a34004"])) == 7
        beat = Pulse.objects.get().at
        assert until(lambda: Pulse.objects.get().at > beat)


def test_a_station_that_is_begun_or_ended_is_known_within_seconds_on_an_open_line(
    committed: Cast, tmp_path: Path
) -> None:
    station_thing()
    with sensing(tmp_path) as node:
        line = node.line()
        line.send(frame(3))
        assert line.answer(0.5) == b""
        add_station(MN, "南门空气站", "air-1", AIR, {"password": PASSWORD}, timezone.now())

        def answers() -> bool:
            line.send(frame(2))
            return b"CN=9014" in line.answer(1.0)

        assert until(answers, 10)
        assert CliRunner().invoke(commands, ["end", MN]).exit_code == 0
        assert until(lambda: not answers(), 10)


def test_what_is_refused_is_counted_by_station_and_reason(committed: Cast, tmp_path: Path) -> None:
    heard_station()
    before = refused(f"hj212:{MN}", "password"), refused("hj212", "device"), refused(f"hj212:{MN}", "range")
    with sensing(tmp_path) as node:
        line = node.line()
        line.send(frame(1, password="000000") * 3 + frame(1)[:-6] + b"0000\r\n" + frame(1, mn="F" * 24))
        line.send(frame(1, pm25=-7.0))
        assert until(lambda: refused(f"hj212:{MN}", "password") == before[0] + 3)
        assert until(lambda: refused("hj212", "device") == before[1] + 1)
        assert until(lambda: refused(f"hj212:{MN}", "range") == before[2] + 1)
        said = CliRunner().invoke(commands, ["list"]).output
        assert f"password {before[0] + 3}" in said
        assert until(lambda: "hj212: acknowledged" in CliRunner().invoke(commands, ["list"]).output)


def refused(source: str, reason: str) -> int:
    return refused_since(timezone.now()).get(source, {}).get(reason, 0)


@pytest.mark.django_db(transaction=True)
def test_time_alone_raises_what_fell_silent(city: Cast, tmp_path: Path) -> None:
    for name in ("street-parts", "rivers", "drainage"):
        publish(read_pack(settings.PACKS_DIR / name))
    series, then = gauge(), timezone.now() - timedelta(minutes=11)
    take(Columns.of([series], [round(then.timestamp() * 1000)], [1.0]), "test", then)
    assert not raised(series)
    with sensing(tmp_path):
        assert until(lambda: "dr-underpass-silent" in raised(series))


def gauge() -> int:
    thing = Thing.objects.create(key="gauge", name="积水", kind="underpass-gauge", place_code=f"{WANAN}001")
    measured = ObservedProperty.objects.create(code="depth", name="depth", definition="depth")
    sensor = Sensor.objects.create(name="test", encoding_type="text/plain", metadata="")
    row = Datastream.objects.create(
        thing=thing, sensor=sensor, observed_property=measured, name="depth", place_code=thing.place_code,
        unit={"symbol": "cm"}, observation_type="measurement", every_s=60,
    )  # fmt: skip
    return int(row.pk)


def raised(series: int) -> list[str]:
    return list(Alarm.objects.filter(datastream_id=series).values_list("monitor", flat=True))


def test_the_nodes_health_tells_whether_anybody_hears(committed: Cast, tmp_path: Path) -> None:
    heard_station()
    assert state_of_node().sense_age is None
    with sensing(tmp_path) as node:
        line = node.line()
        line.send(frame(1))
        assert b"CN=9014" in line.answer()
        assert until(lambda: state_of_node().sensing.get("hj212", {}).get("messages") == 1)
        state = state_of_node()
        assert state.sense_age is not None
        assert state.sense_age < 10
        assert "sensing" not in state.troubles()
        told = {one.name: one.samples[0].value for one in _heard(state.sensing) if one.samples}
        assert told["gezhi_sensing_readings"] == 2
    Pulse.objects.update(at=timezone.now() - timedelta(minutes=1))
    assert "sensing" in state_of_node().troubles()


SUBSCRIPTIONS = [
    {"filter": "city/+/air", "key": "{1}", "values": {"pm25": "v", "so2": "s"}, "time": "t", "clock": "ms"}
]


@needs_mosquitto
def test_messages_of_another_client_are_kept_once_though_it_is_killed_before_it_acknowledges(
    committed: Cast, tmp_path: Path
) -> None:
    series, broker = station_thing(), Mosquitto(tmp_path).start()
    options = {"url": f"mqtt://{HOST}:{broker.port}", "subscriptions": SUBSCRIPTIONS}
    add_broker("city", "市物联网平台", options, "", timezone.now())
    now = round((timezone.now() - timedelta(minutes=1)).timestamp() * 1000)
    sender = paho.Client(paho.CallbackAPIVersion.VERSION2)
    sender.connect(HOST, broker.port)
    sender.loop_start()

    def send(first: int, count: int) -> None:
        said = [
            sender.publish("city/air-1/air", json.dumps({"t": now + number, "v": number}), qos=1)
            for number in range(first, first + count)
        ]
        for one in said:
            one.wait_for_publish(20)

    try:
        with sensing(tmp_path) as node:
            assert connected(node)
            send(0, 50)
            assert until(lambda: len(stored(series["a34004"])) == 50)
            with held_up():
                send(50, 50)
                assert not until(lambda: len(stored(series["a34004"])) > 50, 1.0)
                node.kill()
            send(100, 20)
            node.start()
            assert until(lambda: len(stored(series["a34004"])) == 120)
            send(120, 1)
            assert until(lambda: stored(series["a34004"]) == [float(one) for one in range(121)])
            sender.publish("city/air-1/air", b"no json", qos=1)
            assert until(lambda: refused("mqtt:city", "text") == 1)
    finally:
        sender.loop_stop()
        broker.kill()


def connected(node: Sensing) -> bool:
    def is_there() -> bool:
        pulse = Pulse.objects.first()
        return bool(pulse) and pulse.counted["adapters"].get("mqtt:city", {}).get("state") == "connected"

    return until(is_there)


def test_a_station_whose_thing_has_no_factor_is_refused_with_what_is_possible(city: Cast) -> None:
    Thing.objects.create(key="lamp", name="路灯", place_code=f"{WANAN}001")
    with pytest.raises(BadFeed, match="nothing would be kept"):
        add_station(MN, "灯", "lamp", {}, {}, timezone.now())
    with pytest.raises(BadFeed, match="no thing 'nowhere'"):
        add_station(MN, "灯", "nowhere", {}, {}, timezone.now())
    with pytest.raises(BadFeed, match="no MN"):
        add_station("not an mn", "灯", "lamp", {}, {}, timezone.now())
    assert not Feed.objects.exists()


def test_units_that_cannot_be_turned_are_told_and_not_kept(city: Cast) -> None:
    station_thing()
    bound = add_station(MN, "站", "air-1", {"sent_in": {"a21026": "mm"}}, {}, timezone.now())
    assert [one.code for one in bound.factors] == ["a34004"]
    assert "cannot be turned" in bound.problems[0]


def test_the_command_line_registers_a_station_and_says_what_will_be_kept(city: Cast, tmp_path: Path) -> None:
    station_thing()
    secret = tmp_path / "pw"
    secret.write_text(f"{PASSWORD}\n")
    words = ["station", MN, "南门空气站", "--thing", "air-1", "--st", "22", "--password-file", str(secret)]
    done = CliRunner().invoke(commands, [*words, "--unit", "a21026=mg/m3", "--take", "a34004=2051:Avg"])
    assert done.exit_code == 0, done.output
    assert "2051:a34004-Avg" in done.output
    assert "mg/m3 -> ug/m3" in done.output
    again = CliRunner().invoke(commands, words)
    assert again.exit_code == 1
    assert "is heard already" in again.output
    row = Feed.objects.get()
    assert PASSWORD not in row.secret
    assert PASSWORD not in str(row.options)


@pytest.mark.parametrize(
    ("url", "more", "said"),
    [
        ("http://broker", {}, "mqtts://HOST:PORT"),
        ("mqtt://user:word@broker", {}, "the account stands apart"),
        ("mqtt://broker.example.org", {"user": "gezhi"}, "mqtts:// only"),
        ("mqtts://broker.example.org", {"ca": "no certificate"}, "PEM"),
        ("mqtts://broker.example.org", {"subscriptions": []}, "subscriptions"),
        ("mqtts://broker.example.org", {"subscriptions": [{"filter": "a/#/b"}]}, "filter"),
    ],
)
def test_a_broker_that_cannot_be_read_is_refused_by_the_name_of_the_field(
    city: Cast, url: str, more: dict[str, object], said: str
) -> None:
    options = {"url": url, "subscriptions": SUBSCRIPTIONS, **more}
    with pytest.raises(BadFeed, match=said):
        add_broker("city", "市平台", options, "word" if "user" in more else "", timezone.now())


@needs_mosquitto
def test_a_broker_that_is_ended_keeps_nothing_for_us(committed: Cast, tmp_path: Path) -> None:
    series, broker = station_thing(), Mosquitto(tmp_path).start()
    options = {"url": f"mqtt://{HOST}:{broker.port}", "subscriptions": SUBSCRIPTIONS}
    add_broker("city", "市平台", options, "", timezone.now())

    def send(value: float) -> None:
        at = round(timezone.now().timestamp() * 1000)
        assert broker.publish("city/air-1/air", [json.dumps({"t": at, "v": value})]).wait(20) == 0

    try:
        with sensing(tmp_path) as node:
            assert connected(node)
            send(1.0)
            assert until(lambda: stored(series["a34004"]) == [1.0])
            assert end_feed("city", timezone.now()) == 1
            assert until(lambda: "mqtt:city" not in Pulse.objects.get().counted["adapters"])
            send(2.0)
            add_broker("city", "市平台", options, "", timezone.now())
            assert connected(node)
            send(3.0)
            assert until(lambda: stored(series["a34004"]) == [1.0, 3.0])
    finally:
        broker.kill()


@needs_mosquitto
def test_a_broker_is_reached_through_tls_with_an_account(committed: Cast, tmp_path: Path) -> None:
    series = station_thing()
    write_certificate(tmp_path)
    words = tmp_path / "accounts"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(words), "gezhi", "a word of the broker"], check=True)
    files = (f"certfile {tmp_path}/certificate.pem", f"keyfile {tmp_path}/key.pem", f"password_file {words}")
    broker = Mosquitto(tmp_path, *files).start()
    options = {
        "url": f"mqtts://{HOST}:{broker.port}", "user": "gezhi", "ca": (tmp_path / "certificate.pem").read_text(),
        "subscriptions": SUBSCRIPTIONS,
    }  # fmt: skip
    add_broker("city", "市物联网平台", options, "a word of the broker", timezone.now())
    try:
        with sensing(tmp_path) as node:
            assert connected(node)
            assert stored(series["a34004"]) == []
    finally:
        broker.kill()
