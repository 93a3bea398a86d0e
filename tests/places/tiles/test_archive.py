"""Tiles on disk: complete or absent, and read as the format's own reader reads them."""

from pathlib import Path

import pytest
from pmtiles.reader import MemorySource, Reader

from gezhi.places.tiles import archive
from gezhi.places.tiles.archive import Archive, ArchiveError
from gezhi.places.tiles.pyramid import Tile

BOUNDS = (121.5, 29.8, 121.61, 29.81)


def made(count: int) -> list[Tile]:
    """Every third is empty, every tenth like the one before."""
    return [
        Tile(12, 3400 + at % 100, 1600 + at // 100, f"tile {at - (at % 10 == 0)}".encode())
        for at in range(count)
        if at % 3
    ]


@pytest.fixture(params=[50, 20_000], ids=["one directory", "leaves"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    archive.write(made(request.param), BOUNDS, [{"id": "grid"}], tmp_path / "v.pmtiles")
    return tmp_path / "v.pmtiles"


def test_every_tile_is_found_and_no_other(path: Path) -> None:
    opened, reader = Archive(path), Reader(MemorySource(path.read_bytes()))
    count = 50 if path.stat().st_size < 5000 else 20_000
    tiles = {(tile.zoom, tile.column, tile.row): tile.data for tile in made(count)}
    for at in list(tiles)[:: max(count // 40, 1)]:
        assert opened.tile(*at) == tiles[at] == reader.get(*at)
    assert opened.tile(12, 3400, 1600) is None
    assert opened.tile(12, 1, 1) is None
    assert opened.tile(12, 1 << 40, 0) is None
    assert opened.tile(99, 0, 0) is None
    assert opened.bounds == pytest.approx(BOUNDS)
    assert opened.layers == [{"id": "grid"}]
    opened.verify()


def test_a_file_that_lost_its_end_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(ArchiveError, match="gezhi places tiles"):
        Archive(path)


@pytest.mark.parametrize(
    "broken", [b"", b"no tiles", b"PMTiles\x03" + bytes(200), b"PMTiles\x09" + bytes(200)]
)
def test_another_file_is_refused(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / "v.pmtiles").write_bytes(broken)
    with pytest.raises(ArchiveError):
        Archive(tmp_path / "v.pmtiles")


def test_a_changed_tile_is_found_by_its_digest(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match="differ"):
        Archive(path).verify()


def test_whoever_has_the_old_file_open_keeps_it(path: Path) -> None:
    opened = Archive(path)
    archive.write([Tile(12, 3401, 1600, b"new")], BOUNDS, [], path)
    assert opened.tile(12, 3401, 1600) == b"tile 1"
    assert Archive(path).tile(12, 3401, 1600) == b"new"


def test_the_newest_archives_stay(tmp_path: Path) -> None:
    for name in "abcd":
        archive.write(made(9), BOUNDS, [], tmp_path / f"{name}.pmtiles")
    archive.prune(tmp_path, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.pmtiles", "d.pmtiles"]
