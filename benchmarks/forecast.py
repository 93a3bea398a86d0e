"""How many series a core forecasts in a second, three lead times each with interval and onset, from arrays to answers.

The trees are as many and as large as those of the forecaster of docs/guide/forecasts.md. Peers: persistence over the
same panel, which costs nothing and must be beaten in skill instead (`python -m tests.sensing.skill`), scikit-learn's
own reading of the same trees, and the hour in which all must be said again.
Usage: BENCH_SERIES=2000 python benchmarks/forecast.py
"""

import os
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")

import _node
import numpy as np

from gezhi.sensing.forecasting.features import MEMORY, Ground, Plan, features
from gezhi.sensing.forecasting.keeping import packed
from gezhi.sensing.forecasting.model import Ahead, Forecaster
from gezhi.sensing.forecasting.panel import Panel
from gezhi.sensing.forecasting.peers import persistence
from gezhi.sensing.forecasting.trees import Trees

PLAN = Plan("pm", tuple(f"other {number}" for number in range(13)), beside=5)
MIDDLE, TAIL, ONSET = 240, 90, 600  # trees, as Effort() makes at most
LEAVES = 31
AN_HOUR = 3600


def main() -> None:
    from sklearn.ensemble import HistGradientBoostingRegressor

    count = int(os.environ.get("BENCH_SERIES", "2000"))
    chance = np.random.default_rng(0)
    panel = _panel(chance, count)
    ground = Ground(
        np.stack([chance.permutation(count)[:5] for _one in range(count)]),
        panel.values[:, :, 0].mean(axis=0)[:, None].repeat(2, 1),
    )
    names, rows = features(panel, PLAN, ground, np.array([panel.hours - 1]))
    few = np.repeat(rows.reshape(-1, len(names))[:2000], 3, axis=0)
    few += chance.normal(0, 5, few.shape).astype(np.float32)

    def learned(trees: int) -> HistGradientBoostingRegressor:
        fit = HistGradientBoostingRegressor(
            max_iter=trees, max_leaf_nodes=LEAVES, max_features=0.2, early_stopping=False
        )
        return fit.fit(few, few[:, 0] + chance.normal(0, 10, len(few)))

    theirs = {trees: learned(trees) for trees in (MIDDLE, TAIL, ONSET)}
    ours = {trees: Trees.of(fit) for trees, fit in theirs.items()}
    aheads = tuple(
        Ahead(hours, ours[MIDDLE], ours[TAIL], ours[TAIL], 1.0, ours[ONSET], 0.5) for hours in (1, 6, 24)
    )
    made = Forecaster(PLAN, panel.series, ground, names, 75.0, "2026-01-01", panel.start, aheads)
    flat = np.ascontiguousarray(rows.reshape(-1, len(names)))
    seconds = _best(lambda: made.now(panel))
    _node.tell(
        "series forecast with intervals and onset",
        count / seconds,
        "series/s",
        "needed for that many an hour",
        count / AN_HOUR,
        series=count,
    )
    _node.tell(
        "the same", count / seconds, "series/s", "persistence", count / _best(lambda: _persisted(panel))
    )
    tree = _best(lambda: ours[MIDDLE].raw(flat))
    _node.tell(
        "reading 240 trees",
        count / tree,
        "rows/s",
        "scikit-learn predict",
        count / _best(lambda: theirs[MIDDLE].predict(flat)),
    )
    _node.tell("file of a forecaster", len(packed(made)) / 1e6, "MB", "limit set", 8)


def _panel(chance: np.random.Generator, count: int) -> Panel:
    values = chance.gamma(2, 30, (MEMORY, count, 1 + len(PLAN.others))).astype(np.float32)
    return Panel(450_000, tuple(map(str, range(count))), (PLAN.target, *PLAN.others), values)


def _persisted(panel: Panel) -> None:
    for hours in (1, 6, 24):
        persistence(panel.of(PLAN.target), hours)


def _best(act: Callable[[], object], rounds: int = 5) -> float:
    taken = []
    for _round in range(rounds):
        begin = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begin)
    return min(taken)


if __name__ == "__main__":
    main()
