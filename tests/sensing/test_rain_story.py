"""One rain in one town, by the drainage pack's own monitors: forty alarms, one warning that opens a case."""

from datetime import UTC, datetime, timedelta
from functools import cache

from gezhi.packs.loading import read_pack
from gezhi.packs.shapes import LEVELS, Monitor, Recording
from gezhi.sensing.alarms import Alarm
from gezhi.sensing.grouping import Decision, Do, Standing, gathered
from gezhi.sensing.recordings import played
from tests.house.tree import ROOT

START = datetime(2026, 7, 6, 9, 30, tzinfo=UTC)
PACK = read_pack(ROOT / "packs/drainage")
MONITORS = {one.key: one for one in PACK.monitors}
KINDS = {one.key: one for one in PACK.things}
RECORDINGS = {one.title: one for one in PACK.recordings}
UNDERPASS = RECORDINGS["An underpass fills, is pumped out, and the warning ends ten minutes after it is dry"]
MANHOLE = RECORDINGS["A manhole overflows and empties"]
TOWN, NEXT_TOWN = "330203001", "330203002"


@cache
def changes(title: str, monitor: str) -> list[tuple[float, str]]:
    one = MONITORS[monitor]
    return played(RECORDINGS[title], one, KINDS[one.of.kind or ""])


def alarms(minute: int, manholes: int = 38, underpasses: int = 2, town: str = TOWN) -> list[Alarm]:
    """What stands so many minutes after the rain began."""
    things = [(n, "dr-manhole-full", MANHOLE) for n in range(manholes)]
    for n in range(manholes, manholes + underpasses):
        things += [(n, "dr-underpass-wet", UNDERPASS), (n, "dr-underpass-depth", UNDERPASS)]
    return [one for n, monitor, recording in things if (one := alarm(n, monitor, recording, minute, town))]


def alarm(series: int, monitor: str, recording: Recording, minute: int, town: str) -> Alarm | None:
    past = [change for change in changes(recording.title, monitor) if change[0] <= minute]
    if not past or past[-1][1] == "none":
        return None
    since = START + timedelta(minutes=past[-1][0])
    return Alarm(monitor, series, f"{town}001001", f"thing-{series}", LEVELS.index(past[-1][1]) + 1, since)


def opening(decisions: list[Decision]) -> list[Decision]:
    """Those that are high enough to open a case."""
    return [
        one
        for one in decisions
        if one.do in (Do.RAISE, Do.RISE) and reaches(MONITORS[one.monitor], one.level)
    ]


def reaches(monitor: Monitor, level: int) -> bool:
    return monitor.opens is not None and level > LEVELS.index(monitor.opens)


def at(minute: int, standing: list[Standing] | None = None, **town: object) -> list[Decision]:
    found = alarms(minute, **town)  # type: ignore[arg-type]
    return gathered(found, standing or [], MONITORS, (), START + timedelta(minutes=minute))


def test_forty_alarms_of_one_rain_in_one_town_open_one_case() -> None:
    assert len({one.series for one in alarms(31)}) == 40
    (one,) = opening(at(31))
    assert (one.monitor, one.area, one.level, len(one.members)) == (
        "dr-underpass-depth",
        "330203001000",
        3,
        2,
    )
    assert MONITORS[one.monitor].category == "dr-waterlogging"


def test_manholes_alone_open_one_case_of_the_same_category() -> None:
    (one,) = opening(at(31, underpasses=0))
    assert (one.monitor, len(one.members), MONITORS[one.monitor].category) == (
        "dr-manhole-full",
        38,
        "dr-waterlogging",
    )


def test_another_town_has_a_case_of_its_own() -> None:
    both = alarms(31) + alarms(31, town=NEXT_TOWN)
    decisions = gathered(both, [], MONITORS, (), START + timedelta(minutes=31))
    assert sorted(one.area for one in opening(decisions)) == ["330203001000", "330203002000"]


def test_a_puddle_in_an_underpass_mutes_no_manhole() -> None:
    """At five centimetres nothing is opened yet, so nothing may be hidden."""
    wet = [alarm(40, "dr-underpass-wet", UNDERPASS, 8, TOWN)]
    manholes = [alarm(n, "dr-manhole-full", MANHOLE, 31, TOWN) for n in range(3)]
    decisions = gathered(
        [one for one in (*wet, *manholes) if one], [], MONITORS, (), START + timedelta(minutes=40)
    )
    assert [one.monitor for one in opening(decisions)] == ["dr-manhole-full"]


def test_when_the_water_has_gone_every_warning_ends() -> None:
    assert alarms(120) == []
    (one,) = opening(at(31))
    stands = Standing(one.monitor, one.area, one.level, frozenset(a.key for a in one.members))
    assert [(d.do, d.monitor) for d in at(120, [stands])] == [(Do.END, "dr-underpass-depth")]
