"""From counts to indicators, points and ranks. Pure.

A share of few cases may be luck: each has an interval (Wilson, 95 %), and ranks are given by the points that hold even
at its unfavourable end. Who has fewer cases than the appraisal asks for is not ranked.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gezhi.insight.counts import NAMES
from gezhi.packs.shapes import Appraisal, Indicator
from gezhi.rules import Rule, compile_rule

Z95: Final = 1.959963984540054
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
Column = NDArray[np.float64]
Counts = Mapping[str, Column]


def name_in_rules(key: str) -> str:
    """handled-rate -> handled_rate."""
    return key.replace("-", "_")


@dataclass(frozen=True)
class Method:
    """An appraisal with its indicators, ready to compute. Raises RuleError when made of formulas that do not hold."""

    appraisal: Appraisal
    indicators: Sequence[Indicator]
    rules: Mapping[str, Rule] = field(init=False)
    points: Rule = field(init=False)

    def __post_init__(self) -> None:
        counts = dict.fromkeys(NAMES, "number")
        rules = {one.key: compile_rule(one.formula, counts) for one in self.indicators}  # type: ignore[arg-type]
        names = {name_in_rules(one.key): "number" for one in self.indicators}
        object.__setattr__(self, "rules", rules)
        object.__setattr__(self, "points", compile_rule(self.appraisal.points, names))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Value:
    """`value` None: unknown, nothing to say it from. `n`: how many it is a share of; `low`, `high`: its interval."""

    value: float | None
    n: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """`sure`: the points that hold with caution, by which ranks are given. `rank` None: too few, or unknown."""

    key: str
    values: Mapping[str, Value]
    points: float | None
    sure: float | None
    n: float
    rank: int | None = None


def wilson(share: Column, n: Column) -> tuple[Column, Column]:
    """Low and high end of the 95 % interval of shares of n (Wilson 1927). NaN where n is 0."""
    with np.errstate(all="ignore"):
        z2 = Z95 * Z95 / n
        middle = (share + z2 / 2) / (1 + z2)
        half = Z95 / (1 + z2) * np.sqrt(share * (1 - share) / n + z2 / (4 * n))
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def marks(method: Method, keys: Sequence[str], counts_of: Mapping[str, Counts], whole: Counts) -> list[Mark]:
    """Best first; then those with too few, in the order of keys. `counts_of`: by indicator, since each may be about
    some categories only; `whole`: of all categories."""
    columns = {one.key: _column(one, method.rules[one.key], counts_of[one.key]) for one in method.indicators}
    plain = {name_in_rules(key): column.value for key, column in columns.items()}
    sure = {name_in_rules(key): column.sure for key, column in columns.items()}
    points, cautious = method.points.columns(plain), method.points.columns(sure)
    base = whole[method.appraisal.base.value]
    found = [
        Mark(
            key,
            {name: column.at(index) for name, column in columns.items()},
            _number(points[index]),
            _number(cautious[index]),
            float(base[index]),
        )
        for index, key in enumerate(keys)
    ]
    return _ranked(found, method.appraisal.least)


@dataclass(frozen=True, slots=True)
class _Column:
    value: Column
    sure: Column
    n: Column | None
    low: Column | None
    high: Column | None

    def at(self, index: int) -> Value:
        if self.n is None or self.low is None or self.high is None:
            return Value(_number(self.value[index]))
        ends = _number(self.low[index]), _number(self.high[index])
        return Value(_number(self.value[index]), float(self.n[index]), *ends)


def _column(indicator: Indicator, rule: Rule, counts: Counts) -> _Column:
    value = rule.columns(dict(counts))
    if indicator.base is None or indicator.shown_as != "percent":
        return _Column(value, value, None, None, None)
    n = counts[indicator.base.value]
    low, high = wilson(np.clip(value, 0, 1), n)
    sure = low if indicator.better == "more" else high
    return _Column(value, np.where(np.isnan(sure), value, sure), n, low, high)


def _number(value: np.float64) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)


def _ranked(found: Sequence[Mark], least: int) -> list[Mark]:
    """Equal points share a rank."""
    ranked = [mark for mark in found if mark.n >= least and mark.sure is not None]
    ranked.sort(key=lambda mark: (-(mark.sure or 0.0), mark.key))
    numbered: list[Mark] = []
    for index, mark in enumerate(ranked):
        tied = bool(numbered) and numbered[-1].sure == mark.sure
        rank = numbered[-1].rank if tied else index + 1
        numbered.append(Mark(mark.key, mark.values, mark.points, mark.sure, mark.n, rank))
    return [*numbered, *(mark for mark in found if mark not in ranked)]


def spelled(text: str, words: Mapping[str, str]) -> str:
    """A formula with its names said in words, or in numbers: `handled / given` -> `处置数 / 承办数`."""
    said = _NAME.sub(lambda found: words.get(found.group(), found.group()), text)
    return said.replace("*", "×").replace(" / ", " ÷ ")
