"""Limits of monitors by their days: a reading is judged by what held when it was read."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.utils import timezone

from gezhi.cases.world import world
from gezhi.packs.actions import set_parameter
from gezhi.packs.setting import Wanted
from gezhi.packs.shapes import Limit, Parameter, Words
from gezhi.pages.monitor_limits import limit_views, rule_on
from gezhi.sensing.actions.taking import take
from gezhi.sensing.columns import Columns
from gezhi.sensing.hours import BEIJING, Dated
from gezhi.sensing.levels import new_watches
from gezhi.sensing.models import Alarm
from gezhi.sensing.monitors import plan_of
from gezhi.sensing.queries.sensed import LOOK
from tests.cast import Cast
from tests.sensing.things import a_series, a_thing, with_packs
from tests.sensing.watched import MINUTE, START, Node, monitor

BEIJING_TIME = ZoneInfo("Asia/Shanghai")
BEFORE, DAY = date(2026, 1, 1), date(2026, 9, 1)  # START is the midnight of DAY


def falls(to: float) -> Parameter:
    values = (Limit(since=BEFORE, number=75, source="tests"), Limit(since=DAY, number=to, source="tests"))
    return Parameter(key="pm25-day", title=Words(zh="限值", en="Limit"), values=values)


def node(holds: int = 10_000 * MINUTE) -> Node:
    one = monitor(levels={"blue": "value > limit.pm25_day"})
    began = START - 600 * MINUTE
    made = Node(plan_of(one, (falls(60),)), [0], [holds], {})
    fresh = Node.of(monitor(levels={"blue": "value > 1"}), [0], [holds], began)
    made.known, made.watches = fresh.known, new_watches(np.full(1, began, np.int64)).tobytes()
    return made


def at(minute: float, value: float) -> tuple[int, int, float]:
    return 0, START + round(minute * MINUTE), value


def test_a_number_holds_from_midnight_of_its_day_by_the_citys_clock() -> None:
    limit = Dated([(DAY, 60.0), (BEFORE, 75.0)])
    long_ago = int(datetime(1999, 1, 1, tzinfo=UTC).timestamp() * 1000)
    found = limit.at(np.array([long_ago, START - 1, START, START + 1]), BEIJING)
    assert found.tolist() == [75.0, 75.0, 60.0, 60.0]


def test_the_first_reading_of_the_new_day_is_judged_by_the_new_limit() -> None:
    watch = node()
    assert watch.take([at(-1, 70.0)]) == []
    assert watch.tick(START + 5 * MINUTE) == [], "what was read before midnight was within its limit"
    assert watch.take([at(10, 70.0)]) == [(0, START + 10 * MINUTE, 0, 1)]


def test_a_reading_of_yesterday_that_comes_today_is_judged_by_yesterdays_limit() -> None:
    watch = node()
    watch.tick(START + 30 * MINUTE)
    assert watch.take([at(-20, 70.0)]) == []
    assert watch.take([at(40, 70.0)]) == [(0, START + 40 * MINUTE, 0, 1)]


def test_a_batch_over_midnight_is_judged_row_by_row() -> None:
    rows = [at(-120, 80.0), at(-60, 70.0), at(-1, 70.0), at(0, 70.0), at(60, 55.0)]
    found = [(when, after) for _, when, _, after in node().take(rows)]
    minutes = [((when - START) / MINUTE, after) for when, after in found]
    assert minutes == [(-120, 1), (-60, 0), (0, 1), (60, 0)]


def test_a_limit_that_nobody_defines_raises_nothing() -> None:
    watch = node()
    watch.plan = plan_of(monitor(levels={"blue": "value > limit.pm25_day"}))
    assert watch.take([at(0, 1e6)]) == []


class Station:
    """An air station of the pack, read at hours of a day from now on."""

    def __init__(self) -> None:
        self.series = a_series(a_thing("air-station"), "pm25day", "ug/m3")
        self.today = timezone.localdate()

    def reads(self, days: int, hour: int, value: float) -> int:
        """The level at which it stands then."""
        day = self.today + timedelta(days=days)
        now = datetime(day.year, day.month, day.day, hour, tzinfo=BEIJING_TIME)
        take(Columns.of([self.series], [round(now.timestamp() * 1000)], [value]), "test", now)
        found = Alarm.objects.filter(monitor="aq-pm25-day", datastream_id=self.series)
        return found.values_list("level", flat=True).first() or 0


@pytest.fixture
def station(city: Cast) -> Station:
    with_packs("air")
    return Station()


def test_staff_set_a_limit_while_the_process_runs_and_it_counts_from_its_day(
    station: Station, city: Cast
) -> None:
    assert station.reads(0, 1, 55.0) == 0
    wanted = Wanted("aq-pm25-day", station.today + timedelta(days=1), "50", "order 7 of the city")
    set_parameter(wanted, city.actor("administrator").account_id, station.today)
    time.sleep(1.1 * LOOK)
    assert station.reads(0, 23, 55.0) == 0, "today the old one holds"
    assert station.reads(1, 0, 55.0) == 1, "from midnight on the new one"
    assert station.reads(1, 1, 50.0) == 1, "it is kept for six hours"
    assert station.reads(1, 8, 50.0) == 0


def test_the_pages_say_what_holds_and_what_is_coming(station: Station, city: Cast) -> None:
    set_parameter(
        Wanted("aq-pm25-day", station.today + timedelta(days=1), "45", "order 7"),
        city.actor("administrator").account_id,
        station.today,
    )
    current = world()
    one = current.catalogue.monitors["aq-pm25-day"].thing
    first = next(
        view for view in limit_views(one, current.catalogue, current.day) if view.key == "aq-pm25-day"
    )
    assert first.value == "60 µg/m³"
    assert first.coming[0] == (station.today + timedelta(days=1), "45 µg/m³")
    said = [rule_on(one.levels["blue"], current.catalogue, day) for day in (date(2025, 5, 1), current.day)]
    assert said == ["value > 75", "value > 60"]
