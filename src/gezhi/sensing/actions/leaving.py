"""Alarms that nothing watches any more: their monitor was taken out of the packs, or their thing out of the city."""

from datetime import datetime
from typing import Final

import numpy as np
from django.db import connection, transaction

from gezhi.sensing.actions.stores import Transition, Watches, keep_transitions, lock_states
from gezhi.sensing.blocks import WIDTH, positions
from gezhi.sensing.hours import FAR
from gezhi.sensing.levels import Why
from gezhi.sensing.queries.sensed import Sensed

_STANDING: Final = "SELECT monitor, datastream_id, level FROM sensing_alarm"
_FORGET: Final = "DELETE FROM sensing_watch WHERE monitor <> ALL(%s)"


@transaction.atomic
def give_up(known: Sensed, now: datetime) -> int:
    """Ends them. Returns how many there were."""
    watched = {one.monitor.key: set(one.series.tolist()) for one in known.watchings}
    with connection.cursor() as cursor:
        cursor.execute(_STANDING)
        gone = [row for row in cursor.fetchall() if row[1] not in watched.get(row[0], ())]
        cursor.execute(_FORGET, [list(watched)])
    _reset([(monitor, series) for monitor, series, _ in gone if monitor in watched])
    keep_transitions(
        [Transition(monitor, series, now, level, 0, None, Why.GONE) for monitor, series, level in gone]
    )
    return len(gone)


def _reset(alarms: list[tuple[str, int]]) -> None:
    """Their watches begin anew, should they ever be watched again."""
    if not alarms:
        return
    blocks = sorted({series // WIDTH for _, series in alarms})
    lock_states(blocks)
    watches = Watches(blocks, sorted({monitor for monitor, _ in alarms}))
    for monitor, series in alarms:
        state = watches.of(monitor)
        place = int(positions(np.array([series], np.int32), blocks)[0])
        state[place] = np.zeros((), state.dtype)
        watches.put(monitor, state, {place // WIDTH: int(FAR)}, whole=False)
    watches.keep()
