"""The first page: the warning about a year without holidays for those who plan, and everyone's day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezhi.cases import world
from gezhi.cases.actions import act
from gezhi.cases.models import Case
from gezhi.cases.procedure import Given
from gezhi.cases.workdays import Calendar
from gezhi.cases.world import known_world
from tests import cast
from tests.desk.conftest import SignedIn

WARNING = "年的节假日安排尚未导入"


class NeverTold(Calendar):
    """The calendar of a node that was told of no year."""

    def is_known(self, year: int) -> bool:
        return False


@pytest.fixture
def untold(signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> SignedIn:
    monkeypatch.setattr(world, "_world", replace(known_world(), calendar=NeverTold()))
    assert known_world().calendar.unknown_years(date(2025, 1, 1), date(2025, 1, 2)) == (2025,)
    return signed_in


@pytest.mark.parametrize("who", ["administrator", "dispatcher", "supervisor", "leader"])
def test_planners_are_warned_on_the_first_page_alone(untold: SignedIn, who: str) -> None:
    client = untold(who)
    assert WARNING in client.get("/desk/").content.decode()
    assert WARNING not in client.get("/desk/cases/").content.decode()


@pytest.mark.parametrize("who", ["handler", "operator", "verifier", "grid-worker"])
def test_nobody_else_is_warned(untold: SignedIn, who: str) -> None:
    assert WARNING not in untold(who).get("/desk/").content.decode()


@pytest.mark.parametrize(
    ("who", "days"),
    [("dispatcher", {"overdue", "week"}), ("leader", {"overdue", "today", "week"}), ("handler", {"today"})],
)
def test_the_day_is_what_waits_for_the_person_by_when_it_is_due(
    signed_in: SignedIn, city: cast.Cast, who: str, days: set[str]
) -> None:
    now = timezone.now()
    late, given, coming = (cast.reported(category=cast.LAMP, grid=grid) for grid in list(cast.WEST)[:3])
    unit = Given(unit_id=city.units["haishu-works"])
    act(city.actor("dispatcher"), given.case_id, "dispatch", unit)
    dues = {late: now - cast.HOUR, given: now + timedelta(seconds=20), coming: now + 3 * cast.DAY}
    for receipt, due in dues.items():
        Case.objects.filter(id=receipt.case_id).update(due_at=due)
    client = signed_in(who)
    parts = client.get("/desk/").context["day"]
    assert {part.key for part in parts} == days
    for part in parts:
        rows = client.get(f"/desk/cases/?{part.query}").context["rows"]
        assert len(rows) == part.count == 1
        assert rows[0].number in part.drawn


def test_a_day_without_limits_says_so(signed_in: SignedIn) -> None:
    assert "七天内没有等您办、要到期的案件" in signed_in("verifier").get("/desk/").content.decode()


def test_the_first_page_costs_the_same_however_much_waits(
    signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for at in range(30):
        cast.reported(f"第 {at} 盏路灯不亮", category=cast.LAMP, now=timezone.now() - at * cast.DAY * 20)
    client = signed_in("dispatcher")
    client.get("/desk/")
    with django_assert_max_num_queries(9):
        client.get("/desk/")
