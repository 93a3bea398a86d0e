"""The second wall alone: statements that somebody smuggled in, under the application's own role, without a reach."""

import os
from collections.abc import Iterator
from typing import Final

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from gezhi.config.database import connection_settings
from gezhi.config.roles import APP
from gezhi.config.walls import BEHIND, faults
from gezhi.lib.reach import EVERYTHING, Reach, key_from, within, words_of
from gezhi.notices.models import Notice
from gezhi.rounds.models import Known, Subject
from tests.cast import WANAN, Cast, reported

pytestmark = pytest.mark.skipif(
    not os.environ.get("GEZHI_OWNER_URL"), reason="the roles of another server are its owner's"
)
SECRET: Final = "Zqplainq"
FIRST: Final = {
    "cases_reporter": "name", "notices_notice": "text", "rounds_subject": "name", "rounds_known": "source",
}  # fmt: skip


@pytest.fixture
def bare(committed: Cast) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection as the application has it, with somebody in each walled table, that declared no reach."""
    receipt, now = reported(reporter_name=SECRET, reporter_phone="13900000001"), timezone.now()
    Notice.objects.create(
        subject=f"report:{receipt.report_id}", case_id=receipt.case_id, report_id=receipt.report_id, transport="portal",
        message="x", text=SECRET, queued_at=now,
    )  # fmt: skip
    door = Subject.objects.create(kind="house", name=SECRET, place_code=f"{WANAN}001", added_at=now)
    Known.objects.create(subject=door, element="x", value=SECRET, since=now, confirmed_at=now, source=SECRET)
    asked = connection_settings(os.environ["DATABASE_URL"])
    with psycopg.connect(
        host=str(asked["HOST"]), user=APP, dbname=connection.settings_dict["NAME"], autocommit=True
    ) as fresh:
        yield fresh


def rows(bare: psycopg.Connection[tuple[object, ...]], sql: str) -> list[tuple[object, ...]]:
    return bare.execute(sql).fetchall()  # type: ignore[arg-type]


def test_everything_that_is_walled_is_tried_here() -> None:
    assert set(FIRST) == set(BEHIND)


@pytest.mark.parametrize("table", BEHIND)
def test_the_rows_are_there_for_whoever_reaches_everything(
    bare: psycopg.Connection[tuple[object, ...]], table: str
) -> None:
    with within(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] > 0


@pytest.mark.parametrize("table", BEHIND)
@pytest.mark.parametrize(
    "smuggled",
    [
        "SELECT * FROM {table}",
        "SELECT count(*) FROM {table} HAVING count(*) > 0",
        "SELECT t::text FROM {table} t WHERE t::text LIKE '%Zq%'",
        "SELECT 1 FROM {table} WHERE {column} = 'Zqplainq'",
        "UPDATE {table} SET {column} = 'x' RETURNING *",
        "DELETE FROM {table} RETURNING *",
        "TABLE {table}",
        "SELECT * FROM (SELECT * FROM {table} FOR UPDATE) t",
        "WITH t AS MATERIALIZED (SELECT * FROM {table}) SELECT * FROM t UNION ALL SELECT * FROM t",
    ],
)
def test_without_a_reach_a_statement_finds_nothing(
    bare: psycopg.Connection[tuple[object, ...]], table: str, smuggled: str
) -> None:
    assert rows(bare, smuggled.format(table=table, column=FIRST[table])) == []


@pytest.mark.parametrize("table", BEHIND)
def test_a_copy_out_is_empty(bare: psycopg.Connection[tuple[object, ...]], table: str) -> None:
    for asked in (table, f"(SELECT * FROM {table})"):
        with bare.cursor().copy(f"COPY {asked} TO STDOUT") as out:  # type: ignore[arg-type]
            assert b"".join(bytes(part) for part in out) == b""


@pytest.mark.parametrize("table", BEHIND)
@pytest.mark.parametrize(
    "way_round",
    [
        "SET row_security = off; SELECT * FROM {table}",
        "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY within_reach ON {table}",
        "TRUNCATE {table}",
        "COPY {table} TO PROGRAM 'cat'",
        "SELECT * FROM gezhi_wall",
        "UPDATE gezhi_wall SET inner_pad = ''",
        "CREATE OR REPLACE FUNCTION gezhi_reach(part text) RETURNS text LANGUAGE sql AS 'SELECT ''1'''",
    ],
)
def test_the_wall_cannot_be_lifted(
    bare: psycopg.Connection[tuple[object, ...]], table: str, way_round: str
) -> None:
    """The tests' role may become the owner, which a node's may not: here it does not inherit from it."""
    *before, last = way_round.format(table=table).split("; ")
    for part in before:
        bare.execute(part)  # type: ignore[arg-type]
    with pytest.raises(psycopg.Error):
        bare.execute(last)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "forged",
    ["", "1", '{"all":"1"}', f'{"0" * 64};{{"all":"1"}}', words_of(EVERYTHING, key_from("another secret"))],
)
@pytest.mark.parametrize("table", BEHIND)
def test_a_forged_reach_is_not_believed(
    bare: psycopg.Connection[tuple[object, ...]], table: str, forged: str
) -> None:
    bare.execute("SELECT set_config('gezhi.reach', %s, false)", [forged])
    assert rows(bare, f"SELECT * FROM {table}") == []


def test_a_signed_word_cannot_be_widened(
    bare: psycopg.Connection[tuple[object, ...]], settings: object
) -> None:
    from django.conf import settings as node

    said = words_of(Reach(cases=(999_999_999,)), key_from(node.SECRET_KEY))
    signature = said.partition(";")[0]
    bare.execute("SELECT set_config('gezhi.reach', %s, false)", [f'{signature};{{"all":"1"}}'])
    assert rows(bare, "SELECT * FROM cases_reporter") == []


def test_the_node_itself_sees_that_the_wall_stands(city: Cast) -> None:
    assert [one for one in faults() if "owner" not in one] == []
