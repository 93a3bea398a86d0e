"""From a layer to the rows that it would write, and everything that is wrong with it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from gezhi.lib.codes import parent_of
from gezhi.places.assign import Known, assign, merged
from gezhi.places.checks import Placed, check_shapes
from gezhi.places.divisions import full_name
from gezhi.places.layer import Feature, Layer, Problem
from gezhi.places.names import PlaceNames

COLUMNS: Final = (
    "code", "level", "name", "full_name", "local_code", "shape", "simulated", "source", "households",
)  # fmt: skip


@dataclass(frozen=True)
class PlaceRow:
    """A row of the table of places, as an import or a generator wants it."""

    code: str
    level: int
    name: str
    full_name: str
    local_code: str
    shape: bytes | None
    simulated: bool
    source: str
    households: int | None


@dataclass(frozen=True)
class Plan:
    """`refused` features are in no row; errors among the others need a decision to import all the same."""

    level: int
    rows: list[PlaceRow]
    problems: list[Problem]
    refused: int
    homeless: tuple[str, ...] = ()  # what features say of themselves for which no parent was found

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "error"]


def plan_import(
    layer: Layer, level: int, known: Sequence[Known], within: str, source: str,
    names_above: Callable[[Iterable[str]], Mapping[str, str]], told: PlaceNames,
) -> Plan:  # fmt: skip
    """`names_above` gives the full names of the parents of codes, as far as they exist."""
    assigned = assign(layer.features, level, known, within, told)
    features = merged(assigned.features, level)
    names = names_above(code for _, code in features)
    problems = [*layer.problems, *assigned.problems, *_orphans(features, names)]
    problems += _shape_problems(features, known, level)
    same = {place.code: place for place in known if place.level == level}
    rows = [_row(feature, code, level, same.get(code), names, source) for feature, code in features]
    without_code = len(layer.features) - len(assigned.features)
    refused = without_code + len({p.index for p in layer.problems if p.severity == "error" and p.index})
    lost = {problem.index for problem in assigned.problems if problem.kind == "parent"}
    homeless = tuple(f.parent + f.name for f in layer.features if f.index in lost)
    return Plan(level, _first_of_each(rows), sorted(problems, key=_rank), refused, homeless)


def _rank(problem: Problem) -> tuple[bool, int, str]:
    return problem.severity != "error", problem.index, problem.kind


def _first_of_each(rows: Sequence[PlaceRow]) -> list[PlaceRow]:
    found: dict[str, PlaceRow] = {}
    for row in rows:
        found.setdefault(row.code, row)
    return [found[code] for code in sorted(found)]


def _orphans(features: Sequence[tuple[Feature, str]], names: Mapping[str, str]) -> Iterable[Problem]:
    for feature, code in features:
        parent = parent_of(code) or ""
        if parent not in names:
            words = f"its parent {parent} is not known; load the divisions to complete its full name"
            yield Problem("warning", "orphan", feature.index, code, feature.name, words)


def _shape_problems(
    features: Sequence[tuple[Feature, str]], known: Sequence[Known], level: int
) -> Iterable[Problem]:
    """Compared are the layer itself, the parents' shapes and neighbours that the layer leaves alone."""
    parents = {parent_of(code) for _, code in features}
    codes = {code for _, code in features}
    placed = [Placed(feature.index, code, feature.name, feature.shape) for feature, code in features]
    placed += [
        Placed(0, place.code, place.name, place.shape)
        for place in known
        if place.level == level and place.shape is not None and not place.simulated
        and place.code not in codes and parent_of(place.code) in parents
    ]  # fmt: skip
    above: dict[str, BaseGeometry] = {
        place.code: place.shape
        for place in known
        if place.shape is not None and place.code in parents and not place.simulated
    }
    return check_shapes(placed, above)


def _row(
    feature: Feature, code: str, level: int, same: Known | None, names: Mapping[str, str], source: str
) -> PlaceRow:
    name = same.name if same else feature.name or feature.code or code
    local = feature.code if feature.code and not code.startswith(feature.code) else ""
    whole = same.full_name if same else full_name(names.get(parent_of(code) or "", ""), name)
    shape = shapely.to_wkb(feature.shape)
    return PlaceRow(
        code, level, name[:120], whole[:400], local[:60], shape, False, source[:200], feature.households
    )
