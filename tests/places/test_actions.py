"""Loading, importing and generating places: one entry each, nothing twice, real before simulated."""

import json
from collections.abc import Callable

import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from gezhi.lib.codes import GRID, VILLAGE
from gezhi.places import queries, snapshot
from gezhi.places.actions import Loaded, generate_grids, import_layer, load_divisions
from gezhi.places.divisions import Division
from gezhi.places.layer import Problem
from gezhi.places.models import Place, PlaceVersion
from tests.places.conftest import Ledger

pytestmark = pytest.mark.django_db

NINGBO, TOWN, WANAN = "330200000000", "330203001000", "330203001001"
FIELDS = {"code": "no", "name": "name"}


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.DATA_DIR = tmp_path_factory.mktemp("data")


@pytest.fixture
def loaded(divisions: list[Division], ledger: Ledger) -> Ledger:
    load_divisions(divisions, "tables", ledger)
    return ledger


def grids(*boxes: tuple[str, float, float], south: float = 29.8) -> bytes:
    """(local code, west, east) of each."""
    features = [
        {
            "type": "Feature",
            "properties": {"no": code, "name": f"网格{code}"},
            "geometry": json.loads(shapely.to_geojson(shapely.box(west, south, east, south + 0.1))),
        }
        for code, west, east in boxes
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def load_grids(data: bytes, ledger: Ledger, within: str = WANAN) -> Loaded:
    plan = queries.import_plan(data, GRID, FIELDS, "wgs84", within, "grids.geojson")
    return import_layer(plan, "grids.geojson", ledger)


def test_divisions_load_once_and_leave_one_entry_each_time(divisions: list[Division], ledger: Ledger) -> None:
    first = load_divisions(divisions, "tables", ledger)
    again = load_divisions(divisions, "tables", ledger)
    assert (first.added, again.added, again.changed, again.unchanged) == (13, 0, 0, 13)
    assert first.version == again.version
    assert [kind for kind, _, _ in ledger.entries] == ["places.divisions_loaded"] * 2
    assert queries.place_names([WANAN]) == {WANAN: "宁波市海曙区南门街道万安社区"}


def test_a_renamed_village_changes_one_row_and_the_version(loaded: Ledger, divisions: list[Division]) -> None:
    renamed = [Division(d.code, "南门社区居委会") if d.code == WANAN else d for d in divisions]
    done = load_divisions(renamed, "tables", loaded)
    assert (done.added, done.changed, done.unchanged) == (0, 1, 12)
    assert PlaceVersion.objects.count() == 2
    assert queries.place_names([WANAN]) == {WANAN: "宁波市海曙区南门街道南门社区"}


def test_generated_grids_are_marked_and_found(loaded: Ledger, divisions: list[Division]) -> None:
    done = generate_grids(divisions, NINGBO, 7, loaded)
    assert done.added == Place.objects.filter(level=GRID, simulated=True).count() > 12
    shape = shapely.from_wkb(bytes(Place.objects.get(code=WANAN + "001").shape or b""))
    point = shape.representative_point()
    assert queries.current_locator().locate_one(point.x, point.y) == WANAN + "001"
    assert loaded.entries[-1][2]["added"] == done.added


def test_generating_again_changes_nothing_and_another_seed_replaces(
    loaded: Ledger, divisions: list[Division]
) -> None:
    first = generate_grids(divisions, NINGBO, 7, loaded)
    again = generate_grids(divisions, NINGBO, 7, loaded)
    assert (again.added, again.changed, again.removed, again.version) == (0, 0, 0, first.version)
    other = generate_grids(divisions, NINGBO, 8, loaded)
    assert other.version > first.version
    assert Place.objects.filter(level=GRID).exclude(source="simulated, seed 8").count() == 0


def test_real_grids_take_the_place_of_simulated_ones(loaded: Ledger, divisions: list[Division]) -> None:
    generate_grids(divisions, NINGBO, 7, loaded)
    before = Place.objects.filter(code__startswith=WANAN, level=GRID).count()
    done = load_grids(grids(("A-1", 121.5, 121.6), ("A-2", 121.6, 121.7)), loaded)
    assert before - 2 == done.removed
    rows = Place.objects.filter(code__startswith=WANAN, level=GRID).order_by("code")
    assert [(p.code, p.local_code, p.simulated) for p in rows] == [
        (WANAN + "001", "A-1", False), (WANAN + "002", "A-2", False),
    ]  # fmt: skip
    generate_grids(divisions, NINGBO, 9, loaded)
    assert not rows.all().filter(simulated=True).exists()


def test_importing_again_adds_nothing(loaded: Ledger) -> None:
    data = grids(("A-1", 121.5, 121.6), ("A-2", 121.6, 121.7))
    first, again = load_grids(data, loaded), load_grids(data, loaded)
    assert (first.added, again.added, again.unchanged) == (2, 0, 2)
    assert first.version == again.version


def test_a_moved_border_changes_the_row_and_the_answer(loaded: Ledger) -> None:
    load_grids(grids(("A-1", 121.5, 121.6), ("A-2", 121.6, 121.7)), loaded)
    assert queries.current_locator().locate_one(121.61, 29.85) == WANAN + "002"
    load_grids(grids(("A-1", 121.5, 121.62), ("A-2", 121.62, 121.7)), loaded)
    assert queries.current_locator().locate_one(121.61, 29.85) == WANAN + "001"


def problems_of(data: bytes, within: str, level: int = GRID) -> list[Problem]:
    return queries.import_plan(data, level, FIELDS, "wgs84", within, "x").problems


def test_overlaps_with_grids_that_are_there_are_found(loaded: Ledger) -> None:
    load_grids(grids(("A-1", 121.5, 121.6)), loaded)
    assert [(p.kind, p.index) for p in problems_of(grids(("A-2", 121.55, 121.7)), WANAN)] == [("overlap", 1)]


def test_a_grid_outside_its_village_is_found(loaded: Ledger, divisions: list[Division]) -> None:
    village = queries.import_plan(grids((WANAN, 121.5, 121.6)), VILLAGE, FIELDS, "wgs84", TOWN, "villages")
    import_layer(village, "villages", loaded)
    found = problems_of(grids(("A-1", 121.5, 121.64)), TOWN)
    assert ("outside", "error") in [(p.kind, p.severity) for p in found]


def test_codes_below_an_unknown_parent_are_told(loaded: Ledger) -> None:
    found = problems_of(grids(("330203999001001", 121.5, 121.6)), "330203000000")
    assert [(p.severity, p.kind) for p in found] == [("warning", "orphan")]
    assert "its parent 330203999001 is not known" in found[0].words


def test_a_caller_who_knows_the_version_asks_the_database_nothing(loaded: Ledger) -> None:
    version = load_grids(grids(("A-1", 121.5, 121.6)), loaded).version
    queries.current_locator()
    with CaptureQueriesContext(connection) as asked:
        assert queries.current_locator(version).locate_one(121.55, 29.85) == WANAN + "001"
    assert len(asked) == 0


def test_a_machine_without_the_snapshot_builds_it(loaded: Ledger) -> None:
    load_grids(grids(("A-1", 121.5, 121.6)), loaded)
    folder = queries.rebuild_snapshot()
    assert folder is not None
    snapshot.verify(folder)
    (folder / "edges.npy").write_bytes(b"")
    with pytest.raises(snapshot.SnapshotError):
        queries.check_snapshot()
    queries.rebuild_snapshot()
    queries.check_snapshot()


def test_without_shapes_locating_says_what_to_do(loaded: Ledger) -> None:
    with pytest.raises(queries.NoShapes, match="gezhi places import"):
        queries.current_locator()


def test_neighbours_come_nearest_first_behind_the_place_itself(loaded: Ledger) -> None:
    load_grids(grids(("A-1", 121.5, 121.6), ("A-2", 121.6, 121.7), ("A-3", 121.701, 121.8)), loaded)
    found = queries.neighbours_of(WANAN + "002")
    assert [outline.code[-3:] for outline in found] == ["002", "001", "003"]
    assert json.loads(found[0].geojson)["type"] == "Polygon"
    assert queries.neighbours_of("330203001001999") == []


def test_children_are_one_level_down(loaded: Ledger) -> None:
    assert [p.code for p in queries.children("330203000000")] == [TOWN, "330203100000"]
    assert [p.name for p in queries.children(TOWN)] == ["万安社区居委会", "柳锦社区居委会"]


@pytest.mark.parametrize(
    ("text", "scope", "codes"),
    [
        ("万安", "", [WANAN, "330282101202"]),
        ("慈溪 万安", "", ["330282101202"]),
        ("万安", "330203000000", [WANAN]),
        ("3302031", "", ["330203100000", "330203100201", "330203100202"]),
        (" ", "", []),
    ],
)
def test_places_are_searched_by_words_or_code(
    loaded: Ledger, text: str, scope: str, codes: list[str]
) -> None:
    assert [code for code, _ in queries.search_places(text, scope)] == codes


def test_names_are_read_once_a_version(loaded: Ledger, django_assert_num_queries: Callable) -> None:  # type: ignore[type-arg]
    queries.current_names("330203000000")
    with django_assert_num_queries(1):
        meant = queries.current_names("330203000000").find("万安社区的路灯")
    assert meant is not None
    assert meant.code == WANAN
