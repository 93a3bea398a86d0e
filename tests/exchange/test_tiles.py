"""Tiles as a map fetches them."""

import gzip
from collections.abc import Callable

import mapbox_vector_tile
import pytest
from django.test import Client

from gezhi.places.tiles.queries import ensure_current_tiles, tiles_file
from tests.cast import CITY, WANAN, Cast

NANMEN_AT_12 = (12, 3430, 1692)


@pytest.fixture
def template(city: Cast, client: Client) -> str:
    ensure_current_tiles()
    [template] = client.get("/tiles/current.json").json()["tiles"]
    return str(template)


def address(template: str, zoom: int, column: int, row: int) -> str:
    return template.format(z=zoom, x=column, y=row)


def test_a_map_is_told_where_its_tiles_are(template: str, client: Client) -> None:
    answer = client.get("/tiles/current.json")
    told = answer.json()
    assert told["tiles"] == [f"/tiles/{told['version']}/{{z}}/{{x}}/{{y}}.mvt"]
    assert (told["minzoom"], told["maxzoom"]) == (6, 15)
    assert told["bounds"] == pytest.approx([121.5, 29.8, 121.61, 29.81])
    zooms = {layer["id"]: (layer["minzoom"], layer["maxzoom"]) for layer in told["vector_layers"]}
    assert zooms["county"] == (6, 15)
    assert zooms["grid"] == (12, 15)
    assert answer["Cache-Control"] == "no-cache"


def test_a_tile_is_kept_for_ever_and_needs_no_statement(
    template: str,
    client: Client,
    django_assert_num_queries: Callable,  # type: ignore[type-arg]
) -> None:
    with django_assert_num_queries(0):
        answer = client.get(address(template, *NANMEN_AT_12))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert answer["Content-Encoding"] == "gzip"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer
    layers = mapbox_vector_tile.decode(gzip.decompress(answer.content))
    assert int(f"{WANAN}001") in {feature["id"] for feature in layers["grid"]["features"]}
    assert {feature["properties"]["name"] for feature in layers["county"]["features"]} == {"海曙区"}


def test_the_city_itself_is_drawn_far_out(template: str, client: Client) -> None:
    layers = mapbox_vector_tile.decode(gzip.decompress(client.get(address(template, 6, 53, 26)).content))
    assert [feature["id"] for feature in layers["city"]["features"]] == [int(CITY)]


@pytest.mark.parametrize("at", [(12, 0, 0), (3, 6, 3), (15, 999_999_999, 1), (40, 1, 1)])
def test_where_nothing_is_drawn_there_is_no_content(
    template: str, client: Client, at: tuple[int, int, int]
) -> None:
    answer = client.get(address(template, *at))
    assert (answer.status_code, answer.content) == (204, b"")
    assert "immutable" in answer["Cache-Control"]


def test_an_unknown_version_says_where_the_known_one_is_told(template: str, client: Client) -> None:
    answer = client.get("/tiles/0123456789abcdef0123-1/12/3430/1692.mvt")
    assert answer.status_code == 404
    assert "/tiles/current.json" in answer.json()["detail"]
    assert "immutable" not in answer.get("Cache-Control", "")


def test_a_machine_without_tiles_says_what_to_do(template: str, client: Client) -> None:
    tiles_file(template.split("/")[2]).write_bytes(b"PMTiles")
    for path in ("/tiles/current.json", address(template, *NANMEN_AT_12)):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "gezhi places tiles" in answer.json()["detail"]
        assert answer["Retry-After"] == "60"


def test_a_node_without_places_says_so(empty_node: None, client: Client) -> None:
    answer = client.get("/tiles/current.json")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-shapes")


def test_tiles_are_only_read(template: str, client: Client) -> None:
    assert client.post(address(template, *NANMEN_AT_12)).status_code == 405
    assert client.head(address(template, *NANMEN_AT_12)).status_code == 200
