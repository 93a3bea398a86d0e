"""What tells who looked, who exported and who was erased: the application itself can neither change nor remove it."""

import os

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.utils import DatabaseError

from gezhi.config.walls import APPEND_ONLY, LASTING
from tests.cast import Cast

pytestmark = pytest.mark.skipif(
    not os.environ.get("GEZHI_OWNER_URL"), reason="the roles of another server are its owner's"
)
NEVER = sorted((table, column) for table, column in {
    "people_lookup": "account_id", "people_signal": "kind", "people_breakglass": "account_id",
    "security_export": "sha256", "rights_erasure": "reports", "ledger_entry": "body", "cases_caseevent": "kind",
}.items())  # fmt: skip


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        return "permission denied" in str(error)
    return False


@pytest.mark.parametrize(("table", "column"), NEVER)
def test_what_tells_of_the_past_is_not_changed(city: Cast, table: str, column: str) -> None:
    assert refused(f'UPDATE {table} SET "{column}" = "{column}"')
    assert refused(f"TRUNCATE {table}")


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_what_lasts_for_ever_is_not_removed(city: Cast, table: str) -> None:
    assert refused(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", sorted(LASTING))
def test_what_lasts_for_a_time_may_lose_what_is_personal(city: Cast, table: str) -> None:
    for column in LASTING[table]:
        assert not refused(f'UPDATE {table} SET "{column}" = "{column}"'), column


def test_an_emergency_look_stays_for_six_months(city: Cast) -> None:
    from tests.people.test_powers import opened

    opened(city)
    with (
        pytest.raises(DatabaseError, match="six months"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM people_breakglass")
