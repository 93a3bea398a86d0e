"""The table of an appraisal, as a page shows it: marks with the figures behind them, each leading to its cases."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from gezhi.cases.world import World
from gezhi.desk.views.appraisal_asked import Asked
from gezhi.insight.bulletin import count_names, said, value_words
from gezhi.insight.counts import opened_by
from gezhi.insight.marking import Mark, Method
from gezhi.insight.queries.figures import Figures
from gezhi.insight.queries.posts import grid_posts
from gezhi.packs.shapes import Indicator
from gezhi.pages.acting import unit_name
from gezhi.pages.showing import english
from gezhi.places.queries import place_names

_NAME: Final = re.compile(r"[a-z_]+")
BELOW: Final = {"county": "town", "town": "village", "village": "grid"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and the address of its cases."""

    name: str
    number: str
    query: str


@dataclass(frozen=True, slots=True)
class Cell:
    """An indicator of one row: its value, the figures that it is made of, and its interval in words."""

    words: str
    figures: Sequence[Figure]
    interval: str


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    name: str
    below: str
    rank: int | None
    points: float | None
    sure: float | None
    n: Figure
    cells: Sequence[Cell]
    inside: str  # the address's query for the places inside; "" where there are none


def rows_of(asked: Asked, found: Sequence[Mark], figures: Figures, world: World) -> list[Row]:
    assert asked.method is not None
    names = _names(asked, [mark.key for mark in found], world)
    ordered = _sorted(found, asked.sort, names)
    return [_row(asked, mark, names[mark.key], figures.row(mark.key), asked.method) for mark in ordered]


def _row(asked: Asked, mark: Mark, name: tuple[str, str], counts: Mapping[str, float], method: Method) -> Row:
    base = method.appraisal.base.value
    cells = [cell_of(asked, mark, one, counts) for one in method.indicators]
    n = figure_of(asked, mark.key, base, counts)
    below = BELOW.get(asked.level)
    inside = asked.query(level=below, place=mark.key, sort="") if below else ""
    return Row(mark.key, *name, mark.rank, mark.points, mark.sure, n, cells, inside)


def cell_of(asked: Asked, mark: Mark, indicator: Indicator, counts: Mapping[str, float]) -> Cell:
    value = mark.values[indicator.key]
    used = [name for name in dict.fromkeys(_NAME.findall(indicator.formula)) if name in counts]
    figures = [figure_of(asked, mark.key, name, counts) for name in used]
    shown = value.low is not None and value.high is not None
    interval = f"{(value.low or 0) * 100:.0f}–{(value.high or 0) * 100:.0f}%" if shown else ""
    return Cell(value_words(value.value, indicator), figures, interval)


def figure_of(asked: Asked, key: str, name: str, counts: Mapping[str, float]) -> Figure:
    return Figure(count_names(english())[name], f"{counts[name]:g}", cases_query(asked, key, name))


def cases_query(asked: Asked, key: str, name: str) -> str:
    """The address of the cases behind a figure of a row."""
    count = opened_by(name)
    assert count is not None
    pairs = {"count": count.key, "period": asked.period.name, "starts": asked.period.day_starts}
    pairs |= {"level": asked.level, "place": asked.place, "category": asked.category}
    own = {"unit": "unit", "category": "category"}.get(asked.level, "place")
    if key:
        pairs[own] = key
    return urlencode({name: value for name, value in pairs.items() if value and value != "00:00"})


def _names(asked: Asked, keys: Sequence[str], world: World) -> dict[str, tuple[str, str]]:
    """key -> name, and what stands below it."""
    if asked.level == "unit":
        units = world.directory.units
        found = {key: units.get(int(key)) for key in keys}
        return {key: (unit_name(unit) if unit else key, "") for key, unit in found.items()}
    if asked.level == "category":
        known = world.catalogue.categories
        return {
            key: (said(known[key].name, english()), known[key].code) if key in known else (key, "")
            for key in keys
        }
    places = place_names([*keys, world.root])
    posts = grid_posts(asked.period.days[1]) if asked.level in ("post", "grid") else {}
    root = places.get(world.root, "")
    return {
        key: (
            places.get(key, key).removeprefix(root) or key,
            said(posts[key], english()) if key in posts else "",
        )
        for key in keys
    }


def _sorted(found: Sequence[Mark], sort: str, names: Mapping[str, tuple[str, str]]) -> list[Mark]:
    """By rank unless asked otherwise; what is unknown stands last."""
    if sort == "name":
        return sorted(found, key=lambda mark: names[mark.key])
    if sort == "n":
        return sorted(found, key=lambda mark: -mark.n)
    if sort == "points":
        return sorted(found, key=lambda mark: -(mark.points if mark.points is not None else -1.0))
    if found and sort in found[0].values:
        return sorted(found, key=lambda mark: _unknown_last(mark.values[sort].value))
    return list(found)


def _unknown_last(value: float | None) -> tuple[bool, float]:
    return value is None, -(value or 0.0)
