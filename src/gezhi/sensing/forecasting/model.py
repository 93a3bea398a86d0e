"""A made forecaster: what it says of the next hours."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.forecasting.features import MEMORY, Ground, Plan, features, present
from gezhi.sensing.forecasting.panel import Floats, Panel
from gezhi.sensing.forecasting.trees import Trees

Numbers = NDArray[np.float64]
SHARE_INSIDE = 0.9  # of what comes lies in the interval


@dataclass(frozen=True)
class Ahead:
    """One lead time. The trees answer with the rise from the present; the interval is widened on both sides by
    `wider`, as found on data that its trees had not seen. `onset` warns from the probability `cut` on."""

    hours: int
    middle: Trees
    low: Trees
    high: Trees
    wider: float
    onset: Trees | None
    cut: float


@dataclass(frozen=True)
class Forecast:
    """For one lead time, float64[rows, series]; NaN where the series has been silent too long. `chance` that the
    threshold is passed is NaN where the series is above it already; `warns` is false there."""

    hours: int
    middle: Numbers
    low: Numbers
    high: Numbers
    chance: Numbers
    warns: NDArray[np.bool_]


@dataclass(frozen=True)
class Forecaster:
    """`made_on` is the day, `known_until` the first hour that it has not learned from (hours as in Panel.start);
    `skill` is what back-testing measured, shown to whoever asks."""

    plan: Plan
    series: tuple[str, ...]
    ground: Ground
    columns: tuple[str, ...]
    threshold: float
    made_on: str
    known_until: int
    aheads: tuple[Ahead, ...]
    skill: dict[str, float] = field(default_factory=dict)

    def now(self, panel: Panel) -> tuple[Forecast, ...]:
        """What comes after the panel's last hour: one row each. Only the last days of the panel are looked at."""
        recent = panel.cut(max(0, panel.hours - MEMORY), panel.hours)
        return self.at(recent, np.array([recent.hours - 1]))

    def at(self, panel: Panel, rows: NDArray[np.intp]) -> tuple[Forecast, ...]:
        """What would have been said at each of these hours of the panel."""
        if panel.series != self.series:
            raise ValueError(
                f"The panel has the series {', '.join(panel.series)}; "
                f"the forecaster was made for {', '.join(self.series)}."
            )
        names, asked = features(panel, self.plan, self.ground, rows)
        flat = np.ascontiguousarray(self._its(names, asked).reshape(-1, len(self.columns)))
        now = present(panel, self.plan.target)[rows].reshape(-1).astype(np.float64)
        shape = (len(rows), len(panel.series))
        return tuple(_said(one, flat, now, self.threshold, shape) for one in self.aheads)

    def _its(self, names: tuple[str, ...], asked: Floats) -> Floats:
        """The columns that it was made for; there may be more by now."""
        if names == self.columns:
            return asked
        if not set(self.columns) <= set(names):
            raise ValueError("The forecaster was made for other columns; make it again.")
        return asked[:, :, [names.index(one) for one in self.columns]]


def _said(ahead: Ahead, rows: Floats, now: Numbers, threshold: float, shape: tuple[int, int]) -> Forecast:
    """Concentrations, levels and flows are not below zero; the three lines do not cross."""
    middle = np.maximum(0, now + ahead.middle.raw(rows))
    low = np.maximum(0, np.minimum(middle, now + ahead.low.raw(rows) - ahead.wider))
    high = np.maximum(middle, now + ahead.high.raw(rows) + ahead.wider)
    chance = np.full(len(rows), np.nan)
    below = now <= threshold
    if ahead.onset is not None and below.any():
        chance[below] = np.clip(ahead.onset.raw(rows[below]), 0, 1)
    warns = np.nan_to_num(chance, nan=-1) >= ahead.cut
    said = [one.reshape(shape) for one in (middle, low, high, chance)]
    return Forecast(ahead.hours, said[0], said[1], said[2], said[3], warns.reshape(shape))
