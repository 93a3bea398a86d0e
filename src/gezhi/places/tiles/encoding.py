"""Pieces of one zoom -> the bytes of a layer in each tile, after the Mapbox Vector Tile specification 2.1.

All tiles of a zoom are written at once. The steps from corner to corner of a shape are the same in every tile but
for the first; so each shape is written once (its run), and its copy in a tile is a head and that run.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gezhi.places.raster import Int64, Shapes, ramp
from gezhi.places.tiles.cutting import Pieces
from gezhi.places.tiles.drawing import EXTENT
from gezhi.places.tiles.varints import Bytes, packed, sizes, zigzag

LEVEL_NUMBERS: Final = range(6)  # the first values of a layer that tells levels
_POINT, _POLYGON = 1, 3
_MOVE_TO_ONE, _CLOSE = 9, 15
_LAYER, _NAME, _FEATURE, _KEY, _VALUE, _TEXT, _NUMBER = 0x1A, 0x0A, 0x12, 0x1A, 0x22, 0x0A, 0x28
_HEAD: Final = 3  # numbers before a ring's lines: move, across, down


@dataclass(frozen=True)
class Runs:
    """Each shape's first corner in whole units, and where its other steps are in `bytes`."""

    first: Int64  # n x 2
    start: Int64
    size: Int64
    bytes: Bytes

    @classmethod
    def of_points(cls, points: Int64) -> "Runs":
        nothing = np.zeros(len(points), np.int64)
        return cls(points, nothing, nothing, np.zeros(0, np.uint8))


@dataclass(frozen=True)
class Features:
    """`names` and `levels` are one a feature, or empty for a layer without them."""

    layer: str
    ids: Int64
    names: Sequence[str] = ()
    levels: Sequence[int] = ()


@dataclass(frozen=True)
class _Rings:
    """Corners without the closing one, outer rings clockwise on the map and inner ones against it."""

    points: Int64
    start: Int64
    size: Int64
    shape: Int64


@dataclass(frozen=True)
class _Values:
    """Of each piece its name's number in its tile; of each tile the bytes of its names."""

    number: Int64
    bytes: bytes
    ends: list[int]


def encoded(pieces: Pieces, features: Features) -> Iterator[tuple[int, int, bytes]]:
    """(column, row, layer) of each tile that has any of these polygons."""
    return _layers(pieces, runs_of(pieces.shapes), features, _POLYGON)


def encoded_points(points: Int64, features: Features) -> Iterator[tuple[int, int, bytes]]:
    """(column, row, layer) of each tile that has any of these points, in whole units."""
    column, row = (points // EXTENT).T
    order = np.lexsort((row, column))
    pieces = Pieces(np.zeros(0, object), column[order], row[order], order, order)
    return _layers(pieces, Runs.of_points(points), features, _POINT)


def runs_of(shapes: Shapes) -> Runs:
    rings = _rings_of(shapes)
    base = 2 * rings.start + _HEAD * np.arange(len(rings.start))
    numbers = np.empty(2 * len(rings.points) + _HEAD * len(rings.start), np.int64)
    numbers[base] = _MOVE_TO_ONE
    numbers[base + _HEAD] = ((rings.size - 1) << 3) | 2
    numbers[base + 2 * rings.size + 2] = _CLOSE
    place = ramp(np.zeros_like(rings.size), rings.size)
    at = np.repeat(base, rings.size) + 2 * place + np.where(place == 0, 1, 2)
    step = zigzag(np.diff(rings.points, axis=0, prepend=0))
    numbers[at], numbers[at + 1] = step.T
    octets, size = packed(numbers)
    byte = np.r_[0, np.cumsum(size)]
    first = np.flatnonzero(np.r_[True, np.diff(rings.shape) != 0][: len(rings.shape)])
    start, end = byte[base[first] + _HEAD], byte[np.r_[base[first][1:], len(numbers)][: len(first)]]
    return _spread(rings, first, start, end - start, octets, len(shapes))


def _spread(rings: _Rings, first: Int64, start: Int64, size: Int64, octets: Bytes, count: int) -> Runs:
    """From the shapes that have rings to all of them."""
    there = rings.shape[first]
    corners, starts, sizes_ = (np.zeros((count, *more), np.int64) for more in ((2,), (), ()))
    corners[there], starts[there], sizes_[there] = rings.points[rings.start[first]], start, size
    return Runs(corners, starts, sizes_, octets)


def _rings_of(shapes: Shapes) -> _Rings:
    parts, shape = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    closed, ring = shapely.get_coordinates(rings, return_index=True)
    units = closed.astype(np.int64)
    kept = np.flatnonzero((ring[:-1] == ring[1:]) & (units[:-1] != units[1:]).any(axis=1))
    size = np.bincount(ring[kept], minlength=len(rings))
    start = np.cumsum(size) - size
    outer = np.r_[True, np.diff(part) != 0][: len(part)]
    points = units[kept]
    turned = (_twice_area(points, units[kept + 1], start) > 0) != outer
    place, whole = ramp(np.zeros_like(size), size), np.repeat(size, size)
    at = np.repeat(start, size) + np.where(np.repeat(turned, size), whole - 1 - place, place)
    return _Rings(points[at], start, size, shape[part])


def _twice_area(points: Int64, following: Int64, start: Int64) -> Int64:
    """Of each ring; positive where it runs clockwise with y southward."""
    if len(points) == 0:
        return np.zeros(0, np.int64)
    cross = points[:, 0] * following[:, 1] - following[:, 0] * points[:, 1]
    return np.asarray(np.add.reduceat(cross, start), np.int64)


def _layers(pieces: Pieces, runs: Runs, features: Features, kind: int) -> Iterator[tuple[int, int, bytes]]:
    if len(pieces.column) == 0:
        return
    new = np.flatnonzero(np.diff(pieces.column) | np.diff(pieces.row)) + 1
    first = np.r_[0, new]
    tile = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(pieces.column)]))
    values = _values_of(tile, pieces.feature, features)
    octets, size = _copies(pieces, runs, features, kind, values.number)
    ends = np.r_[0, np.cumsum(size)][np.r_[first, len(size)]].tolist()
    before = _opening(features)
    columns, rows = pieces.column[first].tolist(), pieces.row[first].tolist()
    for at, place in enumerate(zip(columns, rows, strict=True)):
        names = values.bytes[values.ends[at] : values.ends[at + 1]]
        yield *place, _message(_LAYER, before + octets[ends[at] : ends[at + 1]] + names)


