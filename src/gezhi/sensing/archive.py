"""A day of readings as a Parquet file: sorted by series and time, each group of rows with its range, zstd. Pure.

One series is read by the groups of rows that may hold it; the columns are plain Parquet, which other programs open.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gezhi.sensing.columns import Columns, Float64, Int16, Int32, Int64
from gezhi.sensing.deciding import OLDEST

GROUP: Final = 131_072  # rows of a group: what is read at the least
WHOLE: Final = 2**64
_AT_BITS: Final = 41  # of the milliseconds since 2000: until 2069
_ROW: Final = np.dtype([
    ("fields", ">i2"), ("l1", ">i4"), ("series", ">i4"), ("l2", ">i4"), ("at", ">i8"), ("l3", ">i4"), ("value", ">f8"),
    ("l4", ">i4"), ("mark", ">i2"),
])  # fmt: skip
_HEAD: Final = 19  # bytes of signature, flags and extension before the first row
_SCHEMA: Final = pa.schema([
    pa.field("series", pa.int32(), nullable=False),
    pa.field("at", pa.timestamp("ms", tz="UTC"), nullable=False),
    pa.field("value", pa.float64(), nullable=False),
    pa.field("mark", pa.int16(), nullable=False),
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sums:
    """Of all rows, whatever their order, modulo 2**64: what a copy of readings must share with them. `value`: of the
    bits of the values."""

    rows: int = 0
    series: int = 0
    at: int = 0
    value: int = 0
    mark: int = 0

    @classmethod
    def of(cls, columns: Columns) -> "Sums":
        whole = (columns.series, columns.at, columns.value.view(np.int64), columns.mark)
        return cls(len(columns), *(int(one.astype(np.int64).sum()) % WHOLE for one in whole))

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.rows + other.rows,
            (self.series + other.series) % WHOLE,
            (self.at + other.at) % WHOLE,
            (self.value + other.value) % WHOLE,
            (self.mark + other.mark) % WHOLE,
        )


@dataclass(frozen=True, slots=True)
class Written:
    """`holds`: the series that are in it, rising; `sha256` of the file."""

    sums: Sums
    holds: Int32
    sha256: str
    bytes: int


class NotKept(Exception):
    """The file does not hold what was written to it."""


def write(path: Path, pieces: Iterable[Columns]) -> Written:
    """Pieces in order, all rows rising by series and time: ValueError otherwise. The file is on the disk when this
    returns, was read back, and had the same sums; NotKept: it had others."""
    sums, last = Sums(), -1
    holds: list[Int32] = []
    with path.open("wb") as out:
        with pq.ParquetWriter(out, _SCHEMA, **_form()) as writer:
            for piece in pieces:
                last = _rising(keys_of(piece), last)
                sums += Sums.of(piece)
                holds.append(np.unique(piece.series))
                writer.write_table(_table(piece), row_group_size=GROUP)
        out.flush()
        os.fsync(out.fileno())
    found = sum((Sums.of(piece) for piece in read(path)), Sums())
    if found != sums:
        raise NotKept(f"{path.name} holds {found.rows} rows, {sums.rows} were written, or their sums differ.")
    with path.open("rb") as stored:
        digest = hashlib.file_digest(stored, "sha256").hexdigest()
    series = np.unique(np.concatenate(holds)) if holds else np.zeros(0, np.int32)
    return Written(sums, series.astype(np.int32), digest, path.stat().st_size)


def read(
    path: Path, series: Int32 | None = None, since: int | None = None, until: int | None = None
) -> Iterator[Columns]:
    """Group by group, in order: the rows of `series` (rising; None: of all) with `since` <= at < `until` (ms)."""
    with pq.ParquetFile(path) as file:
        for number in range(file.metadata.num_row_groups):
            if series is not None and not _may_hold(file.metadata.row_group(number).column(0), series):
                continue
            found = _columns(file.read_row_group(number))
            chosen = np.ones(len(found), np.bool_) if series is None else np.isin(found.series, series)
            if since is not None:
                chosen &= found.at >= since
            if until is not None:
                chosen &= found.at < until
            if chosen.any():
                yield found if chosen.all() else found[chosen]


def merged(kept: Iterable[Columns], late: Columns) -> Iterator[Columns]:
    """Both rising by series and time, `kept` in pieces. Where both have a row of one series and instant, what was kept
    stands."""
    keys, begin = keys_of(late), 0
    for piece in kept:
        end = int(np.searchsorted(keys, keys_of(piece)[-1], side="right"))
        yield together(piece, late[begin:end]) if end > begin else piece
        begin = end
    if begin < len(late):
        yield late[begin:]


def together(kept: Columns, late: Columns) -> Columns:
    """Both in any order: by series and time, each once."""
    both = Columns.joined([kept, late])
    keys = keys_of(both)
    order = np.argsort(keys, kind="stable")
    first: NDArray[np.bool_] = np.ones(len(order), np.bool_)
    first[1:] = keys[order][1:] != keys[order][:-1]
    return both[order[first]]


def without(pieces: Iterable[Columns], gone: Int32) -> Iterator[Columns]:
    """All but the rows of these series."""
    for piece in pieces:
        stays = ~np.isin(piece.series, gone)
        if stays.any():
            yield piece[stays]


def keys_of(columns: Columns) -> Int64:
    """Rise by series, then time."""
    return (columns.series.astype(np.int64) << _AT_BITS) | (columns.at - OLDEST)


def held_bits(series: Int32) -> bytes:
    """Bit n is set: series n is among them."""
    bits = np.zeros(int(series.max(initial=0)) + 1, np.uint8)
    bits[series] = 1
    return np.packbits(bits).tobytes()


def series_in(bits: bytes) -> Int32:
    return np.flatnonzero(np.unpackbits(np.frombuffer(bits, np.uint8))).astype(np.int32)


def rows_in(pieces: Iterable[bytes], most: int = 8 * GROUP) -> Iterator[Columns]:
    """What PostgreSQL's binary copy of (datastream_id, at, value, mark) says, in pieces of about `most` rows."""
    held, head = bytearray(), _HEAD
    for piece in pieces:
        held += piece
        if len(held) - head >= most * _ROW.itemsize:
            count = (len(held) - head) // _ROW.itemsize
            yield _unpacked(bytes(held[head : head + count * _ROW.itemsize]))
            del held[: head + count * _ROW.itemsize]
            head = 0
    count = (len(held) - head) // _ROW.itemsize
    if count:
        yield _unpacked(bytes(held[head : head + count * _ROW.itemsize]))


