"""From readings to warnings to one case, and back: by the drainage pack, as a node does it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from gezhi.cases.closing import BackInRange
from gezhi.cases.models import Case, CaseEvent, CaseReadings, Report
from gezhi.lib.refused import Refused
from gezhi.sensing.actions.opening import open_cases
from gezhi.sensing.actions.raising import raise_warnings
from gezhi.sensing.actions.silencing import SilenceDraft, end_silence, silence
from gezhi.sensing.actions.taking import take
from gezhi.sensing.actions.waking import Waker
from gezhi.sensing.actions.warnings import acknowledge, open_case
from gezhi.sensing.columns import Columns
from gezhi.sensing.models import Alarm, SensedWarning, SilenceRow, Thing, WarningMember
from tests.cast import NANMEN, WANAN, Cast
from tests.sensing.things import a_series, a_thing, with_packs

START = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def drained(city: Cast) -> Cast:
    with_packs("rivers", "drainage")
    return city


class Rain:
    """Underpasses and manholes of one town, in whole minutes."""

    def __init__(self, underpasses: int = 2, manholes: int = 3, place: str = f"{WANAN}001") -> None:
        self.underpasses = [
            a_series(a_thing("underpass-gauge", place), "depth", "cm") for _ in range(underpasses)
        ]
        self.manholes = [a_series(a_thing("manhole-level", place), "freeboard", "m") for _ in range(manholes)]
        self.waker = Waker()

    def read(self, minute: float, depth: float, freeboard: float = 2.0) -> None:
        self._send(minute, self.underpasses, depth)
        self._send(minute, self.manholes, freeboard)
        self.pass_time(minute)

    def pass_time(self, minute: float) -> None:
        now = START + minute * MINUTE
        self.waker.wake(now)
        raise_warnings(now)

    def _send(self, minute: float, series: Sequence[int], value: float) -> None:
        now = START + minute * MINUTE
        take(
            Columns.of(series, [int(now.timestamp() * 1000)] * len(series), [value] * len(series)),
            "test",
            now,
        )

    def fill(self, until: int = 6, depth: float = 30.0, freeboard: float = 0.1) -> None:
        for minute in range(until):
            self.read(minute, depth, freeboard)


def levels(monitor: str) -> list[tuple[int, int]]:
    """(level, alarms told of) of the standing warnings."""
    found = SensedWarning.objects.filter(monitor=monitor, ended_at=None).order_by("id")
    return list(found.values_list("level", "told"))


def test_water_in_two_underpasses_is_one_orange_warning_and_one_case(drained: Cast) -> None:
    rain = Rain()
    rain.fill()
    assert levels("dr-underpass-depth") == [(3, 2)]
    case = Case.objects.get()
    assert (case.category, case.place_code, case.source) == ("dr-waterlogging", f"{WANAN}001", "sensing")
    report = Report.objects.get()
    assert "橙色预警" in report.text
    assert "2 处" in report.text
    assert SensedWarning.objects.get(monitor="dr-underpass-depth").case_id == case.pk


def test_a_warning_that_can_open_nothing_keeps_back_no_other(drained: Cast) -> None:
    Rain().fill()
    SensedWarning.objects.update(case_id=None, report_id=None)
    broken = SensedWarning.objects.get(level=3)
    broken.pk, broken.level, broken.area = None, 4, "nowhere"  # without a thing that could say where
    broken.save()
    with pytest.raises(ExceptionGroup, match="of which no case knows"):
        open_cases(START + 6 * MINUTE)
    assert SensedWarning.objects.get(level=3).case_id == Case.objects.get().pk
    assert SensedWarning.objects.get(level=4).case_id is None


def test_a_rule_that_has_not_held_for_long_enough_raises_nothing(drained: Cast) -> None:
    rain = Rain()
    rain.read(0, 30)
    rain.read(1, 3)
    rain.read(4, 3)
    assert not SensedWarning.objects.exists()


def test_time_alone_raises_what_holds_for_long_enough(drained: Cast) -> None:
    rain = Rain()
    rain.read(0, 30)
    rain.pass_time(2.1)
    assert Alarm.objects.filter(monitor="dr-underpass-depth", level=3).count() == 2


def test_manholes_of_the_flooded_town_are_muted_and_open_no_second_case(drained: Cast) -> None:
    rain = Rain()
    rain.fill(12)
    muted = WarningMember.objects.filter(warning__monitor="dr-manhole-full", left_at=None)
    assert {one.muted.partition(":")[0] for one in muted} <= {"dr-underpass-depth"}
    assert Case.objects.count() == 1


def test_a_higher_level_is_told_to_the_case_once(drained: Cast) -> None:
    rain = Rain(manholes=0)
    rain.fill()
    for minute in range(6, 12):
        rain.read(minute, 60)
    assert levels("dr-underpass-depth") == [(4, 2)]
    added = CaseEvent.objects.filter(case=Case.objects.get(), kind="add")
    assert [("升为红色预警" in one.text) for one in added] == [True]


def test_readings_back_in_range_end_the_warning_and_free_the_closing(drained: Cast) -> None:
    rain = Rain(manholes=0)
    rain.fill()
    case = Case.objects.get()
    kept = CaseReadings.objects.get(case=case)
    assert (kept.back_at, kept.within_s, kept.evidence) == (None, 1800, True)
    for minute in range(6, 20):
        rain.read(minute, 1)
    warning = SensedWarning.objects.get(monitor="dr-underpass-depth")
    assert warning.ended_at == START + 16 * MINUTE
    assert CaseReadings.objects.get(case=case).back_at == warning.ended_at
    assert CaseEvent.objects.filter(case=case, kind="add", text__contains="读数已恢复正常").count() == 1
    assert not Alarm.objects.exists()


def test_what_comes_again_within_days_joins_the_open_case(drained: Cast) -> None:
    rain = Rain(manholes=0)
    rain.fill()
    for minute in range(6, 20):
        rain.read(minute, 1)
    for minute in range(20, 26):
        rain.read(minute, 30)
    assert SensedWarning.objects.filter(monitor="dr-underpass-depth").count() == 2
    assert Case.objects.count() == 1
    assert CaseReadings.objects.get().back_at is None


def test_a_warning_is_acknowledged_once_for_each_level(drained: Cast) -> None:
    rain = Rain(manholes=0)
    rain.fill()
    warning = SensedWarning.objects.get(monitor="dr-underpass-depth")
    acknowledge(warning.pk, drained.actor("dispatcher"), START + 6 * MINUTE)
    with pytest.raises(Refused, match="already"):
        acknowledge(warning.pk, drained.actor("dispatcher"), START + 6 * MINUTE)
    for minute in range(6, 12):
        rain.read(minute, 60)
    warning.refresh_from_db()
    assert warning.acknowledged_at is None


def test_a_silence_keeps_alarms_from_being_told_and_says_so(drained: Cast) -> None:
    rain = Rain(manholes=0)
    draft = SilenceDraft("清淤施工，水位计取出", START, START + 60 * MINUTE, place_code=NANMEN)
    row = silence(draft, drained.actor("supervisor"), START)
    rain.fill()
    assert not Case.objects.exists()
    assert Alarm.objects.filter(monitor="dr-underpass-depth").count() == 2
    end_silence(row.pk, drained.actor("supervisor"), START + 6 * MINUTE)
    rain.read(7, 30)
    assert Case.objects.count() == 1


def test_the_end_of_a_silence_is_told_an_hour_before_and_at_it(drained: Cast) -> None:
    draft = SilenceDraft("检修", START, START + 90 * MINUTE, monitors=frozenset({"dr-rain"}))
    with pytest.raises(Refused, match="why"):
        silence(draft, drained.actor("supervisor"), START)
    row = silence(
        SilenceDraft("水泵检修中", START, START + 90 * MINUTE, monitors=frozenset({"dr-rain"})),
        drained.actor("supervisor"),
        START,
    )
    told = []
    for minute in (10, 31, 91):
        raise_warnings(START + minute * MINUTE)
        told.append(SilenceRow.objects.get(pk=row.pk).told)
    assert told == ["", "soon", "ended"]


def test_a_monitor_that_opens_nothing_says_so_when_asked(drained: Cast) -> None:
    series = a_series(a_thing("rain-gauge"), "rain1h", "mm")
    now = START
    take(Columns.of([series], [int(now.timestamp() * 1000)], [60.0]), "test", now)
    raise_warnings(now + 2 * MINUTE)
    warning = SensedWarning.objects.get(monitor="dr-rain-now")
    with pytest.raises(Refused, match="opens no cases"):
        open_case(warning.pk, drained.actor("dispatcher"), now)


def test_a_thing_that_is_taken_away_ends_its_alarms(drained: Cast) -> None:
    rain = Rain(underpasses=1, manholes=0)
    rain.fill()
    from gezhi.sensing.models import Datastream

    Datastream.objects.filter(pk__in=rain.underpasses).delete()
    from gezhi.sensing.queries import sensed

    sensed.sensed(anew=True)
    rain.pass_time(7)
    assert not Alarm.objects.exists()
    assert SensedWarning.objects.get(monitor="dr-underpass-depth").ended_at is not None


def test_a_series_that_nobody_hears_of_is_said_to_be_silent(drained: Cast) -> None:
    series = a_series(a_thing("manhole-level"), "freeboard", "m")
    waker = Waker()
    waker.wake(START)
    for hours in (1, 3, 25, 49):
        waker.wake(START + timedelta(hours=hours))
    assert Alarm.objects.filter(monitor="dr-manhole-silent", datastream_id=series).exists()


def test_closing_waits_for_readings_or_evidence() -> None:
    from dataclasses import replace

    from tests.cases.test_closing import VERIFYING, codes

    out = BackInRange(None, 30 * MINUTE, evidence=False)
    assert codes(replace(VERIFYING, readings=out)) == ["readings-out"]
    assert codes(
        replace(VERIFYING, readings=BackInRange(VERIFYING.at - 29 * MINUTE, 30 * MINUTE, evidence=False))
    ) == ["readings-out"]
    assert (
        codes(
            replace(VERIFYING, readings=BackInRange(VERIFYING.at - 30 * MINUTE, 30 * MINUTE, evidence=False))
        )
        == []
    )
    assert codes(replace(VERIFYING, readings=replace(out, evidence=True))) == []


def test_alarms_of_two_homes_of_one_grid_are_two_cases(city: Cast) -> None:
    with_packs("home-smoke")
    homes = [
        Thing.objects.create(
            key=f"home-{n}", name=f"烟感 {n}", kind="home-smoke-alarm", place_code=f"{WANAN}001"
        )
        for n in range(2)
    ]
    for second, home in enumerate(homes):
        now = START + timedelta(seconds=second)
        series = a_series(home, "smoke", "1")
        take(Columns.of([series], [int(now.timestamp() * 1000)], [1.0]), "test", now)
        raise_warnings(now)
    assert Case.objects.filter(category="hs-alarm").count() == 2
    assert SensedWarning.objects.values("case_id").distinct().count() == 2
