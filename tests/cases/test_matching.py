"""The same matter: near, alike, recent; and a batch decides as reports one by one would."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.cases.intake.drafting import Draft
from gezhi.cases.intake.joining import join
from gezhi.cases.intake.shapes import NewReport
from gezhi.cases.matching import (
    CELL,
    PER_CELL,
    RADIUS,
    WINDOW,
    Matter,
    distance,
    match_key,
    match_keys,
    pairs_of,
    same_matter,
    title_of,
)

NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)
METRE = 1 / 111_320  # degrees of latitude
PLACE = "330203001001001"
LON, LAT = 121.505, 29.805
LAMP = "路灯不亮了"


def matter(text: str = LAMP, case_id: int = 1, north: float = 0.0, **changes: object) -> Matter:
    plain = {"category": "lamp", "place_code": PLACE, "at": NOON, "lon": LON, "lat": LAT + north * METRE}
    return Matter(case_id=case_id, text=text, **plain | changes)  # type: ignore[arg-type]


def joins(report: Matter, *cases: Matter) -> int | None:
    same = same_matter(report, cases)
    return same.case_id if same else None


def test_near_and_alike_is_the_same_matter() -> None:
    assert joins(matter(), matter(north=50)) == 1


def test_beyond_the_radius_is_another_matter() -> None:
    assert joins(matter(), matter(north=RADIUS + 1)) is None


def test_other_words_are_another_matter_unless_very_near() -> None:
    other = "窨井盖翘起来了很危险"
    assert joins(matter(other), matter(north=30)) is None
    assert joins(matter(other), matter(north=10)) == 1


@pytest.mark.parametrize(
    "changes",
    [{"category": "rubbish"}, {"at": NOON - WINDOW - timedelta(seconds=1)}, {"lon": None, "lat": None}],
)
def test_another_category_another_time_or_no_point_is_another_matter(changes: dict[str, object]) -> None:
    assert joins(matter(), matter(**changes)) is None


def test_without_a_point_the_place_must_be_one_and_the_words_nearly_so() -> None:
    nowhere = {"lon": None, "lat": None}
    said = matter("万安社区门口路灯不亮了", **nowhere)
    assert joins(said, matter("万安社区门口的路灯不亮了", **nowhere)) == 1
    assert joins(said, matter("万安社区后门路灯昨天坏了", **nowhere)) is None
    assert joins(said, matter("万安社区门口路灯不亮了", place_code="330203001002", **nowhere)) is None


def test_the_nearest_wins_and_the_older_on_a_tie() -> None:
    assert joins(matter(), matter(case_id=1, north=40), matter(case_id=2, north=5)) == 2
    assert joins(matter(), matter(case_id=2), matter(case_id=1, at=NOON - timedelta(hours=1))) == 1
    assert joins(matter(), matter(case_id=8), matter(case_id=7)) == 7
    assert joins(matter(), matter(case_id=-2), matter(case_id=-1)) == -1
    assert joins(matter(), matter(case_id=-1), matter(case_id=9)) == 9


@given(st.floats(-179, 179), st.floats(-50, 50), st.floats(0, 360), st.floats(0, RADIUS))
def test_whatever_lies_within_the_radius_stands_under_one_of_the_keys(
    lon: float, lat: float, angle: float, metres: float
) -> None:
    from math import cos, radians, sin

    other_lat = lat + metres * cos(radians(angle)) * METRE
    other_lon = lon + metres * sin(radians(angle)) * METRE / cos(radians(lat))
    if distance(lon, lat, other_lon, other_lat) <= RADIUS:
        assert match_key(other_lon, other_lat, "") in match_keys(lon, lat, "")


def test_a_point_has_at_most_four_keys_and_a_place_one() -> None:
    assert 1 <= len(match_keys(LON, LAT, PLACE)) <= 4
    assert match_keys(None, None, PLACE) == (match_key(None, None, PLACE),)
    assert match_key(None, None, PLACE) < 0
    assert CELL * 111_320 > 2 * RADIUS


@given(st.text(max_size=300))
def test_a_case_is_as_alike_as_the_report_that_opened_it(text: str) -> None:
    assert pairs_of(title_of(text)) == pairs_of(text)


REPORTS = st.lists(
    st.tuples(
        st.sampled_from([LAMP, "路灯不亮了好几天", "窨井盖翘起来了", "垃圾成堆", "路 灯"]),
        st.one_of(st.none(), st.tuples(st.integers(-90, 90), st.integers(-90, 90))),  # metres
        st.sampled_from(["lamp", "rubbish"]),
        st.integers(0, 3),  # days
    ),
    max_size=60,
)


def draft(text: str, point: tuple[int, int] | None, category: str, days: int) -> Draft:
    at = NOON + timedelta(days=days * 7)
    lon, lat = (LON + point[0] * METRE, LAT + point[1] * METRE) if point else (None, None)
    report = NewReport("test", "1", text, at, lon, lat)
    cells = [(key, category) for key in match_keys(lon, lat, PLACE)]
    own = (match_key(lon, lat, PLACE), category)
    cells = [own, *(cell for cell in cells if cell != own)]
    return Draft(
        report=report,
        place_code=PLACE,
        category=category,
        confidence=None,
        suggested_unit=None,
        matter=Matter(0, category, PLACE, at, lon, lat, text),
        cells=cells,
    )


def one_by_one(drafts: list[Draft]) -> list[int]:
    """The number of the case of each, as the database would decide: the newest few of a cell are compared."""
    cases: list[tuple[int, Matter]] = []
    found = []
    for one in drafts:
        near = [
            (key, case)
            for cell in one.cells
            for key, case in sorted(cases, key=lambda pair: pair[1].at)
            if (key, case.category) == cell
        ]
        joining = join([one], near)[0]
        if not joining.case_id:
            m = one.matter
            number = len(cases) + 1
            cases.append(
                (one.cells[0][0], Matter(number, m.category, m.place_code, m.at, m.lon, m.lat, m.text))
            )
        found.append(joining.case_id or len(cases))
    return found


@given(REPORTS)
def test_a_batch_joins_as_the_same_reports_one_by_one(
    said: list[tuple[str, tuple[int, int] | None, str, int]],
) -> None:
    drafts = [draft(*one) for one in said]
    leaders = [joining.leader for joining in join(drafts, [])]
    numbers = {leader: number for number, leader in enumerate(sorted(set(leaders)), start=1)}
    assert [numbers[leader] for leader in leaders] == one_by_one(drafts)


def test_a_crowd_at_one_place_costs_no_more_than_a_few_comparisons_each() -> None:
    texts = [chr(0x4E00 + n) * 3 + chr(0x5E00 + n) * 3 for n in range(4000)]
    joinings = join([draft(text, None, "lamp", 0) for text in texts], [])
    assert len({joining.leader for joining in joinings}) == len(texts)
    newest = join([draft(text, None, "lamp", 0) for text in [*texts[:PER_CELL], texts[0]]], [])
    assert newest[-1].leader == 0
