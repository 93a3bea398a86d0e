"""Which words of a text decided: strong features that overlap are read as one run of words."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gezhi.lib.textmodel.grams import Grams

STRONG = 4  # features looked at for each run that is wanted


def strongest_spans(grams: Grams, gains: NDArray[np.float64], limit: int) -> list[tuple[int, int, float]]:
    """(first unit, last unit, gain) of runs that do not overlap, in reading order.

    `gains`: for each occurrence of a feature, what it adds for the label.
    """
    shown = _strongest(grams.columns, gains, STRONG * limit)
    order = np.lexsort((grams.lasts[shown], grams.firsts[shown]))
    entries = shown[order]
    return list(
        _merged(
            zip(
                grams.firsts[entries].tolist(),
                grams.lasts[entries].tolist(),
                gains[entries].tolist(),
                strict=True,
            )
        )
    )


def trimmed(words: str) -> str:
    """Without the signs around it."""
    telling = [place for place, character in enumerate(words) if character.isalnum()]
    return words[telling[0] : telling[-1] + 1] if telling else ""


def _strongest(columns: NDArray[np.int64], gains: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """The occurrences of the `most` features that add most in total, of those that add anything."""
    _, inverse = np.unique(columns, return_inverse=True)
    totals = np.bincount(inverse, gains)
    ranked = np.argsort(-totals, kind="stable")[:most]
    wanted = np.zeros(len(totals), dtype=bool)
    wanted[ranked] = totals[ranked] > 0
    return np.flatnonzero(wanted[inverse])


def _merged(entries: Iterator[tuple[int, int, float]]) -> Iterator[tuple[int, int, float]]:
    run: tuple[int, int, float] | None = None
    for first, last, gain in entries:
        if run and first <= run[1]:
            run = (run[0], max(run[1], last), run[2] + gain)
            continue
        if run:
            yield run
        run = (first, last, gain)
    if run:
        yield run
