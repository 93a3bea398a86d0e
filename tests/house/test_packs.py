"""Every pack parses and means what its situations say."""

from pathlib import Path

import pytest

from gezhi.cases.situations import prove
from gezhi.packs.loading import load, pack_folders, read_pack
from gezhi.sensing import recordings
from tests.house.tree import ROOT

PACKS = pack_folders(ROOT / "packs")


def test_there_is_a_pack() -> None:
    assert PACKS


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_a_pack_parses(folder: Path) -> None:
    assert load(folder).problems == ()


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_the_situations_of_a_pack_go_as_they_say(folder: Path) -> None:
    loaded = load(folder)
    assert loaded.pack is not None
    assert loaded.pack.situations or not loaded.pack.categories
    assert prove(loaded.pack, tuple(loaded.needed.values())) == []


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_the_monitors_of_a_pack_make_of_readings_what_its_recordings_say(folder: Path) -> None:
    loaded = load(folder)
    assert loaded.pack is not None
    assert loaded.pack.recordings or not loaded.pack.monitors
    assert recordings.prove(loaded.pack, tuple(loaded.needed.values())) == []


def test_the_rule_sees_a_situation_that_goes_otherwise() -> None:
    pack = read_pack(ROOT / "packs/city-management")
    first = pack.situations[0]
    other = next(state.key for state in pack.procedures[0].states if state.key != first.ends)
    wrong = pack.model_copy(update={"situations": (first.model_copy(update={"ends": other}),)})
    assert prove(wrong)


def test_the_rule_sees_an_empty_pack(tmp_path: Path) -> None:
    assert load(tmp_path).problems
