"""A log as files: `checkpoint`, `keys` and what lies below `tile/`, as a web server could hand them out."""

import shutil
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from gezhi.ledger.tiles import BUNDLE, WIDTH, Tile, bodies_in, bundle_of, hash_from
from gezhi.ledger.tree import HASH, HashOf, consistency_proof, inclusion_proof, range_root
from gezhi.lib.durable import write_whole

CHECKPOINT: Final = "checkpoint"
KEYS: Final = "keys"


class MissingTile(LookupError):
    """A file that the log needs is not there, or is too short."""


class LogFolder:
    """Reads whatever part of a tile is asked for from the whole one or any partial one that is wide enough."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def text(self, name: str) -> str:
        """`checkpoint` or `keys`; "" where there is none."""
        try:
            return (self.path / name).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def set_text(self, name: str, text: str) -> None:
        if self.text(name) != text:
            write_whole(self.path / name, text.encode())

    def write(self, tile: Tile, data: bytes) -> None:
        """A file that says so already stays as it is; a whole tile takes the place of its partial ones."""
        path = self.path / tile.address
        if not path.exists() or path.read_bytes() != data:
            write_whole(path, data)
        if tile.width == WIDTH:
            shutil.rmtree(path.with_name(f"{path.name}.p"), ignore_errors=True)

    def tile(self, level: int, number: int, width: int) -> bytes:
        """The first `width` hashes of a tile. Raises MissingTile."""
        data = self.bytes_of(Tile(level, number, width))
        if data is None or len(data) < width * HASH:
            raise MissingTile(Tile(level, number, width).address)
        return data[: width * HASH]

    def bundle(self, number: int, width: int) -> bytes:
        """The first `width` entries of a bundle. Raises MissingTile, BadBundle."""
        tile = Tile(BUNDLE, number, width)
        found = self.find(tile)
        if found is None:
            raise MissingTile(tile.address)
        if found[0] == tile:
            return found[1]
        return bundle_of(bodies_in(found[1], found[0].width)[:width])

    def bytes_of(self, tile: Tile) -> bytes | None:
        """The whole file in which the tile is found; None: there is none."""
        found = self.find(tile)
        return found[1] if found else None

    def find(self, tile: Tile) -> tuple[Tile, bytes] | None:
        """The tile's own file, or a wider one: a log that has grown keeps those."""
        for wider in (tile, Tile(tile.level, tile.number), *self._partial(tile)):
            try:
                return wider, (self.path / wider.address).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                continue
        return None

    def root(self, size: int) -> bytes:
        """Raises MissingTile."""
        return range_root(0, size, self._hash_of())

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that entry `index` is in the tree of `size`. Raises ValueError, MissingTile."""
        return next(self.inclusions([index], size))

    def inclusions(self, indexes: Iterable[int], size: int) -> Iterator[list[bytes]]:
        """As `inclusion`, for many: what their ways to the root have in common is read and hashed once, and held."""
        hash_of = cache(self._hash_of())
        return (inclusion_proof(index, size, hash_of) for index in indexes)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Raises ValueError, MissingTile."""
        return consistency_proof(old, new, self._hash_of())

    def _hash_of(self) -> HashOf:
        """For one proof: the same few tiles are asked for again and again."""
        held = dict[tuple[int, int], bytes]()

        def tile(level: int, number: int, width: int) -> bytes:
            data = held.get((level, number), b"")
            if len(data) < width * HASH:
                data = held[level, number] = self.bytes_of(Tile(level, number)) or self.tile(
                    level, number, width
                )
            return data

        return lambda level, index: hash_from(tile, level, index)

    def _partial(self, tile: Tile) -> Iterator[Tile]:
        whole = self.path / Tile(tile.level, tile.number).address
        folder = whole.with_name(f"{whole.name}.p")
        widths = sorted(int(path.name) for path in folder.glob("[1-9]*") if path.name.isdigit())
        return (Tile(tile.level, tile.number, one) for one in widths if tile.width < one < WIDTH)
