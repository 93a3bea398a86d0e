"""Polygons -> arrays that answer points. Exact: coordinates are whole numbers of 1e-9 degree (0.1 mm).

The plane is cut into square cells. A cell that one polygon covers answers at once; a cell with borders
keeps, in order of rank (finest level first, real before simulated, then lowest code), each polygon with
the few edges that a ray from inside the cell towards the west can meet. Edges that the ray always
crosses are folded into a parity bit. A polygon owns its western and southern borders and not its eastern
and northern ones: a point on a shared border has one owner.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

Int8 = NDArray[np.int8]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Bools = NDArray[np.bool_]
Shapes = NDArray[np.object_]

UNITS: Final = 1_000_000_000  # in a degree
SNAP: Final = 1000  # units, 0.1 m: a point in a crack this narrow belongs to a neighbour
_CELLS_PER_SHAPE: Final = 64
_CELLS: Final = (1 << 16, 1 << 24)
_SPAN: Final = 90 * UNITS
_LONGEST: Final = 2 * UNITS  # of an edge: products of two such lengths fit int64
_CHUNK: Final = 2_000_000


@dataclass(frozen=True)
class Arrays:
    """What a snapshot stores. Shapes: n places, c cells, l bordered cells, p (cell, place) pairs, e edges."""

    codes: NDArray[np.bytes_]  # n, in order of rank
    levels: Int8  # n
    boxes: Int64  # n x 4: west, south, east, north
    middles: Int64  # n x 2: a point inside each
    frame: Int64  # west, south, shift, columns, rows
    cells: Int32  # c: 0 nothing, +(place + 1) covered, -(list + 1) bordered
    list_start: Int32  # l + 1, into pairs
    list_cover: Int32  # l: place + 1 that covers the cell behind its pairs, 0 none
    pair_place: Int32  # p
    pair_parity: Int8  # p
    pair_start: Int32  # p + 1, into refs
    refs: Int32  # into edges
    edges: Int64  # e x 4: x1, y1, x2, y2 with y1 < y2


@dataclass(frozen=True)
class _Heads:
    """What is stored of each place beside its edges."""

    codes: NDArray[np.bytes_]
    levels: Int8
    boxes: Int64
    middles: Int64


@dataclass(frozen=True)
class _Frame:
    west: int
    south: int
    shift: int
    columns: int
    rows: int


@dataclass(frozen=True)
class _Edges:
    ends: Int64  # e x 4, y1 <= y2
    place: Int32


@dataclass(frozen=True)
class _Items:
    """One edge in one row of cells, sorted by (place, row); first..last are the columns it may touch."""

    edge: Int64
    first: Int64
    last: Int64
    spans: Bools  # crosses the whole row from bottom to top
    based: Bools  # crosses the row's bottom line
    flat: Bools  # horizontal: marks cells, is never tested
    group: Int64


@dataclass(frozen=True)
class _Groups:
    """All items of one place in one row."""

    place: Int64
    row: Int64
    first: Int64
    last: Int64
    start: Int64
    count: Int64


@dataclass(frozen=True)
class _Pairs:
    cell: Int64
    place: Int64
    parity: Int8
    count: Int64
    edges: Int64


def ramp(starts: Int64, counts: Int64) -> Int64:
    """start, start + 1, ... for each of the runs, one after another."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.asarray(np.arange(total, dtype=np.int64) + np.repeat(starts - (ends - counts), counts))


def to_units(degrees: NDArray[np.float64]) -> Int64:
    return np.asarray(np.rint(degrees * UNITS), dtype=np.int64)


def build(
    codes: Sequence[str], levels: Sequence[int], shapes: Shapes, simulated: Sequence[bool] = ()
) -> Arrays:
    """Shapes: polygons or multipolygons in degrees, spanning under 90 degrees; empty ones are refused.

    Within a level, real shapes answer before simulated ones.
    """
    invented = np.asarray(simulated or [False] * len(codes), dtype=np.bool_)
    rank = np.lexsort((np.array(codes, dtype="S16"), invented, -np.asarray(levels, dtype=np.int64)))
    ordered = np.asarray(shapes, dtype=object)[rank]
    edges, boxes = _edges_of(ordered)
    frame = _frame_of(boxes)
    items, groups = _items_of(edges, frame)
    cover = np.zeros(frame.columns * frame.rows, dtype=np.int32)
    parts = [_fill(chunk, items, groups, frame, cover) for chunk in _chunks(groups)]
    names = np.array(codes, dtype="S16")[rank]
    heads = _Heads(names, np.asarray(levels, np.int8)[rank], boxes, to_units(middles(ordered)))
    return _assemble(heads, frame, edges, cover, parts)


