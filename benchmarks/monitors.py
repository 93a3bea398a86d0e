"""Rules of monitors over columns, and monitors over readings: rows a second on one core.

Usage: monitors.py [rows]; 100,000 rows of which a tenth of every name is missing. The peer is Rust's CEL
(common-expression-language), compiled once and asked row by row with what is known of it; where it says that a name is
undefined, the answer is unknown. Both must say the same of every row, or nothing is told.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping

import numpy as np
from _node import tell

os.environ.setdefault("OMP_NUM_THREADS", "1")

RULES = {
    "threshold": "value > 5.0",
    "three clauses": "value > 5.0 && rate < 0.5 || z > 3.0",
    "other series": "value - forecast > 2.0 && (mark == 0.0 || hour >= 22.0)",
    "choice": "hour >= 8.0 && hour < 20.0 ? value > 6.0 : value > 4.0 || rate > 1.0",
}
NAMES = ("value", "rate", "z", "mark", "hour", "forecast")
MISSING = 0.1
ROUNDS = 7


def main(rows: int) -> None:
    columns = _columns(rows)
    facts = _facts(columns)
    for name, text in RULES.items():
        _compare(name, text, columns, facts)
    _watch(rows)


def _columns(rows: int) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(6)
    columns = {name: chance.normal(4.0, 2.0, rows) for name in ("value", "forecast")}
    columns |= {name: chance.normal(0.0, 1.5, rows) for name in ("rate", "z")}
    columns |= {"mark": chance.integers(0, 3, rows) * 1.0, "hour": chance.integers(0, 24, rows) * 1.0}
    for column in columns.values():
        column[chance.random(rows) < MISSING] = np.nan
    return columns


def _facts(columns: Mapping[str, np.ndarray]) -> list[dict[str, float]]:
    """What is known of each row."""
    rows = zip(*(columns[name].tolist() for name in NAMES), strict=True)
    return [{name: one for name, one in zip(NAMES, row, strict=True) if one == one} for row in rows]


def _compare(name: str, text: str, columns: Mapping[str, np.ndarray], facts: list[dict[str, float]]) -> None:
    from cel import compile as compile_cel

    from gezhi.packs.monitor_rules import monitor_rule

    rule, program = monitor_rule(text), compile_cel(text)
    began = time.process_time()
    theirs = [_asked(program.execute, row) for row in facts]
    peer = len(facts) / (time.process_time() - began)
    ours = rule.columns(columns)
    if not np.array_equal(ours, np.array(theirs), equal_nan=True):
        raise SystemExit(f"{text}: the answers differ")
    seconds = min(_timed(lambda: rule.columns(columns)) for _ in range(ROUNDS))
    unknown = int(np.isnan(ours).sum())
    told = {"rule": text, "equal": len(facts), "unknown": unknown}
    rate = len(facts) / seconds
    tell(f"monitors.rules {name}", rate, "rows/s a core", "common-expression-language", peer, **told)


def _asked(execute: Callable[[dict[str, float]], bool], row: dict[str, float]) -> float:
    try:
        return float(execute(row))
    except RuntimeError:
        return float("nan")


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _watch(rows: int) -> None:
    """A whole monitor of three levels, with for and keep, over series that send each minute; one in ten is high."""
    from gezhi.sensing.levels import new_watches
    from gezhi.sensing.measuring import measured, nothing_known
    from gezhi.sensing.monitors import plan_of
    from gezhi.sensing.timeline import Timeline
    from gezhi.sensing.watching import Watched, play

    series = rows // 10
    start, minute = 1_788_192_000_000, 60_000
    whose = np.tile(np.arange(series), 10)
    at = start + np.repeat(np.arange(10) * minute, series) + whose % minute
    value = np.random.default_rng(7).normal(3.0, 1.0, rows) + (whose % 10 == 0) * 3.0
    known, holds = nothing_known(series), np.full(series, 60 * minute)
    watched = Watched(np.arange(series), new_watches(np.full(series, start)), {})
    plan = plan_of(_monitor())

    def work() -> None:
        taken, _ = measured(known, whose, at, value, np.zeros(rows, np.int16), holds, unusual=False)
        play(plan, watched, Timeline.of(known, taken, holds))

    seconds = min(_timed(work) for _ in range(ROUNDS))
    rate = rows / seconds
    tell(
        "monitors.played", rate, "readings/s a core", "asked for of ingest", 150_000, levels=3, series=series
    )


def _monitor() -> object:
    from gezhi.packs.shapes import Monitor

    return Monitor.model_validate({
        "key": "level", "title": {"zh": "水位", "en": "Level"}, "of": {"property": "level"}, "source": "benchmark",
        "levels": {"blue": "value > 5", "yellow": "value > 6", "red": "value > 7.5"},
        "for": "3 minutes", "keep": "5 minutes", "todo": {"zh": "看", "en": "Look"},
    })  # fmt: skip


main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
