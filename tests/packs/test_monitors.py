"""What a pack may say about monitors, how a mistake is told, and what comes of it elsewhere."""

from pathlib import Path

import pytest

from gezhi.packs.catalogue import Published, catalogue_of
from gezhi.packs.content import content_of, pack_from
from gezhi.packs.exporting import files_of
from gezhi.packs.loading import load, read_pack
from gezhi.packs.reference_files import reference_files
from gezhi.packs.shapes import Monitor
from tests.packs import small

MONITORS = """\
monitors:
  - key: water-high
    title: {zh: 水位高, en: Water is high}
    of: {kind: manhole, property: level}
    unit: m
    levels:
      blue: value > 0.5
      yellow: value > 0.8 || rate > 1 && other.rain > 20
      red: value > 1.2
    for: 10 minutes
    keep: 30 minutes
    hours: ["22:00-06:00", "12:00-14:00"]
    escalate: {after: 2 hours, to: orange}
    downgrade: {after: 1 hours}
    group: {by: [town], wait: 30 seconds, most: 200}
    inhibits: [cover-open]
    within: town
    opens: yellow
    category: hole
    clear: {within: 30 minutes, or: evidence}
    todo: {zh: 派人现场处置, en: Send somebody}
    source: tests
  - key: cover-open
    title: {zh: 井盖打开, en: Cover is open}
    of: {property: tilt}
    levels: {orange: value >= 1}
    todo: {zh: 设围挡, en: Fence it off}
    source: tests
  - key: gauge-silent
    title: {zh: 设备离线, en: Gauge is silent}
    of: {kind: manhole, property: level}
    silent: 2 hours
    todo: {zh: 检修, en: Repair it}
    source: tests
"""


def files(old: str = "", new: str = "") -> dict[str, str]:
    assert old in MONITORS
    return {**small.FILES, "monitors.yaml": MONITORS.replace(old, new, 1)}


def test_a_pack_of_monitors_is_sound_and_is_read_as_it_is_written(tmp_path: Path) -> None:
    high, _, silent = read_pack(small.write(tmp_path, files())).monitors
    assert (high.for_, high.keep, high.hours) == ("10 minutes", "30 minutes", ("22:00-06:00", "12:00-14:00"))
    assert high.clear is not None and (high.clear.within, high.clear.or_) == ("30 minutes", "evidence")
    assert high.reached == ("blue", "yellow", "red")
    assert silent.silences == {"blue": 7200}


def test_one_span_of_silence_is_the_level_that_opens_a_case() -> None:
    given = {"key": "a", "title": {"zh": "一", "en": "A"}, "of": {"property": "level"}, "silent": "90 seconds",
             "opens": "orange", "category": "hole", "todo": {"zh": "一", "en": "A"}, "source": "tests"}  # fmt: skip
    assert Monitor.model_validate(given).silences == {"orange": 90}


