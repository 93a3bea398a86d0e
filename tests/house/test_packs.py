"""Every pack parses and means what its situations say."""

from pathlib import Path

import pytest

from gezhi.packs.loading import load, pack_folders
from tests.house.tree import ROOT

PACKS = pack_folders(ROOT / "packs")


def test_there_is_a_pack() -> None:
    assert PACKS


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_a_pack_parses(folder: Path) -> None:
    assert load(folder).problems == ()


def test_the_rule_sees_an_empty_pack(tmp_path: Path) -> None:
    assert load(tmp_path).problems
