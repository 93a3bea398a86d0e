"""Reads of places: names, children, outlines, and the locator that this process has open."""

import hashlib
import shutil
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from django.conf import settings
from django.db.models import Q, QuerySet
from shapely.geometry.base import BaseGeometry

from gezhi.lib.codes import GRID, ancestors, level_of, parent_of, place_range
from gezhi.places import raster, snapshot
from gezhi.places.assign import Known
from gezhi.places.checks import Placed, check_shapes
from gezhi.places.divisions import Division
from gezhi.places.importing import Plan, plan_import
from gezhi.places.layer import Problem, read_layer
from gezhi.places.locate import Locator
from gezhi.places.models import Place, PlaceVersion
from gezhi.places.names import PlaceNames
from gezhi.places.whereabouts import Box, Point, Whereabouts


class NoShapes(Exception):
    """No place has a shape yet. Use `gezhi places import`, or `gezhi places generate` to invent grids."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True)
class Outline:
    """`geojson`: a GeoJSON geometry as text, WGS-84."""

    code: str
    name: str
    full_name: str
    level: int
    simulated: bool
    geojson: str


_lock = threading.Lock()
_locators: dict[int, Locator] = {}
_names: dict[tuple[int, str], PlaceNames] = {}


def newest_version() -> PlaceVersion | None:
    return PlaceVersion.objects.order_by("-id").first()


def current_locator(version: int | None = None) -> Locator:
    """The locator of the newest version. A caller who knows the version's id saves one statement."""
    if version is not None and (known := _locators.get(version)) is not None:
        return known
    newest = newest_version()
    if newest is None:
        raise NoShapes
    with _lock:
        if newest.pk not in _locators:
            opened = Locator.open(ensure_snapshot(newest.digest))
            _locators.clear()
            _locators[newest.pk] = opened
        return _locators[newest.pk]


def whereabouts() -> Whereabouts | None:
    """None while no place has a shape."""
    try:
        return current_locator().whereabouts
    except NoShapes:
        return None


def centres(codes: Iterable[str]) -> dict[str, Point]:
    """code -> (lon, lat) of a point inside, for the places that have a shape or hold one that has."""
    known = whereabouts()
    return known.centres(codes) if known else {}


def bounds_of(code: str) -> Box | None:
    """west, south, east, north of a place, or of all that it holds; None where nothing has a shape."""
    known = whereabouts()
    return known.bounds_of(code) if known else None


def grids_in_box(west: float, south: float, east: float, north: float, limit: int) -> list[str]:
    """Codes of at most `limit` grids whose boxes touch this one, in degrees, by code."""
    known = whereabouts()
    return known.grids_in_box(west, south, east, north, limit) if known else []


def current_names(scope: str) -> PlaceNames:
    """Names of the divisions of a jurisdiction, read once a version."""
    newest = newest_version()
    key = (newest.pk if newest else 0, scope)
    with _lock:
        if key not in _names:
            rows = within(scope).filter(level__lt=GRID).values_list("code", "name")
            if len(_names) > 16:
                _names.clear()
            _names[key] = PlaceNames(rows, scope)
        return _names[key]


def snapshot_folder(digest: str) -> Path:
    return Path(settings.DATA_DIR) / "places" / f"{digest[:20]}-{snapshot.FORMAT}"


def ensure_snapshot(digest: str) -> Path:
    """The snapshot's folder; built from the table where this machine lacks it or has it damaged."""
    folder = snapshot_folder(digest)
    if not (folder / snapshot.MANIFEST).exists():
        rows = shaped_rows()
        if not rows:
            raise NoShapes
        codes, levels, wkb, simulated = zip(*rows, strict=True)
        shapes = shapely.from_wkb(np.array(wkb, dtype=object))
        snapshot.write(raster.build(codes, levels, shapes, simulated), folder)
    return folder


def rebuild_snapshot() -> Path | None:
    """Makes the snapshot of the newest version again; None when no version exists."""
    newest = newest_version()
    if newest is None:
        return None
    shutil.rmtree(snapshot_folder(newest.digest), ignore_errors=True)
    return ensure_snapshot(newest.digest)


def shaped_rows() -> list[tuple[str, int, bytes, bool]]:
    shaped = Place.objects.filter(shape__isnull=False).order_by("code")
    rows = shaped.values_list("code", "level", "shape", "simulated")
    return [(code, level, bytes(shape or b""), fake) for code, level, shape, fake in rows.iterator(5000)]


def shapes_at(level: int) -> dict[str, BaseGeometry]:
    """Of every place of a level that has one, WGS-84."""
    rows = Place.objects.filter(level=level, shape__isnull=False).values_list("code", "shape")
    return {code: shapely.from_wkb(bytes(shape or b"")) for code, shape in rows}


def digest_of_places() -> str:
    """Changes with any name, code, shape or the word that it is simulated."""
    digest = hashlib.sha256()
    rows = Place.objects.order_by("code").values_list("code", "full_name", "simulated", "shape")
    for code, name, simulated, shape in rows.iterator(5000):
        digest.update(
            f"{code}\n{name}\n{simulated}\n".encode() + hashlib.sha256(bytes(shape or b"")).digest()
        )
    return digest.hexdigest()


