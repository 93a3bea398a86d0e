"""Forecasts in service: made of the city's own readings, tested, told each hour, and asked by monitors."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.db import connection

from gezhi.packs.monitor_rules import answered_by, forecast_of, onset_of
from gezhi.packs.shapes import DatastreamKind, ThingKind, Words
from gezhi.sensing.actions import forecasting
from gezhi.sensing.actions.archiving import archive_days
from gezhi.sensing.actions.forecasting import deliver, forecast_one, train_one
from gezhi.sensing.actions.taking import take
from gezhi.sensing.columns import Columns, Mark
from gezhi.sensing.forecasting.keeping import unpacked
from gezhi.sensing.forecasting.training import Effort
from gezhi.sensing.models import Datastream, ForecastRow, TrainedForecast
from gezhi.sensing.queries.archived import readings_of
from gezhi.sensing.queries.forecasts import (
    Target,
    ahead_of,
    hour_of,
    hourly_means,
    in_service,
    instant_of,
    lived,
    members_of,
    panel_of,
    told_series,
)
from tests.cast import Cast
from tests.sensing.test_archive import days, kept
from tests.sensing.things import a_series, a_thing, with_packs

__all__ = ["days", "kept"]
NOW = datetime(2023, 11, 22, 4, 6, tzinfo=UTC)  # days before 2024 lie in one table, which is there
HOUR = timedelta(hours=1)
HOURS = 1_300
QUICK = Effort(rounds=6, tail_rounds=3, onset_rounds=4, leaves=7, rate=0.3, leaf_rows=20, held_back=300)
TARGET = Target("river-gauge", "stage", Words(zh="水位", en="Stage"), "m", 33.0, ("rain",), 0)
Stations = list[dict[str, int]]


def waters(hours: int, count: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Levels rise two hours after rain and fall slowly."""
    chance = np.random.default_rng(3)
    rain = np.where(chance.random(hours) < 0.04, chance.gamma(2, 8, hours), 0)
    level = np.zeros((hours, count))
    for hour in range(3, hours):
        level[hour] = 0.93 * level[hour - 1] + rain[hour - 2] * np.linspace(0.8, 1, count)
    return level + 20 + chance.normal(0, 0.5, level.shape), rain


def filled(hours: int = HOURS, until: datetime = NOW, count: int = 3) -> Stations:
    """Stations with hourly readings until the hour of `until`, straight into the table."""
    level, rain = waters(hours, count)
    stations = []
    with connection.cursor() as cursor:
        for place in range(count):
            thing = a_thing("river-gauge")
            station = {code: a_series(thing, code, every_s=3600) for code in ("stage", "rain")}
            stations.append(station)
            for code, values in (("stage", level[:, place]), ("rain", rain)):
                at = [instant_of(hour_of(until) - hours + 1 + n) for n in range(hours)]
                with cursor.cursor.copy("COPY sensing_reading (datastream_id, at, value) FROM STDIN") as copy:
                    for when, value in zip(at, values.tolist(), strict=True):
                        copy.write_row((station[code], when, value))
    return stations


def readings(series: int) -> dict[datetime, float]:
    found = readings_of([series], NOW - 60 * HOUR, NOW + 60 * HOUR)
    return {
        datetime.fromtimestamp(at / 1000, UTC): value
        for at, value in zip(found.at.tolist(), found.value.tolist(), strict=True)
    }


def made(skills: dict[str, object] | None = None) -> TrainedForecast:
    done = train_one(TARGET, NOW, QUICK)
    assert not done.fault
    if skills is not None:
        done.skills = [one | skills for one in done.skills]
        done.save()
    return done


def test_a_forecaster_is_made_tested_and_kept(city: Cast) -> None:
    stations = filled()
    done = made()
    assert done.series == [one["stage"] for one in stations]
    assert [one["hours"] for one in done.skills] == [1, 6, 24]
    for one in done.skills:
        assert one["error"] > 0
        assert one["useful"] == all(
            one["error"] < one[peer] for peer in ("persistence", "day_before", "climatology")
        )
    assert (done.tested_until - done.tested_from) == (HOURS - 1) // 4 * HOUR
    forecaster = unpacked(bytes(in_service(TARGET).content), done.digest)
    assert instant_of(forecaster.known_until) == done.tested_from, (
        "it has not learned from what it was tested on"
    )


