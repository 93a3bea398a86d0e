"""The map tiles of the places that stand, and the archives that this process has open."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import shapely
from django.conf import settings

from gezhi.lib.codes import CITY
from gezhi.places.divisions import spoken
from gezhi.places.models import Place
from gezhi.places.queries import NoShapes, newest_version, shaped_rows
from gezhi.places.tiles import archive
from gezhi.places.tiles.archive import Archive, ArchiveError
from gezhi.places.tiles.outlines import areas_by_level
from gezhi.places.tiles.pyramid import layers_told, pyramid

FORMAT: Final = 1  # rises when the same places would give other tiles: browsers keep what they have
_KEPT: Final = 3
_lock = threading.Lock()
_archives: dict[str, tuple[int, Archive]] = {}


class TilesMissing(Exception):
    """This machine has no map tiles of the places as they stand. `gezhi places tiles` cuts them."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True)
class Cut:
    """What a cutting made."""

    path: Path
    tiles: int
    bytes: int
    seconds: float


def tiles_version(digest: str) -> str:
    return f"{digest[:20]}-{FORMAT}"


def tiles_file(version: str) -> Path:
    return Path(settings.DATA_DIR) / "tiles" / f"{version}.pmtiles"


def archive_of(version: str) -> Archive | None:
    """None for a version that this machine does not have. No statement; raises ArchiveError."""
    path = tiles_file(version)
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    known = _archives.get(version)
    if known is None or known[0] != stamp:
        known = _opened(version, stamp)
    return known[1]


def _opened(version: str, stamp: int) -> tuple[int, Archive]:
    with _lock:
        known = _archives.get(version)
        if known is None or known[0] != stamp:
            known = stamp, Archive(tiles_file(version))
            _archives.pop(version, None)
            while len(_archives) >= _KEPT:
                _archives.pop(next(iter(_archives)), None)
            _archives[version] = known
        return known


def current_tiles() -> tuple[str, Archive]:
    """(version, archive) of the places as they stand. Raises NoShapes, TilesMissing, ArchiveError."""
    newest = newest_version()
    version = tiles_version(newest.digest) if newest else ""
    found = archive_of(version) if newest else None
    if found is not None:
        return version, found
    raise TilesMissing if Place.objects.filter(shape__isnull=False).exists() else NoShapes


def ensure_tiles(digest: str) -> None:
    """Cuts what this machine lacks or cannot read."""
    try:
        if archive_of(tiles_version(digest)) is not None:
            return
    except ArchiveError:
        pass
    cut_tiles(digest)


def ensure_current_tiles() -> None:
    newest = newest_version()
    if newest is not None and Place.objects.filter(shape__isnull=False).exists():
        ensure_tiles(newest.digest)


def cut_tiles(digest: str) -> Cut:
    """Raises NoShapes. Half a minute for 100,000 grids."""
    begin = time.perf_counter()
    shapes = {code: wkb for code, _, wkb, _ in shaped_rows()}
    if not shapes:
        raise NoShapes
    drawn = dict(zip(shapes, shapely.from_wkb(list(shapes.values())), strict=True))
    names = Place.objects.filter(level__gte=CITY).values_list("code", "name")
    areas = areas_by_level(drawn, {code: spoken(name) for code, name in names.iterator(5000)})
    path = tiles_file(tiles_version(digest))
    west, south, east, north = shapely.total_bounds(list(drawn.values())).tolist()
    tiles = archive.write(pyramid(areas), (west, south, east, north), layers_told(), path)
    archive.prune(path.parent, _KEPT)
    return Cut(path, tiles, path.stat().st_size, time.perf_counter() - begin)


def recut_tiles() -> Cut:
    """Those of the places as they stand. Raises NoShapes."""
    newest = newest_version()
    if newest is None:
        raise NoShapes
    return cut_tiles(newest.digest)


def check_tiles() -> None:
    """Raises ArchiveError when the tiles of the places as they stand are not what was written."""
    try:
        current_tiles()[1].verify()
    except (NoShapes, TilesMissing):
        return
