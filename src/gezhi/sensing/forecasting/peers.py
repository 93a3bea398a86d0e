"""Forecasts that cost nothing. Whoever forecasts must beat them, and the skill page shows whether."""

import numpy as np

from gezhi.sensing.forecasting.panel import Floats, Panel


def persistence(values: Floats, ahead: int) -> Floats:
    """Row t + `ahead` is as row t. float32[hours, series]; each row is the forecast *for* that hour."""
    return _shifted(values, ahead)


def day_before(values: Floats, ahead: int) -> Floats:
    """As at the same hour of the latest day that is known at the time of forecasting."""
    return _shifted(values, 24 * -(-ahead // 24))


def climatology(panel: Panel, target: str, known: int) -> Floats:
    """For each hour of the panel the mean of its month and hour of day over the rows before `known`."""
    values = panel.of(target)
    hours = panel.start + np.arange(panel.hours)
    month = (hours.astype("datetime64[h]").astype("datetime64[M]").astype(int)) % 12
    cell = month * 24 + hours % 24
    out = np.empty_like(values)
    for place in range(values.shape[1]):
        past = np.isfinite(values[:known, place])
        sums = np.bincount(cell[:known][past], weights=values[:known, place][past], minlength=288)
        counts = np.bincount(cell[:known][past], minlength=288)
        whole = sums.sum() / max(1, counts.sum())
        usual = np.divide(sums, counts, out=np.full(288, whole), where=counts > 0)
        out[:, place] = usual[cell]
    return out


def _shifted(values: Floats, hours: int) -> Floats:
    out = np.full_like(values, np.nan)
    out[hours:] = values[: len(values) - hours]
    return out