def within(jurisdiction: str) -> QuerySet[Place]:
    low, high = place_range(jurisdiction) if jurisdiction else ("", ":")
    return Place.objects.filter(code__gte=low, code__lt=high)


def children(code: str) -> QuerySet[Place]:
    """One level down; below a city without counties these are its towns."""
    below = within(code).filter(level__gt=level_of(code)).order_by("level").values("level")[:1]
    return within(code).filter(level=below).defer("shape").order_by("code")


def place_names(codes: Iterable[str]) -> dict[str, str]:
    """code -> full name, for the codes that exist; one statement."""
    wanted = set(codes)
    return dict(Place.objects.filter(code__in=wanted).values_list("code", "full_name")) if wanted else {}


def search_places(text: str, jurisdiction: str = "", limit: int = 20) -> list[tuple[str, str]]:
    """(code, full name) whose full name holds every word of the text, or whose code begins with it."""
    found = within(jurisdiction)
    for word in text.split()[:5]:
        found = (
            found.filter(code__startswith=word) if word.isdigit() else found.filter(full_name__contains=word)
        )
    return (
        list(found.order_by("level", "code").values_list("code", "full_name")[:limit]) if text.split() else []
    )


def outlines(codes: Iterable[str]) -> list[Outline]:
    return [_outline(place) for place in Place.objects.filter(code__in=set(codes), shape__isnull=False)]


def neighbours_of(code: str, limit: int = 12) -> list[Outline]:
    """The place itself first, then those of its level that touch it or are near, nearest first."""
    near = current_locator().near(code, margin=0.002)
    places = {p.code: p for p in Place.objects.filter(code__in=[code, *near], shape__isnull=False)}
    own = places.pop(code, None)
    if own is None:
        return []
    others = list(places.values())
    shapes = shapely.from_wkb([bytes(p.shape or b"") for p in others])
    order = np.argsort(shapely.distance(shapes, shapely.from_wkb(bytes(own.shape or b""))), kind="stable")
    return [_outline(own), *(_outline(others[at]) for at in order[:limit])]


def _outline(place: Place) -> Outline:
    shape = shapely.transform(shapely.from_wkb(bytes(place.shape or b"")), lambda points: points.round(6))
    geojson = str(shapely.to_geojson(shape))
    return Outline(place.code, place.name, place.full_name, place.level, place.simulated, geojson)


def known_places(level: int, jurisdiction: str) -> list[Known]:
    """What an import of this level compares with: the level itself and the one above."""
    places = within(jurisdiction).filter(level__in=[level - 1, level]).exclude(level=GRID, simulated=True)
    return [_known(place) for place in places.order_by("code")]


def _known(place: Place) -> Known:
    shape = shapely.from_wkb(bytes(place.shape)) if place.shape else None
    return Known(
        place.code, place.level, place.name, place.full_name, place.local_code, shape, place.simulated
    )


def names_above(codes: Iterable[str]) -> dict[str, str]:
    """Full names of the parents of these codes."""
    return place_names(parent for code in codes if (parent := parent_of(code)))


def known_divisions(jurisdiction: str) -> list[Division]:
    """The stored tree of a jurisdiction, without grids, with the places above it."""
    rows = within(jurisdiction).filter(level__lt=GRID) | Place.objects.filter(
        code__in=ancestors(jurisdiction)
    )
    return [Division(code, name) for code, name in rows.order_by("code").values_list("code", "name")]


def wider_outlines(jurisdiction: str) -> set[str]:
    """The places above it that have an outline around more than this jurisdiction."""
    above, (low, high) = ancestors(jurisdiction), place_range(jurisdiction)
    shaped = Q(shape__isnull=False) & ~Q(code__in=above) & ~Q(code__gte=low, code__lt=high)
    return {code for code in above if within(code).filter(shaped).exists()}


def import_plan(
    data: bytes, level: int, fields: Mapping[str, str], system: str, jurisdiction: str, source: str
) -> Plan:
    """What importing this GeoJSON would write; see importing.py."""
    layer = read_layer(data, fields, system)
    rows = within(jurisdiction).filter(level__lt=level).values_list("code", "name")
    told = PlaceNames(rows, jurisdiction if jurisdiction and level_of(jurisdiction) < level - 1 else "")
    known = known_places(level, jurisdiction)
    return plan_import(layer, level, known, jurisdiction, source, names_above, told)


def shape_problems(jurisdiction: str) -> list[Problem]:
    """Checks of the stored shapes, level by level, real ones against real and simulated against simulated."""
    kinds: dict[tuple[int, bool], list[Placed]] = defaultdict(list)
    for place in within(jurisdiction).filter(shape__isnull=False).order_by("code").iterator(2000):
        shape = shapely.from_wkb(bytes(place.shape or b""))
        kinds[place.level, place.simulated].append(Placed(0, place.code, place.name, shape))
    found: list[Problem] = []
    for (level, simulated), placed in sorted(kinds.items()):
        found += check_shapes(placed, {p.code: p.shape for p in kinds.get((level - 1, simulated), [])})
    return found


def check_snapshot() -> None:
    """Raises SnapshotError when the files of the newest version are not what was written."""
    newest = newest_version()
    if newest is not None and Place.objects.filter(shape__isnull=False).exists():
        snapshot.verify(ensure_snapshot(newest.digest))
