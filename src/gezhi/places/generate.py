"""Plausible grids for a city that has no polygons yet.

Everything here is invented except names, codes and centres.

A square lattice, one cell a grid, is shared among counties by distance, then cut by straight lines into
towns, villages and grids, each with as many cells as it has grids below it; then every corner and every
middle of a side is moved a little and the plane is stretched so that cells near the city's centre are
small. Neighbours share the very same points: no gap, no overlap. The same divisions and seed give the
same bytes.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gezhi.lib.codes import COUNTY, GRID, VILLAGE, child_code, parent_of
from gezhi.places.divisions import Division, full_names

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Point = tuple[float, float]

_KM2_A_GRID: Final = 0.8
_KM_A_DEGREE: Final = 111.2
_CORE: Final = 0.4  # side of a cell at the centre against the mean
_SPREAD: Final = 1.6
_CORNER, _MIDDLE = 0.2, 0.12  # largest move, in sides of a cell: shapes stay simple
_TURNS: Final = 200
_DIGITS: Final = "零一二三四五六七八九"


class NoCentre(Exception):
    """No centre is known for {code} or its counties: give one with --centre LON LAT."""

    def __init__(self, code: str) -> None:
        super().__init__((self.__doc__ or "").format(code=code))


@dataclass(frozen=True)
class Generated:
    """Grids and the outlines of everything above them that has grids."""

    code: str
    level: int
    name: str
    full_name: str
    shape: bytes  # WKB, WGS-84 degrees
    households: int | None


@dataclass(frozen=True)
class _Warp:
    """Lattice coordinates <-> degrees: radius = side * t * (core + (1 - core) * t / reach)."""

    lon: float
    lat: float
    side: float  # km
    reach: float  # lattice units

    def to_degrees(self, points: Floats) -> Floats:
        t = np.hypot(points[..., 0], points[..., 1])
        km = points * (self.side * (_CORE + (1 - _CORE) * t / self.reach))[..., None]
        narrow = _KM_A_DEGREE * np.cos(np.radians(self.lat))
        degrees = np.array([self.lon, self.lat]) + km / np.array([narrow, _KM_A_DEGREE])
        return np.asarray(np.round(degrees, 7))

    def to_lattice(self, degrees: Floats) -> Floats:
        narrow = _KM_A_DEGREE * np.cos(np.radians(self.lat))
        km = (degrees - np.array([self.lon, self.lat])) * np.array([narrow, _KM_A_DEGREE])
        r = np.hypot(km[:, 0], km[:, 1]) / self.side
        bend = (1 - _CORE) / self.reach
        t = (np.sqrt(_CORE**2 + 4 * bend * r) - _CORE) / (2 * bend)
        return np.asarray(km * (t / np.maximum(r * self.side, 1e-9))[:, None])


@dataclass(frozen=True)
class _Land:
    tree: Mapping[str, list[str]]
    capacity: Mapping[str, int]  # cells that each place needs
    homes: dict[str, Ints]  # village -> its cells


def known_centres() -> dict[str, Point]:
    """Centres of counties, WGS-84, rounded to about 100 m, from public gazetteers."""
    with (files("gezhi.places") / "data" / "centres.csv").open(encoding="utf-8") as file:
        return {row["code"]: (float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)}


def generate(
    divisions: Sequence[Division],
    city: str,
    seed: int,
    centres: Mapping[str, Point],
    centre: Point | None = None,
) -> list[Generated]:
    """Places by code, for a city or county. `centres` of counties are used where known; what has none lies
    in a spiral around `centre`, or else around the place's own.
    """
    rng = np.random.default_rng(seed)
    tree = _children(divisions, city)
    sizes = _sizes(divisions, rng)
    capacity = _capacities(tree, city, sizes)
    warp = _warp(
        city, capacity[city], [centres[c] for c in (*tree.get(city, []), city) if c in centres], centre
    )
    spots = _spots(tree.get(city, []), capacity, centres, warp)
    cells = _footprint(capacity[city], np.array([spots[c] for c in spots]), [capacity[c] for c in spots])
    land = _Land(tree, capacity, {})
    county = _share(cells, np.array(list(spots.values())), np.array([capacity[c] for c in spots]))
    for at, code in enumerate(spots):
        _settle(code, np.flatnonzero(county == at), cells, land)
    return _places(divisions, land.homes, _shapes(cells, warp, rng), rng)


def _children(divisions: Sequence[Division], city: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for division in divisions:
        parent = parent_of(division.code)
        if parent is not None and division.code != city:
            found.setdefault(parent, []).append(division.code)
    return found


def _sizes(divisions: Sequence[Division], rng: np.random.Generator) -> dict[str, int]:
    """Grids of each village: 3 or 4 in the country, 4 to 6 where residents' committees are."""
    villages = [d for d in divisions if d.level == VILLAGE]
    draws = rng.random(len(villages))
    return {
        d.code: 3 + int(draw * 2) if d.name.endswith(("村委会", "村民委员会")) else 4 + int(draw * 3)
        for d, draw in zip(villages, draws, strict=True)
    }


