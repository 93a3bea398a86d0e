import pytest

from gezhi.insight.queries.board import memo
from tests.desk.conftest import signed_in as signed_in


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    memo.clear()
