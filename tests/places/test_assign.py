"""National codes for the features of a layer that has its own."""

import shapely

from gezhi.lib.codes import GRID, TOWN, VILLAGE
from gezhi.places.assign import Known, assign, merged, national_code
from gezhi.places.layer import Feature
from gezhi.places.names import PlaceNames

COUNTY_CODE, TOWN_CODE, VILLAGE_CODE = "330203000000", "330203001000", "330203001003"
NOTHING_TOLD = PlaceNames([], "")
TOWNS = [Known(TOWN_CODE, TOWN, "南门街道", "宁波市海曙区南门街道", "NM", shapely.box(121, 29, 122, 30))]
WANAN = Known(
    VILLAGE_CODE,
    VILLAGE,
    "万安社区居委会",
    "宁波市海曙区南门街道万安社区",
    "",
    shapely.box(121, 29, 121.5, 30),
)


def feature(index: int, code: str = "", name: str = "", west: float = 121.1, parent: str = "") -> Feature:
    return Feature(index, code, name, parent, None, shapely.box(west, 29.1, west + 0.1, 29.2))


def codes(
    features: list[Feature], level: int, known: list[Known], within: str = COUNTY_CODE
) -> dict[int, str]:
    return {f.index: code for f, code in assign(features, level, known, within, NOTHING_TOLD).features}


def test_national_codes_are_taken_padded_or_not() -> None:
    assert national_code("330203001", TOWN) == TOWN_CODE
    assert national_code(TOWN_CODE, TOWN) == TOWN_CODE
    assert national_code("330203001", VILLAGE) == ""
    assert national_code("SQ-3", VILLAGE) == ""


def test_a_community_is_recognised_by_its_spoken_name() -> None:
    assert codes([feature(1, "NM-1", "万安社区")], VILLAGE, [*TOWNS, WANAN]) == {1: VILLAGE_CODE}


def test_a_community_that_nobody_knows_gets_a_number_from_900() -> None:
    assert codes([feature(1, "NM-9", "滨江社区")], VILLAGE, [*TOWNS, WANAN]) == {1: "330203001900"}


def test_features_of_one_name_are_parts_of_one_place() -> None:
    features = [feature(1, "NM-1", "万安社区"), feature(2, "NM-1", "万安社区", 121.3)]
    done = assign(features, VILLAGE, [*TOWNS, WANAN], COUNTY_CODE, NOTHING_TOLD)
    whole = merged(done.features, VILLAGE)
    assert [(code, f.shape.geom_type) for f, code in whole] == [(VILLAGE_CODE, "MultiPolygon")]
    assert [(p.severity, p.kind, p.index) for p in done.problems] == [("warning", "parts", 2)]


def test_grids_are_numbered_in_an_order_that_the_file_does_not_set() -> None:
    features = [feature(1, "B", "乙"), feature(2, "A", "甲", 121.3), feature(3, "A", "甲", 121.2)]
    expected = {3: VILLAGE_CODE + "001", 2: VILLAGE_CODE + "002", 1: VILLAGE_CODE + "003"}
    assert codes(features, GRID, [WANAN]) == expected
    assert codes(features[::-1], GRID, [WANAN]) == expected


def test_grids_keep_their_codes_when_more_come() -> None:
    known = [
        WANAN,
        Known(VILLAGE_CODE + "001", GRID, "乙", "", "B"),
        Known(VILLAGE_CODE + "002", GRID, "甲", "", "A"),
    ]
    features = [feature(1, "B", "乙"), feature(2, "A", "甲", 121.3), feature(3, "A", "甲", 121.2)]
    assert codes(features, GRID, known) == {
        1: VILLAGE_CODE + "001", 3: VILLAGE_CODE + "002", 2: VILLAGE_CODE + "003",
    }  # fmt: skip


def test_the_parent_may_be_named_where_it_has_no_shape() -> None:
    shapeless = Known(VILLAGE_CODE, VILLAGE, "万安社区居委会", "宁波市海曙区南门街道万安社区", "")
    assert codes([feature(1, "A", "甲", parent="万安社区")], GRID, [shapeless]) == {1: VILLAGE_CODE + "001"}


def test_a_feature_without_a_parent_is_named() -> None:
    done = assign(
        [feature(7, "A", "甲", west=125.0, parent="北门社区")], GRID, [WANAN], COUNTY_CODE, NOTHING_TOLD
    )
    assert [(p.kind, p.index) for p in done.problems] == [("parent", 7)]
    assert "no village holds it or is named by it" in done.problems[0].words


def test_a_code_outside_the_jurisdiction_is_refused() -> None:
    done = assign([feature(1, "330204001")], TOWN, TOWNS, COUNTY_CODE, NOTHING_TOLD)
    assert done.problems[0].words == "330204001000 does not lie in 330203000000"


def test_the_parent_may_be_told_by_the_name_of_the_grid() -> None:
    told = PlaceNames([(TOWN_CODE, "南门街道"), (VILLAGE_CODE, "万安社区居委会")], "")
    features = [feature(1, "A", "南门街道万安社区第一网格"), feature(2, "B", "南门街道外网格区域")]
    done = assign(features, GRID, [], "", told)
    assert [code for _, code in done.features] == [VILLAGE_CODE + "001", "330203001999001"]


def test_a_place_of_the_right_name_in_another_city_is_another_place() -> None:
    far = feature(1, "NM-1", "万安社区", west=118.0)
    near = feature(2, "NM-1", "万安社区")
    done = assign([far, near], VILLAGE, [WANAN], "", NOTHING_TOLD)
    assert [(f.index, code) for f, code in done.features] == [(2, VILLAGE_CODE)]


def test_a_simulated_shape_gives_way_to_a_name() -> None:
    elsewhere = Known("330203001004", VILLAGE, "柳锦社区", "", "", WANAN.shape, simulated=True)
    shapeless = Known(VILLAGE_CODE, VILLAGE, "万安社区居委会", "", "")
    known = [elsewhere, shapeless]
    assert codes([feature(1, "A", "甲", parent="万安社区")], GRID, known) == {1: VILLAGE_CODE + "001"}
    assert codes([feature(1, "A", "甲")], GRID, known) == {1: "330203001004001"}
