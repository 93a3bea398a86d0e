"""What a forecaster would have said over hours that it has not learned from, beside the peers that cost nothing."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.forecasting.features import MEMORY
from gezhi.sensing.forecasting.model import Forecast, Forecaster
from gezhi.sensing.forecasting.panel import Panel
from gezhi.sensing.forecasting.peers import climatology, day_before, persistence
from gezhi.sensing.forecasting.scoring import (
    Hits,
    Numbers,
    coverage,
    hits_of,
    mean_absolute_error,
    reliability,
    skill,
)

DAYS_AT_ONCE = 40
PEERS = ("persistence", "day_before", "climatology")


@dataclass(frozen=True)
class Skill:
    """One lead time. Errors are mean absolute errors in the target's unit over the same hours for all: those at which
    the value at the time of forecasting and the one that came were read. `onset` counts hours that began at or below
    the threshold; `by_forecast` is the warning that the forecast of the middle alone would have given, `always` the
    one that always warns."""

    hours: int
    rows: int
    error: float
    persistence: float
    day_before: float
    climatology: float
    inside: float
    width: float
    onset: Hits
    by_forecast: Hits
    always: Hits
    reliability: tuple[tuple[float, float, int], ...]
    by_series: tuple[tuple[str, float, float], ...]  # name, our error, persistence's

    def over(self, peer: str) -> float:
        """Share of the peer's error that is saved; negative where the peer is better."""
        return skill(self.error, float(getattr(self, peer)))

    @property
    def is_useful(self) -> bool:
        """Better than every peer: only then is the forecast shown and may rules look at it."""
        return all(self.over(peer) > 0 for peer in PEERS)

    @property
    def warns_usefully(self) -> bool:
        """The onset warnings find more, for what they cost, than the forecast alone and than warning always."""
        return self.onset.csi > max(self.by_forecast.csi, self.always.csi)


def backtest(forecaster: Forecaster, panel: Panel, begin: int, end: int) -> tuple[Skill, ...]:
    """Over the panel's rows `begin` to before `end`, none of which the forecaster may have learned from: ValueError
    otherwise. A value counts when its outcome lies before `end` too."""
    if panel.start + begin < forecaster.known_until:
        raise ValueError("The forecaster has learned from some of these hours; that is no test.")
    said = [
        forecaster.at(panel.cut(max(0, first - MEMORY), last), _rows(first, last))
        for first in range(begin, end, DAYS_AT_ONCE * 24)
        for last in [min(end, first + DAYS_AT_ONCE * 24)]
    ]
    usual = climatology(panel, forecaster.plan.target, forecaster.known_until - panel.start)
    values = panel.of(forecaster.plan.target)
    out = []
    for place in range(len(forecaster.aheads)):
        parts = [one[place] for one in said]
        out.append(_scored(_joined(parts), forecaster, values[:end], usual, begin))
    return tuple(out)


def with_skill(forecaster: Forecaster, skills: tuple[Skill, ...]) -> Forecaster:
    """The forecaster with its figures written on it."""
    figures = {}
    for one in skills:
        figures[f"+{one.hours} h MAE"] = one.error
        figures[f"+{one.hours} h over persistence"] = one.over("persistence")
        figures[f"+{one.hours} h inside"] = one.inside
        figures[f"+{one.hours} h CSI"] = one.onset.csi
    return replace(forecaster, skill=figures)


def _rows(first: int, last: int) -> NDArray[np.intp]:
    """Their places in the cut that begins some days earlier."""
    return np.arange(first, last) - max(0, first - MEMORY)


def _joined(parts: list[Forecast]) -> Forecast:
    middle, low, high, chance = (
        np.concatenate([getattr(one, name) for one in parts]) for name in ("middle", "low", "high", "chance")
    )
    return Forecast(parts[0].hours, middle, low, high, chance, np.concatenate([one.warns for one in parts]))


def _scored(
    said: Forecast,
    forecaster: Forecaster,
    values: NDArray[np.float32],
    usual: NDArray[np.float32],
    begin: int,
) -> Skill:
    lead = said.hours
    count = len(values) - begin - lead
    now, came = values[begin : begin + count], values[begin + lead :].astype(np.float64)
    peers = (persistence(values, lead), day_before(values, lead), usual[: len(values)])
    told = [one[begin + lead :].astype(np.float64) for one in peers]
    middle, low, high = said.middle[:count], said.low[:count], said.high[:count]
    read = np.isfinite(now) & np.isfinite(came) & np.isfinite(told[1])
    errors = [mean_absolute_error(one[read], came[read]) for one in (middle, *told)]
    onset = read & (now <= forecaster.threshold)
    passed = came[onset] > forecaster.threshold
    return Skill(
        hours=lead,
        rows=int(read.sum()),
        error=errors[0],
        persistence=errors[1],
        day_before=errors[2],
        climatology=errors[3],
        inside=coverage(low[read], high[read], came[read]),
        width=float((high - low)[read].mean()),
        onset=hits_of(said.warns[:count][onset], passed),
        by_forecast=hits_of(middle[onset] > forecaster.threshold, passed),
        always=hits_of(np.ones(len(passed), dtype=bool), passed),
        reliability=tuple(reliability(_known(said.chance[:count][onset]), passed)),
        by_series=tuple(_by_series(forecaster.series, read, middle, told[0], came)),
    )


def _known(chance: Numbers) -> Numbers:
    return np.nan_to_num(chance, nan=0.0)


def _by_series(
    names: tuple[str, ...],
    read: NDArray[np.bool_],
    middle: Numbers,
    peer: Numbers,
    came: Numbers,
) -> list[tuple[str, float, float]]:
    out = []
    for place, name in enumerate(names):
        chosen = read[:, place]
        if chosen.any():
            truth = came[chosen, place]
            ours = mean_absolute_error(middle[chosen, place], truth)
            out.append((name, ours, mean_absolute_error(peer[chosen, place], truth)))
    return out
