"""Tiles and bundles of a log: their addresses and their bytes, by c2sp.org/tlog-tiles.

A tile of level L holds up to 256 hashes of the tree's level 8 L; a bundle the bodies of up to 256 entries. The last
of a level, with fewer, is partial.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from gezhi.ledger.tree import HASH, folded, level_up, nodes_of, root_of

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
WHOLE: Final = WIDTH * HASH  # bytes
BUNDLE: Final = -1  # the level under which bundles are named
_ADDRESS: Final = re.compile(
    r"tile/(?P<level>0|[1-9]\d?|entries)/(?P<number>(?:x\d{3}/){0,4}\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?"
)

TileOf = Callable[[int, int, int], bytes]
"""(level, number, width) -> the first `width` hashes."""


class BadBundle(ValueError):
    """Bytes that are no bundle; the message says where they end to be one."""


@dataclass(frozen=True, slots=True)
class Tile:
    """`level` BUNDLE: a bundle of entries. `width` WIDTH: whole."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def address(self) -> str:
        level = "entries" if self.level == BUNDLE else str(self.level)
        part = f".p/{self.width}" if self.width < WIDTH else ""
        return f"tile/{level}/{_number(self.number)}{part}"


def _number(number: int) -> str:
    """1234067 -> x001/x234/067."""
    text = f"{number % 1000:03}"
    while number := number // 1000:
        text = f"x{number % 1000:03}/{text}"
    return text


def tile_at(address: str) -> Tile | None:
    """The tile that an address names; None where it names none. An address has one way to be written."""
    found = _ADDRESS.fullmatch(address)
    if found is None or not address.isascii():
        return None
    level, width = found["level"], int(found["width"] or WIDTH)
    number = int(found["number"].replace("/", "").replace("x", ""))
    tile = Tile(BUNDLE if level == "entries" else int(level), number, width)
    return tile if tile.level < 64 and tile.address == address else None


def width_in(level: int, number: int, size: int) -> int:
    """How many hashes (or entries) a tile has in a tree of `size`; 0: there is no such tile."""
    return max(0, min(WIDTH, (size >> HEIGHT * max(level, 0)) - number * WIDTH))


def tiles_of(level: int, size: int) -> Iterator[Tile]:
    """All of a level in a tree of `size`."""
    whole, rest = divmod(size >> HEIGHT * max(level, 0), WIDTH)
    for number in range(whole):
        yield Tile(level, number)
    if rest:
        yield Tile(level, whole, rest)


def levels_of(size: int) -> range:
    """The levels that a tree of `size` has tiles of."""
    return range((size.bit_length() - 1) // HEIGHT + 1)


def bundle_of(bodies: Sequence[bytes]) -> bytes:
    """Raises OverflowError for a body over entries.MOST_BYTES."""
    return b"".join([len(body).to_bytes(2, "big") + body for body in bodies])


def bodies_in(bundle: bytes, width: int = WIDTH) -> list[bytes]:
    """Raises BadBundle unless it holds exactly `width` bodies."""
    found, at = list[bytes](), 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if end > len(bundle) or at + 2 > len(bundle):
            raise BadBundle(f"its body {len(found)} runs past the end")
        found.append(bundle[at + 2 : end])
        at = end
    if len(found) != width:
        raise BadBundle(f"it holds {len(found)} bodies instead of {width}")
    return found


def hash_from(tile_of: TileOf, level: int, index: int) -> bytes:
    """The hash of a full subtree (see tree.Node), from the tile that holds it or its descendants."""
    layer, above = divmod(level, HEIGHT)
    first = index << above
    number, begin = divmod(first, WIDTH)
    end = begin + (1 << above)
    return root_of(tile_of(layer, number, end)[begin * HASH : end * HASH])


@dataclass
class Edge:
    """The right edge of a tree: of each level, the hashes of its last tile while that is partial."""

    size: int
    rows: list[bytes] = field(default_factory=list)

    def root(self) -> bytes:
        return folded([self._hash(level, index) for level, index in nodes_of(0, self.size)])

    def _hash(self, level: int, index: int) -> bytes:
        return hash_from(lambda layer, _number, _width: self.rows[layer], level, index)

    def add(self, leaves: bytes) -> Iterator[tuple[Tile, bytes]]:
        """Take in leaf hashes, 32 bytes each. Gives every tile that became whole and the partial ones that changed."""
        before, self.size = self.size, self.size + len(leaves) // HASH
        level, fresh = 0, leaves
        while fresh:
            if level == len(self.rows):
                self.rows.append(b"")
            number = (before >> HEIGHT * level) // WIDTH
            row, above = self.rows[level] + fresh, list[bytes]()
            for at in range(0, len(row) - WHOLE + 1, WHOLE):
                data = row[at : at + WHOLE]
                above.append(top_of(data))
                yield Tile(level, number + at // WHOLE), data
            self.rows[level] = row = row[len(above) * WHOLE :]
            if row:
                yield Tile(level, number + len(above), len(row) // HASH), row
            level, fresh = level + 1, b"".join(above)


def edge_of(size: int, tile_of: TileOf) -> Edge:
    """The right edge of a tree of `size`, from its tiles."""
    rows = list[bytes]()
    for level in levels_of(size):
        number, width = divmod(size >> HEIGHT * level, WIDTH)
        rows.append(tile_of(level, number, width) if width else b"")
    return Edge(size, rows)


def top_of(hashes: bytes) -> bytes:
    """The root of a whole tile."""
    for _ in range(HEIGHT):
        hashes = level_up(hashes)
    return hashes
