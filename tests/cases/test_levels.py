"""Up and down the levels: centres are stopped at, other levels are passed over."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from gezhi.cases.levels import above, below
from gezhi.cases.models import Case
from gezhi.cases.procedure import Refused
from gezhi.cases.world import world
from gezhi.people.actions import appoint, end_posts
from gezhi.people.models import Account, Unit
from gezhi.people.queries import directory_on
from tests.cases.test_actions import Loop, refusal
from tests.cast import CITY, HAISHU, JIANGBEI, NANMEN, WANAN, Cast, reported

GRID = f"{WANAN}001"
PROVINCE = "330000000000"


@pytest.mark.parametrize(
    ("held", "centres", "up"),
    [
        ("", set(), WANAN),
        (WANAN, set(), NANMEN),
        ("", {HAISHU}, HAISHU),
        ("", {NANMEN, HAISHU}, NANMEN),
        (NANMEN, {NANMEN, HAISHU}, HAISHU),
        (HAISHU, {HAISHU}, CITY),
        ("", {JIANGBEI}, CITY),
        ("", {PROVINCE}, CITY),
    ],
)
def test_a_case_goes_up_to_the_next_centre_and_at_last_to_the_root(
    held: str, centres: set[str], up: str
) -> None:
    assert above(held, GRID, CITY, centres) == up


@pytest.mark.parametrize("centres", [set(), {CITY}, {PROVINCE}], ids=str)
def test_nothing_is_above_the_root(centres: set[str]) -> None:
    with pytest.raises(Refused) as refused:
        above(CITY, GRID, CITY, centres)
    assert refused.value.code == "highest"


@pytest.mark.parametrize(
    ("held", "centres", "down"),
    [
        (CITY, set(), HAISHU),
        (CITY, {NANMEN}, NANMEN),
        (CITY, {CITY, HAISHU, WANAN}, HAISHU),
        (HAISHU, {CITY, HAISHU}, ""),
        (HAISHU, {JIANGBEI}, ""),
        (WANAN, set(), ""),
    ],
)
def test_a_case_goes_down_to_the_next_centre_and_at_last_to_its_place(
    held: str, centres: set[str], down: str
) -> None:
    assert below(held, GRID, centres) == down


def test_what_its_own_place_holds_goes_no_further_down() -> None:
    with pytest.raises(Refused) as refused:
        below("", GRID, {CITY})
    assert refused.value.code == "lowest"


def test_whoever_dispatches_today_makes_a_centre(city: Cast) -> None:
    assert world().directory.centres == {HAISHU, JIANGBEI}
    tomorrow = timezone.localdate() + timedelta(days=1)
    post = appoint(_somebody(), Unit.objects.get(code="centre"), "dispatcher", NANMEN, date(2026, 1, 1))
    appoint(_somebody("later"), Unit.objects.get(code="centre"), "dispatcher", WANAN, tomorrow)
    assert world().directory.centres == {HAISHU, JIANGBEI, NANMEN}
    assert WANAN in directory_on(tomorrow).centres
    end_posts([post.pk], timezone.localdate())
    assert world().directory.centres == {HAISHU, JIANGBEI}


def test_a_grid_worker_brings_it_to_the_centre_and_no_further(city: Cast) -> None:
    loop = Loop(city, reported())
    loop.do("grid-worker", "escalate", reason="社区解决不了")
    assert loop.case.held_code == HAISHU
    assert refusal(lambda: loop.do("grid-worker", "escalate", reason="再往上")) == "held-above"
    assert loop.do("dispatcher", "escalate", reason="由市里办").held_code == CITY
    assert Case.objects.get(id=loop.receipt.case_id).held_code == CITY


def _somebody(username: str = "new") -> Account:
    return Account.objects.create(username=username, name="新来的")
