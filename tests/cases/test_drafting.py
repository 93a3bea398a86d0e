"""From a read report to a place, a category and who would be responsible."""

import pytest

from gezhi.cases.intake.drafting import Draft, draft_all
from gezhi.cases.intake.shapes import NewReport
from gezhi.cases.world import world
from tests.cast import (
    BAISHA,
    CITY,
    GAOQIAO,
    HAISHU,
    JIANGBEI,
    LAMP,
    LINGXIA,
    NANMEN,
    OTHER,
    RUBBISH,
    WANAN,
    Cast,
    report,
)


def drafted(one: NewReport) -> Draft:
    return draft_all([one], world())[0]


def nowhere(text: str = "路灯不亮", **fields: object) -> NewReport:
    return report(text, grid="", **fields)


def test_the_point_decides_over_all_that_is_said(city: Cast) -> None:
    said = report("白沙社区路灯不亮", grid=f"{WANAN}002", place_code=BAISHA, address="江北区")
    assert drafted(said).place_code == f"{WANAN}002"


def test_without_a_point_the_named_place_decides(city: Cast) -> None:
    assert drafted(nowhere("白沙社区路灯不亮", place_code=WANAN)).place_code == WANAN


@pytest.mark.parametrize(
    ("text", "address", "place"),
    [
        ("海曙区南门街道万安社区门口路灯不亮", "", WANAN),
        ("路灯不亮", "高桥镇岭下村", LINGXIA),
        ("高桥镇路灯不亮", "", GAOQIAO),
        ("江北区路灯不亮", "", JIANGBEI),
        ("路灯不亮", "", CITY),
    ],
)
def test_without_either_the_words_decide_and_else_the_city_has_it(
    city: Cast, text: str, address: str, place: str
) -> None:
    assert drafted(nowhere(text, address=address)).place_code == place


def test_a_point_outside_every_grid_counts_as_none(city: Cast) -> None:
    assert drafted(report("高桥镇路灯不亮", lon=100.0, lat=40.0)).place_code == GAOQIAO
    assert drafted(report(lon=100.0, lat=40.0)).place_code == CITY


def test_a_border_between_two_grids_gives_one_of_them_always(city: Cast) -> None:
    places = {drafted(report(lon=121.51, lat=29.805)).place_code for _ in range(5)}
    assert len(places) == 1
    assert places < {f"{WANAN}001", f"{WANAN}002"}


def test_words_give_the_category_with_a_confidence(city: Cast) -> None:
    draft = drafted(report("小区门口垃圾成堆没人清理"))
    assert draft.category == RUBBISH
    assert draft.confidence is not None
    assert 0 < draft.confidence <= 1


def test_words_that_say_nothing_wait_for_a_person(city: Cast) -> None:
    draft = drafted(report("？？？"))
    assert (draft.category, draft.confidence) == (OTHER, 0.0)


def test_a_category_that_was_said_is_kept_without_a_guess(city: Cast) -> None:
    draft = drafted(report("小区门口垃圾成堆", category=LAMP))
    assert (draft.category, draft.confidence) == (LAMP, None)


def test_the_nearest_responsible_unit_is_suggested(city: Cast) -> None:
    units = {
        place: drafted(nowhere("垃圾成堆", place_code=place)).suggested_unit
        for place in (WANAN, GAOQIAO, HAISHU)
    }
    assert units == {
        WANAN: city.units["nanmen"],
        GAOQIAO: city.units["haishu-works"],
        HAISHU: city.units["haishu-works"],
    }
    assert drafted(nowhere("垃圾成堆", place_code=CITY)).suggested_unit is None


def test_a_batch_of_many_kinds_keeps_its_order(city: Cast) -> None:
    said = [
        report(),
        nowhere("垃圾成堆", place_code=NANMEN),
        report("江北区", category=OTHER, grid=f"{BAISHA}001"),
    ]
    drafts = draft_all(said, world())
    assert [draft.report for draft in drafts] == said
    assert [draft.category for draft in drafts] == [LAMP, RUBBISH, OTHER]
    assert [draft.place_code for draft in drafts] == [f"{WANAN}001", NANMEN, f"{BAISHA}001"]
