"""What a forecast may look at: the past of a series, of its neighbours, and the clock.

Every column of a row at hour t is made of values at t and before, and of the calendar. A test changes all later values
and finds the same columns.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.forecasting.panel import Floats, Panel, Whole

LAGS = (1, 2, 3, 4, 6, 9, 12, 18, 23, 24, 36, 48, 72)
SPANS = (3, 6, 12, 24, 72, 168)
STEPS = (1, 3, 6, 24)
TURNS = (3, 6, 12, 24, 48)
MEMORY = 168 + 24  # hours before t that some column looks at
STILL_NOW = 3  # a value that is at most this many hours old stands for the present

TURNING = "everywhere: "  # how the names of the columns begin that come last and only the onset looks at

Column = tuple[str, Floats]


@dataclass(frozen=True)
class Plan:
    """What is forecast and what is read for it. `beside`: neighbours that are looked at one by one."""

    target: str
    others: tuple[str, ...] = ()
    beside: int = 5


@dataclass(frozen=True)
class Ground:
    """What is known of the series before the first forecast: `near` int[series, beside] are the most alike others,
    `usual` float32[series, 2] the mean and the ninth decile."""

    near: Whole
    usual: Floats


def ground_of(panel: Panel, plan: Plan) -> Ground:
    """Taken from the whole panel: pass only what was known when the model was made."""
    values = panel.of(plan.target)
    silent = [name for place, name in enumerate(panel.series) if not np.isfinite(values[:, place]).any()]
    if silent:
        raise ValueError(f"Nothing was read of {plan.target} at {', '.join(silent)}; leave them out.")
    filled = np.where(np.isfinite(values), values, np.nanmean(values, axis=0)).astype(np.float64)
    count = min(plan.beside, values.shape[1] - 1)
    if count > 0:
        with np.errstate(divide="ignore", invalid="ignore"):  # a series that never moves is like none
            alike = np.atleast_2d(np.corrcoef(filled.T))
        np.fill_diagonal(alike, -np.inf)
        near = np.argsort(-np.nan_to_num(alike, nan=-1.0, neginf=-2.0), axis=1, kind="stable")[:, :count]
    else:
        near = np.zeros((values.shape[1], 0), dtype=np.int64)
    usual = np.stack((np.nanmean(values, axis=0), np.nanpercentile(values, 90, axis=0)), axis=1)
    return Ground(near.astype(np.int64), usual.astype(np.float32))


def features(
    panel: Panel, plan: Plan, ground: Ground, rows: NDArray[np.intp]
) -> tuple[tuple[str, ...], Floats]:
    """Names and float32[rows, series, columns]; `rows` are hours of the panel."""
    names, columns = zip(*_columns(panel, plan, ground, rows), strict=True)
    return names, np.stack(columns, axis=2)


def present(panel: Panel, target: str) -> Floats:
    """The value now, or the latest of the last hours; NaN when the series has been silent longer."""
    values = panel.of(target)
    out = values.copy()
    for hours in range(1, STILL_NOW + 1):
        out = np.where(np.isnan(out), ago(values, hours), out)
    return out


def ago(values: Floats, hours: int) -> Floats:
    """Each row as it was `hours` before; NaN before the first."""
    if not hours:
        return values
    out = np.full_like(values, np.nan)
    out[hours:] = values[:-hours]
    return out


def rolling(values: Floats, hours: int, pick: Callable[[Floats, Floats], Floats]) -> Floats:
    """`pick` (np.fmax, np.fmin) over the last `hours` rows, this one included; NaN where none was read."""
    out, width = values, 1
    while width < hours:
        step = min(width, hours - width)
        out = pick(out, ago(out, step))
        width += step
    return out


def rolling_mean(values: Floats, hours: int) -> Floats:
    """Over what was read of the last `hours` rows; NaN where nothing was."""
    known = np.isfinite(values)
    sums = np.cumsum(np.where(known, values, 0), axis=0, dtype=np.float64)
    counts = np.cumsum(known, axis=0, dtype=np.float64)
    sums[hours:] -= sums[:-hours].copy()
    counts[hours:] -= counts[:-hours].copy()
    mean = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return np.asarray(mean, dtype=np.float32)


def _columns(panel: Panel, plan: Plan, ground: Ground, rows: NDArray[np.intp]) -> Iterator[Column]:
    now = present(panel, plan.target)
    yield "now", now[rows]
    yield from _own_past(panel.of(plan.target), now, rows)
    yield from _beside(now, ground, rows)
    for variable in plan.others:
        yield from _other(variable, panel.of(variable), rows)
    yield from _clock(panel, ground, rows)
    for variable in plan.others:
        yield from _turning(variable, panel.of(variable), rows)


def common(names: tuple[str, ...]) -> int:
    """How many columns, the first, every model looks at."""
    return sum(not name.startswith(TURNING) for name in names)


def _own_past(values: Floats, now: Floats, rows: NDArray[np.intp]) -> Iterator[Column]:
    for lag in LAGS:
        yield f"{lag} h ago", ago(values, lag)[rows]
    for step in STEPS:
        yield f"rise in {step} h", (now - ago(now, step))[rows]
    for span in SPANS:
        yield f"mean of {span} h", rolling_mean(values, span)[rows]
    for span in SPANS[1:5]:
        yield f"highest of {span} h", rolling(values, span, np.fmax)[rows]
        yield f"lowest of {span} h", rolling(values, span, np.fmin)[rows]


def _beside(now: Floats, ground: Ground, rows: NDArray[np.intp]) -> Iterator[Column]:
    if not ground.near.shape[1]:
        return
    for place in range(ground.near.shape[1]):
        other = now[:, ground.near[:, place]]
        yield f"neighbour {place + 1}", other[rows]
        yield f"neighbour {place + 1}, rise in 3 h", (other - ago(other, 3))[rows]
    near = now[:, ground.near]
    known = np.isfinite(near)
    counts = known.sum(axis=2)
    sums = np.where(known, near, 0).sum(axis=2)
    mean = np.divide(sums, counts, out=np.full(now.shape, np.nan, np.float32), where=counts > 0)
    yield "neighbours' mean", mean[rows]
    yield "above the neighbours", (now - mean)[rows]
    yield "neighbours' highest", np.fmax.reduce(near, axis=2)[rows]
    yield "neighbours' lowest", np.fmin.reduce(near, axis=2)[rows]
    for step in (1, 3, 12):
        yield f"neighbours' rise in {step} h", (mean - ago(mean, step))[rows]
    yield "neighbours' mean of 24 h", rolling_mean(mean, 24)[rows]


def _other(name: str, values: Floats, rows: NDArray[np.intp]) -> Iterator[Column]:
    yield name, values[rows]
    for step in (3, 24):
        yield f"{name}, rise in {step} h", (values - ago(values, step))[rows]
    for span in (6, 24):
        yield f"{name}, mean of {span} h", rolling_mean(values, span)[rows]
    yield f"{name}, everywhere", np.broadcast_to(_everywhere(values), values.shape)[rows]


def _turning(name: str, values: Floats, rows: NDArray[np.intp]) -> Iterator[Column]:
    """A front comes to all places together: how the mean of all has changed tells of it with less noise than one."""
    mean = _everywhere(values)
    for step in TURNS:
        rise = mean - ago(mean, step)
        yield f"{TURNING}{name}, rise in {step} h", np.broadcast_to(rise, values.shape)[rows]


def _everywhere(values: Floats) -> Floats:
    """float32[hours, 1]: the mean of what was read."""
    known = np.isfinite(values)
    counts = known.sum(axis=1, keepdims=True)
    sums = np.where(known, values, 0).sum(axis=1, keepdims=True)
    mean = np.divide(sums, counts, out=np.full(counts.shape, np.nan), where=counts > 0)
    return np.asarray(mean, dtype=np.float32)


def _clock(panel: Panel, ground: Ground, rows: NDArray[np.intp]) -> Iterator[Column]:
    shape = (len(rows), len(panel.series))
    hours = panel.start + rows.astype(np.int64)
    year = 2 * np.pi * (hours / 24 % 365.2425) / 365.2425
    known = {
        "hour": hours % 24,
        "weekday": (hours // 24 + 3) % 7,  # 1970-01-01 was a Thursday; Monday is 0
        "season, sine": np.sin(year),
        "season, cosine": np.cos(year),
    }
    for name, values in known.items():
        yield name, np.broadcast_to(values[:, None], shape).astype(np.float32)
    for place, name in enumerate(("usual mean", "usual ninth decile")):
        yield name, np.broadcast_to(ground.usual[:, place], shape).astype(np.float32)