def test_too_little_to_learn_from_is_told_and_leaves_the_old_one_in_service(city: Cast) -> None:
    filled()
    done = made()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sensing_reading WHERE at < %s", [NOW - 100 * HOUR])
    later = train_one(TARGET, NOW + HOUR, QUICK)
    assert "are needed" in later.fault
    assert in_service(TARGET) == done


def test_each_hour_says_what_comes_once(city: Cast) -> None:
    stations = filled()
    made({"useful": True, "warns": False})
    assert forecast_one(TARGET, NOW) == 9
    assert forecast_one(TARGET, NOW) == 0
    rows = ahead_of([one["stage"] for one in stations])
    assert {(row.datastream_id, row.hours) for row in rows} == {
        (one["stage"], hours) for one in stations for hours in (1, 6, 24)
    }
    for row in rows:
        assert row.made_at == NOW.replace(minute=0)
        assert row.due_at == row.made_at + row.hours * HOUR
        assert row.low <= row.value <= row.high


def test_a_lead_time_that_helps_nobody_says_nothing(city: Cast) -> None:
    filled()
    done = made({"useful": False})
    done.skills[1]["useful"] = True
    done.save()
    forecast_one(TARGET, NOW)
    assert set(ForecastRow.objects.values_list("hours", flat=True)) == {6}


def test_a_silent_station_gets_no_forecast(city: Cast) -> None:
    stations = filled()
    made({"useful": True})
    silent = stations[1]["stage"]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM sensing_reading WHERE datastream_id = %s AND at > %s", [silent, NOW - 6 * HOUR]
        )
    forecast_one(TARGET, NOW)
    told = set(ForecastRow.objects.values_list("datastream_id", flat=True))
    assert told == {stations[0]["stage"], stations[2]["stage"]}


def test_what_was_forecast_for_an_hour_is_a_reading_of_it_when_it_has_come(city: Cast) -> None:
    stations = filled()
    made({"useful": True, "warns": False})
    forecast_one(TARGET, NOW)
    thing = Datastream.objects.get(pk=stations[0]["stage"]).thing_id
    told = told_series(TARGET)[thing, forecast_of("stage")]
    assert readings(told) == {}
    next_hour = NOW.replace(minute=0) + HOUR
    assert deliver(next_hour) == 3
    row = ForecastRow.objects.get(datastream_id=stations[0]["stage"], hours=1)
    assert readings(told) == {next_hour: pytest.approx(row.value)}
    assert deliver(next_hour) == 0


def test_of_several_forecasts_of_an_hour_the_last_is_told(city: Cast) -> None:
    stations = filled(until=NOW + 5 * HOUR)
    done = made({"useful": True, "warns": False})
    series, due = stations[0]["stage"], NOW.replace(minute=0) + 6 * HOUR
    for hours, value in ((6, 1.0), (1, 2.0)):
        ForecastRow.objects.create(
            datastream_id=series, made_at=due - hours * HOUR, hours=hours, due_at=due, value=value, low=0, high=9,
            warns=False, by=done,
        )  # fmt: skip
    deliver(due)
    told = told_series(TARGET)[Datastream.objects.get(pk=series).thing_id, forecast_of("stage")]
    assert readings(told) == {due: 2.0}