def _opening(features: Features) -> bytes:
    """Version, name and extent of a layer, its keys and the values that every tile has."""
    keys = ["name"] * bool(features.names) + ["level"] * bool(features.levels)
    levels = [_message(_VALUE, bytes([_NUMBER, level])) for level in LEVEL_NUMBERS if features.levels]
    extent = packed(np.array([EXTENT]))[0].tobytes()
    name = _message(_NAME, features.layer.encode())
    return b"".join(
        [b"\x78\x02", name, b"\x28", extent, *(_message(_KEY, key.encode()) for key in keys), *levels]
    )


def _copies(pieces: Pieces, runs: Runs, features: Features, kind: int, name: Int64) -> tuple[bytes, Int64]:
    """(bytes of all features in the order of the pieces, size of each)."""
    corner = runs.first[pieces.shape] - np.column_stack([pieces.column, pieces.row]) * EXTENT
    across, down = zigzag(corner).T
    ids, run = features.ids[pieces.feature], runs.size[pieces.shape]
    tags = _tags(pieces.feature, features, name)
    drawn = 1 + sizes(across) + sizes(down) + run
    body = 1 + sizes(ids) + 2 + 1 + sizes(drawn) + drawn
    if tags:
        told = sum((sizes(tag) for tag in tags), np.zeros(len(ids), np.int64))
        body += 1 + sizes(told) + told
        tags = [np.full_like(ids, 0x12), told, *tags]
    same = [np.full_like(ids, number) for number in (_FEATURE, 0x08, 0x18, kind, 0x22, _MOVE_TO_ONE)]
    feature, id_key, kind_key, kinds, drawn_key, move = same
    columns = [feature, body, id_key, ids, *tags, kind_key, kinds, drawn_key, drawn, move, across, down]
    heads, size = packed(np.column_stack(columns).ravel())
    head = size.reshape(len(ids), -1).sum(axis=1)
    starts = np.column_stack([np.cumsum(head) - head, len(heads) + runs.start[pieces.shape]])
    pool = np.concatenate([heads, runs.bytes])
    octets = pool[ramp(starts.ravel(), np.column_stack([head, run]).ravel())]
    return octets.tobytes(), head + run


def _tags(feature: Int64, features: Features, name: Int64) -> list[Int64]:
    """Numbers of keys and values in turn."""
    tags = [np.zeros_like(feature), name] if features.names else []
    if features.levels:
        tags += [np.full_like(feature, len(tags) // 2), np.asarray(features.levels, np.int64)[feature]]
    return tags


def _values_of(tile: Int64, feature: Int64, features: Features) -> _Values:
    if not features.names:
        return _Values(tile, b"", [0] * (int(tile[-1]) + 2))
    names, named = np.unique(np.array(features.names, dtype=object), return_inverse=True)
    used, number = np.unique(tile * len(names) + named[feature], return_inverse=True)
    first = np.searchsorted(used, np.arange(int(tile[-1]) + 2) * len(names))
    texts = [_message(_VALUE, _message(_TEXT, name.encode())) for name in names.tolist()]
    size = np.array([len(text) for text in texts], np.int64)
    which = used % len(names)
    pool = np.frombuffer(b"".join(texts), np.uint8)
    octets = pool[ramp((np.cumsum(size) - size)[which], size[which])]
    constant = len(LEVEL_NUMBERS) if features.levels else 0
    ends = np.r_[0, np.cumsum(size[which])][first].tolist()
    return _Values(number - first[tile] + constant, octets.tobytes(), ends)


def _message(key: int, body: bytes) -> bytes:
    """A protobuf field that holds bytes."""
    size, octets = len(body), bytearray([key])
    while size > 0x7F:
        octets.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes(octets + bytes([size])) + body
