"""Hourly values of the same variables at several places, side by side."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

CELLS_AT_MOST = 400_000_000  # 1.6 GB of float32

Floats = NDArray[np.float32]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Panel:
    """`values` is float32[hours, series, variables], NaN where nothing was read.

    `start` is the first row's hour, counted from 1970-01-01 00:00 on the clock of the place (China has one clock), so
    that hour of day, weekday and season follow from it.
    """

    start: int
    series: tuple[str, ...]
    variables: tuple[str, ...]
    values: Floats

    def __post_init__(self) -> None:
        wanted = (len(self.values), len(self.series), len(self.variables))
        if self.values.shape != wanted:
            raise ValueError(
                f"Values have the shape {self.values.shape}; hours, series, variables ask for {wanted}."
            )
        for names in (self.series, self.variables):
            if len(set(names)) != len(names):
                raise ValueError(f"A name stands twice: {', '.join(sorted(names))}.")
        if self.values.size > CELLS_AT_MOST:
            raise ValueError(f"{self.values.size} values; at most {CELLS_AT_MOST} go into one panel.")

    @property
    def hours(self) -> int:
        return len(self.values)

    def of(self, variable: str) -> Floats:
        """float32[hours, series] of one variable."""
        if variable not in self.variables:
            raise ValueError(f"'{variable}' is not in the panel. It has: {', '.join(self.variables)}.")
        return self.values[:, :, self.variables.index(variable)]

    def cut(self, begin: int, end: int) -> Self:
        """Rows `begin` to before `end`; nothing is copied."""
        if not 0 <= begin <= end <= self.hours:
            raise ValueError(f"Rows {begin} to {end} are not in a panel of {self.hours} hours.")
        return type(self)(self.start + begin, self.series, self.variables, self.values[begin:end])


def gathered(
    series: tuple[str, ...],
    variables: tuple[str, ...],
    hour: Whole,
    place: Whole,
    variable: Whole,
    value: Floats,
) -> Panel:
    """A panel from readings in any order: the mean of what was read in each hour. `place` and `variable` are numbers
    in `series` and `variables`. Values that are not finite count as not read."""
    kept = np.isfinite(value)
    if not kept.any():
        raise ValueError("There is no finite reading to make a panel of.")
    start = int(hour[kept].min())
    shape = (int(hour[kept].max()) - start + 1, len(series), len(variables))
    if np.prod(shape, dtype=np.int64) > CELLS_AT_MOST:
        raise ValueError(
            f"{shape[0]} hours of {shape[1]} series are too many for one panel; is a clock wrong?"
        )
    cell = np.ravel_multi_index((hour[kept] - start, place[kept], variable[kept]), shape)
    size = int(np.prod(shape))
    sums = np.bincount(cell, weights=value[kept], minlength=size)
    counts = np.bincount(cell, minlength=size)
    means = np.divide(sums, counts, out=np.full(size, np.nan), where=counts > 0)
    return Panel(start, series, variables, means.reshape(shape).astype(np.float32))
