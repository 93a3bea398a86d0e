"""Whether recordings are about monitors of the pack, and go forward in time. Shapes are already right."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from gezhi.packs.checking_references import missing
from gezhi.packs.monitor_rules import OTHER, names_for
from gezhi.packs.problems import Address, Finding
from gezhi.packs.scope import Scope


def check_recordings(scope: Scope) -> Iterator[Finding]:
    monitors = {one.key: one for one in scope.pack.monitors}
    for index, recording in enumerate(scope.pack.recordings):
        at = ("recordings", index)
        yield from missing((*at, "monitor"), "monitor", recording.monitor, monitors)
        yield from _starts(recording.starts, (*at, "starts"))
        yield from _forward([minute for minute, _ in recording.readings], (*at, "readings"))
        yield from _forward([minute for minute, _ in recording.then], (*at, "then"), same=True)
        rules = monitors[recording.monitor].levels.values() if recording.monitor in monitors else ()
        asked = {
            name.removeprefix(OTHER) for rule in rules for name in names_for(rule) if name.startswith(OTHER)
        }
        for name, series in recording.others.items():
            here = (*at, "others", name)
            yield from missing(here, "other series that the monitor asks for,", name, asked)
            yield from _forward([minute for minute, _ in series], here)


def _starts(text: str, at: Address) -> Iterator[Finding]:
    try:
        datetime.strptime(text, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the city's own clock
    except ValueError:
        yield Finding(at, f"'{text}' is no time", "2026-07-06 09:00")


def _forward(minutes: Sequence[float], at: Address, *, same: bool = False) -> Iterator[Finding]:
    for n, (before, after) in enumerate(pairwise(minutes), start=1):
        if after < before or (after == before and not same):
            yield Finding((*at, n), f"minute {after:g} is not after minute {before:g}", "minutes that ascend")
