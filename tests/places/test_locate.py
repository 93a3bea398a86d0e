"""Points -> places: exact on borders, the same in any order, the finest level first."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely

from gezhi.places import raster, snapshot
from gezhi.places.locate import Locator

STEP = 10_000  # units; wider than the tolerance for cracks
LON, LAT = 121.0, 29.0


def degrees(x: float, y: float) -> tuple[float, float]:
    return LON + x * STEP / raster.UNITS, LAT + y * STEP / raster.UNITS


def polygon(
    *corners: tuple[float, float], holes: tuple[tuple[tuple[float, float], ...], ...] = ()
) -> shapely.Polygon:
    return shapely.Polygon([degrees(*c) for c in corners], [[degrees(*c) for c in hole] for hole in holes])


def square(x: float, y: float, size: float) -> shapely.Polygon:
    return polygon((x, y), (x + size, y), (x + size, y + size), (x, y + size))


def locator(**shapes: shapely.Geometry) -> Locator:
    """g... are grids, v... villages."""
    levels = [5 if name.startswith("g") else 4 for name in shapes]
    return Locator.of(list(shapes), levels, np.array(list(shapes.values()), dtype=object))


def at(where: Locator, x: float, y: float) -> str:
    return where.locate_one(*degrees(x, y))


def test_a_point_on_a_shared_border_belongs_to_exactly_one_grid() -> None:
    where = locator(ga=square(0, 0, 10), gb=square(10, 0, 10), gc=square(0, 10, 10), gd=square(10, 10, 10))
    assert [at(where, *p) for p in [(5, 5), (10, 5), (5, 10), (10, 10), (0, 0)]] == [
        "ga",
        "gb",
        "gc",
        "gd",
        "ga",
    ]


def test_outside_every_polygon_is_the_empty_code() -> None:
    where = locator(ga=square(0, 0, 10))
    assert at(where, 10.5, 5) == ""
    assert where.locate_one(-71.06, 42.36) == ""
    assert where.locate([0.0], [0.0]).levels.tolist() == [-1]


@pytest.mark.parametrize(("lon", "lat"), [(np.nan, 29.0), (121.0, np.inf), (1e300, 29.0), (121.0, -91.0)])
def test_what_is_no_position_is_outside(lon: float, lat: float) -> None:
    assert locator(ga=square(0, 0, 10)).locate_one(lon, lat) == ""


def test_holes_and_islands_are_respected() -> None:
    ring = polygon((0, 0), (30, 0), (30, 30), (0, 30), holes=(((10, 10), (20, 10), (20, 20), (10, 20)),))
    where = locator(ga=shapely.MultiPolygon([ring, square(40, 0, 5)]), gb=square(12, 12, 2))
    assert [at(where, *p) for p in [(5, 5), (15, 19), (13, 13), (42, 2), (35, 2)]] == [
        "ga",
        "",
        "gb",
        "ga",
        "",
    ]


def test_the_finest_level_answers_and_coarser_ones_fill_in() -> None:
    where = locator(va=square(0, 0, 40), ga=square(0, 0, 10))
    assert [at(where, 5, 5), at(where, 20, 20)] == ["ga", "va"]
    assert where.locate(*np.transpose([degrees(5, 5), degrees(20, 20)])).levels.tolist() == [5, 4]


def test_where_grids_overlap_the_lowest_code_wins_in_any_order() -> None:
    shapes = {"gb": square(0, 0, 10), "ga": square(5, 0, 10)}
    assert at(locator(**shapes), 7, 5) == "ga"
    assert at(locator(**dict(reversed(shapes.items()))), 7, 5) == "ga"


def test_a_real_grid_answers_before_a_simulated_one() -> None:
    shapes = np.array([square(0, 0, 10), square(5, 0, 10)])
    where = Locator(raster.build(["ga", "gb"], [5, 5], shapes, [True, False]))
    assert [at(where, 7, 5), at(where, 2, 5)] == ["gb", "ga"]


def test_a_crack_narrower_than_the_tolerance_belongs_to_a_neighbour() -> None:
    narrow, wide = 0.05, 0.3  # 500 and 3,000 units; the tolerance is 1,000 to either side
    sides = {"va": square(-50, -50, 150), "ga": square(0, 0, 10)}
    assert at(locator(gb=square(10 + narrow, 0, 10), **sides), 10 + narrow / 2, 5) == "ga"
    assert at(locator(gb=square(10 + wide, 0, 10), **sides), 10 + wide / 2, 5) == "va"


def test_a_long_border_is_cut_the_same_way_for_both_sides() -> None:
    west = shapely.Polygon([(110, 20), (110.3, 20), (113.7, 29.9), (110, 30)])
    east = shapely.Polygon([(110.3, 20), (118, 20), (118, 30), (113.7, 29.9)])
    where = Locator.of(["g1", "g2"], [5, 5], np.array([west, east]))
    x = np.linspace(110.31, 113.69, 5000)
    y = 20 + (x - 110.3) * 9.9 / 3.4
    assert set(where.locate(x, y).codes) == {"g1", "g2"}
    assert set(where.locate(x - 1e-5, y).codes) == {"g1"}
    assert set(where.locate(x + 1e-5, y).codes) == {"g2"}


def star(chance: np.random.Generator) -> shapely.Polygon:
    """A polygon with corners on the lattice, often touching others exactly."""
    angles = np.sort(chance.uniform(0, 2 * np.pi, chance.integers(3, 12)))
    radii = chance.uniform(2, 25, len(angles))
    centre = chance.integers(0, 60, 2)
    corners = np.rint(centre + np.column_stack([radii * np.cos(angles), radii * np.sin(angles)]))
    return shapely.make_valid(polygon(*corners.tolist()))


def edges_of(shape: shapely.Geometry) -> list[tuple[int, int, int, int]]:
    found = []
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            units = raster.to_units(shapely.get_coordinates(ring)).tolist()
            found += [
                (*min(a, b, key=lambda p: p[1]), *max(a, b, key=lambda p: p[1])) for a, b in pairwise(units)
            ]
    return [edge for edge in found if edge[1] != edge[3]]


def holds(edges: list[tuple[int, int, int, int]], x: int, y: int) -> bool:
    """The even-odd rule in Python's own whole numbers."""
    return (
        sum(y1 <= y < y2 and (x2 - x1) * (y - y1) <= (x - x1) * (y2 - y1) for x1, y1, x2, y2 in edges) % 2
        == 1
    )


