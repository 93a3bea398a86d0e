"""Prometheus itself, which we did not write, says at which minutes a thousand random monitors fire."""

import random
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from gezhi.packs.shapes import Monitor
from tests.sensing.watched import MINUTE, START, Node, monitor
from tools import prometheus

LOOKBACK = 5 * MINUTE  # for how long Prometheus takes a sample for the value of now
TICKS = 80
RULES = (  # ours, theirs
    ("value > 5", "s > 5"),
    ("value >= 5 && value < 8", "s >= 5 and s < 8"),
    ("value > 7 || value < 1", "s > 7 or s < 1"),
    ("value > other.limit", "s > on(n) r"),
    ("value > 2 && other.limit <= 4", "s > 2 and on(n) r <= 4"),
)


@dataclass(frozen=True)
class Drawn:
    """`own`, `limit`: a value for each sample, None where one is missing. `hold`, `keep`: in ticks."""

    number: int
    rule: tuple[str, str]
    hold: int
    keep: int
    own: Sequence[int | None]
    limit: Sequence[int | None]


@dataclass(frozen=True)
class Grid:
    """Samples come every `sample` ms, rules are looked at every `tick` ms."""

    sample: int
    tick: int
    count: int


GRIDS = (Grid(MINUTE, MINUTE, 600), Grid(MINUTE, MINUTE // 4, 250), Grid(MINUTE // 2, MINUTE // 2, 150))


def samples(chance: random.Random, count: int) -> list[int | None]:
    """Runs of one value with gaps of at most three samples, so that the last one still holds."""
    found: list[int | None] = []
    while len(found) < count:
        found += [chance.randint(0, 9)] * chance.choice((1, 1, 2, 3, 5, 9, 14))
        found += [None] * chance.choice((0, 0, 0, 1, 2, 3))
    return found[:count]


def drawn(grid: Grid) -> list[Drawn]:
    chance = random.Random(f"{grid.sample} {grid.tick}")
    count = TICKS * grid.tick // grid.sample + 1
    spans = (0, 0, 1, 2, 3, 4, 5, 8, 13)
    return [
        Drawn(
            number,
            chance.choice(RULES),
            chance.choice(spans),
            chance.choice(spans),
            samples(chance, count),
            samples(chance, count),
        )
        for number in range(grid.count)
    ]


def span(ticks: int, grid: Grid) -> dict[str, str]:
    return {"seconds": f"{ticks * grid.tick // 1000} seconds", "prometheus": f"{ticks * grid.tick // 1000}s"}


def as_monitor(one: Drawn, grid: Grid) -> Monitor:
    keys = {"for": one.hold, "keep": one.keep}
    given = {key: span(ticks, grid)["seconds"] for key, ticks in keys.items() if ticks}
    return monitor(levels={"blue": one.rule[0]}, **given)


def firing(one: Drawn, grid: Grid) -> list[bool]:
    """By our engine, at each tick; readings come in batches of any length."""
    chance = random.Random(one.number)
    node = Node.of(as_monitor(one, grid), [0], [LOOKBACK, LOOKBACK], other__limit=[1])
    readings = [
        (series, START + n * grid.sample, float(value))
        for n in range(len(one.own))
        for series, values in enumerate((one.own, one.limit))
        if (value := values[n]) is not None
    ]
    moved, last = [], START - 1
    while last < START + TICKS * grid.tick:
        until = last + chance.randint(1, 30) * grid.sample
        moved += node.take([reading for reading in readings if last < reading[1] <= until])
        last = until
    moved += node.tick(START + TICKS * grid.tick)
    levels = [0] * (TICKS + 1)
    for _, at, _, level in moved:
        first = -(-(at - START) // grid.tick)
        levels[first:] = [level] * (TICKS + 1 - first)
    return [level > 0 for level in levels]


def rule_file(cases: list[Drawn], grid: Grid) -> dict[str, object]:
    return {"groups": [{"name": "drawn", "rules": [alert(one, grid) for one in cases]}]}


def alert(one: Drawn, grid: Grid) -> dict[str, str]:
    named = one.rule[1].replace("s ", f's{{n="{one.number}"}} ').replace(" r", f' r{{n="{one.number}"}}')
    held = {"for": one.hold, "keep_firing_for": one.keep}
    return {"alert": f"a{one.number}", "expr": named} | {
        key: span(ticks, grid)["prometheus"] for key, ticks in held.items() if ticks
    }


def expectations(cases: list[Drawn], grid: Grid, fires: list[list[bool]]) -> dict[str, object]:
    series = [
        {
            "series": f'{name}{{n="{one.number}"}}',
            "values": " ".join("_" if v is None else str(v) for v in values),
        }
        for one in cases
        for name, values in (("s", one.own), ("r", one.limit))
    ]
    tests = [
        {
            "expr": 'ALERTS{alertstate="firing"}',
            "eval_time": f"{tick * grid.tick // 1000}s",
            "exp_samples": [
                {
                    "labels": f'ALERTS{{alertname="a{one.number}",alertstate="firing",n="{one.number}"}}',
                    "value": 1,
                }
                for one, fired in zip(cases, fires, strict=True)
                if fired[tick]
            ],
        }
        for tick in range(TICKS + 1)
    ]
    return {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": f"{grid.tick // 1000}s",
        "tests": [{"interval": f"{grid.sample // 1000}s", "input_series": series, "promql_expr_test": tests}],
    }


def asked(
    folder: Path, cases: list[Drawn], grid: Grid, fires: list[list[bool]]
) -> subprocess.CompletedProcess[str]:
    found = prometheus.program("promtool")
    if found is None:
        pytest.skip(prometheus.MISSING)
    for name, content in (("rules", rule_file(cases, grid)), ("tests", expectations(cases, grid, fires))):
        (folder / f"{name}.yaml").write_text(yaml.dump(content, Dumper=yaml.CSafeDumper))
    command = [str(found), "test", "rules", "tests.yaml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("grid", GRIDS, ids=lambda grid: f"{grid.count} each {grid.tick // 1000} s")
def test_random_monitors_fire_at_the_ticks_at_which_prometheus_rules_fire(tmp_path: Path, grid: Grid) -> None:
    cases = drawn(grid)
    fires = [firing(one, grid) for one in cases]
    changes = sum(before != after for one in fires for before, after in pairwise(one))
    assert changes > grid.count
    answer = asked(tmp_path, cases, grid, fires)
    assert answer.returncode == 0, answer.stdout[-2000:] + answer.stderr[-2000:]


def test_there_are_a_thousand_of_them() -> None:
    assert sum(grid.count for grid in GRIDS) == 1_000


def test_prometheus_notices_one_tick_that_is_wrong(tmp_path: Path) -> None:
    cases = drawn(GRIDS[0])[:20]
    fires = [firing(one, GRIDS[0]) for one in cases]
    fires[7][40] = not fires[7][40]
    assert asked(tmp_path, cases, GRIDS[0], fires).returncode != 0
