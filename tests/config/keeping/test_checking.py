"""A check finds what is amiss in what the copies need, and nothing in what nobody reads any more."""

from pathlib import Path

import pytest

from gezhi.config.keeping.checking import faults_of
from gezhi.config.keeping.records import Writer, whole_length
from gezhi.config.keeping.store import Mark, Store, segment_of
from gezhi.config.keeping.wal import Shipping
from tests.config.keeping.test_choosing import SIZE, base, minutes, write_log


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Copies from 2100 and from 6100 on, a log from the beginning to the mark at 9000."""
    made = Store(tmp_path / "store")
    made.open_for("1")
    for stamp, start in (("a", 2100), ("b", 6100)):
        made.archive_of(stamp).parent.mkdir()
        made.archive_of(stamp).write_bytes(b"")
        made.keep_base(base(stamp, start, start + 800, minutes(start / 100)))
    made.add_mark(Mark("m", 9000, 1, minutes(90)))
    write_log(made, 9000)
    return made


def segment(store: Store, lsn: int) -> Path:
    return store.wal / segment_of(lsn, 1, SIZE)


def faults(store: Store) -> list[str]:
    return [one for one in faults_of(store)[0] if not one.startswith("The copy")]


def test_what_lies_before_the_oldest_copy_is_not_asked_about(store: Store) -> None:
    with segment(store, 0).open("wb") as out:
        Writer(out, segment(store, 0).name, None).write(500, b"x" * 524)
    segment(store, 1024).unlink()
    assert faults(store) == []


@pytest.mark.parametrize(("lsn", "copy"), [(2100, "a"), (4000, "a"), (6100, "b"), (8000, "b")])
def test_a_segment_that_is_missing_behind_a_copy_is_told(store: Store, lsn: int, copy: str) -> None:
    segment(store, lsn).unlink()
    found = faults(store)
    assert any(f"from the copy {copy} to {lsn - lsn % SIZE:X}" in one for one in found)


def test_a_hole_within_a_segment_is_told(store: Store) -> None:
    with segment(store, 7000).open("wb") as out:
        Writer(out, segment(store, 7000).name, None).write(500, b"x" * 524)
    assert any("bytes 0 to 500 are not there" in one for one in faults(store))
    assert any("leads from the copy b to 1800 and not to 2328" in one for one in faults(store))


def test_a_segment_that_was_removed_while_it_was_written_is_written_anew_as_a_whole(
    store: Store, tmp_path: Path
) -> None:
    spool, name = tmp_path / "spool", segment_of(10 * SIZE, 1, SIZE)
    spool.mkdir()
    (spool / f"{name}.partial").write_bytes(b"y" * SIZE)
    shipping = Shipping(spool, store, SIZE)
    assert shipping.ship(1, 10 * SIZE + 600) == 600
    (store.wal / name).unlink()  # a copy was made meanwhile, which begins behind it
    (spool / f"{name}.partial").rename(spool / name)
    shipping.ship(1, 11 * SIZE + 10)
    assert whole_length(store.wal / name)[0] == SIZE
