"""The one door of readings: a batch is checked, kept once, watched, and only then acknowledged."""

from collections import Counter
from datetime import datetime
from typing import Final

import numpy as np
from django.db import IntegrityError, connection, transaction
from numpy.typing import NDArray

from gezhi.sensing.actions.copying import copy_behind, copy_new
from gezhi.sensing.actions.days import forget_days, make_days_of
from gezhi.sensing.actions.playing import play_rows
from gezhi.sensing.actions.stores import count_refused, keep_states, lock_states, milliseconds
from gezhi.sensing.blocks import WIDTH, States, blocks_of, positions
from gezhi.sensing.columns import Columns, Fate, Int32, Int64, Taken
from gezhi.sensing.deciding import REASONS, Limits, in_range, marked, refused, split
from gezhi.sensing.measuring import measured
from gezhi.sensing.queries.sensed import Sensed, Watching, sensed

CHANNEL: Final = "gezhi_sensing"
_FEW: Final = 1_000_000  # numbers of series


def take(columns: Columns, source: str, now: datetime) -> Taken:
    """Each row's fate, once it is safe on disk. A row that was taken before is told AGAIN and kept once, whoever sends
    it and however often; so whoever got no answer sends the same again."""
    try:
        return _take(columns, source, now)
    except IntegrityError:  # a day was given up, or a block's state put back, by somebody else meanwhile
        if connection.in_atomic_block:
            raise
        forget_days()
        return _take(columns, source, now)


def _take(columns: Columns, source: str, now: datetime) -> Taken:
    at = milliseconds(now)
    known = sensed()
    wrong = refused(columns, known.limits, at)
    if np.any(wrong == REASONS.index("unknown-series")):
        known = sensed(anew=True)
        wrong = refused(columns, known.limits, at)
    sound = np.flatnonzero(wrong < 0)
    fate, behind = np.zeros(len(columns), np.int8), np.zeros(len(columns), np.bool_)
    fate[wrong >= 0] = Fate.REFUSED
    if sound.size:
        make_days_of(columns.at[sound])
    with transaction.atomic():
        if sound.size:
            fate[sound], behind[sound] = _keep(columns[sound], known, at)
        counts = Counter(REASONS[reason] for reason in wrong[wrong >= 0].tolist())
        count_refused(source, now, counts)
    return Taken(fate, behind)


def _keep(columns: Columns, known: Sensed, now: int) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    series = _distinct(columns.series)
    watchings = _watching(known, series)
    blocks = blocks_of(_concerned(series, watchings))
    states = lock_states(blocks)
    where = positions(columns.series, blocks)
    rows = split(columns, where, states)
    fate, behind = np.zeros(len(columns), np.int8), np.zeros(len(columns), np.bool_)
    after = _ahead(columns[rows.ahead], where[rows.ahead], known, watchings, blocks, states, now)
    behind[rows.behind] = True
    fate[rows.behind] = _behind(columns[rows.behind], known.limits)
    same = columns.value[rows.echoes] == columns.value[rows.echoed]
    fate[rows.echoes] = np.where(same, Fate.AGAIN, Fate.CONTRADICTING)
    _count(after, where, fate, now)
    keep_states(states, after, blocks)
    return fate, behind


def _distinct(series: Int32) -> Int32:
    """Rising. Told by a table of all numbers up to the highest where that is short: many times faster than sorting."""
    if not len(series) or series.max() > _FEW:
        return np.unique(series)
    there = np.zeros(int(series.max()) + 1, np.bool_)
    there[series] = True
    return np.flatnonzero(there).astype(np.int32)


def _watching(known: Sensed, series: Int32) -> list[Watching]:
    """The monitors that look at any of these series, or ask them."""
    return [
        one
        for one in known.watchings
        if np.isin(one.series, series).any()
        or any(np.isin(asked, series).any() for asked in one.related.values())
    ]


def _concerned(series: Int32, watchings: list[Watching]) -> Int32:
    """These series, those that look at them, and those that these ask."""
    found = [series]
    for one in watchings:
        told = np.isin(one.series, series)
        for asked in one.related.values():
            told = told | np.isin(asked, series)
        found += [one.series[told], *(asked[told & (asked > 0)] for asked in one.related.values())]
    return np.concatenate(found)


def _ahead(
    columns: Columns,
    where: NDArray[np.intp],
    known: Sensed,
    watchings: list[Watching],
    blocks: list[int],
    states: States,
    now: int,
) -> States:
    """Rows that move their series on. Returns the states after them."""
    marks, same = marked(columns, where, known.limits, states, now)
    copy_new(Columns(columns.series, columns.at, columns.value, marks))
    stale = stale_of(known.limits, blocks)
    unusual = any("z" in one.plan.own for one in watchings)
    rows, after = measured(states, where, columns.at, columns.value, marks, stale, unusual=unusual)
    last = np.flatnonzero(np.append(where[1:] != where[:-1], np.True_))[: len(where)]
    after["same_since"][where[last]] = same[last]
    if play_rows(watchings, blocks, states, rows, stale, now):
        tell()
    return after


def stale_of(limits: Limits, blocks: list[int]) -> Int64:
    """By place in the array over the blocks."""
    series = (np.asarray(blocks)[:, None] * WIDTH + np.arange(WIDTH)).ravel()
    return np.where(series < len(limits.stale), limits.stale[np.minimum(series, len(limits.stale) - 1)], 0)


def _behind(columns: Columns, limits: Limits) -> NDArray[np.int8]:
    """Rows that come late or again."""
    if not len(columns):
        return np.zeros(0, np.int8)
    marks = columns.mark | in_range(columns, limits)
    there, same = copy_behind(Columns(columns.series, columns.at, columns.value, marks))
    return np.where(~there, Fate.NEW, np.where(same, Fate.AGAIN, Fate.CONTRADICTING)).astype(np.int8)


def _count(states: States, where: NDArray[np.intp], fate: NDArray[np.int8], now: int) -> None:
    states["received_at"][where] = now
    np.add.at(states["again"], where[fate == Fate.AGAIN], 1)
    np.add.at(states["against"], where[fate == Fate.CONTRADICTING], 1)


def tell() -> None:
    """Whoever raises warnings, once this is committed."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
