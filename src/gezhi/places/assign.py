"""Which place is each feature of a layer? National codes are taken, local ones are matched or numbered.

In this order: the feature's own national code; a known place of its level below the same parent with the
same local code or name; a new number below the parent. The parent is the place whose real shape holds the
feature's inner point, else the one that the layer names, else the one that the feature's name tells, else
one whose simulated shape holds it, else the jurisdiction that the import is limited to.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gezhi.lib.codes import (
    GRID,
    LEVELS,
    TOWN,
    VILLAGE,
    child_code,
    is_code,
    is_within,
    level_of,
    padded,
    parent_of,
)
from gezhi.places.divisions import spoken
from gezhi.places.layer import Feature, Problem
from gezhi.places.locate import Locator
from gezhi.places.names import PlaceNames

_PADDABLE: Final = (2, 4, 6, 9, 12)
_NEW_FROM: Final = {GRID: 1, VILLAGE: 900}  # numbers of places that the national tables do not know
_REST_OF_TOWN: Final = 999  # the village number of grids that belong to a town and to no village
_FAR: Final = 0.3  # degrees: a place of the right name that is drawn this far away is another one
_SURE: Final = 0.7


@dataclass(frozen=True)
class Known:
    code: str
    level: int
    name: str
    full_name: str
    local_code: str
    shape: BaseGeometry | None = None
    simulated: bool = False


@dataclass
class Assigned:
    """Codes of features, in the features' order; features without one are named in `problems`."""

    features: list[tuple[Feature, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def assign(
    features: Sequence[Feature], level: int, known: Sequence[Known], within: str, told: PlaceNames
) -> Assigned:
    """`known`: the places of the level and of the level above inside `within`; `told`: names of all above."""
    done = Assigned()
    parents = _Parents([k for k in known if k.level == level - 1], level, within, told)
    names = _Names([k for k in known if k.level == level])
    for feature in sorted(features, key=_stable) if level == GRID else features:
        code, words = _code_of(feature, level, parents, names, within)
        if code:
            done.features.append((feature, code))
        else:
            done.problems.append(Problem("error", "parent", feature.index, feature.code, feature.name, words))
    done.features.sort(key=lambda pair: pair[0].index)
    done.problems += _shared_codes(done.features, level)
    return done


def _stable(feature: Feature) -> tuple[str, str, float, float]:
    """An order that does not depend on the order of the file."""
    point = feature.shape.representative_point()
    return feature.code, feature.name, point.x, point.y


def _code_of(
    feature: Feature, level: int, parents: "_Parents", names: "_Names", within: str
) -> tuple[str, str]:
    """(code, "") or ("", why not)."""
    national = national_code(feature.code, level)
    if national:
        if within and not is_within(national, within):
            return "", f"{national} does not lie in {within}"
        return national, ""
    parent = parents.of(feature)
    known = "" if parent else names.anywhere(feature)
    if known or parent:
        return known or names.code_for(feature, parent), ""
    above = LEVELS[level - 1]
    return "", f"no {above} holds it or is named by it; load its {above} first or give --within"


def national_code(text: str, level: int) -> str:
    """'110105001' or 110105001000 at level town -> '110105001000'; "" when it is a local code."""
    if not (text.isascii() and text.isdigit()):
        return ""
    code = padded(text) if len(text) in _PADDABLE else text
    return code if is_code(code) and level_of(code) == level else ""


class _Parents:
    def __init__(self, above: Sequence[Known], level: int, within: str, told: PlaceNames) -> None:
        self._level = level
        self._told = told
        self._fallback = within if within and level_of(within) == level - 1 else ""
        self._shapes = {p.code: p.shape for p in above if p.shape is not None}
        self._real = _locator([p for p in above if not p.simulated])
        self._simulated = _locator([p for p in above if p.simulated])
        self._named: dict[str, set[str]] = defaultdict(set)
        for place in above:
            for name in _labels(place) | {place.code, place.full_name}:
                self._named[name].add(place.code)

    def of(self, feature: Feature) -> str:
        point = feature.shape.representative_point()
        return (
            _held(self._real, point)
            or self._by_field(feature, point)
            or self._by_text(feature, point)
            or _held(self._simulated, point)
            or self._fallback
        )

    def _by_field(self, feature: Feature, point: BaseGeometry) -> str:
        near = [code for code in self._named.get(feature.parent, ()) if self._is_near(code, point)]
        return near[0] if feature.parent and len(near) == 1 else ""

    def _by_text(self, feature: Feature, point: BaseGeometry) -> str:
        meant = self._told.find(feature.parent + feature.name)
        if meant is None or meant.confidence < _SURE:
            return ""
        if self._level == GRID and level_of(meant.code) == TOWN:
            return child_code(meant.code, _REST_OF_TOWN)
        return (
            meant.code if level_of(meant.code) == self._level - 1 and self._is_near(meant.code, point) else ""
        )

    def _is_near(self, code: str, point: BaseGeometry) -> bool:
        shape = self._shapes.get(code)
        return shape is None or bool(shape.distance(point) < _FAR)


def _locator(places: Sequence[Known]) -> Locator | None:
    shaped = [p for p in places if p.shape is not None]
    if not shaped:
        return None
    shapes = np.array([p.shape for p in shaped], dtype=object)
    return Locator.of([p.code for p in shaped], [p.level for p in shaped], shapes)


def _held(locator: Locator | None, point: BaseGeometry) -> str:
    return locator.locate_one(point.x, point.y) if locator else ""


def _labels(place: Known) -> set[str]:
    return {place.local_code, place.name, spoken(place.name)} - {""}


class _Names:
    """The places of the layer's own level: found by local code or name, numbered when new."""

    def __init__(self, places: Iterable[Known]) -> None:
        self._grids: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        self._codes: dict[tuple[str, str], str] = {}
        self._taken: dict[str, set[str]] = defaultdict(set)
        self._everywhere: dict[str, list[Known]] = defaultdict(list)
        for place in sorted(places, key=lambda p: p.code):
            parent = parent_of(place.code) or ""
            self._taken[parent].add(place.code)
            self._grids[parent, place.local_code, place.name].append(place.code)
            for label in _labels(place):
                self._codes.setdefault((parent, label), place.code)
                self._everywhere[label].append(place)

    def anywhere(self, feature: Feature) -> str:
        """The only place of the feature's name that is not drawn somewhere else; none among grids."""
        found = self._everywhere[spoken(feature.name)]
        near = [p for p in found if p.shape is None or p.shape.distance(feature.shape) < _FAR]
        return near[0].code if len(near) == 1 and near[0].level < GRID else ""

    def code_for(self, feature: Feature, parent: str) -> str:
        if level_of(parent) == VILLAGE:
            again = self._grids[parent, feature.code, feature.name]
            return again.pop(0) if again else self._new(parent)
        labels = (feature.code, feature.name, spoken(feature.name))
        found = next((self._codes[parent, label] for label in labels if (parent, label) in self._codes), "")
        found = found or self._new(parent)
        for label in labels:
            self._codes.setdefault((parent, label), found)
        return found

    def _new(self, parent: str) -> str:
        number = _NEW_FROM.get(level_of(parent) + 1, 90)
        while child_code(parent, number) in self._taken[parent]:
            number += 1
        code = child_code(parent, number)
        self._taken[parent].add(code)
        return code


def _shared_codes(features: Sequence[tuple[Feature, str]], level: int) -> list[Problem]:
    """Several features with one code: parts of one place above the grids, worth a word among grids."""
    groups: dict[str, list[tuple[Feature, str]]] = defaultdict(list)
    for feature, code in features:
        groups[feature.code if level == GRID else code].append((feature, code))
    return [
        Problem(
            "warning",
            "parts",
            feature.index,
            code,
            feature.name,
            _shared_words(level, feature.code, len(group)),
        )
        for label, group in groups.items()
        if label and len(group) > 1
        for feature, code in group[1:]
    ]


def _shared_words(level: int, local: str, count: int) -> str:
    if level == GRID:
        return f"{count} grids have the local code {local}; each keeps a place code of its own"
    return f"one of {count} features that together are this place"


def merged(features: Sequence[tuple[Feature, str]], level: int) -> list[tuple[Feature, str]]:
    """Above the grids, features of one code become one place of several parts."""
    if level == GRID:
        return list(features)
    groups: dict[str, list[Feature]] = defaultdict(list)
    for feature, code in features:
        groups[code].append(feature)
    return [(_joined(group), code) for code, group in groups.items()]


def _joined(group: Sequence[Feature]) -> Feature:
    first = group[0]
    if len(group) == 1:
        return first
    whole = shapely.union_all([f.shape for f in group], grid_size=1e-9)
    return Feature(first.index, first.code, first.name, first.parent, first.households, whole)
