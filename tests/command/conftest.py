import pytest

from gezhi.cases.models import Case
from gezhi.insight.queries.board import memo
from tests import cast
from tests.command import busy
from tests.desk.conftest import signed_in  # noqa: F401


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    memo.clear()


@pytest.fixture
def cases(city: cast.Cast) -> list[Case]:
    return busy.fill(city)
