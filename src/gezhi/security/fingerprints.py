"""What is kept of an export so that a part of it is known again, and nothing that could be read back. Pure.

Two sets of 32-bit keyed hashes: of everything that its cells say, and of what stands together in a row (the row's own
key with each other cell). The key never stands in the database, so that whoever holds a copy of it can neither
read nor guess a cell. A hash that stands there by chance: one in 860,000 for an export of 5,000 cells.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gezhi.security.cells import NOTHING, Told, told

PAIRED: Final = 4  # of so many rows one has its pairs kept: the same row in every export
KEYS: Final = 4  # columns of a leak that may be the key of its rows
LOOKED_AT: Final = 2000  # rows of a leak
_BYTES: Final = 4
_WIDE: Final = "<u4"
_SAMPLE: Final = 200  # rows by which an export's key column is chosen
Hashes = NDArray[np.uint32]
Line = Sequence[Told]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Both sets sorted, each hash once."""

    rows: int
    cells: Hashes
    pairs: Hashes

    def packed(self) -> tuple[bytes, bytes]:
        return self.cells.astype(_WIDE).tobytes(), self.pairs.astype(_WIDE).tobytes()


def unpacked(rows: int, cells: bytes, pairs: bytes) -> Fingerprint:
    return Fingerprint(rows, np.frombuffer(cells, _WIDE), np.frombuffer(pairs, _WIDE))


class Taker:
    """Takes the fingerprint of rows while they are written."""

    def __init__(self, key: bytes, zone: tzinfo) -> None:
        self._hasher, self._zone = Hasher(key), zone
        self._rows, self._cells = 0, set[int]()
        self._pairs = set[int]()
        self._waiting: list[Line] | None = []
        self._column = -1

    def add(self, row: Iterable[object]) -> None:
        line = [told(value, self._zone) for value in row]
        self._rows += 1
        for cell in line:
            self._cells.update(self._hasher.of(words) for words in (cell.exact, cell.coarse) if words)
        if self._waiting is not None:
            self._waiting.append(line)
            if len(self._waiting) == _SAMPLE:
                self._pair_waiting()
        else:
            self._pair(line)

    def taken(self) -> Fingerprint:
        self._pair_waiting()
        return Fingerprint(self._rows, _sorted(self._cells), _sorted(self._pairs))

    def _pair_waiting(self) -> None:
        waiting, self._waiting = self._waiting or [], None
        if self._column < 0:
            self._column = next(iter(key_columns(waiting, 1)), 0)
        for line in waiting:
            self._pair(line)

    def _pair(self, line: Line) -> None:
        self._pairs.update(self._hasher.pairs_of(line, self._column))


class Hasher:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, words: str) -> int:
        plain = words.encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(plain, key=self._key, digest_size=_BYTES).digest(), "little")

    def pairs_of(self, line: Line, column: int) -> Iterator[int]:
        """Nothing for a row that is not among those whose pairs are kept. Seconds are left out: they tell exports
        apart already, and a pair should live through their loss."""
        key = line[column] if column < len(line) else NOTHING
        name = key.coarse or key.exact
        if name and self.of(name) % PAIRED == 0:
            others = (cell for cell in line if cell.exact and cell is not key)
            yield from (self.of(f"{name}\0{cell.coarse or cell.exact}") for cell in others)


def key_columns(lines: Sequence[Line], most: int) -> list[int]:
    """The columns that name a row: in each row another value; the first such stand first."""
    width = max((len(line) for line in lines), default=0)
    columns = []
    for column in range(width):
        values = [line[column].exact for line in lines if column < len(line) and line[column].exact]
        if values and len(values) * 10 >= len(lines) * 9 and len(set(values)) == len(values):
            columns.append(column)
    return columns[:most]


@dataclass(frozen=True, slots=True)
class Sought:
    """The cells of a leak, one after another. `row`: to which of its rows each belongs; `telling`: said by few rows.

    `coarse` 0: the cell is no time to the second. `pairs`: what stands together, for each column that may be the key.
    """

    rows: int
    row: NDArray[np.int64]
    exact: Hashes
    coarse: Hashes
    telling: NDArray[np.bool_]
    pairs: tuple[Hashes, ...]


def sought(lines: Iterable[Sequence[object]], key: bytes, zone: tzinfo) -> Sought:
    """At most 2,000 rows are looked at: the first."""
    hasher = Hasher(key)
    told_lines = [[told(value, zone) for value in line] for line in islice(lines, LOOKED_AT)]
    kept = [line for line in told_lines if any(cell.exact for cell in line)]
    often = Counter(cell.exact for line in kept for cell in {one.exact: one for one in line}.values())
    few = max(1, len(kept) // 4)
    flat = [(number, cell) for number, line in enumerate(kept) for cell in line if cell.exact]
    return Sought(
        rows=len(kept),
        row=np.array([number for number, _cell in flat], np.int64),
        exact=np.array([hasher.of(cell.exact) for _row, cell in flat], np.uint32),
        coarse=np.array([hasher.of(cell.coarse) if cell.coarse else 0 for _row, cell in flat], np.uint32),
        telling=np.array([often[cell.exact] <= few for _row, cell in flat], np.bool_),
        pairs=tuple(_pairs_by(column, kept, hasher) for column in key_columns(kept, KEYS)),
    )


def _pairs_by(column: int, lines: Sequence[Line], hasher: Hasher) -> Hashes:
    return np.array([pair for line in lines for pair in hasher.pairs_of(line, column)], np.uint32)


def _sorted(hashes: set[int]) -> Hashes:
    return np.array(sorted(hashes), np.uint32)
