"""What anybody may see of a case: nothing that is private, nothing fine enough to find a person."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from gezhi.cases.actions import act, act_as_reporter
from gezhi.cases.models import Case, Report
from gezhi.cases.openness import CELL, LEAST, Standing, blurred, opened, openness, share, shown_place
from gezhi.cases.procedure import Given
from gezhi.cases.queries.open_matters import (
    how_many,
    joinable,
    matters_of_place,
    near_matters,
    open_matters,
)
from gezhi.cases.world import world
from gezhi.packs.loading import read_pack
from gezhi.packs.shapes import Category, Group, Words
from tests import cast

WORDS = Words(zh="事", en="Matter")
PLAIN = Category(
    key="lamp",
    kind="local",
    code="90001",
    name=WORDS,
    group="g",
    procedure="p",
    function="f",
    limits="normal",
)
SHED = "matter-06001"  # told as numbers


def group(public: str) -> Group:
    return Group.model_validate({"key": "g", "name": WORDS, "public": public})


@pytest.mark.parametrize("public", ["places", "numbers", "nothing"])
def test_a_category_is_as_open_as_its_group(public: str) -> None:
    assert openness(PLAIN, group(public)) == public


@pytest.mark.parametrize("private", [{"internal": True}, {"grids": False}, {"public": "nothing"}])
def test_what_is_private_stays_private_in_an_open_group(private: dict[str, object]) -> None:
    assert openness(PLAIN.model_copy(update=private), group("places")) == "nothing"


def test_a_group_that_says_nothing_is_private() -> None:
    assert openness(PLAIN, Group(key="g", name=WORDS)) == "nothing"
    assert openness(PLAIN, None) == "nothing"


@pytest.mark.parametrize(
    ("pack", "categories"),
    [
        ("disputes-mediation", {"dm-family", "dm-neighbours", "dm-labour", "dm-petition"}),
        ("epidemic", {"ep-food", "ep-care", "ep-child", "ep-refused", "ep-talk"}),
        ("workplace-safety", {"ws-tip-off"}),
        ("key-tasks", {"kt-instruction"}),
    ],
)
def test_matters_of_persons_are_private_in_our_packs(pack: str, categories: set[str]) -> None:
    content = read_pack(settings.PACKS_DIR / pack)
    groups = {one.key: one for one in content.groups}
    told = {one.key for one in content.categories if openness(one, groups.get(one.group)) != "nothing"}
    assert not told & categories


def test_a_point_becomes_the_middle_of_its_cell() -> None:
    lon, lat = blurred(121.50512, 29.80531)
    assert blurred(lon, lat) == (lon, lat)
    assert abs(lon - 121.50512) <= CELL / 2 and abs(lat - 29.80531) <= CELL / 2
    assert blurred(121.50590, 29.80410) == (lon, lat)


def test_a_place_is_no_finer_than_a_village() -> None:
    assert shown_place(f"{cast.WANAN}001") == cast.WANAN
    assert shown_place(cast.NANMEN) == cast.NANMEN


def test_a_share_of_few_is_not_told() -> None:
    assert share(9, 9) is None
    assert share(9, 10) == 90.0


def test_open_matters_name_no_grid_and_no_point(city: cast.Cast) -> None:
    cast.reported(category=cast.LAMP, lon=121.50512, lat=29.80531)
    found = open_matters(opened(world().catalogue), timezone.now(), cast.CITY, ())
    assert [(one.category, one.place_code, one.standing) for one in found] == [
        (cast.LAMP, cast.WANAN, Standing.WAITING)
    ]
    assert found[0].point == blurred(121.50512, 29.80531)


def test_what_was_withdrawn_or_is_private_is_not_shown(city: cast.Cast) -> None:
    receipt = cast.reported(category=cast.LAMP)
    cast.reported("不知道该找谁", category=cast.OTHER)
    report = Report.objects.get(pk=receipt.report_id)
    act_as_reporter(report.case_id, report.pk, "withdraw", Given())
    seen, now = opened(world().catalogue), timezone.now()
    assert open_matters(seen, now, cast.CITY, ()) == []
    assert how_many(seen, now, cast.CITY) == []


def test_what_is_done_is_shown_for_a_month(city: cast.Cast) -> None:
    receipt = cast.reported(category=cast.LAMP)
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    act(city.actor("handler"), receipt.case_id, "receive", Given())
    act(city.actor("handler"), receipt.case_id, "finish", Given(text="修好了", evidence=(cast.photo(),)))
    act(city.actor("verifier"), receipt.case_id, "verify", Given())
    seen, now = opened(world().catalogue), timezone.now()
    assert [one.standing for one in open_matters(seen, now, cast.HAISHU, ())] == [Standing.DONE]
    assert open_matters(seen, now + timedelta(days=31), cast.HAISHU, ()) == []


@pytest.mark.parametrize(("number", "told"), [(LEAST - 1, []), (LEAST, [LEAST])])
def test_sensitive_numbers_are_told_from_three_and_of_towns(
    city: cast.Cast, number: int, told: list[int]
) -> None:
    for n in range(number):
        cast.reported(f"第{n}户搭了棚子", category=SHED, lon=121.5005 + n * 0.003, lat=29.803)
    assert Case.objects.count() == number
    seen, now = opened(world().catalogue), timezone.now()
    assert [many.number for many in how_many(seen, now, cast.HAISHU)] == told
    assert how_many(seen, now, cast.NANMEN) == []
    assert open_matters(seen, now, cast.CITY, ()) == []


def test_what_a_town_does_not_tell_no_larger_place_gives_away(city: cast.Cast) -> None:
    """Two in one town and three in the other: a county's five, less the three, would be the two."""
    for n in range(5):
        cast.reported(f"第{n}户搭了棚子", category=SHED, lon=121.5005 + n * 0.003, lat=29.803)
    some = list(Case.objects.order_by("id")[:2].values_list("id", flat=True))
    Case.objects.filter(id__in=some).update(place_code="330203002001001")
    seen, now = opened(world().catalogue), timezone.now()
    for place in (cast.CITY, cast.HAISHU):
        assert [(many.category, many.number) for many in how_many(seen, now, place)] == [(SHED, 3)]


