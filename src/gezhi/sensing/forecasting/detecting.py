"""How well alarms found attacks, by the published scoring of BATADAL.

Taormina and others, Battle of the Attack Detection Algorithms, J. Water Resour. Plann. Manage. 144 (2018) 04018048.
"""

from dataclasses import dataclass

import numpy as np

from gezhi.sensing.forecasting.scoring import Flags

HALF = 0.5  # weight of the time to detection


@dataclass(frozen=True)
class Detection:
    """`found` of `attacks`; `soon` is S_TTD: 1 less the mean share of each attack that passed before the first alarm
    in it (all of it when there was none); `right` is S_CLF: the mean of the shares of attacked and of clean hours that
    were told rightly; `score` weighs both equally."""

    attacks: int
    found: int
    soon: float
    right: float

    @property
    def score(self) -> float:
        return HALF * self.soon + (1 - HALF) * self.right


def detection(alarm: Flags, attacked: Flags) -> Detection:
    """Raises ValueError when there is no attack or no clean hour to tell apart."""
    if alarm.shape != attacked.shape:
        raise ValueError(f"{len(alarm)} hours of alarms for {len(attacked)} of labels.")
    if attacked.all() or not attacked.any():
        raise ValueError("Scoring needs attacked and clean hours.")
    delays = []
    for begin, end in spells(attacked):
        heard = np.flatnonzero(alarm[begin:end])
        delays.append(heard[0] / (end - begin) if len(heard) else 1.0)
    right = (float(alarm[attacked].mean()) + float((~alarm[~attacked]).mean())) / 2
    return Detection(len(delays), sum(bool(delay < 1) for delay in delays), float(1 - np.mean(delays)), right)


def spells(flags: Flags) -> list[tuple[int, int]]:
    """Runs of true: first hour and the hour after the last."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]
