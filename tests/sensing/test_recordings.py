"""Recordings of a pack are played by its monitors as a node plays them."""

import pytest

from gezhi.packs.loading import read_pack
from gezhi.packs.shapes import Pack, Recording, ThingKind
from gezhi.sensing.recordings import played, prove
from tests.house.tree import ROOT
from tests.sensing.watched import monitor

HIGH = monitor(
    of={"kind": "gauge", "property": "depth"},
    unit="cm",
    levels={"orange": "value > 10"},
    **{"for": "2 minutes"},
)
GAUGE = ThingKind.model_validate({
    "key": "gauge", "title": {"zh": "水尺", "en": "Gauge"}, "function": "water", "source": "tests",
    "datastreams": [{"property": "depth", "title": {"zh": "深", "en": "Depth"}, "unit": "cm", "high": 100,
                     "every": "1 minutes", "silent": "5 minutes", "keep": "1 days"}],
})  # fmt: skip


def recording(*readings: tuple[float, float], **changes: object) -> Recording:
    return Recording.model_validate({
        "title": "Some water", "monitor": HIGH.key, "starts": "2026-07-06 09:00", "readings": readings, **changes,
    })  # fmt: skip


def test_a_level_is_told_in_minutes_after_the_start() -> None:
    assert played(recording((0, 3), (1, 12), (2, 12), (3, 12), (4, 1)), HIGH, GAUGE) == [
        (3, "orange"),
        (4, "none"),
    ]


def test_time_goes_on_after_the_last_reading_as_far_as_the_recording_says() -> None:
    assert played(recording((0, 12)), HIGH, GAUGE) == []
    assert played(recording((0, 12), until=3), HIGH, GAUGE) == [(2, "orange")]


def test_a_reading_holds_until_its_series_is_silent() -> None:
    silent = monitor(
        of={"kind": "gauge", "property": "depth"}, levels={"orange": "value > 10"}, **{"for": "10 minutes"}
    )
    assert played(recording((0, 12), until=60), silent, GAUGE) == []
    assert played(recording((0, 12), until=60), silent, None) == [(10, "orange")]


def test_another_series_that_was_not_recorded_is_unknown() -> None:
    asks = monitor(
        of={"kind": "gauge", "property": "depth"}, levels={"orange": "value > 10 && other.pump == 0"}
    )
    assert played(recording((0, 12)), asks, GAUGE) == []
    assert played(recording((0, 12), others={"pump": [(0, 0)]}), asks, GAUGE) == [(0, "orange")]


def test_a_recording_that_goes_otherwise_is_told_with_both_stories() -> None:
    pack = read_pack(ROOT / "packs/drainage")
    first = pack.recordings[0]
    wrong = pack.model_copy(update={"recordings": (first.model_copy(update={"then": ((1.0, "red"),)}),)})
    (told,) = prove(wrong)
    assert "should be 1 red, is 60 blue" in told


@pytest.mark.parametrize("then", [(), ((2.0, "yellow"),)])
def test_silence_and_another_level_are_otherwise_too(then: tuple[tuple[float, str], ...]) -> None:
    pack = Pack.model_validate({"manifest": read_pack(ROOT / "packs/drainage").manifest, "monitors": (HIGH,)})
    one = recording((0, 12), (2, 12)).model_copy(update={"then": then})
    assert len(prove(pack.model_copy(update={"recordings": (one,)}))) == 1