def _capacities(tree: Mapping[str, list[str]], city: str, sizes: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}

    def count(code: str) -> int:
        found[code] = sizes[code] if code in sizes else sum(count(child) for child in tree.get(code, ()))
        return found[code]

    count(city)
    return found


def _warp(city: str, grids: int, known: Sequence[Point], centre: Point | None) -> _Warp:
    if centre is None and not known:
        raise NoCentre(city)
    lon, lat = centre or known[0]
    return _Warp(lon, lat, _KM2_A_GRID**0.5, _SPREAD * (grids / np.pi) ** 0.5)


def _spots(
    counties: Sequence[str], capacity: Mapping[str, int], centres: Mapping[str, Point], warp: _Warp
) -> dict[str, Point]:
    """A place in the lattice for each county that has grids."""
    wanted = [code for code in counties if capacity[code]]
    golden = np.pi * (3 - 5**0.5)
    step = (sum(capacity[c] for c in wanted) / max(len(wanted), 1) / np.pi) ** 0.5
    spots: dict[str, Point] = {}
    for turn, code in enumerate(wanted):
        radius = step * (2 * turn) ** 0.5
        point = np.array([[radius * np.cos(turn * golden), radius * np.sin(turn * golden)]])
        if code in centres:
            point = warp.to_lattice(np.array([centres[code]]))
        spots[code] = (float(point[0, 0]), float(point[0, 1]))
    return spots


def _footprint(grids: int, spots: Floats, capacities: Sequence[int]) -> Ints:
    """The cells (x, y) nearest to the counties' centres, each county reaching as far as its size."""
    reach = int((grids / np.pi) ** 0.5 * 3 + np.abs(spots).max()) + 2
    axis = np.arange(-reach, reach, dtype=np.int64)
    cells = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    middle = spots.mean(axis=0)
    score = 0.3 * np.hypot(*(cells - middle).T) / grids**0.5
    nearest = np.full(len(cells), np.inf)
    for spot, size in zip(spots, capacities, strict=True):
        nearest = np.minimum(nearest, np.hypot(*(cells - spot).T) / size**0.5)
    return cells[np.sort(np.argsort(score + nearest, kind="stable")[:grids])]


def _share(cells: Ints, spots: Floats, capacities: Ints) -> Ints:
    """The county of each cell: near its centre, every county exactly as many cells as it needs.

    Distances carry a handicap a county, raised and lowered until the numbers nearly fit; the rest moves
    where it costs least. Around each centre some ground is never given away.
    """
    distance = np.hypot(*(cells[:, None, :] - spots[None, :, :]).transpose(2, 0, 1))
    between = np.hypot(*(spots[:, None, :] - spots[None, :, :]).transpose(2, 0, 1))
    nearest = np.where(between > 0, between, np.inf).min(axis=1, initial=1e9)
    distance = np.where(distance < 0.45 * nearest, -1e6, distance)
    handicap = np.zeros(len(spots))
    step = 4.0 * distance.max() / len(cells)
    for turn in range(_TURNS):
        county = np.argmin(distance + handicap, axis=1)
        surplus = np.bincount(county, minlength=len(spots)) - capacities
        handicap += surplus * step * (1 - turn / _TURNS)
    return _evened(county, distance + handicap, capacities)


