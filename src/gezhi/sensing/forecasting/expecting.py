"""What each sensor of a network should read, told by all the others: the surprise is how far it is from that.

A sensor that is deceived, or a plant that is run otherwise than its sensors say, no longer agrees with its neighbours.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.forecasting.scoring import Flags, Numbers
from gezhi.sensing.forecasting.trees import Trees

VALUES_AT_LEAST = 10  # different ones; a switch has fewer and is looked at, not expected
OTHER_VALUE = 0.5  # this far from every value that such a sensor ever had is surprising
ROWS_AT_LEAST = 500
FOLDS = 3
WEEK = 168
FAR = 12.0  # surprises beyond are equal
USUALLY = 99.0  # per cent of clean errors that are no more than USUAL spreads
USUAL = 3.0

Rows = NDArray[np.float32]


@dataclass(frozen=True)
class Network:
    """`sensors`: numbers of the columns that are expected by `trees`; `usual` and `spread` float64[sensors]: median and
    size of their errors over the clean past, each hour told by trees that had not seen its week. `switches`: numbers
    of the columns with few values, and `had`: those values."""

    names: tuple[str, ...]
    sensors: tuple[int, ...]
    trees: tuple[Trees, ...]
    usual: Numbers
    spread: Numbers
    switches: tuple[int, ...]
    had: tuple[Numbers, ...]

    def surprises(self, values: Numbers, hour_of_day: NDArray[np.int64]) -> Numbers:
        """float64[hours, sensors and switches], signed, in spreads; 0 in the first hour, which has no hour before."""
        rows = beside(values, hour_of_day)
        errors = [
            values[:, sensor] - trees.raw(without(rows, sensor))
            for sensor, trees in zip(self.sensors, self.trees, strict=True)
        ]
        return self._sized(np.column_stack(errors), values)

    def called(self) -> tuple[str, ...]:
        """Names in the order of the surprises."""
        return tuple(self.names[column] for column in self.sensors + self.switches)

    def _sized(self, errors: Numbers, values: Numbers) -> Numbers:
        strange = [
            FAR * (np.abs(values[:, [column]] - had).min(axis=1) > OTHER_VALUE)
            for column, had in zip(self.switches, self.had, strict=True)
        ]
        out = np.column_stack((np.clip((errors - self.usual) / self.spread, -FAR, FAR), *strange))
        out[0] = 0
        return out


def learn(
    names: tuple[str, ...], values: Numbers, hour_of_day: NDArray[np.int64], clean: Flags, rounds: int = 60
) -> tuple[Network, Numbers]:
    """From the `clean` hours of float64[hours, sensors]. Also the surprises of all these hours, the clean ones told by
    trees that had not seen their week: on them a rule of alarms can be chosen."""
    if clean.sum() < ROWS_AT_LEAST:
        raise ValueError(f"{int(clean.sum())} clean hours are known; at least {ROWS_AT_LEAST} are needed.")
    different = [len(np.unique(values[clean, column])) for column in range(values.shape[1])]
    sensors = tuple(column for column, count in enumerate(different) if count >= VALUES_AT_LEAST)
    switches = tuple(column for column, count in enumerate(different) if count < VALUES_AT_LEAST)
    if len(sensors) < 2:
        raise ValueError("At least two sensors must vary for one to tell the other.")
    rows = beside(values, hour_of_day)
    trees, errors = zip(*(_expected(rows, values, sensor, clean, rounds) for sensor in sensors), strict=True)
    error = np.column_stack(errors)
    usual = np.median(error[clean], axis=0)
    size = np.percentile(np.abs(error[clean] - usual), USUALLY, axis=0) / USUAL
    had = tuple(np.unique(values[clean, column]) for column in switches)
    network = Network(names, sensors, trees, usual, np.maximum(size, 1e-9), switches, had)
    return network, network._sized(error, values)


def beside(values: Numbers, hour_of_day: NDArray[np.int64]) -> Rows:
    """All sensors now, all an hour ago, and the clock."""
    before = np.vstack((values[:1], values[:-1]))
    turn = 2 * np.pi * hour_of_day / 24
    return np.column_stack((values, before, np.sin(turn), np.cos(turn))).astype(np.float32)


def without(rows: Rows, sensor: int) -> Rows:
    """The rows, with what the sensor itself says now taken out."""
    out = rows.copy()
    out[:, sensor] = 0
    return out


def _expected(rows: Rows, values: Numbers, sensor: int, clean: Flags, rounds: int) -> tuple[Trees, Numbers]:
    """Trees of all clean hours, and the error of each hour by trees that had not seen its week."""
    asked, wanted = without(rows, sensor), values[:, sensor]
    whole = _fit(asked[clean], wanted[clean], rounds)
    told = whole.raw(asked)
    fold = np.arange(len(rows)) // WEEK % FOLDS
    for one in range(FOLDS):
        held = clean & (fold == one)
        told[held] = _fit(asked[clean & ~held], wanted[clean & ~held], rounds).raw(asked[held])
    return whole, wanted - told


def _fit(rows: Rows, wanted: Numbers, rounds: int) -> Trees:
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
