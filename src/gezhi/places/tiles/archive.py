"""Tiles in one PMTiles file, which other map software opens too. Written beside and put in place when complete.

Read by position rather than mapped: a mapped file that loses its end kills the process that looks there. The
library's reader unpacks the directories for every tile; here a process unpacks them once.
"""

import gzip
import hashlib
import json
import os
import tempfile
import weakref
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import numpy as np
from pmtiles.tile import (
    Compression,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_header,
    zxy_to_tileid,
)
from pmtiles.writer import Writer

from gezhi.places.raster import Int64
from gezhi.places.tiles.pyramid import Tile
from gezhi.places.tiles.varints import unpacked
from gezhi.places.whereabouts import Box

_HEADER: Final = 127  # bytes
_E7: Final = 10_000_000  # PMTiles' units in a degree
_BROKEN: Final = (
    MagicNumberNotFound, SpecVersionUnsupported, OSError, EOFError, ValueError, IndexError, KeyError, zlib.error,
)  # fmt: skip
Layers = Sequence[Mapping[str, object]]


class ArchiveError(Exception):
    """The tiles at {path} cannot be used: {reason}. Cut them again with `gezhi places tiles`."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__((self.__doc__ or "").format(path=path, reason=reason))


@dataclass(frozen=True)
class _Directory:
    """Where the data of tiles are: `count` tiles in a row from `first` on have the same."""

    first: Int64
    count: Int64
    start: Int64
    size: Int64


def write(tiles: Iterable[Tile], bounds: Box, layers: Layers, path: Path) -> int:
    """The number of tiles. Replaces the file in one step; who has the old one open keeps it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    numbered = sorted((zxy_to_tileid(t.zoom, t.column, t.row), t.data) for t in tiles)
    number, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            _write(file, numbered, bounds, layers)
        draft.chmod(0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return len(numbered)


def _write(file: IO[bytes], tiles: Sequence[tuple[int, bytes]], bounds: Box, layers: Layers) -> None:
    writer = Writer(file)
    for number, data in tiles:
        writer.write_tile(number, data)
    writer.tile_f.seek(0)
    digest = hashlib.file_digest(writer.tile_f, "sha256").hexdigest()
    sides = ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")
    header = {side: round(degrees * _E7) for side, degrees in zip(sides, bounds, strict=True)}
    kind = {"tile_type": TileType.MVT, "tile_compression": Compression.GZIP}
    writer.finalize(header | kind, {"vector_layers": layers, "sha256": digest})
    file.flush()
    os.fsync(file.fileno())


class Archive:
    """Tiles of one version; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Raises ArchiveError. Sizes and directories are checked, the tiles' digest is not (see verify)."""
        self._path = path
        try:
            self._file = os.open(path, os.O_RDONLY)
            weakref.finalize(self, os.close, self._file)
            self._open()
        except _BROKEN as error:
            raise ArchiveError(
                path, f"it is missing or unreadable ({str(error) or type(error).__name__})"
            ) from error

    def tile(self, zoom: int, column: int, row: int) -> bytes | None:
        """Gzipped; None where nothing is drawn."""
        if not 0 <= zoom <= self._header["max_zoom"] or max(column, row) >> zoom:
            return None
        number, found = zxy_to_tileid(zoom, column, row), self._directory
        at = int(np.searchsorted(found.first, number, side="right")) - 1
        if at < 0 or number >= found.first[at] + found.count[at]:
            return None
        return self._read(self._header["tile_data_offset"] + int(found.start[at]), int(found.size[at]))

    @property
    def bounds(self) -> Box:
        """west, south, east, north."""
        header = self._header
        west, south = header["min_lon_e7"] / _E7, header["min_lat_e7"] / _E7
        return west, south, header["max_lon_e7"] / _E7, header["max_lat_e7"] / _E7

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return self._header["tile_data_offset"] + self._header["tile_data_length"]

    def verify(self) -> None:
        """Reads every tile's bytes and compares their digest."""
        data = self._read(self._header["tile_data_offset"], self._header["tile_data_length"])
        if hashlib.sha256(data).hexdigest() != self._digest:
            raise ArchiveError(self._path, "its tiles differ from what was written")

    def _open(self) -> None:
        header = self._header = deserialize_header(self._read(0, _HEADER))
        found = os.fstat(self._file).st_size
        if found != self.size:
            raise ValueError(f"{found} bytes where {self.size} were written")
        facts = gzip.decompress(self._read(header["metadata_offset"], header["metadata_length"]))
        self.layers: Layers = json.loads(facts)["vector_layers"]
        self._digest: str = json.loads(facts)["sha256"]
        root = gzip.decompress(self._read(header["root_offset"], header["root_length"]))
        self._directory = self._whole(_directory(root))

    def _whole(self, root: _Directory) -> _Directory:
        """The root or, where it only names leaves, all of these."""
        if (root.count > 0).all():
            return root
        base = self._header["leaf_directory_offset"]
        places = zip((base + root.start).tolist(), root.size.tolist(), strict=True)
        leaves = [_directory(gzip.decompress(self._read(*place))) for place in places]
        columns = ("first", "count", "start", "size")
        return _Directory(*(np.concatenate([getattr(leaf, name) for leaf in leaves]) for name in columns))

    def _read(self, start: int, size: int) -> bytes:
        data = os.pread(self._file, size, start)
        if len(data) != size:
            raise ArchiveError(self._path, f"it ends {size - len(data)} bytes early")
        return data


def prune(folder: Path, keep: int) -> None:
    """Drops all but the newest archives."""
    paths = sorted(folder.glob("*.pmtiles"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in paths[keep:]:
        path.unlink(missing_ok=True)


def _directory(data: bytes) -> _Directory:
    """A start of 0 says: right behind the entry before; others are one too high."""
    numbers = unpacked(data)
    first, count, size, start = numbers[1:].reshape(4, int(numbers[0]))
    before = np.cumsum(size) - size
    told = np.maximum.accumulate(np.where(start > 0, np.arange(len(start)), 0))
    return _Directory(np.cumsum(first), count, start[told] - 1 + before - before[told], size)
