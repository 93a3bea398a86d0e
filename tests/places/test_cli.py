"""`gezhi places` as people type it."""

import csv
import json
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner, Result
from pytest_django import Settings

from gezhi.places.actions import load_divisions
from gezhi.places.cli import places
from gezhi.places.divisions import Division
from gezhi.places.models import Place
from tests.places.conftest import Ledger

pytestmark = pytest.mark.django_db

WANAN = "330203001001"


@pytest.fixture(autouse=True)
def _loaded(settings: Settings, tmp_path: Path, divisions: list[Division], ledger: Ledger) -> None:
    settings.DATA_DIR = tmp_path / "data"
    load_divisions(divisions, "tables", ledger)
    ledger.entries.clear()


def run(ledger: Ledger, *words: object) -> Result:
    return CliRunner().invoke(places, [str(word) for word in words], obj=ledger)


def layer(path: Path, *boxes: tuple[float, float]) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"no": f"A-{number}", "title": f"网格{number}"},
            "geometry": json.loads(shapely.to_geojson(shapely.box(west, 29.8, east, 29.9))),
        }
        for number, (west, east) in enumerate(boxes, 1)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def import_words(path: Path, *more: str) -> list[object]:
    return ["import", path, "--level", "grid", "--map", "code=no,name=title", "--within", WANAN, *more]


def test_a_good_layer_is_imported_and_recorded_once(ledger: Ledger, tmp_path: Path) -> None:
    done = run(ledger, *import_words(layer(tmp_path / "grids.geojson", (121.5, 121.6), (121.6, 121.7))))
    assert done.exit_code == 0, done.output
    assert "2 added, 0 changed, 0 unchanged" in done.output
    assert [kind for kind, _, _ in ledger.entries] == ["places.layer_imported"]


def test_a_dry_run_writes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    done = run(ledger, *import_words(layer(tmp_path / "grids.geojson", (121.5, 121.6)), "--dry-run"))
    assert (done.exit_code, ledger.entries) == (0, [])
    assert "1 places, 0 features refused" in done.output
    assert not Place.objects.filter(code__startswith=WANAN, level=5).exists()


def test_errors_stop_the_import_unless_forced(ledger: Ledger, tmp_path: Path) -> None:
    path = layer(tmp_path / "grids.geojson", (121.5, 121.62), (121.6, 121.7))
    refused = run(ledger, *import_words(path))
    assert (refused.exit_code, ledger.entries) == (1, [])
    assert f"error: feature 1 ({WANAN}001 网格1): overlaps {WANAN}002 网格2" in refused.output
    forced = run(ledger, *import_words(path, "--force"))
    assert "2 added" in forced.output
    checked = run(ledger, "check", "330203")
    assert checked.exit_code == 1
    assert "overlaps" in checked.output


def test_a_wrong_map_and_a_wrong_code_are_usage_errors(ledger: Ledger, tmp_path: Path) -> None:
    path = layer(tmp_path / "grids.geojson", (121.5, 121.6))
    assert "field=COLUMN" in run(ledger, "import", path, "--level", "grid", "--map", "code").output
    assert "is no code" in run(ledger, "import", path, "--level", "grid", "--within", "NB").output


def test_points_of_a_file_get_their_place(ledger: Ledger, tmp_path: Path) -> None:
    run(ledger, *import_words(layer(tmp_path / "grids.geojson", (121.5, 121.6))))
    points, out = tmp_path / "points.csv", tmp_path / "out.csv"
    points.write_text("\ufeffid,lon,lat\n1,121.55,29.85\n2,120.0,29.85\n", encoding="utf-8")
    done = run(ledger, "locate", points, "--out", out)
    assert done.exit_code == 0, done.output
    assert list(csv.DictReader(out.open())) == [
        {"id": "1", "lon": "121.55", "lat": "29.85", "place_code": WANAN + "001"},
        {"id": "2", "lon": "120.0", "lat": "29.85", "place_code": ""},
    ]


def test_bad_points_are_named_and_the_exit_code_tells(ledger: Ledger, tmp_path: Path) -> None:
    run(ledger, *import_words(layer(tmp_path / "grids.geojson", (121.5, 121.6))))
    points, out = tmp_path / "points.csv", tmp_path / "out.csv"
    points.write_text("lon,lat\n121.55,29.85\nmoon,0\n29.85,121.55\n")
    done = run(ledger, "locate", points, "--out", out)
    assert done.exit_code == 1
    assert "line 3: lon and lat must both be finite numbers" in done.output
    assert "line 4: lon and lat look swapped" in done.output
    assert [row["place_code"] for row in csv.DictReader(out.open())] == [WANAN + "001", "", ""]


def test_locating_without_shapes_or_columns_says_what_to_do(ledger: Ledger, tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("x,y\n1,2\n")
    assert "gezhi places generate" in run(ledger, "locate", points, "--out", tmp_path / "o").output
    run(ledger, *import_words(layer(tmp_path / "grids.geojson", (121.5, 121.6))))
    assert "it has x, y" in run(ledger, "locate", points, "--out", tmp_path / "o").output


def test_grids_are_generated_checked_and_their_snapshot_rebuilt(ledger: Ledger) -> None:
    done = run(ledger, "generate", "3302", "--seed", 5)
    assert done.exit_code == 0, done.output
    assert run(ledger, "check").output.endswith("0 problems; snapshot and tiles are whole\n")
    assert Path(run(ledger, "snapshot").output.strip()).is_dir()
    assert "--centre LON LAT" in run(ledger, "generate", "--help").output


def test_a_county_is_generated_alone_and_then_its_city_keeps_its_outline(ledger: Ledger) -> None:
    assert run(ledger, "generate", "330203", "--seed", 5).exit_code == 0
    assert run(ledger, "check").output.endswith("0 problems; snapshot and tiles are whole\n")
    assert run(ledger, "generate", "3302", "--seed", 5).exit_code == 0
    city = Place.objects.get(code="330200000000").shape
    assert run(ledger, "generate", "330203", "--seed", 6).exit_code == 0
    assert Place.objects.get(code="330200000000").shape == city


def test_divisions_load_from_a_folder(ledger: Ledger, tables: Path) -> None:
    done = run(ledger, "divisions", "330200", "--from", tables)
    assert "10 county, 162 town, 3042 village" in done.output
    assert run(ledger, "divisions", "990000", "--from", tables).exit_code == 1
