"""Many alarms of one area are one warning; what another explains is muted; nothing is lost beyond a limit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gezhi.sensing.alarms import Alarm
from gezhi.sensing.grouping import EVERYWHERE, Decision, Do, Muted, Standing, gathered, muted
from gezhi.sensing.silencing import Silence
from tests.sensing.watched import monitor

NOW = datetime(2026, 9, 1, 4, tzinfo=UTC)
SECONDS = timedelta(seconds=1)
FLOOD = monitor(
    key="flood",
    silent="1 hours",
    inhibits=["manhole"],
    within="county",
    group={"by": ["county"], "wait": "10 seconds"},
)
MANHOLE = monitor(key="manhole", silent="1 hours", group={"by": ["town"], "wait": "30 seconds", "most": 3})
MONITORS = {"flood": FLOOD, "manhole": MANHOLE}


def alarm(series: int, town: str = "001", of: str = "manhole", level: int = 2, after: int = 0) -> Alarm:
    return Alarm(of, series, f"330203{town}001001", f"thing-{series}", level, NOW + after * SECONDS)


def decided(
    alarms: list[Alarm],
    standing: list[Standing] | None = None,
    after: int = 60,
    silences: tuple[Silence, ...] = (),
) -> list[Decision]:
    return gathered(alarms, standing or [], MONITORS, silences, NOW + after * SECONDS)


def stands(one: Decision) -> Standing:
    return Standing(
        one.monitor,
        one.area,
        one.level,
        frozenset(a.key for a in one.members),
        frozenset(a.key for a in one.muted),
    )


def told(decisions: list[Decision]) -> list[tuple[Do, str, tuple[int, ...]]]:
    return sorted((one.do, one.area, tuple(a.series for a in one.members)) for one in decisions)


def test_forty_alarms_of_a_town_are_one_warning_at_the_highest_level() -> None:
    alarms = [alarm(n, after=n % 5) for n in range(40)] + [alarm(99, level=4)]
    (one,) = decided(alarms)
    assert (one.do, one.area, one.level, len(one.members)) == (Do.RAISE, "330203001000", 4, 41)


def test_a_group_waits_from_its_first_alarm() -> None:
    (one,) = decided([alarm(1), alarm(2, after=20)], after=29)
    assert (one.do, one.due) == (Do.WAIT, NOW + 30 * SECONDS)
    assert told(decided([alarm(1), alarm(2, after=20)], after=30)) == [(Do.RAISE, "330203001000", (1, 2))]


def test_two_towns_are_two_warnings() -> None:
    assert told(decided([alarm(1), alarm(2, "002")])) == [
        (Do.RAISE, "330203001000", (1,)),
        (Do.RAISE, "330203002000", (2,)),
    ]


def test_a_flood_mutes_the_manholes_of_its_county_and_no_others() -> None:
    elsewhere = replace(alarm(3), place="330204001001001")
    alarms = [alarm(1, of="flood"), alarm(2), elsewhere]
    assert muted(alarms, MONITORS, (), NOW) == {("manhole", 2): Muted(alarm=("flood", 1))}
    assert told(decided(alarms)) == [(Do.RAISE, "330203000000", (1,)), (Do.RAISE, "330204001000", (3,))]


def test_what_was_muted_is_raised_when_the_flood_is_over() -> None:
    assert told(decided([alarm(2)])) == [(Do.RAISE, "330203001000", (2,))]


def test_a_warning_that_a_flood_explains_later_is_muted_and_not_ended() -> None:
    (one,) = decided([alarm(1), alarm(2)])
    found = decided([alarm(1), alarm(2), alarm(9, of="flood")], [stands(one)])
    assert (Do.MUTE, "330203001000", ()) in told(found)
    muted_one = next(one for one in found if one.do is Do.MUTE)
    assert [a.series for a in muted_one.muted] == [1, 2]
    back = decided([alarm(1), alarm(2)], [stands(muted_one)])
    assert told(back) == [(Do.RISE, "330203001000", (1, 2))]


def test_a_silenced_alarm_still_mutes_what_it_explains() -> None:
    silence = Silence(1, "张敏", "演练", NOW, NOW + timedelta(hours=1), frozenset({"flood"}))
    assert decided([alarm(1, of="flood"), alarm(2)], silences=(silence,)) == []


def test_a_warning_grows_shrinks_rises_falls_and_ends() -> None:
    (one,) = decided([alarm(1), alarm(2)])
    assert decided([alarm(1), alarm(2)], [stands(one)]) == []
    for alarms, do in (
        ([alarm(1), alarm(2), alarm(3)], Do.GROW),
        ([alarm(1)], Do.SHRINK),
        ([alarm(1), alarm(2, level=3)], Do.RISE),
        ([alarm(1, level=1), alarm(2, level=1)], Do.FALL),
        ([], Do.END),
    ):
        assert [each.do for each in decided(alarms, [stands(one)])] == [do]


def test_beyond_the_limit_of_a_monitor_one_warning_takes_the_rest_and_keeps_it() -> None:
    alarms = [alarm(n, f"{n:03d}", after=n) for n in range(1, 8)]
    raised = decided(alarms, after=90)
    assert told(raised) == [
        (Do.RAISE, EVERYWHERE, (4, 5, 6, 7)),
        (Do.RAISE, "330203001000", (1,)),
        (Do.RAISE, "330203002000", (2,)),
        (Do.RAISE, "330203003000", (3,)),
    ]
    standing = [stands(one) for one in raised]
    assert told(decided(alarms[1:], standing, after=90)) == [(Do.END, "330203001000", ())]
    assert sum(len(one.members) for one in raised) == len(alarms)


def test_alarms_of_a_thing_are_grouped_by_it_and_a_coarse_place_is_its_own_area() -> None:
    assert alarm(5).within("thing") == "thing thing-5"
    assert replace(alarm(5), place="330203000000").within("town") == "330203000000"
