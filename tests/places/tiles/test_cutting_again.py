"""Tiles are cut when places change, by the same action."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner
from django.conf import settings as current
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from shapely.geometry.base import BaseGeometry

from gezhi.lib.codes import GRID
from gezhi.places.actions import import_layer, load_divisions
from gezhi.places.cli import places
from gezhi.places.divisions import Division
from gezhi.places.queries import NoShapes, import_plan
from gezhi.places.tiles.archive import ArchiveError
from gezhi.places.tiles.queries import (
    TilesMissing,
    archive_of,
    check_tiles,
    current_tiles,
    ensure_current_tiles,
    tiles_file,
)
from tests.places.conftest import Ledger

pytestmark = pytest.mark.django_db
Decode = Callable[[bytes, str], dict[int, tuple[dict[str, object], BaseGeometry]]]
WANAN = "330203001001"
AT = (12, 3430, 1692)  # the tile of 121.5 E, 29.8 N


@pytest.fixture(autouse=True)
def _loaded(settings: Settings, tmp_path: Path, divisions: list[Division], ledger: Ledger) -> None:
    settings.DATA_DIR = tmp_path
    load_divisions(divisions, "tables", ledger)


def imported(ledger: Ledger, *wests: float) -> str:
    """The version of the tiles that stand after an import of one grid for each western edge."""
    features = [
        {
            "type": "Feature",
            "properties": {"no": str(number), "name": f"{number}号网格"},
            "geometry": json.loads(shapely.to_geojson(shapely.box(west, 29.8, west + 0.01, 29.81))),
        }
        for number, west in enumerate(wests, 1)
    ]
    data = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    plan = import_plan(data, GRID, {"code": "no", "name": "name"}, "wgs84", WANAN, "x")
    import_layer(plan, "x", ledger)
    return current_tiles()[0]


def grids_in(version: str, decode: Decode) -> set[int]:
    archive = archive_of(version)
    assert archive is not None
    return set(decode(archive.tile(*AT) or b"", "grid"))


def test_an_import_cuts_new_tiles_and_the_old_ones_stay_for_open_maps(ledger: Ledger, decode: Decode) -> None:
    first = imported(ledger, 121.5)
    second = imported(ledger, 121.5, 121.51)
    assert first != second
    assert grids_in(first, decode) == {330203001001001}
    assert grids_in(second, decode) == {330203001001001, 330203001001002}


def test_the_same_import_cuts_nothing(ledger: Ledger) -> None:
    version = imported(ledger, 121.5)
    stamp = tiles_file(version).stat().st_mtime_ns
    assert imported(ledger, 121.5) == version
    assert tiles_file(version).stat().st_mtime_ns == stamp


def test_a_renamed_village_is_renamed_on_the_map(
    ledger: Ledger, divisions: list[Division], decode: Decode
) -> None:
    imported(ledger, 121.5)
    renamed = [Division(d.code, "南门社区居委会") if d.code == WANAN else d for d in divisions]
    load_divisions(renamed, "tables", ledger)
    found = decode(current_tiles()[1].tile(*AT) or b"", "village")
    assert found[int(WANAN)][0] == {"name": "南门社区"}


def test_before_any_shape_there_are_no_tiles() -> None:
    ensure_current_tiles()
    check_tiles()
    with pytest.raises(NoShapes):
        current_tiles()


@pytest.mark.parametrize("harm", [b"", b"PMTiles\x03 and nothing more", None])
def test_missing_or_damaged_tiles_are_cut_when_the_server_starts(ledger: Ledger, harm: bytes | None) -> None:
    path = tiles_file(imported(ledger, 121.5))
    path.unlink() if harm is None else path.write_bytes(harm)
    with pytest.raises((TilesMissing, ArchiveError)):
        current_tiles()
    ensure_current_tiles()
    check_tiles()
    assert current_tiles()[1].tile(*AT)


def test_a_tile_asks_the_database_nothing(ledger: Ledger) -> None:
    version = imported(ledger, 121.5)
    with CaptureQueriesContext(connection) as asked:
        assert archive_of(version) is not None
        assert archive_of("another") is None
    assert len(asked) == 0


def test_the_command_cuts_and_says_how_much(ledger: Ledger) -> None:
    assert "gezhi places import" in CliRunner().invoke(places, ["tiles"], obj=ledger).output
    version = imported(ledger, 121.5)
    done = CliRunner().invoke(places, ["tiles"], obj=ledger)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("19 tiles, "), done.output
    assert str(Path(current.DATA_DIR) / "tiles" / f"{version}.pmtiles") in done.output


def test_checking_names_tiles_that_changed_on_the_disk(ledger: Ledger) -> None:
    path = tiles_file(imported(ledger, 121.5))
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    found = CliRunner().invoke(places, ["check"], obj=ledger)
    assert found.exit_code == 1
    assert "differ" in found.output