@pytest.mark.parametrize("seed", range(12))
def test_answers_equal_a_plain_even_odd_test(seed: int) -> None:
    chance = np.random.default_rng(seed)
    made = [(star(chance), int(chance.integers(4, 6))) for _ in range(14)]
    shapes = {f"{n:02d}": (s, level) for n, (s, level) in enumerate(made) if s.geom_type.endswith("Polygon")}
    where = Locator.of(
        list(shapes), [v for _, v in shapes.values()], np.array([s for s, _ in shapes.values()])
    )
    order = sorted(shapes, key=lambda code: (-shapes[code][1], code))
    edges = {code: edges_of(shapes[code][0]) for code in order}
    lattice = np.array([(x, y) for x in range(-5, 66, 3) for y in range(-5, 66, 3)], dtype=float)
    spots = np.vstack([lattice, chance.uniform(-5, 65, (600, 2))])
    lon, lat = LON + spots[:, 0] * STEP / raster.UNITS, LAT + spots[:, 1] * STEP / raster.UNITS
    units = np.column_stack([raster.to_units(lon), raster.to_units(lat)]).tolist()
    expected = [next((code for code in order if holds(edges[code], *p)), "") for p in units]
    found = where.locate(lon, lat).codes
    reach = 1.5 * raster.SNAP / raster.UNITS
    for code, truth, point in zip(found, expected, shapely.points(lon, lat), strict=True):
        near = code != truth and code != "" and shapely.distance(shapes[code][0], point) < reach
        assert code == truth or (near and (truth == "" or shapes[code][1] > shapes[truth][1]))


def test_the_batch_and_its_order_do_not_matter() -> None:
    chance = np.random.default_rng(5)
    shapes = np.array([square(x * 7, y * 7, 7) for x in range(20) for y in range(20)])
    where = Locator.of([f"{n:04d}" for n in range(400)], [5] * 400, shapes)
    lon, lat = np.transpose([degrees(*p) for p in chance.integers(0, 141, (10_000, 2))])
    whole = where.locate(lon, lat).index
    shuffled = chance.permutation(len(lon))
    assert (where.locate(lon[shuffled], lat[shuffled]).index == whole[shuffled]).all()
    assert [where.locate_one(x, y) for x, y in zip(lon[:200], lat[:200], strict=True)] == where.locate(
        lon, lat
    ).codes[:200]


def test_lists_of_two_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        locator(ga=square(0, 0, 1)).locate([1.0, 2.0], [1.0])


def test_neighbours_are_of_the_same_level() -> None:
    where = locator(ga=square(0, 0, 10), gb=square(10, 0, 10), gc=square(50, 50, 5), va=square(0, 0, 60))
    assert where.near("ga") == ["gb"]
    assert where.near("nowhere") == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shapes = np.array([square(0, 0, 10), square(10, 0, 10)])
    return snapshot.write(raster.build(["ga", "gb"], [5, 5], shapes), tmp_path / "snapshot")


def test_a_snapshot_answers_like_the_arrays_it_was_made_of(folder: Path) -> None:
    snapshot.verify(folder)
    assert at(Locator.open(folder), 12, 3) == "gb"
    assert [entry.name for entry in folder.parent.iterdir()] == ["snapshot"]


def test_writing_again_leaves_the_snapshot_as_it_is(folder: Path) -> None:
    before = (folder / snapshot.MANIFEST).stat().st_mtime_ns
    snapshot.write(raster.build(["gx"], [5], np.array([square(0, 0, 1)])), folder)
    assert (folder / snapshot.MANIFEST).stat().st_mtime_ns == before


def test_a_cut_file_is_refused_when_opened(folder: Path) -> None:
    path = folder / "edges.npy"
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(snapshot.SnapshotError, match=r"edges\.npy has \d+ bytes"):
        Locator.open(folder)


def test_a_changed_byte_is_found_by_its_digest(folder: Path) -> None:
    path = folder / "edges.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(snapshot.SnapshotError, match=r"edges\.npy differs"):
        snapshot.verify(folder)


def test_a_folder_without_manifest_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(snapshot.SnapshotError, match="gezhi places snapshot"):
        Locator.open(tmp_path)


def test_only_the_newest_snapshots_stay(folder: Path) -> None:
    arrays = raster.build(["gx"], [5], np.array([square(0, 0, 1)]))
    newest = snapshot.write(arrays, folder.parent / "newest")
    (newest / snapshot.MANIFEST).parent.touch()
    snapshot.prune(folder.parent, keep=1)
    assert [f.name for f in folder.parent.iterdir()] == ["newest"]


def test_empty_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="no empty ones"):
        raster.build(["ga"], [5], np.array([shapely.Polygon()]))
