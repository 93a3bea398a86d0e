"""What each sensor of a network should read, told by all the others: the surprise is how far it is from that.

A sensor that is deceived, or a plant that is run otherwise than its sensors say, no longer agrees with its neighbours.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.forecasting.trees import Trees

Numbers = NDArray[np.float64]
VALUES_AT_LEAST = 10  # different ones; a switch has fewer and is looked at, not expected
ROWS_AT_LEAST = 500
FOLDS = 4
FAR = 12.0  # surprises beyond are equal


@dataclass(frozen=True)
class Network:
    """`sensors`: numbers of the columns that are expected; `usual` and `spread` float64[sensors]: median and scaled
    median deviation of their errors over the clean past, each hour told by trees that had not seen its quarter."""

    names: tuple[str, ...]
    sensors: tuple[int, ...]
    trees: tuple[Trees, ...]
    usual: Numbers
    spread: Numbers

    def surprises(self, values: Numbers, hour_of_day: NDArray[np.int64]) -> Numbers:
        """float64[hours, sensors], signed, in spreads; 0 in the first hour, which has no hour before."""
        rows = beside(values, hour_of_day)
        errors = [
            values[:, sensor] - trees.raw(without(rows, sensor))
            for sensor, trees in zip(self.sensors, self.trees, strict=True)
        ]
        out = np.clip((np.column_stack(errors) - self.usual) / self.spread, -FAR, FAR)
        out[0] = 0
        return out

    def called(self) -> tuple[str, ...]:
        """Names of the sensors in the order of the surprises."""
        return tuple(self.names[sensor] for sensor in self.sensors)


def learn(
    names: tuple[str, ...], values: Numbers, hour_of_day: NDArray[np.int64], rounds: int = 120
) -> tuple[Network, Numbers]:
    """From a past that is known to be clean: float64[hours, sensors]. Also the surprises of that past, each told by
    trees that had not seen its quarter."""
    if len(values) < ROWS_AT_LEAST:
        raise ValueError(f"{len(values)} hours are known; at least {ROWS_AT_LEAST} are needed.")
    sensors = tuple(
        place for place in range(values.shape[1]) if len(np.unique(values[:, place])) >= VALUES_AT_LEAST
    )
    if len(sensors) < 2:
        raise ValueError("At least two sensors must vary for one to tell the other.")
    rows = beside(values, hour_of_day)
    fold = np.arange(len(values)) * FOLDS // len(values)
    errors = np.column_stack([_unseen_errors(rows, values, sensor, fold, rounds) for sensor in sensors])
    usual = np.median(errors, axis=0)
    spread = np.maximum(1.4826 * np.median(np.abs(errors - usual), axis=0), 1e-9)
    trees = tuple(_fit(without(rows, sensor), values[:, sensor], rounds) for sensor in sensors)
    surprises = np.clip((errors - usual) / spread, -FAR, FAR)
    return Network(names, sensors, trees, usual, spread), surprises


def beside(values: Numbers, hour_of_day: NDArray[np.int64]) -> NDArray[np.float32]:
    """All sensors now, all an hour ago, and the clock."""
    before = np.vstack((values[:1], values[:-1]))
    turn = 2 * np.pi * hour_of_day / 24
    return np.column_stack((values, before, np.sin(turn), np.cos(turn))).astype(np.float32)


def without(rows: NDArray[np.float32], sensor: int) -> NDArray[np.float32]:
    """The rows, with what the sensor itself says now taken out."""
    out = rows.copy()
    out[:, sensor] = 0
    return out


def _unseen_errors(
    rows: NDArray[np.float32], values: Numbers, sensor: int, fold: NDArray[np.int64], rounds: int
) -> Numbers:
    asked, told = without(rows, sensor), np.empty(len(rows))
    for one in range(FOLDS):
        inside = fold != one
        told[~inside] = _fit(asked[inside], values[inside, sensor], rounds).raw(asked[~inside])
    return np.asarray(values[:, sensor] - told)


def _fit(rows: NDArray[np.float32], wanted: Numbers, rounds: int) -> Trees:
    from sklearn.ensemble import HistGradientBoostingRegressor

    learned = HistGradientBoostingRegressor(
        max_iter=rounds,
        learning_rate=0.1,
        max_leaf_nodes=24,
        max_features=0.5,
        early_stopping=False,
        random_state=0,
    )
    return Trees.of(learned.fit(rows, wanted))
