"""The base map as the setting words it."""

import pytest

from gezhi.config.basemap import BadBasemap, Basemap, basemap_in

URL = "https://t0.example.org/{z}/{x}/{y}.png?tk=k"


def test_without_the_setting_the_map_stands_on_its_own_shapes() -> None:
    assert basemap_in("  ") is None


def test_a_base_map_says_whose_it_is() -> None:
    found = basemap_in(f"{URL} gcj02 某图 审图号 GS(2024)0650号")
    assert found == Basemap(URL, "gcj02", "某图 审图号 GS(2024)0650号")
    assert found.origin == "https://t0.example.org"


def test_tiles_of_the_node_itself_have_no_other_origin() -> None:
    found = basemap_in("/base/{z}/{x}/{y}.png wgs84 本市")
    assert found is not None
    assert found.origin == ""


@pytest.mark.parametrize("text", [URL, f"{URL} wgs84", f"{URL} bd09 words", "https://t/{z}/{x} wgs84 words"])
def test_a_base_map_that_cannot_be_drawn_is_refused_with_what_is_possible(text: str) -> None:
    with pytest.raises(BadBasemap, match="wgs84 or gcj02"):
        basemap_in(text)
