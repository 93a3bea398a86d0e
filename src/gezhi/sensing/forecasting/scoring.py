"""How good forecasts and warnings were."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Hits:
    """Warnings against what came: `hits`, `missed`, `false`, and `quiet` where rightly nothing was said."""

    hits: int
    missed: int
    false: int
    quiet: int

    @property
    def csi(self) -> float:
        """Critical success index: hits of all that was warned of or came; NaN where neither was."""
        return _share(self.hits, self.hits + self.missed + self.false)

    @property
    def pod(self) -> float:
        """Probability of detection."""
        return _share(self.hits, self.hits + self.missed)

    @property
    def far(self) -> float:
        """False alarm ratio: false warnings of all warnings."""
        return _share(self.false, self.hits + self.false)

    @property
    def base_rate(self) -> float:
        return _share(self.hits + self.missed, self.hits + self.missed + self.false + self.quiet)


def hits_of(warned: Flags, came: Flags) -> Hits:
    return Hits(
        int((warned & came).sum()),
        int((~warned & came).sum()),
        int((warned & ~came).sum()),
        int((~warned & ~came).sum()),
    )


def best_cut(chance: Numbers, came: Flags) -> float:
    """The probability from which a warning is given so that CSI is highest. Choose it on data that the classifier has
    not learned from. Raises ValueError when nothing came: there is no cut to choose."""
    if not came.any():
        raise ValueError("Nothing came in the validation data; no cut can be chosen.")
    order = np.argsort(-chance, kind="stable")
    hits = np.cumsum(came[order])
    csi = hits / (np.arange(1, len(order) + 1) + came.sum() - hits)
    ordered = chance[order]
    last_of_equals = np.append(ordered[1:] < ordered[:-1], True)
    return float(ordered[int(np.argmax(np.where(last_of_equals, csi, -1)))])


def mean_absolute_error(forecast: Numbers, came: Numbers) -> float:
    return float(np.abs(forecast - came).mean())


def skill(error: float, peer: float) -> float:
    """Share of the peer's error that is saved; below 0 the peer is better."""
    return 1 - error / peer if peer else float("nan")


def coverage(low: Numbers, high: Numbers, came: Numbers) -> float:
    """Share of what came that lay in its interval."""
    return float(((low <= came) & (came <= high)).mean())


def reliability(chance: Numbers, came: Flags, bins: int = 10) -> list[tuple[float, float, int]]:
    """For each tenth of probability: mean of what was said, share that came, how many; empty bins are left out."""
    number = np.minimum((chance * bins).astype(int), bins - 1)
    return [
        (float(chance[number == one].mean()), float(came[number == one].mean()), int((number == one).sum()))
        for one in np.unique(number)
    ]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
