"""A map layer from outside, read once into features: GeoJSON, any column names, three coordinate systems."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeGuard

import numpy as np
import shapely
from shapely.geometry import shape as shape_of
from shapely.geometry.base import BaseGeometry

from gezhi.places.coordinates import CHINA, TROUBLE_WORDS, Extent, Trouble, to_wgs84, troubles

MAX_BYTES: Final = 512 * 1024 * 1024
FIELDS: Final = ("code", "name", "parent", "households")
_PLAIN_CRS: Final = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490")
_REPAIR: Final = 0.001  # share of the area that a repaired ring may change

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """`index` counts features from 1, 0 is the layer itself; `kind` is stable."""

    severity: Severity
    kind: str
    index: int
    code: str
    name: str
    words: str

    def __str__(self) -> str:
        who = f"feature {self.index}" if self.index else "the layer"
        label = " ".join(part for part in (self.code, self.name) if part)
        return f"{self.severity}: {who}{f' ({label})' if label else ''}: {self.words}"


@dataclass(frozen=True)
class Feature:
    index: int
    code: str  # as the layer has it; national or local
    name: str
    parent: str  # name or code of the place above, when the layer says it
    households: int | None
    shape: BaseGeometry  # WGS-84, rounded to 1e-9 degree


@dataclass(frozen=True)
class Layer:
    features: list[Feature]
    problems: list[Problem]


def read_layer(data: bytes, fields: Mapping[str, str], system: str, extent: Extent = CHINA) -> Layer:
    """`fields`: which property holds code, name, parent, households. Features with errors are left out."""
    raw, problems = _parse(data, fields)
    found: list[Feature] = []
    for index, item in enumerate(raw, 1):
        feature, troubled = _feature(index, item, fields, system, extent)
        problems += troubled
        if feature is not None:
            found.append(feature)
    return Layer(found, problems)


def _parse(data: bytes, fields: Mapping[str, str]) -> tuple[Sequence[object], list[Problem]]:
    unknown = sorted(set(fields) - set(FIELDS))
    if unknown:
        return [], [
            layer_problem("field", f"{', '.join(unknown)} cannot be mapped; choose from {', '.join(FIELDS)}")
        ]
    if len(data) > MAX_BYTES:
        return [], [
            layer_problem("size", f"{len(data)} bytes; at most {MAX_BYTES} are read, split the layer")
        ]
    try:
        layer = json.loads(data)
    except (ValueError, RecursionError) as error:
        return [], [layer_problem("json", f"this is no JSON ({error})")]
    if not isinstance(layer, dict) or not isinstance(layer.get("features"), list):
        return [], [
            layer_problem("json", "this is no GeoJSON FeatureCollection: there is no list `features`")
        ]
    return layer["features"], list(_crs_problems(layer.get("crs")))


def _crs_problems(crs: object) -> Iterator[Problem]:
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else str(crs)
    if not name.upper().endswith(_PLAIN_CRS):
        yield layer_problem("crs", f"its crs is {name}; convert it to longitude, latitude in degrees first")


def layer_problem(kind: str, words: str) -> Problem:
    return Problem("error", kind, 0, "", "", words)


def _feature(
    index: int, item: object, fields: Mapping[str, str], system: str, extent: Extent
) -> tuple[Feature | None, list[Problem]]:
    properties = item.get("properties") if isinstance(item, dict) else None
    values = properties if isinstance(properties, dict) else {}
    code, name, parent, homes = (_text(values, fields.get(field)) for field in FIELDS)

    def problem(kind: str, words: str, severity: Severity = "error") -> Problem:
        return Problem(severity, kind, index, code, name, words)

    missing = [f for f in ("code", "name") if f in fields and not _text(values, fields[f])]
    if missing:
        wanted, present = ", ".join(fields[f] for f in missing), ", ".join(map(str, values))
        words = f"no value in {wanted}; it has {present or 'no properties'}"
        return None, [problem("field", words)]
    geometry, words = _geometry(item.get("geometry") if isinstance(item, dict) else None)
    if geometry is None:
        return None, [problem("geometry", words)]
    trouble = _worst_trouble(geometry, extent)
    if trouble is not Trouble.NONE:
        return None, [problem(trouble.name.lower(), TROUBLE_WORDS[trouble])]
    converted = converted_shape(geometry, system)
    repaired, change = _repaired(converted)
    feature = Feature(index, code, name, parent, int(homes) if homes.isdigit() else None, repaired)
    if change == 0.0 and shapely.is_valid(converted):
        return feature, []
    reason = shapely.is_valid_reason(converted)
    if change > _REPAIR:
        return None, [problem("ring", f"invalid ring: {reason}; draw it again")]
    return feature, [problem("ring", f"invalid ring, repaired: {reason}", "warning")]


def _text(values: Mapping[str, object], field: str | None) -> str:
    value = values.get(field) if field else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).replace("\0", "").strip()[:200]


def _geometry(raw: object) -> tuple[BaseGeometry | None, str]:
    if not isinstance(raw, dict) or raw.get("type") not in ("Polygon", "MultiPolygon"):
        kind = raw.get("type") if isinstance(raw, dict) else None
        return None, f"its geometry is {kind}; only Polygon and MultiPolygon are areas"
    if not _is_nest_of_positions(raw.get("coordinates"), 3 if raw["type"] == "Polygon" else 4):
        return None, "its coordinates are not rings of at least four [lon, lat] positions of finite numbers"
    geometry: BaseGeometry = shapely.force_2d(shape_of(raw))
    return (None, "its geometry is empty") if geometry.is_empty else (geometry, "")


def _is_nest_of_positions(value: object, depth: int) -> bool:
    if not isinstance(value, list):
        return False
    if depth == 2:
        return len(value) >= 4 and all(_is_position(point) for point in value)
    return all(_is_nest_of_positions(part, depth - 1) for part in value)


def _is_position(value: object) -> TypeGuard[list[float]]:
    return isinstance(value, list) and 2 <= len(value) <= 4 and all(_is_number(v) for v in value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _worst_trouble(geometry: BaseGeometry, extent: Extent) -> Trouble:
    points = shapely.get_coordinates(geometry)
    found = troubles(points[:, 0], points[:, 1], extent)
    return Trouble(int(found.min(where=found > 0, initial=255))) if found.any() else Trouble.NONE


def converted_shape(geometry: BaseGeometry, system: str) -> BaseGeometry:
    def convert(points: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> object:
        return np.round(np.column_stack(to_wgs84(points[:, 0], points[:, 1], system)), 9)

    converted: BaseGeometry = shapely.transform(geometry, convert)
    return converted


def _repaired(geometry: BaseGeometry) -> tuple[BaseGeometry, float]:
    """(a valid polygon or multipolygon, share of the area that the repair changed)."""
    if shapely.is_valid(geometry):
        return geometry, 0.0
    parts = shapely.get_parts(shapely.make_valid(geometry))
    areas = [part for part in parts if part.geom_type in ("Polygon", "MultiPolygon")]
    fixed: BaseGeometry = shapely.set_precision(shapely.union_all(areas), 1e-9)
    before = abs(float(geometry.area))
    return fixed, abs(float(fixed.area) - before) / before if before else 1.0
