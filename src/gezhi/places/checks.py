"""What is wrong with a layer whose features have their place codes: overlaps, gaps, strays, duplicates."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gezhi.lib.codes import parent_of
from gezhi.places.layer import Problem, Severity

SMALL: Final = 1.0  # square metres that never matter
SLIVER: Final = 0.001  # share of the smaller shape that is worth a warning
SERIOUS: Final = 0.01  # share that is an error
_METRES: Final = 111_195.0


@dataclass(frozen=True)
class Placed:
    """A shape with its code; `index` is the feature's number in its layer, 0 when it was there before."""

    index: int
    code: str
    name: str
    shape: BaseGeometry


def square_metres(shapes: NDArray[np.object_] | BaseGeometry) -> NDArray[np.float64]:
    """Good to 1 % for anything smaller than a province."""
    bounds = shapely.bounds(shapes)
    north = np.nan_to_num((bounds[..., 1] + bounds[..., 3]) / 2)
    return np.asarray(shapely.area(shapes) * _METRES**2 * np.cos(np.radians(north)))


def check_shapes(placed: Sequence[Placed], above: Mapping[str, BaseGeometry]) -> list[Problem]:
    """`above`: shapes of the places one level up, by code; those without a shape are not compared."""
    return [*duplicates(placed), *overlaps(placed), *strays(placed, above), *gaps(placed, above)]


def _problem(severity: Severity, kind: str, of: Placed, words: str) -> Problem:
    return Problem(severity, kind, of.index, of.code, of.name, words)


def _shapes(placed: Sequence[Placed]) -> NDArray[np.object_]:
    return np.array([p.shape for p in placed], dtype=object)


def duplicates(placed: Sequence[Placed]) -> Iterator[Problem]:
    seen: dict[str, Placed] = {}
    for one in placed:
        first = seen.setdefault(one.code, one)
        if first is not one:
            yield _problem(
                "error", "duplicate", one, f"feature {first.index} ({first.name}) has this code too"
            )


def overlaps(placed: Sequence[Placed]) -> Iterator[Problem]:
    if len(placed) < 2:
        return
    shapes = _shapes(placed)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    left, right = left[left < right], right[left < right]
    shared = square_metres(shapely.intersection(shapes[left], shapes[right]))
    size = square_metres(shapes)
    share = shared / np.maximum(np.minimum(size[left], size[right]), 1e-9)
    for at in np.flatnonzero((shared > SMALL) & (share > SLIVER)):
        other = placed[right[at]]
        words = f"overlaps {other.code} {other.name} by {shared[at]:.0f} m2 ({share[at]:.1%} of the smaller)"
        yield _problem("error" if share[at] > SERIOUS else "warning", "overlap", placed[left[at]], words)


def strays(placed: Sequence[Placed], above: Mapping[str, BaseGeometry]) -> Iterator[Problem]:
    """Shapes that leave the place which their code says they are in."""
    inside = [p for p in placed if parent_of(p.code) in above]
    if not inside:
        return
    shapes = _shapes(inside)
    parents = np.array([above[parent_of(p.code) or ""] for p in inside], dtype=object)
    outside = square_metres(shapely.difference(shapes, parents))
    share = outside / np.maximum(square_metres(shapes), 1e-9)
    for at in np.flatnonzero((outside > SMALL) & (share > SLIVER)):
        one = inside[at]
        words = f"{outside[at]:.0f} m2 ({share[at]:.1%}) lie outside {parent_of(one.code)}"
        yield _problem("error" if share[at] > SERIOUS else "warning", "outside", one, words)


def gaps(placed: Sequence[Placed], above: Mapping[str, BaseGeometry]) -> Iterator[Problem]:
    """Parts of a place that none of its children covers: only where it has children at all."""
    children: dict[str, list[Placed]] = defaultdict(list)
    for one in placed:
        children[parent_of(one.code) or ""].append(one)
    for code in sorted(children.keys() & above.keys()):
        bare = shapely.difference(above[code], shapely.union_all(_shapes(children[code])))
        area, whole = float(square_metres(bare)), float(square_metres(above[code]))
        if area > 100 * SMALL and area / max(whole, 1e-9) > SLIVER:
            words = f"{area:.0f} m2 ({area / whole:.1%}) of it are covered by nothing in this layer"
            yield Problem("warning", "gap", 0, code, "", words)
