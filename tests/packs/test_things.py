"""What a pack may say about kinds of things, and how a mistake is told."""

from pathlib import Path

import pytest

from gezhi.packs.exporting import files_of
from gezhi.packs.loading import load
from gezhi.packs.shapes import AT_HOME
from tests.packs import small

THINGS = """\
things:
  - key: air-station
    title: {zh: 空气站, en: Air station}
    stands: premises
    function: municipal
    calibrate: 7 days
    datastreams:
      - {property: no2, title: {zh: 二氧化氮, en: NO2}, unit: ug/m3, high: 4000,
         every: 1 hours, silent: 3 hours, keep: 90 days, code: a21004, sent_in: mg/m3}
      - {property: wind, title: {zh: 风速, en: Wind}, unit: m/s, high: 75,
         every: 1 hours, silent: 3 hours, keep: 90 days}
    source: tests
  - key: smoke-alarm
    title: {zh: 烟感, en: Smoke alarm}
    stands: home
    function: municipal
    datastreams:
      - {property: smoke, title: {zh: 烟雾, en: Smoke}, unit: "1", gives: truth,
         every: 1 days, silent: 3 days, keep: 30 days}
    source: tests
"""
MONITORS = """\
monitors:
  - key: no2-high
    title: {zh: 二氧化氮高, en: NO2 is high}
    of: {kind: air-station, property: no2}
    unit: ug/m3
    levels: {blue: value > 200 && other.wind < 2}
    todo: {zh: 查看, en: Look}
    source: tests
"""


def files(old: str = "", new: str = "") -> dict[str, str]:
    assert old in THINGS
    return {**small.FILES, "things.yaml": THINGS.replace(old, new, 1), "monitors.yaml": MONITORS}


def test_kinds_of_things_and_a_monitor_of_them_are_sound(tmp_path: Path) -> None:
    loaded = load(small.write(tmp_path, files()))
    assert not loaded.problems
    assert loaded.pack is not None
    station, alarm = loaded.pack.things
    no2 = station.datastream("no2")
    assert no2 is not None
    assert (no2.unit, no2.sent_in, no2.low, no2.high) == ("ug/m3", "mg/m3", 0, 4000)
    assert station.datastream("no3") is None
    assert alarm.stands == "home"


def test_kinds_of_things_are_written_back_as_they_were(tmp_path: Path) -> None:
    pack = load(small.write(tmp_path / "one", files())).pack
    assert pack is not None
    again = load(small.write(tmp_path / "two", files_of(pack))).pack
    assert again is not None
    assert again.digest == pack.digest


