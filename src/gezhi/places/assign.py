"""Which place is each feature of a layer? National codes are taken, local ones are matched or numbered.

In this order: the feature's own national code; a known place of its level below the same parent with the
same local code or name; a new number below the parent. The parent is the place that holds the feature's
inner point, else the one that the layer names, else the jurisdiction that the import is limited to.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gezhi.lib.codes import GRID, LEVELS, VILLAGE, child_code, is_code, is_within, level_of, padded, parent_of
from gezhi.places.divisions import spoken
from gezhi.places.layer import Feature, Problem
from gezhi.places.locate import Locator

_PADDABLE: Final = (2, 4, 6, 9, 12)
_NEW_FROM: Final = {GRID: 1, VILLAGE: 900}  # numbers of places that the national tables do not know


@dataclass(frozen=True)
class Known:
    code: str
    level: int
    name: str
    full_name: str
    local_code: str
    shape: BaseGeometry | None = None


@dataclass
class Assigned:
    """Codes of features, in the features' order; features without one are named in `problems`."""

    features: list[tuple[Feature, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def assign(features: Sequence[Feature], level: int, known: Sequence[Known], within: str) -> Assigned:
    """`known`: the places of the level and of the level above inside `within`, and `within` itself."""
    done = Assigned()
    parents = _Parents([k for k in known if k.level == level - 1 or k.code == within], level, within)
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
    if not parent:
        return (
            "",
            f"no {LEVELS[level - 1]} holds it or has the name {feature.parent!r}; load that level first",
        )
    return names.code_for(feature, parent), ""


def national_code(text: str, level: int) -> str:
    """'110105001' or 110105001000 at level town -> '110105001000'; "" when it is a local code."""
    if not (text.isascii() and text.isdigit()):
        return ""
    code = padded(text) if len(text) in _PADDABLE else text
    return code if is_code(code) and level_of(code) == level else ""


class _Parents:
    def __init__(self, places: Sequence[Known], level: int, within: str) -> None:
        self._fallback = within if within and level_of(within) == level - 1 else ""
        self._by_name: dict[str, set[str]] = defaultdict(set)
        above = [p for p in places if p.level == level - 1]
        for place in above:
            for name in {place.code, place.local_code, place.name, spoken(place.name), place.full_name} - {
                ""
            }:
                self._by_name[name].add(place.code)
        shaped = [p for p in above if p.shape is not None]
        self._locator = (
            Locator.of(
                [p.code for p in shaped],
                [p.level for p in shaped],
                np.array([p.shape for p in shaped], dtype=object),
            )
            if shaped
            else None
        )

    def of(self, feature: Feature) -> str:
        point = feature.shape.representative_point()
        held = self._locator.locate_one(point.x, point.y) if self._locator else ""
        named = self._by_name.get(feature.parent, set())
        return held or (next(iter(named)) if len(named) == 1 else "") or self._fallback


class _Names:
    """The places of the layer's own level: found by local code or name, numbered when new."""

    def __init__(self, places: Iterable[Known]) -> None:
        self._grids: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        self._codes: dict[tuple[str, str], str] = {}
        self._taken: dict[str, set[str]] = defaultdict(set)
        for place in sorted(places, key=lambda p: p.code):
            parent = parent_of(place.code) or ""
            self._taken[parent].add(place.code)
            self._grids[parent, place.local_code, place.name].append(place.code)
            for label in {place.local_code, place.name, spoken(place.name)} - {""}:
                self._codes.setdefault((parent, label), place.code)

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