def middles(shapes: Shapes) -> NDArray[np.float64]:
    """n x 2, a point inside each: its centroid where that lies inside."""
    points = shapely.centroid(shapes)
    outside = ~shapely.contains_properly(shapes, points)
    points[outside] = shapely.point_on_surface(shapes[outside])
    return np.asarray(shapely.get_coordinates(points), np.float64)


def _edges_of(shapes: Shapes) -> tuple[_Edges, Int64]:
    if len(shapes) == 0 or bool(np.any(shapely.is_empty(shapes))):
        raise ValueError("a snapshot needs at least one shape and no empty ones")
    parts, place_of_part = shapely.get_parts(shapes, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    units = to_units(points)
    boxes = to_units(shapely.bounds(shapes))
    if int((boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)).max()) > _SPAN:
        raise ValueError("the shapes span more than 90 degrees: check their coordinates")
    joined = np.hstack([units[:-1], units[1:]])[ring[:-1] == ring[1:]]
    place = place_of_part[part_of_ring[ring[:-1][ring[:-1] == ring[1:]]]]
    downward = joined[:, 1] > joined[:, 3]
    joined[downward] = joined[downward][:, [2, 3, 0, 1]]
    return _shortened(_Edges(joined, place.astype(np.int32))), boxes


def _shortened(edges: _Edges) -> _Edges:
    """Edges over _LONGEST in equal pieces; both neighbours of an edge get the same pieces."""
    size = np.abs(edges.ends[:, 2:] - edges.ends[:, :2])
    pieces = size.max(axis=1) // _LONGEST + 1
    if int(pieces.max()) == 1:
        return edges
    piece = ramp(np.zeros_like(pieces), pieces)[:, None]
    start, end = np.repeat(edges.ends[:, :2], pieces, axis=0), np.repeat(edges.ends[:, 2:], pieces, axis=0)
    whole = np.repeat(pieces, pieces)[:, None]
    cut, next_cut = (start + (end - start) * at // whole for at in (piece, piece + 1))
    return _Edges(np.hstack([cut, next_cut]), np.repeat(edges.place, pieces))


def _frame_of(boxes: Int64) -> _Frame:
    west, south = (int(v) for v in boxes[:, :2].min(axis=0))
    east, north = (int(v) for v in boxes[:, 2:].max(axis=0))
    limit = min(max(_CELLS_PER_SHAPE * len(boxes), _CELLS[0]), _CELLS[1])
    shift = 4
    while (((east - west) >> shift) + 1) * (((north - south) >> shift) + 1) > limit:
        shift += 1
    return _Frame(west, south, shift, ((east - west) >> shift) + 1, ((north - south) >> shift) + 1)


def _items_of(edges: _Edges, frame: _Frame) -> tuple[_Items, _Groups]:
    ends = edges.ends
    low = (ends[:, 1] - frame.south) >> frame.shift
    high = (np.maximum(ends[:, 3] - 1, ends[:, 1]) - frame.south) >> frame.shift
    edge = np.repeat(np.arange(len(ends)), high - low + 1)
    row = ramp(low, high - low + 1)
    order = np.argsort(edges.place[edge].astype(np.int64) * frame.rows + row, kind="stable")
    edge, row = edge[order], row[order]
    x1, y1, x2, y2 = ends[edge].T
    bottom = frame.south + (row << frame.shift)
    top = bottom + (1 << frame.shift)
    first, last = _columns(x1, y1, x2, y2, bottom, top, frame)
    key = edges.place[edge].astype(np.int64) * frame.rows + row
    start = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    groups = _Groups(
        place=key[start] // frame.rows, row=key[start] % frame.rows,
        first=np.minimum.reduceat(first, start), last=np.maximum.reduceat(last, start),
        start=start, count=np.diff(np.r_[start, len(key)]),
    )  # fmt: skip
    flat, based = y1 == y2, (y1 <= bottom) & (bottom < y2)
    group = np.repeat(np.arange(len(start)), groups.count)
    return _Items(edge, first, last, (y1 <= bottom) & (y2 >= top), based, flat, group), groups


def _columns(
    x1: Int64, y1: Int64, x2: Int64, y2: Int64, bottom: Int64, top: Int64, frame: _Frame
) -> tuple[Int64, Int64]:
    """First and last column that each edge can touch between bottom and top, one unit generous."""
    slope = (x2 - x1) / np.maximum(y2 - y1, 1)
    at_low = x1 + slope * (np.maximum(y1, bottom) - y1)
    at_high = np.where(y1 == y2, x2, x1 + slope * (np.minimum(y2, top) - y1))
    left = np.floor(np.minimum(at_low, at_high)).astype(np.int64) - 1 - frame.west
    right = np.ceil(np.maximum(at_low, at_high)).astype(np.int64) + 1 - frame.west
    last_column = frame.columns - 1
    return np.clip(left >> frame.shift, 0, last_column), np.clip(right >> frame.shift, 0, last_column)


def _chunks(groups: _Groups) -> Iterator[slice]:
    """Runs of groups with a bounded number of cells, so that memory stays bounded."""
    ends = np.cumsum(groups.last - groups.first + 1)
    begin = 0
    while begin < len(ends):
        done = int(ends[begin - 1]) if begin else 0
        end = max(int(np.searchsorted(ends, done + _CHUNK, side="right")), begin + 1)
        yield slice(begin, end)
        begin = end


def _fill(chunk: slice, items: _Items, groups: _Groups, frame: _Frame, cover: Int32) -> _Pairs:
    """Marks covered cells in `cover` and returns the bordered ones with their edges."""
    width = groups.last[chunk] - groups.first[chunk] + 1
    base = np.cumsum(width) - width
    size = int(width.sum())
    last = chunk.stop - 1
    mine = slice(int(groups.start[chunk.start]), int(groups.start[last] + groups.count[last]))
    group = items.group[mine] - chunk.start
    origin = base[group] - groups.first[chunk][group]
    begin, end = items.first[mine] + origin, items.last[mine] + 1 + origin
    touched = (np.cumsum(_tally(begin, size) - _tally(end, size)) > 0)[:size]
    inside = (np.cumsum(_tally(end[items.based[mine]], size)) & 1 == 1)[:size]
    owner = np.repeat(np.arange(len(width)), width)
    cell = (groups.row[chunk] * frame.columns + groups.first[chunk] - base)[owner] + np.arange(size)
    place = groups.place[chunk][owner]
    _cover(cover, cell[inside & ~touched], place[inside & ~touched])
    earlier = cover[cell]
    bordered = np.flatnonzero(touched & ((earlier == 0) | (earlier > place)))
    column = cell[bordered] - groups.row[chunk][owner[bordered]] * frame.columns
    return _pairs(cell[bordered], place[bordered], column, owner[bordered] + chunk.start, items, groups)


def _tally(positions: Int64, size: int) -> Int64:
    return np.bincount(positions, minlength=size + 1)


def _cover(cover: Int32, cell: Int64, place: Int64) -> None:
    """The lowest place wins: written last within the chunk, never over an earlier chunk."""
    free = cover[cell] == 0
    cover[cell[free][::-1]] = (place[free][::-1] + 1).astype(np.int32)


def _pairs(cell: Int64, place: Int64, column: Int64, group: Int64, items: _Items, groups: _Groups) -> _Pairs:
    count = groups.count[group]
    item = ramp(groups.start[group], count)
    pair = np.repeat(np.arange(len(cell)), count)
    here = column[pair]
    crossed = (items.last[item] < here) & items.spans[item]
    kept = (items.first[item] <= here) & ~crossed & ~items.flat[item]
    parity = (np.bincount(pair[crossed], minlength=len(cell)) & 1).astype(np.int8)
    kept_count = np.bincount(pair[kept], minlength=len(cell))
    useful = (parity == 1) | (kept_count > 0)
    return _Pairs(cell[useful], place[useful], parity[useful], kept_count[useful], items.edge[item[kept]])


def _assemble(heads: _Heads, frame: _Frame, edges: _Edges, cover: Int32, parts: list[_Pairs]) -> Arrays:
    cell = np.concatenate([p.cell for p in parts])
    count = np.concatenate([p.count for p in parts])
    order = np.argsort(cell, kind="stable")
    starts = (np.cumsum(count) - count)[order]
    refs = np.concatenate([p.edges for p in parts])[ramp(starts, count[order])]
    cell = cell[order]
    first = np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]]) if len(cell) else np.zeros(0, np.int64)
    list_cover = cover[cell[first]]
    cover[cell[first]] = -1 - np.arange(len(first), dtype=np.int32)
    return Arrays(
        codes=heads.codes, levels=heads.levels, boxes=heads.boxes, middles=heads.middles,
        frame=np.array([frame.west, frame.south, frame.shift, frame.columns, frame.rows], dtype=np.int64),
        cells=cover, list_start=np.r_[first, len(cell)].astype(np.int32), list_cover=list_cover,
        pair_place=np.concatenate([p.place for p in parts])[order].astype(np.int32),
        pair_parity=np.concatenate([p.parity for p in parts])[order],
        pair_start=np.r_[0, np.cumsum(count[order])].astype(np.int32),
        refs=refs.astype(np.int32), edges=edges.ends,
    )  # fmt: skip
