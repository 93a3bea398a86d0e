"""Locating points among 105,000 grids: one JSON line each for speed, single points, opening and memory.

The peer is shapely's STRtree over the same polygons with a `within` query, in the same run.
"""

import json
import multiprocessing
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
import shapely

from gezhi.places import raster, snapshot
from gezhi.places.locate import Locator

SIDE = 325
STEP = 0.005
POINTS = 1_000_000
PEER_POINTS = 200_000
PROCESSES = 4


def grids(chance: np.random.Generator) -> np.ndarray:
    """SIDE x SIDE octagons on one jittered mesh."""
    half = np.stack(np.meshgrid(np.arange(2 * SIDE + 1), np.arange(2 * SIDE + 1)), axis=-1)
    mesh = np.round((half / 2 + chance.uniform(-0.12, 0.12, half.shape)) * STEP + (120.9, 28.9), 7)
    ring = np.array([(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1), (0, 0)])
    cells = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1).reshape(-1, 1, 2)
    at = cells * 2 + ring
    return shapely.polygons(mesh[at[..., 1], at[..., 0]])


def line(name: str, value: float, unit: str, peer: str, peer_value: float) -> None:
    ratio = round(value / peer_value, 3)
    facts = {
        "name": name,
        "value": round(value, 4),
        "unit": unit,
        "peer": peer,
        "peer_value": round(peer_value, 4),
    }
    print(json.dumps(facts | {"ratio": ratio}))


def private_mb() -> float:
    """Memory of this process that no other shares, plus its part of what is shared (PSS)."""
    text = Path("/proc/self/smaps_rollup").read_text()
    return next(int(row.split()[1]) for row in text.splitlines() if row.startswith("Pss:")) / 1024


def memory_of_opening(folder: str, started: object, queue: object) -> None:
    chance = np.random.default_rng(9)
    lon, lat = chance.uniform(121, 122.4, POINTS // 5), chance.uniform(29, 30.4, POINTS // 5)
    started.wait()  # type: ignore[attr-defined]
    before = private_mb()
    locator = Locator.open(Path(folder))
    codes = locator.locate(lon, lat).codes
    assert "" not in codes
    del codes
    started.wait()  # type: ignore[attr-defined]
    queue.put(private_mb() - before)  # type: ignore[attr-defined]
    started.wait()  # type: ignore[attr-defined]


def memory_a_process(folder: Path) -> float:
    spawn = multiprocessing.get_context("spawn")
    barrier, queue = spawn.Barrier(PROCESSES), spawn.Queue()
    workers = [
        spawn.Process(target=memory_of_opening, args=(str(folder), barrier, queue)) for _ in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    found = [queue.get() for _ in workers]
    for worker in workers:
        worker.join()
    return max(found)


def best_of(times: int, work: object) -> float:
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        work()  # type: ignore[operator]
        spent.append(time.perf_counter() - begin)
    return min(spent)


def main() -> None:
    chance = np.random.default_rng(1)
    shapes = grids(chance)
    codes = [f"3302{number // 900:08d}{number % 900 + 1:03d}" for number in range(len(shapes))]
    home = Path(tempfile.mkdtemp(prefix="gezhi-bench-"))
    try:
        folder = snapshot.write(raster.build(codes, [5] * len(codes), shapes), home / "snapshot")
        lon, lat = chance.uniform(120.9, 122.5, POINTS), chance.uniform(28.9, 30.5, POINTS)
        locator = Locator.open(folder)
        tree, points = shapely.STRtree(shapes), shapely.points(lon[:PEER_POINTS], lat[:PEER_POINTS])
        peer = PEER_POINTS / best_of(2, lambda: tree.query(points, predicate="within"))
        ours = POINTS / best_of(3, lambda: locator.locate(lon, lat).codes)
        line("locate_batch", ours, "points/s", "shapely STRtree query in the same run", peer)
        line("locate_batch_limit", ours, "points/s", "required on one core", 200_000)
        one = best_of(3, lambda: [locator.locate_one(lon[at], lat[at]) for at in range(1000)])
        line("locate_one", one, "ms", "required", 0.3)
        line(
            "locate_open",
            best_of(5, lambda: Locator.open(folder)) * 1000,
            "ms",
            "one read of 3.2 s by the nearest peer",
            3200,
        )
        line("locate_memory_a_process", memory_a_process(folder), "MB", "required", 50)
    finally:
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