def _unpacked(data: bytes) -> Columns:
    rows = np.frombuffer(data, _ROW)
    at = rows["at"].astype(np.int64) // 1000 + OLDEST  # PostgreSQL counts microseconds from 2000
    return Columns(
        rows["series"].astype(np.int32),
        at,
        rows["value"].astype(np.float64),
        rows["mark"].astype(np.int16),
    )


def _form() -> dict[str, object]:
    return {
        "compression": "zstd",
        "use_dictionary": ["series", "mark"],
        "column_encoding": {"at": "DELTA_BINARY_PACKED", "value": "BYTE_STREAM_SPLIT"},
        "write_statistics": True,
        "sorting_columns": [pq.SortingColumn(0), pq.SortingColumn(1)],
    }


def _table(columns: Columns) -> pa.Table:
    at = pa.array(columns.at).cast(_SCHEMA.field("at").type)
    arrays = [pa.array(columns.series), at, pa.array(columns.value), pa.array(columns.mark)]
    return pa.Table.from_arrays(arrays, schema=_SCHEMA)


def _columns(table: pa.Table) -> Columns:
    series: Int32 = table.column("series").to_numpy()
    at: Int64 = table.column("at").cast(pa.int64()).to_numpy()
    value: Float64 = table.column("value").to_numpy()
    mark: Int16 = table.column("mark").to_numpy()
    return Columns(series, at, value, mark)


def _may_hold(column: pq.ColumnChunkMetaData, series: Int32) -> bool:
    if not column.is_stats_set:
        return True
    first = int(np.searchsorted(series, column.statistics.min))
    return first < len(series) and bool(series[first] <= column.statistics.max)


def _rising(keys: Int64, last: int) -> int:
    if not len(keys):
        return last
    if int(keys[0]) <= last or (np.diff(keys) <= 0).any():
        raise ValueError("Rows must rise by series and time, and no two be of one instant.")
    return int(keys[-1])
