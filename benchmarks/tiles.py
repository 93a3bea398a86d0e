"""Vector tiles of 105,000 grids in four levels: cutting all of them, their size, serving one, and writing one.

One JSON line each. The city is drawn twice, as dense as a town (grids of 130 m) and as wide as a province
(550 m, 34,000 tiles). The peer for writing is mapbox-vector-tile with the same shapes in the same run.
"""

import http.client
import random
import resource
import threading
import time
from pathlib import Path

import _node
import locate
import mapbox_vector_tile
import numpy as np
import shapely
from pmtiles.reader import MmapSource, all_tiles
from shapely.geometry.base import BaseGeometry

from gezhi.lib.codes import GRID
from gezhi.places.tiles import archive, drawing, pyramid
from gezhi.places.tiles.cutting import cut
from gezhi.places.tiles.encoding import Features, encoded
from gezhi.places.tiles.outlines import Areas, areas_by_level

STEPS = {"dense": 0.00117, "wide": 0.005}  # degrees from grid to grid
LIMITS = {12: 180, 13: 60}  # kB
REQUESTS = 1000
AT_ONCE = 6  # connections of one browser
PEER_ZOOM, PEER_TILES = 14, 20
Sizes = dict[tuple[int, int, int], int]


def main() -> None:
    folder = _node.start()
    for name, step in STEPS.items():
        shapes = _city(step)
        sizes = _cut(name, shapes, folder / "tiles" / f"{name}.pmtiles")
        if name == "dense":
            for zoom, limit in LIMITS.items():
                largest = max(size for at, size in sizes.items() if at[0] == zoom) / 1000
                _node.tell(f"tiles_largest_z{zoom}", largest, "kB gzipped", "required", limit)
            _beside_peer(shapes)
        _serve(name, sizes, folder)


def _city(step: float) -> dict[str, BaseGeometry]:
    """Sixteen counties of 25 towns of 36 villages of nine grids, cut off at the edges."""
    locate.STEP = step
    shapes = locate.grids(np.random.default_rng(1))
    rows, columns = np.divmod(np.arange(len(shapes)), locate.SIDE)
    sides = (
        (90, 4, 4),
        (18, 5, 5),
        (3, 6, 6),
        (1, 3, 3),
    )  # of a county, town, village, grid; how many in each
    numbers = [rows // side % many * across + columns // side % across + 1 for side, many, across in sides]
    codes = (f"3302{a:02d}{b:03d}{c:03d}{d:03d}" for a, b, c, d in zip(*numbers, strict=True))
    return dict(zip(codes, shapes, strict=True))


def _cut(name: str, shapes: dict[str, BaseGeometry], path: Path) -> Sizes:
    names = {code: f"{code[4:12]}社区" for code in {code[:12] for code in shapes}}
    names |= {code: f"第{code[-3:]}网格" for code in shapes}
    begin, worked = time.perf_counter(), time.process_time()
    areas = areas_by_level(shapes, names)
    west, south, east, north = shapely.total_bounds(list(shapes.values())).tolist()
    count = archive.write(pyramid.pyramid(areas), (west, south, east, north), pyramid.layers_told(), path)
    spent = time.perf_counter() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    cpu, size = round(time.process_time() - worked, 1), round(path.stat().st_size / 1e6, 1)
    facts = {"cpu_s": cpu, "grids": len(shapes), "tiles": count, "mb": size, "peak_memory_mb": memory}
    _node.tell(f"tiles_cut_{name}", spent, "s", "required", 30, **facts)
    with path.open("rb") as file:
        return {at: len(data) for at, data in all_tiles(MmapSource(file))}


def _beside_peer(shapes: dict[str, BaseGeometry]) -> None:
    """Writing the grids of the same tiles; both begin with shapes in units of the zoom."""
    areas: Areas = areas_by_level(shapes, {})[GRID]
    fine = drawing.drawn(shapely.transform(areas.shapes, drawing.on_plane), PEER_ZOOM)
    ids = np.array([int(code) for code in areas.codes])
    begin = time.perf_counter()
    count = len(list(encoded(cut(fine), Features("grid", ids))))
    ours = (time.perf_counter() - begin) / count
    pieces = cut(fine)
    tiles = sorted(set(zip(pieces.column.tolist(), pieces.row.tolist(), strict=True)))
    chosen = random.Random(1).sample(tiles, PEER_TILES)
    layers = [
        _peer_layer(pieces.shapes, pieces.shape[here], at) for at in chosen for here in [_at(pieces, at)]
    ]
    begin = time.perf_counter()
    for layer in layers:
        mapbox_vector_tile.encode(layer, default_options={"y_coord_down": True})
    peer = (time.perf_counter() - begin) / PEER_TILES
    _node.tell("tiles_write", ours * 1000, "ms a tile", "mapbox-vector-tile in the same run", peer * 1000)


def _at(pieces: object, at: tuple[int, int]) -> np.ndarray:
    return np.flatnonzero((pieces.column == at[0]) & (pieces.row == at[1]))  # type: ignore[attr-defined]


def _peer_layer(shapes: np.ndarray, here: np.ndarray, at: tuple[int, int]) -> dict[str, object]:
    corner = np.array(at) * drawing.EXTENT
    moved = shapely.transform(shapes[here], lambda points: points - corner)
    features = [{"geometry": shape, "properties": {}, "id": n} for n, shape in enumerate(moved)]
    return {"name": "grid", "features": features}


def _serve(name: str, sizes: Sizes, folder: Path) -> None:
    """A server of two processes; a browser's six connections ask for tiles of all zooms."""
    with _node.serving(folder, "--no-worker") as port:
        _ask(port, name, sizes, 50)
        for connections in (1, AT_ONCE):
            times = np.array(_ask(port, name, sizes, REQUESTS, connections)) * 1000
            middle, late = np.percentile(times, [50, 95])
            facts = {"connections": connections, "p50_ms": round(float(middle), 2)}
            _node.tell(f"tiles_served_{name}", float(late), "ms p95", "required", 10, **facts)


def _ask(port: int, name: str, sizes: Sizes, count: int, connections: int = 1) -> list[float]:
    chance, every = random.Random(2), sorted(sizes)
    asked = [chance.choice(every) for _ in range(count)]
    times: list[float] = []

    def ask(mine: list[tuple[int, int, int]]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for zoom, column, row in mine:
            begin = time.perf_counter()
            connection.request("GET", f"/tiles/{name}/{zoom}/{column}/{row}.mvt")
            answer = connection.getresponse()
            body = answer.read()
            times.append(time.perf_counter() - begin)
            assert answer.status == 200, answer.status
            assert len(body) == sizes[zoom, column, row]

    threads = [threading.Thread(target=ask, args=(asked[at::connections],)) for at in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(times) == count
    return times


if __name__ == "__main__":
    main()