@pytest.mark.parametrize(
    ("old", "new", "where", "what", "allowed"),
    [
        ("function: municipal", "function: muni", "things[0].function", "no function 'muni'", "municipal"),
        ("    calibrate", "    parts: ['01003']\n    calibrate", "things[0].parts[0]", "no part '01003'", "nothing"),
        ("unit: ug/m3", "unit: ug/m", "things[0].datastreams[0].unit", "no unit 'ug/m'", "ug/m3"),
        ("sent_in: mg/m3", "sent_in: mg/L", "things[0].datastreams[0].sent_in", "cannot be turned", "ug/m3"),
        (", code: a21004, sent_in", ", sent_in", "things[0].datastreams[0]", "'sent_in' is about a 'code'", ""),
        ("high: 4000", "high: 0", "things[0].datastreams[0]", "'low' must be below 'high'", ""),
        ("silent: 3 hours", "silent: 1 hours", "things[0].datastreams[0]", "'silent' must be longer", ""),
        ("high: 75,", "high: 75, stuck: 1 hours,", "things[0].datastreams[1]", "'stuck' must be longer", ""),
        ("property: wind", "property: no2", "things[0]", "the property 'no2' stands twice", ""),
        ("property: wind", "property: wind-speed", "things[0].datastreams[1].property", "'wind-speed'", "one word"),
        ("code: a21004", "code: no2", "things[0].datastreams[0].code", "'no2'", "a34004"),
        ("key: smoke-alarm", "key: air-station", "things[1].key", "'air-station' is used twice", "each once"),
        ("unit: \"1\", gives", "unit: m, gives", "things[1].datastreams[0]", "a truth has the unit '1'", ""),
        ("    stands: home", "    owner: x\n    stands: home", "things[1].owner", "unknown key", "source"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, where: str, what: str, allowed: str
) -> None:
    problems = load(small.write(tmp_path, files(old, new))).problems
    told = [one for one in problems if one.where.startswith(where) and what in one.what]
    assert told, problems
    assert allowed in told[0].allowed
    assert told[0].file == "things.yaml"
    assert told[0].line


@pytest.mark.parametrize("name", ["motion", "presence", "sound", "picture", "temperature", "doorway"])
def test_a_thing_in_a_home_tells_danger_and_its_own_state_alone(tmp_path: Path, name: str) -> None:
    problems = load(small.write(tmp_path, files("property: smoke", f"property: {name}"))).problems
    assert any(f"may not tell '{name}'" in one.what and AT_HOME[0] in one.what for one in problems)


def test_a_thing_in_a_home_tells_truths_and_no_amounts(tmp_path: Path) -> None:
    problems = load(small.write(tmp_path, files("gives: truth,", "high: 1,"))).problems
    assert any("it tells whether" in one.what for one in problems)


def test_readings_of_a_home_are_kept_for_thirty_days_at_most(tmp_path: Path) -> None:
    problems = load(small.write(tmp_path, files("keep: 30 days", "keep: 31 days"))).problems
    assert any("at most 30 days" in one.what for one in problems)


def test_a_thing_in_a_home_says_seldom_that_it_is_alive(tmp_path: Path) -> None:
    problems = load(small.write(tmp_path, files("every: 1 days", "every: 1 hours"))).problems
    assert any("at most twice a day" in one.what for one in problems)


@pytest.mark.parametrize(
    ("old", "new", "where", "what", "allowed"),
    [
        ("kind: air-station", "kind: air-staton", "monitors[0].of.kind", "no kind of thing", "air-station"),
        ("property: no2", "property: no", "monitors[0].of.property", "no property of air-station 'no'", "no2"),
        ("unit: ug/m3", "unit: mg/m3", "monitors[0].unit", "not measured in 'mg/m3'", "ug/m3"),
        ("other.wind", "other.rain", "monitors[0].levels.blue", "does not measure 'rain'", "wind"),
    ],
)  # fmt: skip
def test_a_monitor_that_fits_no_kind_of_thing_is_told(
    tmp_path: Path, old: str, new: str, where: str, what: str, allowed: str
) -> None:
    assert old in MONITORS
    written = {**files(), "monitors.yaml": MONITORS.replace(old, new, 1)}
    problems = load(small.write(tmp_path, written)).problems
    told = [one for one in problems if one.where == where and what in one.what]
    assert told, problems
    assert allowed in told[0].allowed
    assert told[0].file == "monitors.yaml"


def test_a_pack_without_kinds_of_things_may_watch_what_others_bring(tmp_path: Path) -> None:
    written = {**small.FILES, "monitors.yaml": MONITORS}
    assert load(small.write(tmp_path, written)).problems == ()


MUTING = """\
  - key: wind-still
    title: {zh: 静风, en: Still air}
    of: {kind: air-station, property: wind}
    unit: m/s
    levels: {blue: value < 2, orange: value < 1}
    inhibits: [no2-high]
    within: town
    opens: orange
    category: lamp
    todo: {zh: 查看, en: Look}
    source: tests
"""


@pytest.mark.parametrize(("opens", "refused"), [("orange", True), ("blue", False)])
def test_a_monitor_hides_no_case_before_it_opens_one_itself(
    tmp_path: Path, opens: str, refused: bool
) -> None:
    no2 = MONITORS.replace("    todo:", "    opens: blue\n    category: lamp\n    todo:", 1)
    written = {**files(), "monitors.yaml": no2 + MUTING.replace("opens: orange", f"opens: {opens}", 1)}
    told = [one.what for one in load(small.write(tmp_path, written)).problems]
    assert told == (
        ["'no2-high' opens cases, and is muted by 'blue' already, which opens none"] if refused else []
    )
