"""The reference of the packs is the one that their files give."""

from pathlib import Path

import pytest

from gezhi.packs.loading import Shelf, pack_folders
from gezhi.packs.reference_files import reference_files
from tests.house.tree import ROOT

FOLDER = ROOT / "docs/reference/packs"
SHELF = Shelf()
PACKS = pack_folders(ROOT / "packs")


def files_of(folder: Path) -> dict[str, str]:
    loaded = SHELF.load(folder)
    assert loaded.pack is not None, [str(problem) for problem in loaded.problems]
    return reference_files(loaded.pack, loaded.needed)


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_the_committed_reference_is_the_one_of_the_files(folder: Path) -> None:
    for name, text in files_of(folder).items():
        written = (FOLDER / name).read_text(encoding="utf-8") if (FOLDER / name).exists() else ""
        assert written == text, f"{name} is old. Run: gezhi packs docs docs/reference/packs"


def test_no_other_reference_lies_there() -> None:
    known = {name for folder in PACKS for name in files_of(folder)}
    assert {path.name for path in FOLDER.iterdir()} == known
