"""What time alone does: lengths that are over, series that fall silent, windows that open."""

from datetime import datetime
from typing import Final

import numpy as np
from django.db import connection, transaction

from gezhi.sensing.actions.playing import play_monitors
from gezhi.sensing.actions.stores import lock_states, milliseconds
from gezhi.sensing.actions.taking import stale_of, tell
from gezhi.sensing.blocks import blocks_of
from gezhi.sensing.measuring import Rows
from gezhi.sensing.queries.sensed import Sensed, sensed

MOST: Final = 64  # blocks in one transaction
_DUE: Final = "SELECT DISTINCT block FROM sensing_watch WHERE wake_at <= %s ORDER BY block"
_NO_ROWS: Final = Rows(
    np.zeros(0, np.intp),
    np.zeros(0, np.int64),
    {name: np.zeros(0) for name in ("value", "step", "rate", "z", "mark")},
)


_begun: tuple[int, int] | None = None  # what this process last began every watch for


def wake(now: datetime) -> int:
    """Every watch whose time has come; and all of them once whenever things or monitors have changed, so that silence
    counts from then for those that are new. Returns how many warnings moved."""
    global _begun
    known = sensed()
    waiting = _due(now)
    if _begun != known.stamp:
        waiting = sorted({block for one in known.watchings for block in blocks_of(one.series)})
    moved = sum(_wake(waiting[at : at + MOST], known, now) for at in range(0, len(waiting), MOST))
    _begun = known.stamp
    return moved


def _due(now: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [now])
        return [block for (block,) in cursor.fetchall()]


@transaction.atomic
def _wake(blocks: list[int], known: Sensed, now: datetime) -> int:
    at = milliseconds(now)
    asked = [
        series[series > 0]
        for one in known.watchings
        for series in one.related.values()
        if np.isin(one.series // 256, blocks).any()
    ]
    blocks = sorted({*blocks, *blocks_of(np.concatenate(asked) if asked else np.zeros(0, np.int32))})
    states = lock_states(blocks)
    watchings = [one for one in known.watchings if np.isin(one.series // 256, blocks).any()]
    moved = play_monitors(watchings, blocks, states, _NO_ROWS, stale_of(known.limits, blocks), at, until=at)
    if moved:
        tell()
    return moved
