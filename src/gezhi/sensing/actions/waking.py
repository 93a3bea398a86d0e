"""What time alone does: lengths that are over, series that fall silent, windows that open."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import numpy as np
from django.db import connection, transaction

from gezhi.sensing.actions.leaving import give_up
from gezhi.sensing.actions.playing import play_time
from gezhi.sensing.actions.stores import lock_states, milliseconds
from gezhi.sensing.actions.taking import stale_of, tell
from gezhi.sensing.blocks import WIDTH, blocks_of
from gezhi.sensing.columns import Int32
from gezhi.sensing.queries.sensed import Sensed, sensed

MOST: Final = 64  # blocks in one transaction
_DUE: Final = "SELECT DISTINCT block FROM sensing_watch WHERE wake_at <= %s ORDER BY block"
_OVER: Final = "UPDATE sensing_watch SET wake_at = NULL WHERE block = ANY(%s) AND wake_at <= %s"


class Waker:
    """Every watch whose time has come; and all of them once whenever things or monitors have changed, so that silence
    counts from then for those that are new."""

    def __init__(self) -> None:
        self._begun: tuple[int, int] | None = None

    def wake(self, now: datetime) -> int:
        """Returns how many alarms moved."""
        known = sensed()
        if self._begun == known.stamp:
            due = _due(now)
        else:
            due = _watched(known)
            give_up(known, now)
        moved = sum(_wake(due[at : at + MOST], known, now) for at in range(0, len(due), MOST))
        self._begun = known.stamp
        return moved


def _watched(known: Sensed) -> list[int]:
    return sorted({block for one in known.watchings for block in blocks_of(one.series)})


def _due(now: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [now])
        return [block for (block,) in cursor.fetchall()]


@transaction.atomic
def _wake(due: list[int], known: Sensed, now: datetime) -> int:
    at = milliseconds(now)
    asked = [block for series in _asked(due, known) for block in blocks_of(series)]
    blocks = sorted({*due, *asked})
    states = lock_states(blocks)
    watchings = [one for one in known.watchings if np.isin(one.series // WIDTH, due).any()]
    moved = play_time(watchings, due, blocks, states, stale_of(known.limits, blocks), at)
    with connection.cursor() as cursor:
        cursor.execute(_OVER, [due, now])
    if moved:
        tell()
    return moved


def _asked(due: list[int], known: Sensed) -> Iterator[Int32]:
    """The series that watches of these blocks ask."""
    for one in known.watchings:
        here = np.isin(one.series // WIDTH, due)
        for series in one.related.values():
            theirs = series[here]
            yield theirs[theirs > 0]