def test_what_is_open_and_what_was_closed_of_late_stand_in_one_order(city: cast.Cast) -> None:
    receipts = [cast.reported(f"第{n}盏灯", category=cast.LAMP, lon=121.5005 + n * 0.003) for n in range(5)]
    numbers = [receipt.case_number for receipt in receipts]
    seen, now = opened(world().catalogue), timezone.now()
    done = {"is_open": False, "state": "closed", "due_at": None}
    Case.objects.filter(number__in=numbers[1:4:2]).update(closed_at=now - timedelta(days=2), **done)
    Case.objects.filter(number=numbers[2]).update(closed_at=now - timedelta(days=40), **done)
    told = [numbers[at] for at in (4, 3, 1, 0)]
    pages = [open_matters(seen, now, cast.CITY, (), page, 2) for page in (1, 2, 3)]
    assert [[one.number for one in page] for page in pages] == [told[:3], told[2:], []]


def test_matters_near_a_point_are_found_in_neighbouring_cells_and_not_far_away(city: cast.Cast) -> None:
    lon, lat = cast.centre_of(f"{cast.WANAN}001")
    cast.reported(category=cast.LAMP)
    seen, now = opened(world().catalogue), timezone.now()
    assert near_matters(seen, now, [cast.LAMP], lon + 120 * cast.METRE, lat + 100 * cast.METRE)
    assert not near_matters(seen, now, [cast.LAMP], lon, lat + 500 * cast.METRE)
    assert not near_matters(seen, now, [cast.RUBBISH], lon, lat)
    assert matters_of_place(seen, now, [cast.LAMP], f"{cast.WANAN}002")
    assert not matters_of_place(seen, now, [cast.LAMP], cast.BAISHA)


def test_only_a_fresh_open_public_matter_can_be_joined(city: cast.Cast) -> None:
    receipt = cast.reported(category=cast.LAMP)
    private = cast.reported("不知道该找谁", category=cast.OTHER)
    seen, now = opened(world().catalogue), timezone.now()
    assert joinable(seen, now, receipt.case_number)
    assert joinable(seen, now, private.case_number) is None
    assert joinable(seen, now + timedelta(days=15), receipt.case_number) is None
