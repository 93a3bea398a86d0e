"""The process that senses, in parts: names to series, units, the door while the database is away, the clock."""

import threading
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.db import OperationalError, connection

from gezhi.exchange.feeds.binding import bound_station, device_of, names_of
from gezhi.exchange.feeds.shapes import Station
from gezhi.exchange.feeds.taking import Door, multipliers
from gezhi.exchange.feeds.ticking import Ticker
from gezhi.packs.loading import read_pack
from gezhi.sensing.columns import Columns, Taken
from gezhi.sensing.streams import Stream
from tests.house.tree import ROOT
from tests.sensing.heard import until

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
KINDS = {one.key: one for one in read_pack(ROOT / "packs/air").things}
ROWS = Columns.of([1, 2, 3], [0, 0, 0], [1.0, 2.0, 3.0])


def stream(number: int, code: str, every: int = 60, unit: str = "µg/m³", **more: str) -> Stream:
    said = {"key": f"s{number}", "property": "", "thing_key": "air-1", "kind": "", **more}
    return Stream(
        number, said["key"], code, unit, None, every, said["property"], 1, said["thing_key"], said["kind"]
    )


def test_hourly_and_daily_datastreams_keep_averages_and_the_others_the_present_value() -> None:
    streams = [stream(1, "a34004", 60), stream(2, "a34002", 3600), stream(3, "a01001", 86_400, "°C")]
    bound = bound_station(Station(), streams, {})
    assert bound.series == {"2011:a34004-Rtd": 1, "2061:a34002-Avg": 2, "2031:a01001-Avg": 3}


def test_a_code_of_2005_is_the_same_factor() -> None:
    bound = bound_station(Station(), [stream(1, "w01018", unit="mg/L")], {})
    assert bound.series == {"2011:w01018-Rtd": 1, "2011:011-Rtd": 1}


def test_what_packs_say_of_a_kind_counts_and_what_is_said_of_the_station_counts_more() -> None:
    one = stream(1, "", 0, kind="air-station", property="so2")
    bound = bound_station(Station(), [one], KINDS)
    assert bound.series == {"2061:a21026-Avg": 1, "2061:02-Avg": 1}
    assert bound.times == {}
    said = Station(sent_in={"a21026": "mg/m3"}, takes={"a21026": "2051:Avg"})
    bound = bound_station(said, [one], KINDS)
    assert (bound.series, bound.times) == ({"2051:a21026-Avg": 1, "2051:02-Avg": 1}, {1: 1000.0})


def test_a_unit_that_cannot_be_turned_and_a_code_that_nothing_has_are_told() -> None:
    streams = [stream(1, "a34004"), stream(2, "a34004"), stream(3, "a01001")]
    bound = bound_station(Station(sent_in={"a99999": "m"}), streams, {})
    assert [one.series for one in bound.factors] == [1]
    assert [one.partition(":")[0] for one in bound.problems] == ["a34004", "a01001", "a99999"]


def test_an_sm4_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="not 16"):
        device_of("A" * 24, Station(), bound_station(Station(), [], {}), key=b"short")


def test_a_broker_names_series_by_thing_and_datastream_and_writes_no_others() -> None:
    streams = [stream(1, "", key="", property="level", thing_key="well-1"), stream(2, "", thing_key="lamp-1")]
    assert names_of(streams, "well-") == {"well-1/level": 1, "1": 1}
    assert names_of(streams)["lamp-1/s2"] == 2


class Database:
    """Away for so many calls."""

    def __init__(self, away: int) -> None:
        self.away, self.calls, self.values = away, 0, list[float]()

    def __call__(self, columns: Columns, source: str, now: datetime) -> Taken:
        self.calls += 1
        if self.calls <= self.away:
            raise OperationalError("the server is shutting down")
        self.values += columns.value.tolist()
        return Taken.all_new(len(columns))


def test_readings_wait_while_the_database_restarts_and_are_kept_in_the_datastreams_unit() -> None:
    database = Database(away=2)
    door = Door(threading.Event(), take=database)
    door.times = multipliers({2: 1000.0})
    assert door(ROWS, "hj212", NOW).new == 3
    assert database.values == [1.0, 2000.0, 3.0]
    assert multipliers({}) is None


def test_after_its_patience_the_door_gives_up_at_once_until_the_database_is_back() -> None:
    database = Database(away=50)
    door = Door(threading.Event(), take=database, patience=0.25)
    with pytest.raises(OperationalError):
        door(ROWS, "hj212", NOW)
    calls, begun = database.calls, time.monotonic()
    for _ in range(5):
        with pytest.raises(OperationalError):
            door(ROWS, "hj212", NOW)
    assert database.calls == calls + 5
    assert time.monotonic() - begun < 0.2
    database.away = 0
    assert door(ROWS, "hj212", NOW).new == 3


def test_asked_to_stop_the_door_waits_no_more() -> None:
    stopping = threading.Event()
    stopping.set()
    database = Database(away=50)
    with pytest.raises(OperationalError):
        Door(stopping, take=database)(ROWS, "hj212", NOW)
    assert database.calls == 1


def test_a_fault_of_the_readings_is_no_reason_to_wait() -> None:
    def take(columns: Columns, source: str, now: datetime) -> Taken:
        raise ValueError("lengths differ")

    with pytest.raises(ValueError, match="lengths"):
        Door(threading.Event(), take=take)(ROWS, "hj212", NOW)
    assert np.all(ROWS.value == [1.0, 2.0, 3.0])


@pytest.mark.django_db(transaction=True)
def test_the_clock_goes_on_when_a_step_fails_and_turns_at_once_when_something_moved() -> None:
    turned, stopping = list[datetime](), threading.Event()

    def fails(now: datetime) -> None:
        raise LookupError("no such monitor")

    ticker = Ticker([fails, turned.append], stopping, every=30)
    ticker.start()
    try:
        assert until(lambda: len(turned) == 1)
        assert until(lambda: ticker._ear is not None)
        with connection.cursor() as cursor:
            for _ in range(20):
                cursor.execute("NOTIFY gezhi_sensing")
        assert until(lambda: len(turned) == 2, 5)
        time.sleep(0.3)
        assert len(turned) <= 3
        assert ticker.failed == ticker.turns
        assert ticker.turned_at is None
    finally:
        stopping.set()
        with connection.cursor() as cursor:
            cursor.execute("NOTIFY gezhi_sensing")
        ticker.join(10)
    assert not ticker.is_alive()


def test_a_step_may_ask_to_be_called_again_sooner() -> None:
    called, stopping = list[datetime](), threading.Event()

    def soon(now: datetime) -> datetime:
        called.append(now)
        return now + timedelta(milliseconds=100)

    ticker = Ticker([soon], stopping, every=30)
    assert ticker._turn() <= 0.1
