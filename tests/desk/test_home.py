"""The warning about a year without holidays reaches those who plan or can import them, on the first page alone."""

from dataclasses import replace
from datetime import date

import pytest

from gezhi.cases import world
from gezhi.cases.workdays import Calendar
from gezhi.cases.world import known_world
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
