"""The real grids of a Hangzhou district: all kept, each where its name says, each found from inside."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from click.testing import CliRunner
from pytest_django import Settings

from gezhi.lib.codes import COUNTY, GRID, TOWN, VILLAGE, parent_of
from gezhi.places import queries
from gezhi.places.actions import Loaded, import_layer, load_divisions
from gezhi.places.cli import places
from gezhi.places.coordinates import gcj02_to_wgs84
from gezhi.places.divisions import read_divisions
from gezhi.places.models import Place
from tests.places.conftest import Ledger

pytestmark = pytest.mark.django_db

GONGSHU = "330105000000"
LAYERS = [
    ("hangzhou_xiacheng_street_8.geojson", TOWN, {"code": "街道编码", "name": "街道"}),
    (
        "hangzhou_xiacheng_community_90.geojson",
        VILLAGE,
        {"code": "社区编码", "name": "社区", "parent": "街道"},
    ),
    ("hangzhou_xiacheng_grid_332.geojson", GRID, {"code": "网格编号", "name": "所属组织"}),
]


def record(_kind: str, _subject: str, _facts: object) -> None: ...


def load_layers(maps: Path) -> list[Loaded]:
    done = []
    for file, level, fields in LAYERS:
        plan = queries.import_plan((maps / file).read_bytes(), level, fields, "wgs84", GONGSHU, file)
        assert not plan.errors
        done.append(import_layer(plan, file, record))
    return done


@pytest.fixture
def district(maps: Path, tables: Path, settings: Settings, tmp_path: Path) -> list[Loaded]:
    settings.DATA_DIR = tmp_path
    load_divisions(read_divisions(tables, GONGSHU), "tables", record)
    return load_layers(maps)


def raw_grids(maps: Path) -> list[tuple[str, shapely.Geometry]]:
    features = json.loads((maps / LAYERS[2][0]).read_text())["features"]
    shapes = [shapely.from_geojson(json.dumps(f["geometry"])) for f in features]
    return [(f["properties"]["所属组织"], s) for f, s in zip(features, shapes, strict=True)]


def test_all_layers_load_and_a_second_run_adds_nothing(district: list[Loaded], maps: Path) -> None:
    streets, communities, grids = district
    assert (streets.added, streets.changed) == (0, 8)
    assert (communities.added, communities.changed) == (1, 74)
    assert (grids.added, grids.refused) == (332, 0)
    assert [(d.added, d.changed) for d in load_layers(maps)] == [(0, 0)] * 3


def test_the_grids_alone_find_their_district_by_name(
    maps: Path, tables: Path, settings: Settings, tmp_path: Path, ledger: Ledger
) -> None:
    settings.DATA_DIR, settings.DIVISIONS_DIR = tmp_path, tables
    words = ["import", str(maps / LAYERS[2][0]), "--level", "grid", "--map", "code=网格编号,name=所属组织"]
    done = CliRunner().invoke(places, words, obj=ledger)
    assert "The names are those of 330105000000" in done.output
    assert "332 added" in done.output
    assert [kind for kind, _, _ in ledger.entries] == ["places.divisions_loaded", "places.layer_imported"]


def test_every_grid_lies_in_the_community_that_its_name_contains(district: list[Loaded]) -> None:
    villages = {p.code: p.name for p in Place.objects.filter(level=VILLAGE)}
    grids = Place.objects.filter(level=GRID)
    assert len(grids) == 332
    assert all(villages[parent_of(grid.code) or ""] in grid.name or "外网格" in grid.name for grid in grids)


def test_inner_points_of_every_grid_give_that_grid(district: list[Loaded], maps: Path) -> None:
    chance = np.random.default_rng(3)
    names = {p.code: p.name for p in Place.objects.filter(level=GRID)}
    for name, shape in raw_grids(maps):
        inner = shapely.buffer(shape, -1e-6)
        box = shapely.bounds(shape)
        points = chance.uniform(box[:2], box[2:], (40, 2))
        points = points[shapely.contains_xy(inner, points)]
        first = shapely.get_coordinates(shape.representative_point())
        codes = queries.current_locator().locate(*np.vstack([first, points]).T).codes
        assert {names[code] for code in codes} == {name}
        assert len(set(codes)) == 1


def test_ten_thousand_points_on_borders_are_stable(district: list[Loaded], maps: Path) -> None:
    chance = np.random.default_rng(4)
    rings = [shape.exterior for _, shape in raw_grids(maps)]
    along = [ring.interpolate(float(at), normalized=True) for ring in rings for at in chance.random(31)]
    points = shapely.get_coordinates(along)[:10_000]
    locator = queries.current_locator()
    first = locator.locate(*points.T)
    shuffled = chance.permutation(len(points))
    assert len(points) == 10_000
    assert (locator.locate(*points[shuffled].T).index == first.index[shuffled]).all()
    assert (first.levels == GRID).all()
    one_by_one = [locator.locate_one(*point) for point in points[:500].tolist()]
    assert one_by_one == first.codes[:500]


@pytest.fixture
def own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.mark.usefixtures("own_folder")
@pytest.mark.parametrize("city", ["320100", "330100", "330200", "370200"])
def test_county_layers_in_gcj02_are_converted(city: str, maps: Path, tables: Path) -> None:
    code, file = f"{city}000000", f"city_{city}_counties_gcj02.geojson"
    load_divisions(read_divisions(tables, code), "tables", record)
    fields = {"code": "adcode", "name": "name"}
    plan = queries.import_plan((maps / file).read_bytes(), COUNTY, fields, "gcj02", code, file)
    assert (len(plan.rows), plan.refused) == (len(json.loads((maps / file).read_text())["features"]), 0)
    import_layer(plan, file, record)
    for feature in json.loads((maps / file).read_text())["features"]:
        lon, lat = gcj02_to_wgs84(*feature["properties"]["center"])
        expected = f"{feature['properties']['adcode']}000000"
        assert queries.current_locator().locate_one(float(lon), float(lat)) == expected