@pytest.mark.parametrize(
    ("old", "new", "at", "told"),
    [
        ("value > 0.5", "valu > 0.5", "value > 0.5", "there is no name 'valu'. Allowed: did you mean 'value'?"),
        ("value > 0.5", "value + 1", "value > 0.5", "it gives a number. Allowed: what gives true or false"),
        ("value > 0.5", "value >", "value > 0.5", "the rule ends too early"),
        ("value > 0.5", "age > value", "value > 0.5", "age is not compared with a number. Allowed: age > 600"),
        ("other.rain", "others.rain", "yellow: v", "there is no name 'others.rain'"),
        ("red: value > 1.2\n", "yellow2: value > 1.2\n", "red: value", "'yellow2' is not known here"),
        ("value >= 1", "value", "levels: {orange", "it gives a number"),
        ("for: 10 minutes", "for: 10 working minutes", "for: 10", "a number and seconds, minutes, hours or days"),
        ('"22:00-06:00"', '"22:00-26:00"', "hours:", "two times of day: 22:00-06:00"),
        ('"22:00-06:00"', '"22:00-22:00"', "- key: water-high", "'hours' must begin and end at different times"),
        ("silent: 2 hours", "levels: {}", "- key: gauge-silent", "give one of 'levels' and 'silent'"),
        ("silent: 2 hours", "silent: 2 hours\n    for: 1 hours", "- key: gauge-silent", "give no 'for' with it"),
        ("silent: 2 hours", "silent: {blue: 2 hours, red: 2 hours}", "- key: gauge-silent", "must rise from blue"),
        ("silent: 2 hours", "silent: soon", "silent:", "a number and seconds, minutes, hours or days"),
        ("to: orange", "to: blue", "escalate:", "at 'blue' or higher from the first. Allowed: higher than blue"),
        ("opens: yellow", "opens: red", None, None),
        ("category: hole", "category: holes", "category: hole", "there is no category 'holes'. Allowed: did you"),
        ("    category: hole\n", "", "- key: water-high", "give both of 'opens' and 'category' or neither"),
        ("    within: town\n", "", "- key: water-high", "give both of 'inhibits' and 'within' or neither"),
        ("inhibits: [cover-open]", "inhibits: [cover-shut]", "inhibits:", "there is no monitor 'cover-shut'"),
        ("inhibits: [cover-open]", "inhibits: [water-high]", "inhibits:", "it mutes itself"),
        ("by: [town]", "by: [street]", "by:", "'street' is not known here"),
        ("most: 200", "most: 0", "most:", "greater than or equal to 1"),
        ("key: gauge-silent", "key: water-high", "key: gauge-silent", "'water-high' is used twice"),
        ("clear: {within: 30 minutes, or: evidence}", "clear: {}", "clear:", "give 'within', 'or' or both"),
        ("unit: m", "units: m", "unit: m", "unknown key 'units'. Allowed: did you mean 'unit'?"),
        ("{kind: manhole, property: level}", "{kind: manhole}", "of: {kind", "the key 'property' is missing"),
        ("value > 1.2", "value > 0.4", None, None),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, at: str | None, told: str | None
) -> None:
    problems = load(small.write(tmp_path, files(old, new))).problems
    if told is None or at is None:
        assert problems == ()
        return
    line = small.line_of(files(), "monitors.yaml", at)
    assert {(one.file, one.line) for one in problems} == {("monitors.yaml", line)}, problems
    assert told in str(problems[0])


def test_a_higher_level_asks_for_more_where_both_are_plain_comparisons(tmp_path: Path) -> None:
    found = files("yellow: value > 0.8 || rate > 1 && other.rain > 20", "yellow: value > 0.4")
    (problem,) = load(small.write(tmp_path, found)).problems
    assert (problem.what, problem.allowed) == ("yellow is reached no later than blue", "more than 0.5")


LIMITS = """\
  - key: depth
    title: {zh: 水深, en: Depth}
    unit: m
    values:
      - {since: 2026-01-01, number: 0.6, source: tests}
      - {since: 2027-01-01, number: 0.9, source: tests}
"""


def limited(rule: str, unit: str = "m") -> dict[str, str]:
    found = files("blue: value > 0.5", f"blue: {rule}")
    limits = found["parameters/limits.yaml"] + LIMITS.replace("unit: m", f"unit: {unit}")
    return {**found, "parameters/limits.yaml": limits}


def test_a_level_may_name_a_dated_parameter(tmp_path: Path) -> None:
    found = limited("value > limit.depth")
    found["monitors.yaml"] = found["monitors.yaml"].replace("yellow: value > 0.8 ||", "yellow: value > 1 ||")
    pack = read_pack(small.write(tmp_path, found))
    (limit,) = catalogue_of([Published(1, pack, True)]).limits_of(pack.monitors[0])
    assert [one.number for one in limit.values] == [0.6, 0.9]


@pytest.mark.parametrize(
    ("rule", "unit", "told"),
    [
        ("value > limit.deep", "m", "there is no parameter with numbers 'deep'"),
        ("value > limit.rating", "m", "there is no parameter with numbers 'rating'"),
        ("value > limit.depth", "cm", "the parameter 'depth' is in 'cm', the monitor in 'm'"),
        ("age > limit.depth", "m", "age is not compared with a number"),
    ],
)
def test_a_limit_that_does_not_fit_is_told(tmp_path: Path, rule: str, unit: str, told: str) -> None:
    problems = load(small.write(tmp_path, limited(rule, unit))).problems
    assert told in str(problems[0])


def test_levels_rise_on_every_day(tmp_path: Path) -> None:
    found = limited("value > limit.depth")
    found["monitors.yaml"] = found["monitors.yaml"].replace(
        "yellow: value > 0.8 || rate > 1 && other.rain > 20", "yellow: value > 0.8"
    )
    (problem,) = load(small.write(tmp_path, found)).problems
    assert problem.what == "yellow is reached no later than blue on 2027-01-01"


def test_monitors_that_mute_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    found = files(
        "levels: {orange: value >= 1}",
        "levels: {orange: value >= 1}\n    inhibits: [water-high]\n    within: town",
    )
    problems = load(small.write(tmp_path, found)).problems
    assert [one.what for one in problems] == [
        "'cover-open' would in turn mute 'water-high'",
        "'water-high' would in turn mute 'cover-open'",
    ]


def test_a_case_opens_at_a_level_that_the_monitor_reaches(tmp_path: Path) -> None:
    found = files("opens: yellow\n    category: hole", "opens: red\n    category: hole")
    found["monitors.yaml"] = found["monitors.yaml"].replace("      red: value > 1.2\n", "")
    (problem,) = load(small.write(tmp_path, found)).problems
    assert (problem.what, problem.allowed) == ("the monitor never reaches 'red'", "orange or lower")


def test_the_catalogue_knows_the_monitors_of_active_packs(tmp_path: Path) -> None:
    pack = read_pack(small.write(tmp_path, files()))
    catalogue = catalogue_of([Published(1, pack, True)])
    assert (catalogue.monitors["water-high"].thing, catalogue.monitors["water-high"].pack) == (
        pack.monitors[0],
        "small",
    )
    assert not catalogue_of([Published(1, pack, False)]).monitors


def test_monitors_survive_publication_and_export(tmp_path: Path) -> None:
    pack = read_pack(small.write(tmp_path, files()))
    assert pack_from(content_of(pack)) == pack
    (tmp_path / "again").mkdir()
    again = small.write(tmp_path / "again", files_of(pack))
    assert read_pack(again).digest == pack.digest


def test_a_pack_without_monitors_keeps_its_digest(tmp_path: Path) -> None:
    assert "monitors" not in content_of(read_pack(small.write(tmp_path, small.FILES)))


def test_the_reference_tells_a_monitor_in_one_line(tmp_path: Path) -> None:
    page = reference_files(read_pack(small.write(tmp_path, files())), {})["small.md"]
    assert "## Monitors" in page
    assert "manhole: level (m) — blue: value > 0.5; yellow: value > 0.8" in page
    assert "for 10 minutes, keep 30 minutes, 22:00-06:00, 12:00-14:00, orange after 2 hours" in page
    assert "any thing: tilt" in page and "blue: silent 7200 s" in page