def test_an_onset_tells_in_how_many_hours_and_a_quiet_station_tells_none(
    city: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    stations = filled()
    made({"useful": True, "warns": True})
    rows = forecasting._rows

    def warned(*given: object, warns: bool) -> list[ForecastRow]:
        found = rows(*given, warns=warns)
        for row in found:
            row.warns = row.datastream_id == stations[0]["stage"] and row.hours in (6, 24)
        return found

    monkeypatch.setattr(forecasting, "_rows", warned)
    forecast_one(TARGET, NOW)
    told = told_series(TARGET)
    for place, hours in ((0, 6.0), (1, 0.0)):
        thing = Datastream.objects.get(pk=stations[place]["stage"]).thing_id
        assert readings(told[thing, onset_of("stage")]) == {NOW.replace(minute=0): hours}


def test_the_series_of_forecasts_are_made_once_for_each_thing(city: Cast) -> None:
    filled()
    made()
    made()
    found = Datastream.objects.filter(observed_property__code__in=[forecast_of("stage"), onset_of("stage")])
    assert found.count() == 6
    assert set(found.values_list("key", flat=True)) == {"stageforecast", "stageonset"}


def test_what_came_of_forecasts_in_service_is_measured_beside_persistence(city: Cast) -> None:
    stations = filled()
    done = made({"useful": True})
    series = stations[0]["stage"]
    came = readings(series)
    base = NOW.replace(minute=0) - 10 * HOUR
    ForecastRow.objects.create(
        datastream_id=series, made_at=base, hours=6, due_at=base + 6 * HOUR, value=came[base + 6 * HOUR] + 2,
        low=came[base + 6 * HOUR] - 1, high=came[base + 6 * HOUR] + 3, warns=False, by=done,
    )  # fmt: skip
    (one,) = lived([series], NOW - 50 * HOUR)
    assert (one.hours, one.count, one.inside) == (6, 1, 1.0)
    assert one.error == pytest.approx(2)
    assert one.persistence == pytest.approx(abs(came[base + 6 * HOUR] - came[base]))


def test_unfit_readings_are_not_learned_from() -> None:
    columns = Columns.of([1, 1], [0, 1000], [5.0, 7.0], [0, Mark.FAULTY])
    series, hour, value = hourly_means(columns)
    assert (series.tolist(), value.tolist()) == ([1], [6.0])
    assert hour.tolist() == [8], "by the clock of China"


def test_archived_days_are_learned_from_too(days: Cast, kept: Path) -> None:
    stations = filled(400)
    members = members_of(TARGET)
    last = hour_of(NOW)
    before = panel_of(TARGET, members, last - 399, last)
    assert archive_days(NOW, 5)
    after = panel_of(TARGET, members, last - 399, last)
    assert np.array_equal(before.values, after.values, equal_nan=True)
    assert len(stations) == before.values.shape[1]


def test_old_files_of_forecasters_go_and_what_they_were_stays(
    city: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecasting, "KEPT", 1)
    filled()
    made()
    last = made()
    assert TrainedForecast.objects.count() == 2
    assert TrainedForecast.objects.get(content__isnull=False) == last


def test_a_monitor_of_the_air_pack_warns_of_what_is_coming(city: Cast) -> None:
    with_packs("air")
    station = a_thing("air-station")
    value, onset = (
        a_series(station, "pm25", "ug/m3"),
        a_series(station, onset_of("pm25"), "h", silent_after_s=10_800),
    )
    quiet = a_series(a_thing("air-station"), "pm25", "ug/m3")
    at = int(NOW.timestamp() * 1000)
    take(Columns.of([value, quiet, onset], [at, at, at], [40.0, 40.0, 6.0]), "test", NOW)
    later = at + 60_000
    take(Columns.of([value, quiet], [later, later], [41.0, 41.0]), "test", NOW + timedelta(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT datastream_id, level FROM sensing_alarm WHERE monitor = 'aq-pm25-coming'")
        assert cursor.fetchall() == [(value, 1)]


def test_names_that_rules_ask_lead_to_series() -> None:
    assert answered_by("forecast", "pm25") == "pm25forecast"
    assert answered_by("other.pm25onset", "pm25") == "pm25onset"


def test_a_pack_that_forecasts_with_what_it_does_not_measure_is_refused() -> None:
    stream = {"property": "pm25", "title": {"zh": "a", "en": "a"}, "unit": "ug/m3", "every": "1 hours",
              "silent": "3 hours", "keep": "30 days"}  # fmt: skip
    kind = {"key": "air", "title": {"zh": "a", "en": "a"}, "function": "environment", "source": "local"}
    asked = {**stream, "forecast": {"above": 75, "with": ["wind"]}}
    with pytest.raises(ValueError, match="'pm25' is forecast with 'wind'"):
        ThingKind.model_validate({**kind, "datastreams": [asked]})
    with pytest.raises(ValueError, match="of numbers"):
        DatastreamKind.model_validate({**asked, "unit": "1", "gives": "truth"})
