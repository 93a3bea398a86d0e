"""Where plans are on, what is learned, which way was walked."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.lib.codes import place_range
from gezhi.rounds.knowing import Held, learn
from gezhi.rounds.spans import Setting, setting_for, spans_on
from gezhi.rounds.walking import metres_between, read_positions, track_of
from tests import cast

DAY = date(2026, 7, 6)
PLACES = (cast.CITY, cast.HAISHU, cast.NANMEN, cast.WANAN, f"{cast.WANAN}001", cast.JIANGBEI, cast.BAISHA)
GRIDS = tuple(cast.WEST)


def is_on(settings: list[Setting], grid: str) -> bool:
    spans = spans_on(settings, DAY)
    assert all(one.high <= other.low for one, other in pairwise(spans))
    return any(one.low <= grid < one.high for one in spans)


@pytest.mark.parametrize(
    ("settings", "on"),
    [
        ([], []),
        ([(cast.CITY, True)], [*GRIDS]),
        ([(cast.CITY, True), (cast.NANMEN, False)], [f"{cast.LINGXIA}001", f"{cast.BAISHA}001"]),
        ([(cast.CITY, True), (cast.NANMEN, False), (cast.WANAN, True), (cast.JIANGBEI, False)],
         [f"{cast.WANAN}001", f"{cast.WANAN}002", f"{cast.LINGXIA}001"]),
        ([(f"{cast.WANAN}001", True)], [f"{cast.WANAN}001"]),
    ],
)  # fmt: skip
def test_the_nearest_place_rules(settings: list[tuple[str, bool]], on: list[str]) -> None:
    given_settings = [Setting(place, state, DAY) for place, state in settings]
    assert sorted(grid for grid in GRIDS if is_on(given_settings, grid)) == sorted(on)


def test_a_setting_of_a_later_day_does_not_count_yet() -> None:
    assert not is_on([Setting(cast.CITY, True, date(2026, 7, 7))], GRIDS[0])


@given(st.dictionaries(st.sampled_from(PLACES), st.booleans()))
def test_spans_say_what_the_nearest_setting_says(chosen: dict[str, bool]) -> None:
    settings = [Setting(place, state, DAY) for place, state in chosen.items()]
    for grid in GRIDS:
        ruling = setting_for(settings, grid, DAY)
        assert is_on(settings, grid) == bool(ruling and ruling.is_on)
        assert (
            ruling is None
            or place_range(ruling.place_code)[0] == grid[: len(place_range(ruling.place_code)[0])]
        )


@pytest.mark.parametrize(
    ("said", "confirmed", "fresh", "same"),
    [
        ({}, [], {}, ()),
        ({"grade": "D"}, [], {"grade": "D"}, ()),
        ({"grade": "C"}, [], {}, (1,)),
        ({}, ["grade"], {}, (1,)),
        ({"grade": "D"}, ["grade"], {"grade": "D"}, ()),
        ({"other": 3}, ["other"], {"other": 3}, ()),
        ({}, ["unknown"], {}, ()),
    ],
)
def test_what_a_visit_teaches(
    said: dict[str, object], confirmed: list[str], fresh: dict[str, object], same: tuple[int, ...]
) -> None:
    learned = learn(said, confirmed, {"grade": Held(1, "C")})
    assert (dict(learned.fresh), learned.same) == (fresh, same)


def test_a_way_is_measured_and_leaps_of_the_receiver_are_not() -> None:
    assert metres_between((121.5, 29.8), (121.5, 29.81)) == pytest.approx(1112, abs=1)
    walked = read_positions("121.5,29.8 121.5,29.801 121.5,29.802 nonsense 9,9,9 1e999,2 121.9,29.9")
    assert len(walked) == 4
    assert track_of(walked).metres == 222


@given(st.text())
def test_any_text_is_some_way(text: str) -> None:
    assert track_of(read_positions(text)).metres >= 0
