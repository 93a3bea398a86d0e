"""What a pack may say about recordings of readings, and how a mistake is told."""

from pathlib import Path

import pytest

from gezhi.packs.exporting import files_of
from gezhi.packs.loading import load
from tests.packs import small
from tests.packs.test_things import MONITORS, THINGS

NAME = "tests/readings/air.yaml"
RECORDINGS = """\
recordings:
  - title: Still air fills with NO2
    monitor: no2-high
    starts: "2026-07-06 09:00"
    readings: [[0, 90], [60, 220], [120, 240]]
    others: {wind: [[0, 5], [60, 1]]}
    until: 30
    then: [[60, blue]]
"""


def files(old: str = "", new: str = "") -> dict[str, str]:
    assert old in RECORDINGS
    told = {"things.yaml": THINGS, "monitors.yaml": MONITORS, NAME: RECORDINGS.replace(old, new, 1)}
    return {**small.FILES, **told}


def test_a_recording_of_a_monitor_is_sound(tmp_path: Path) -> None:
    loaded = load(small.write(tmp_path, files()))
    assert not loaded.problems
    assert loaded.pack is not None
    (one,) = loaded.pack.recordings
    assert (one.readings[1], one.others["wind"][0], one.then) == ((60, 220), (0, 5), ((60, "blue"),))


def test_recordings_are_written_back_as_they_were(tmp_path: Path) -> None:
    pack = load(small.write(tmp_path / "one", files())).pack
    assert pack is not None
    again = load(small.write(tmp_path / "two", files_of(pack))).pack
    assert again is not None
    assert again.digest == pack.digest


@pytest.mark.parametrize(
    ("old", "new", "where", "what", "allowed"),
    [
        ("monitor: no2-high", "monitor: no2-hig", "recordings[0].monitor", "no monitor 'no2-hig'", "no2-high"),
        ('"2026-07-06 09:00"', "Monday", "recordings[0].starts", "'Monday' is no time", "2026-07-06 09:00"),
        ("[60, 220]", "[0, 220]", "recordings[0].readings[1]", "minute 0 is not after minute 0", "ascend"),
        ("[60, 1]", "[-1, 1]", "recordings[0].others.wind[1]", "greater than or equal to 0", ""),
        ("wind:", "rain:", "recordings[0].others.rain", "'rain'", "wind"),
        ("[[60, blue]]", "[[60, green]]", "recordings[0].then[0][1]", "'green' is not known here", "blue"),
        ("[[60, blue]]", "[[60, blue], [9, none]]", "recordings[0].then[1]", "minute 9 is not after", "ascend"),
        ("[0, 90]", "[0, .inf]", "recordings[0].readings[0][1]", "a valid number", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, where: str, what: str, allowed: str
) -> None:
    problems = load(small.write(tmp_path, files(old, new))).problems
    told = [one for one in problems if one.where.startswith(where) and what in one.what]
    assert told, problems
    assert allowed in told[0].allowed
    assert told[0].file == NAME
    assert told[0].line
