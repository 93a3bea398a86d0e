"""Reading a GeoJSON layer: what is wrong is named with the feature, what is right is kept."""

import json

import pytest
import shapely

from gezhi.places.coordinates import Extent, wgs84_to_gcj02
from gezhi.places.layer import read_layer

FIELDS = {"code": "编码", "name": "名称"}
RING = [[121.5, 29.8], [121.6, 29.8], [121.6, 29.9], [121.5, 29.9], [121.5, 29.8]]


def feature(ring: object = RING, kind: str = "Polygon", **properties: object) -> dict[str, object]:
    values = {"编码": "A-1", "名称": "第一网格"} | properties
    return {"type": "Feature", "properties": values, "geometry": {"type": kind, "coordinates": [ring]}}


def layer_of(*features: object, **more: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def kinds(data: bytes, system: str = "wgs84") -> list[tuple[str, str, int]]:
    return [(p.severity, p.kind, p.index) for p in read_layer(data, FIELDS, system).problems]


def test_a_feature_becomes_a_code_a_name_and_a_shape() -> None:
    layer = read_layer(layer_of(feature(编码=110105001000.0)), FIELDS, "wgs84")
    assert not layer.problems
    assert (layer.features[0].code, layer.features[0].name) == ("110105001000", "第一网格")
    assert layer.features[0].shape.bounds == (121.5, 29.8, 121.6, 29.9)


def test_gcj02_shapes_are_converted() -> None:
    moved = [[float(v) for v in wgs84_to_gcj02(*point)] for point in RING]
    shape = read_layer(layer_of(feature(moved)), FIELDS, "gcj02").features[0].shape
    assert shapely.hausdorff_distance(shape, shapely.Polygon(RING)) < 2e-9


@pytest.mark.parametrize(
    ("ring", "kind"),
    [
        ([point[::-1] for point in RING], "axes_swapped"),
        ([[x - 190, y] for x, y in RING], "outside_extent"),
        ([[x * 10, y] for x, y in RING], "out_of_range"),
        ([[121.5, 29.8], [121.6, 29.9], [121.6, 29.8], [121.5, 29.9], [121.5, 29.8]], "ring"),
        ([[121.5, 29.8], [121.6, 29.8], [121.5, 29.8]], "geometry"),
        ([["a", 29.8]] * 4, "geometry"),
        ([[True, 29.8]] * 4, "geometry"),
        ("nothing", "geometry"),
        ([], "geometry"),
    ],
)
def test_a_bad_ring_is_named_with_its_feature_and_left_out(ring: object, kind: str) -> None:
    data = layer_of(feature(), feature(ring))
    assert kinds(data) == [("error", kind, 2)]
    assert len(read_layer(data, FIELDS, "wgs84").features) == 1


def test_a_number_that_is_not_finite_is_no_coordinate() -> None:
    data = layer_of(feature()).replace(b"29.9", b"NaN")
    assert kinds(data) == [("error", "geometry", 1)]


def test_a_ring_that_touches_itself_is_mended_and_told() -> None:
    ring = [*RING[:2], [121.6, 29.85], [121.6, 29.9], [121.6, 29.85], [121.5, 29.9], RING[0]]
    layer = read_layer(layer_of(feature(ring)), FIELDS, "wgs84")
    assert [(p.severity, p.kind) for p in layer.problems] == [("warning", "ring")]
    assert layer.features[0].shape.is_valid


def test_other_geometry_and_missing_values_are_errors() -> None:
    point = {
        "type": "Feature",
        "properties": {"编码": "1", "名称": "x"},
        "geometry": {"type": "Point", "coordinates": [1, 2]},
    }
    bare = {"type": "Feature", "properties": None, "geometry": None}
    assert kinds(layer_of(point, feature(编码=None), bare, 7)) == [
        ("error", "geometry", 1), ("error", "field", 2), ("error", "field", 3), ("error", "field", 4),
    ]  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[" * 100_000, b"{}", b'{"features": 3}', b"[1]"])
def test_what_is_no_feature_collection_is_refused_whole(data: bytes) -> None:
    assert kinds(data) == [("error", "json", 0)]


def test_a_projected_layer_is_refused_with_the_way_out() -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    problem = read_layer(layer_of(feature(), crs=crs), FIELDS, "wgs84").problems[0]
    assert problem.kind == "crs"
    assert "convert it to longitude, latitude" in str(problem)
    plain = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert kinds(layer_of(feature(), crs=plain)) == []


def test_an_unknown_field_is_refused_with_the_known_ones() -> None:
    problems = read_layer(layer_of(feature()), {"colour": "x"}, "wgs84").problems
    assert "choose from code, name, parent, households" in problems[0].words


def test_the_extent_can_be_narrower_than_china() -> None:
    beijing = Extent(115.4, 39.4, 117.6, 41.1)
    assert read_layer(layer_of(feature()), FIELDS, "wgs84", beijing).problems[0].kind == "outside_extent"
