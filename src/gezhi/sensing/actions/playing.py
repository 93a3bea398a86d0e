"""Monitors over what has just come, or over time that has just passed, inside the transaction of the batch."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.actions.stores import Key, Watches, keep_transitions, series_at
from gezhi.sensing.blocks import WIDTH, States, positions
from gezhi.sensing.columns import Int64
from gezhi.sensing.hours import FAR
from gezhi.sensing.levels import Watch
from gezhi.sensing.measuring import Rows
from gezhi.sensing.queries.sensed import Watching
from gezhi.sensing.timeline import Timeline
from gezhi.sensing.watching import Played, Watched, play


def play_monitors(
    watchings: Sequence[Watching],
    blocks: list[int],
    states: States,
    rows: Rows,
    stale: Int64,
    now: int,
    *,
    until: int | None = None,
) -> int:
    """`states`: before the rows. `stale`: by place in `states`. `until`: time goes on to there for every watch of these
    blocks; None: only for those that something new came to. Returns how many warnings moved."""
    if not watchings:
        return 0
    watches = Watches(blocks, [one.monitor.key for one in watchings])
    timeline = Timeline.of(states, rows, stale)
    stirred = np.bincount(rows.series, minlength=len(states)) > 0
    moved, changed = list[tuple[str, int, int, int, int, float, int]](), dict[Key, Watch]()
    for one in watchings:
        here = np.flatnonzero(np.isin(one.series // WIDTH, blocks))
        own, related = _places(one, here, blocks)
        if until is None:
            told = stirred[own] | _any_related(related, stirred)
            own, related = own[told], {name: places[told] for name, places in related.items()}
        if not own.size:
            continue
        state = watches.of(one.monitor.key)
        theirs = state[own]
        theirs["began"] = np.where(theirs["began"] == 0, now, theirs["began"])
        played = play(one.plan, Watched(own, theirs, related), timeline, until)
        state[own] = played.state
        _remember(watches, one.monitor.key, blocks, state, own, played, whole=until is not None, changed=changed)
        moved += _moved(one.monitor.key, played, own, blocks)
    watches.keep(changed)
    keep_transitions(moved)
    return len(moved)


def _places(
    one: Watching, here: NDArray[np.intp], blocks: list[int]
) -> tuple[NDArray[np.intp], dict[str, NDArray[np.intp]]]:
    own = positions(one.series[here], blocks)
    related = {
        name: np.where(series[here] > 0, positions(series[here], blocks), -1) for name, series in one.related.items()
    }
    return own, related


def _any_related(related: dict[str, NDArray[np.intp]], stirred: NDArray[np.bool_]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.zeros(1, np.bool_)
    for places in related.values():
        found = found | ((places >= 0) & stirred[places])
    return found


def _remember(
    watches: Watches,
    monitor: str,
    blocks: list[int],
    state: Watch,
    own: NDArray[np.intp],
    played: Played,
    *,
    whole: bool,
    changed: dict[Key, Watch],
) -> None:
    """A block wakes with the first of its watches. Where only some were played the others' instant still counts."""
    for place in np.unique(own // WIDTH).tolist():
        key = (monitor, blocks[place])
        wake = int(played.wake[own // WIDTH == place].min(initial=FAR))
        watches.wakes[key] = wake if whole else min(wake, watches.wakes[key])
        changed[key] = state[place * WIDTH : (place + 1) * WIDTH]


def _moved(
    monitor: str, played: Played, own: NDArray[np.intp], blocks: list[int]
) -> list[tuple[str, int, int, int, int, float, int]]:
    found = played.transitions
    series = series_at(own[found["watch"]], blocks)
    return [
        (monitor, int(number), int(row["at"]), int(row["level_from"]), int(row["level_to"]), float(row["value"]), int(row["why"]))
        for number, row in zip(series.tolist(), found, strict=True)
    ]