def _evened(county: Ints, cost: Floats, capacities: Ints) -> Ints:
    """Moves single cells from counties with too many to counties with too few."""
    county = county.copy()
    while True:
        surplus = np.bincount(county, minlength=len(capacities)) - capacities
        if not surplus.any():
            return county
        poor = np.flatnonzero(surplus < 0)
        movable = np.flatnonzero(surplus[county] > 0)
        regret = cost[movable][:, poor] - cost[movable, county[movable]][:, None]
        cell, target = np.unravel_index(np.argmin(regret), regret.shape)
        county[movable[cell]] = poor[target]


def _settle(code: str, mine: Ints, cells: Ints, land: _Land) -> None:
    """Gives each child of `code` its share of the cells, down to the villages, which `homes` collects."""
    children = [child for child in land.tree.get(code, ()) if land.capacity[child]]
    if not children:
        land.homes[code] = mine
        return
    for child, share in _bisect(children, mine, cells, land.capacity):
        _settle(child, share, cells, land)


def _bisect(nodes: list[str], mine: Ints, cells: Ints, capacity: Mapping[str, int]) -> list[tuple[str, Ints]]:
    """Halves nodes and cells along one axis until each node has as many cells as its capacity."""
    if len(nodes) == 1:
        return [(nodes[0], mine)]
    where = cells[mine]
    axis = int(np.ptp(where[:, 0]) < np.ptp(where[:, 1]))
    sums = np.cumsum([capacity[node] for node in nodes])
    cut = int(np.argmin(np.abs(sums[:-1] - sums[-1] / 2))) + 1
    order = mine[np.lexsort((where[:, 1 - axis], where[:, axis]))]
    low, high = order[: sums[cut - 1]], order[sums[cut - 1] :]
    return [*_bisect(nodes[:cut], low, cells, capacity), *_bisect(nodes[cut:], high, cells, capacity)]


def _shapes(cells: Ints, warp: _Warp, rng: np.random.Generator) -> NDArray[np.object_]:
    """One octagon a cell: corners and middles of sides from one jittered mesh at half steps."""
    origin = cells.min(axis=0)
    columns, rows = cells.max(axis=0) - origin + 1
    half = np.stack(np.meshgrid(np.arange(2 * columns + 1), np.arange(2 * rows + 1)), axis=-1)
    corner = (half % 2 == 0).all(axis=-1, keepdims=True)
    moves = rng.uniform(-1.0, 1.0, half.shape) * np.where(corner, _CORNER, _MIDDLE)
    mesh = warp.to_degrees(origin + half / 2 + moves)
    ring = np.array([(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1), (0, 0)])
    at = (cells - origin)[:, None, :] * 2 + ring
    found: NDArray[np.object_] = shapely.polygons(mesh[at[..., 1], at[..., 0]])
    return found


def _places(
    divisions: Sequence[Division],
    homes: Mapping[str, Ints],
    shapes: NDArray[np.object_],
    rng: np.random.Generator,
) -> list[Generated]:
    names = {d.code: d.name for d in divisions}
    spoken = full_names(divisions)
    outlines: dict[str, list[object]] = {}
    found: list[Generated] = []
    for village, mine in sorted(homes.items()):
        for number, (cell, homes_here) in enumerate(
            zip(mine, rng.integers(200, 501, len(mine)), strict=True), 1
        ):
            name = f"第{chinese_number(number)}网格"
            code, wkb = child_code(village, number), shapely.to_wkb(shapes[cell])
            found.append(Generated(code, GRID, name, spoken[village] + name, wkb, int(homes_here)))
        outlines[village] = list(shapes[mine])
    for code, outline in _outlines(outlines):
        level = Division(code, "").level
        found.append(Generated(code, level, names[code], spoken[code], shapely.to_wkb(outline), None))
    return sorted(found, key=lambda place: place.code)


def _outlines(parts: Mapping[str, list[object]]) -> list[tuple[str, object]]:
    """The union of each place's grids, level by level up to the city."""
    found: list[tuple[str, object]] = []
    while parts:
        unions = [(code, shapely.coverage_union_all(shapes)) for code, shapes in sorted(parts.items())]
        found += unions
        above: dict[str, list[object]] = {}
        for code, outline in unions:
            parent = parent_of(code)
            if parent is not None and Division(code, "").level >= COUNTY:
                above.setdefault(parent, []).append(outline)
        parts = above
    return found


def chinese_number(number: int) -> str:
    """1..99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones or not tens else "")
