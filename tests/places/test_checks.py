"""Overlaps, gaps, strays and duplicates of a layer."""

import shapely

from gezhi.places.checks import Placed, check_shapes, square_metres

TOWN = "330203001000"
AREA = shapely.box(121.50, 29.80, 121.52, 29.81)


def placed(index: int, west: float, east: float, code: str = "", north: float = 29.81) -> Placed:
    return Placed(
        index, code or f"3302030010{index:02d}", f"社区{index}", shapely.box(west, 29.80, east, north)
    )


def found(*places: Placed) -> list[tuple[str, str, int]]:
    return [(p.severity, p.kind, p.index) for p in check_shapes(places, {TOWN: AREA})]


def test_a_layer_without_cracks_has_no_problems() -> None:
    assert found(placed(1, 121.50, 121.51), placed(2, 121.51, 121.52)) == []


def test_an_overlap_names_both_and_its_area() -> None:
    problems = check_shapes([placed(1, 121.50, 121.512), placed(2, 121.51, 121.52)], {})
    assert [(p.severity, p.kind, p.index) for p in problems] == [("error", "overlap", 1)]
    assert "overlaps 330203001002 社区2 by 214" in problems[0].words


def test_a_thin_overlap_is_a_warning_and_a_sliver_nothing() -> None:
    assert found(placed(1, 121.50, 121.51005), placed(2, 121.51, 121.52)) == [("warning", "overlap", 1)]
    assert found(placed(1, 121.50, 121.5100001), placed(2, 121.51, 121.52)) == []


def test_a_shape_outside_the_place_above_is_an_error() -> None:
    assert found(placed(1, 121.50, 121.51), placed(2, 121.51, 121.53)) == [("error", "outside", 2)]


def test_a_gap_is_told_for_the_place_above() -> None:
    assert found(placed(1, 121.50, 121.51), placed(2, 121.515, 121.52)) == [("warning", "gap", 0)]


def test_two_features_with_one_code_are_an_error() -> None:
    twins = placed(1, 121.50, 121.51), placed(2, 121.51, 121.52, code="330203001001")
    assert found(*twins) == [("error", "duplicate", 2)]


def test_a_hundredth_of_a_degree_is_about_a_square_kilometre() -> None:
    assert abs(float(square_metres(shapely.box(121.50, 29.80, 121.51, 29.81))) / 1_072_000 - 1) < 0.01
