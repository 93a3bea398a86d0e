"""Files are copied as they come, and a follower may die at any moment of it."""

import os
from pathlib import Path

import pytest

from gezhi.config.keeping.checking import faults_of
from gezhi.config.keeping.files import Mirror
from gezhi.config.keeping.store import Notes, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "store")
    made.open_for("1")
    return made


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    write(folder, "ledger/checkpoint", "one")
    write(folder, "ledger/tile/0/000.p/1", "leaf")
    write(folder, "evidence/a.jpg", "photo")
    return folder


def write(data: Path, name: str, text: str) -> None:
    path = data / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, ns=(1, path.stat().st_mtime_ns + len(list(data.rglob("*")))))


class Died(Exception):
    pass


def test_what_came_over_is_as_it_was(store: Store, data: Path) -> None:
    assert Mirror(data, store).follow() == 3
    assert (store.files / "evidence/a.jpg").read_text() == "photo"
    assert faults_of(store)[0] == []


@pytest.mark.parametrize("moment", ["before its name", "before its note"])
def test_a_follower_that_dies_while_a_file_changes_leaves_no_fault(
    store: Store, data: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    Mirror(data, store).follow()
    write(data, "ledger/checkpoint", "two")

    def die(*_: object, **__: object) -> None:
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(*((Path, "rename") if moment == "before its name" else (Store, "note_file")), die)
        with pytest.raises(Died):
            Mirror(data, store).follow()
    assert faults_of(store)[0] == []
    Mirror(data, store).follow()
    assert (store.files / "ledger/checkpoint").read_text() == "two"
    assert faults_of(store)[0] == []


def test_the_checkpoint_takes_its_name_after_the_tiles_that_it_stands_over(
    store: Store, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = list[str]()
    rename = Path.rename
    monkeypatch.setattr(Path, "rename", lambda one, to: kept.append(to.name) or rename(one, to))
    Mirror(data, store).follow()
    assert kept[-1] == "checkpoint"


def test_what_is_copied_while_somebody_reads_the_notes_fits_them(store: Store, data: Path) -> None:
    Mirror(data, store).follow()
    notes = Notes(store)
    assert not notes.fit("ledger/checkpoint", 3, "another")
    store.note_file("ledger/checkpoint", 3, "another", safe=False)
    assert notes.fit("ledger/checkpoint", 3, "another")


def test_a_changed_and_a_missing_copy_are_found(store: Store, data: Path) -> None:
    Mirror(data, store).follow()
    (store.files / "evidence/a.jpg").write_text("another")
    (store.files / "ledger/tile/0/000.p/1").unlink()
    assert faults_of(store)[0] == [
        "evidence/a.jpg is not what was copied.",
        "ledger/tile/0/000.p/1 was copied and is not there.",
    ]
