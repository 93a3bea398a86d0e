import json
from itertools import pairwise

from gezhi.lib.codes import COUNTY
from gezhi.pages.choropleth import Choropleth, choropleth
from gezhi.places.queries import Outline


def _square(at: int) -> list[list[int]]:
    return [[at, 0], [at + 1, 0], [at + 1, 1], [at, 1], [at, 0]]


def _row(names: list[str], numbers: list[int]) -> Choropleth:
    """Squares side by side."""
    outlines = [
        Outline(
            f"3302{at:02}000000",
            name,
            name,
            COUNTY,
            False,
            json.dumps({"type": "Polygon", "coordinates": [_square(at)]}),
        )
        for at, name in enumerate(names)
    ]
    drawn = choropleth(outlines, {one.code: n for one, n in zip(outlines, numbers, strict=True)})
    assert drawn is not None
    return drawn


def test_few_names_have_room_everywhere() -> None:
    assert [one.room for one in _row(["东区", "西区"], [1, 2]).places] == ["", ""]


def test_names_never_stand_on_each_other() -> None:
    many = _row([f"南门{at}街道办" for at in range(12)], list(range(12))).places
    assert many[-1].room == ""  # the largest number goes first
    wide = [one for one in many if one.room != "none"]
    assert len(wide) < len(many)
    assert all(right.x - left.x > 5.5 * 15 for left, right in pairwise(wide))
    narrow = [one for one in many if one.room == ""]
    assert all(right.x - left.x > 5.5 * 26 for left, right in pairwise(narrow))
    assert len(narrow) < len(wide)
