"""To which moment one can go back is decided from marks, copies and the log."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gezhi.config.keeping.choosing import NotKept, way_to
from gezhi.config.keeping.records import Writer
from gezhi.config.keeping.store import Base, Mark, NoBackup, Store, segment_of

SIZE = 1024
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def minutes(n: float) -> datetime:
    return NOON + timedelta(minutes=n)


def base(stamp: str, start: int, stop: int, at: datetime, timeline: int = 1) -> Base:
    return Base(stamp, at, timeline, start, stop, 18, 1, "", "gezhi", "postgres", SIZE, {}, "0")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Copies at 0 and 60 minutes, marks every ten, a log of 1,000 bytes a mark."""
    made = Store(tmp_path)
    made.open_for("1")
    made.keep_base(base("a", 100, 900, minutes(0)))
    made.keep_base(base("b", 6100, 6900, minutes(60)))
    for n in range(1, 10):
        made.add_mark(Mark(f"m{n}", n * 1000, 1, minutes(n * 10)))
    write_log(made, 9000)
    return made


def write_log(store: Store, until: int, timeline: int = 1, begin: int = 0) -> None:
    for at in range(begin - begin % SIZE, until, SIZE):
        name = segment_of(at, timeline, SIZE)
        with (store.wal / name).open("wb") as out:
            Writer(out, name, None).write(0, b"x" * min(SIZE, until - at))


def test_latest_is_the_last_mark_from_the_newest_copy(store: Store) -> None:
    way = way_to(store, "latest")
    assert (way.base.stamp, way.until) == ("b", 9000)
    assert way.options == (("recovery_target_name", "m9"),)


def test_a_moment_is_reached_from_the_newest_copy_before_it(store: Store) -> None:
    assert way_to(store, minutes(55)).base.stamp == "a"
    later = way_to(store, minutes(75))
    assert (later.base.stamp, later.until) == ("b", 8000)
    assert later.options == (("recovery_target_time", minutes(75).isoformat(" ")),)


def test_before_the_first_mark_and_after_the_last_is_said_to_be_out_of_reach(store: Store) -> None:
    with pytest.raises(NotKept, match="reaches back to"):
        way_to(store, minutes(1))
    with pytest.raises(NotKept, match="complete to"):
        way_to(store, minutes(200))


def test_a_quiet_hour_after_the_last_mark_is_the_last_mark(store: Store) -> None:
    store.say({"complete_at": minutes(150).isoformat(), "at": minutes(150).isoformat()})
    assert way_to(store, minutes(120)).options == (("recovery_target_name", "m9"),)


def test_a_copy_behind_a_gap_of_the_log_is_not_taken(store: Store) -> None:
    (store.wal / segment_of(7000, 1, SIZE)).unlink()
    with pytest.raises(NoBackup, match="no copy"):
        way_to(store, "latest")
    assert way_to(store, minutes(55)).base.stamp == "a"


def test_the_log_goes_on_after_a_restoring_on_a_timeline_of_its_own(store: Store) -> None:
    (store.wal / "00000002.history").write_text("1\t0/1F40\tbefore 2026-11-22\n")  # left at 8000
    write_log(store, 9500, timeline=2, begin=8000)
    store.add_mark(Mark("n1", 9400, 2, minutes(100)))
    way = way_to(store, "latest")
    assert (way.base.stamp, way.line.timeline, way.line.at(7999), way.line.at(8000)) == ("b", 2, 1, 2)


def test_an_empty_folder_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(NoBackup, match="no complete copy"):
        way_to(Store(tmp_path), "latest")
