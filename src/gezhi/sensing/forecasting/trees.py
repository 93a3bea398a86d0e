"""Boosted trees as plain arrays: read by numpy, kept in a file, the same whatever made them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.forecasting.panel import Floats

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingRegressor

AT_ONCE = 1_000_000  # rows x trees walked together
DEEPEST = 64


@dataclass(frozen=True)
class Trees:
    """All nodes of all trees, end to end. A leaf is its own `low` and `high`; a row goes `low` where its feature is at
    most `edge` (or missing and `missing_low`). The answer is `base` plus the values of the leaves."""

    feature: NDArray[np.int16]
    edge: Floats
    missing_low: NDArray[np.bool_]
    low: NDArray[np.int32]
    high: NDArray[np.int32]
    value: Floats
    roots: NDArray[np.int32]
    base: Floats  # float32[1]

    def __post_init__(self) -> None:
        nodes = len(self.feature)
        same = all(
            len(part) == nodes for part in (self.edge, self.missing_low, self.low, self.high, self.value)
        )
        if not same or not nodes or not len(self.roots):
            raise ValueError("The parts of the trees are of different lengths or empty.")
        for name in ("low", "high", "roots"):
            numbers = getattr(self, name)
            if numbers.min() < 0 or numbers.max() >= nodes:
                raise ValueError(f"'{name}' names a node that is not there; there are {nodes}.")
        if self.feature.min() < 0:
            raise ValueError("A node asks for a feature before the first.")
        if not np.isfinite(self.value).all() or not np.isfinite(self.base).all():
            raise ValueError("A leaf holds a value that is not finite.")

    def raw(self, rows: Floats) -> NDArray[np.float64]:
        """One number a row of float32[rows, features]."""
        if int(self.feature.max()) >= rows.shape[1]:
            raise ValueError(
                f"The trees ask for {int(self.feature.max()) + 1} features; rows have {rows.shape[1]}."
            )
        step = max(1, AT_ONCE // len(self.roots))
        parts = [self._walk(rows[begin : begin + step]) for begin in range(0, len(rows), step)]
        return np.concatenate(parts) + float(self.base[0]) if parts else np.empty(0)

    def _walk(self, rows: Floats) -> NDArray[np.float64]:
        """All rows through all trees, a level at a time."""
        node = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        line = np.arange(len(rows))[:, None]
        for _level in range(DEEPEST):
            seen = rows[line, self.feature[node]]
            goes_low = np.where(np.isnan(seen), self.missing_low[node], seen <= self.edge[node])
            following = np.where(goes_low, self.low[node], self.high[node])
            if np.array_equal(following, node):
                break
            node = following
        return np.asarray(self.value[node].sum(axis=1, dtype=np.float64))

    @classmethod
    def joined(cls, several: Sequence[Self]) -> Self:
        """The mean of several."""
        first = np.cumsum([0, *(len(one.feature) for one in several)])[:-1]
        share = np.float32(1 / len(several))
        together = {
            field.name: np.concatenate([getattr(one, field.name) for one in several]) for field in fields(cls)
        }
        for name in ("low", "high", "roots"):
            moved = [getattr(one, name) + start for one, start in zip(several, first, strict=True)]
            together[name] = np.concatenate(moved).astype(np.int32)
        together["value"] = together["value"] * share
        together["base"] = together["base"].mean(keepdims=True)
        return cls(**together)

    @classmethod
    def of(cls, learned: "HistGradientBoostingRegressor") -> Self:
        """What scikit-learn has learned of float32 rows. Edges are rounded down to float32, which parts float32 rows
        as the exact edges do."""
        trees = [predictors[0].nodes for predictors in learned._predictors]
        sizes = [len(tree) for tree in trees]
        starts = np.cumsum([0, *sizes])[:-1].astype(np.int32)
        nodes = np.concatenate(trees)
        start = np.repeat(starts, sizes)
        leaf = nodes["is_leaf"].astype(bool)
        own = np.arange(len(nodes), dtype=np.int32)
        edge = nodes["num_threshold"].astype(np.float32)
        edge = np.where(edge > nodes["num_threshold"], np.nextafter(edge, np.float32(-np.inf)), edge)
        return cls(
            feature=np.where(leaf, 0, nodes["feature_idx"]).astype(np.int16),
            edge=np.where(leaf, np.float32(0), edge),
            missing_low=np.where(leaf, True, nodes["missing_go_to_left"].astype(bool)),
            low=np.where(leaf, own, nodes["left"].astype(np.int32) + start).astype(np.int32),
            high=np.where(leaf, own, nodes["right"].astype(np.int32) + start).astype(np.int32),
            value=np.where(leaf, nodes["value"], 0).astype(np.float32),
            roots=starts,
            base=np.asarray(learned._baseline_prediction, dtype=np.float32).reshape(1),
        )

    def arrays(self, prefix: str) -> dict[str, NDArray[np.generic]]:
        return {prefix + field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]], prefix: str) -> Self:
        kinds = {
            "missing_low": np.bool_,
            "feature": np.int16,
            "low": np.int32,
            "high": np.int32,
            "roots": np.int32,
        }
        parts: dict[str, Any] = {}
        for field in fields(cls):
            part = arrays.get(prefix + field.name)
            wanted = kinds.get(field.name, np.float32)
            if part is None or part.ndim != 1 or part.dtype != wanted:
                raise ValueError(f"'{prefix}{field.name}' must be a list of {np.dtype(wanted).name}.")
            parts[field.name] = part
        return cls(**parts)
