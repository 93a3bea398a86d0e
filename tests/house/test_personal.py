"""Every column that can hold personal information is tagged, or said to hold none; the register says the same."""

from collections.abc import Mapping

import pytest
from django.conf import settings
from django.db import connection

from gezhi.lib.personal import RETENTIONS, Held, Since, Whose
from gezhi.people.purposes import PURPOSES
from gezhi.rights.register import register
from gezhi.rights.tags import Tags, all_tags
from tests.house.tree import ROOT

PAGE = ROOT / "docs/reference/personal-data.md"
SPEAKING = (
    "text",
    "character varying",
    "json",
    "jsonb",
    "double precision",
    "bytea",
    "inet",
    "tsvector",
    "ARRAY",
)
BY_SOMEBODY = ("account_id", "_by_id", "made_by")
FRAMEWORK = {
    "django_migrations",
    "django_content_type",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "gezhi_wall",
}
COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = 'public' AND NOT EXISTS (SELECT FROM pg_class
    WHERE oid = quote_ident(table_name)::regclass AND relispartition)
ORDER BY table_name, ordinal_position
"""


def columns_in_the_database() -> dict[str, dict[str, str]]:
    """Table -> column -> type."""
    found: dict[str, dict[str, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column, kind in cursor.fetchall():
            found.setdefault(table, {})[column] = kind
    return {table: columns for table, columns in found.items() if table not in FRAMEWORK}


def speaks(column: str, kind: str) -> bool:
    return kind in SPEAKING or column.endswith(BY_SOMEBODY)


def escaped(tables: Mapping[str, Mapping[str, str]], tags: Tags) -> list[str]:
    return [
        f"{table}.{column} ({kind})"
        for table, columns in tables.items()
        for column, kind in columns.items()
        if speaks(column, kind)
        and f"{table}.{column}" not in tags.columns
        and column not in tags.plain.get(table, ())
    ]


@pytest.mark.django_db
def test_no_column_escapes() -> None:
    found = escaped(columns_in_the_database(), all_tags())
    assert not found, "Tag these in the personal.py of their app, or list them as plain:\n" + "\n".join(found)


@pytest.mark.django_db
def test_every_tag_names_a_column_that_exists() -> None:
    tables, tags = columns_in_the_database(), all_tags()
    named = {key for key in tags.columns if not key.endswith("/")}
    named |= {f"{table}.{column}" for table, columns in tags.plain.items() for column in columns}
    named |= {f"{table}.{column}" for table, held in tags.held.items() for column in held.context}
    known = {f"{table}.{column}" for table, columns in tables.items() for column in columns}
    assert named <= known, sorted(named - known)


@pytest.mark.django_db
def test_every_row_is_found_by_whom_its_tags_speak_of() -> None:
    """A copy, an erasing and a retention job reach each tagged column; PostgreSQL reads each condition."""
    tags = all_tags()
    params = {"reports": [1], "cases": [1], "phone": "13800000000", "account": 1, "channel": 1, "digest": ""}
    for table in tags.tables:
        held, columns = tags.holds(table), tags.of_table(table)
        for condition in (held.reporter, held.staff, held.visited, held.about):
            if condition:
                with connection.cursor() as cursor:
                    cursor.execute(f'SELECT 1 FROM "{table}" t WHERE {condition} LIMIT 1', params)
        for since in {tag.retention.since for tag in columns.values() if tag.retention.days is not None}:
            assert since in held.begins, f"{table}: when does {since} begin?"
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT ({held.begins[since]})::timestamptz FROM "{table}" t LIMIT 1')
        found_by = {
            Whose.REPORTER: bool(held.reporter),
            Whose.STAFF: bool(held.staff or held.delete),
            Whose.VISITED: bool(held.visited),
            Whose.ANYONE: bool(held.reporter or held.about or held.staff or held.delete),
        }
        lost = [column for column, tag in columns.items() if not found_by[tag.subject]]
        assert not lost, f"{table}: nobody would be given {', '.join(lost)}"


def test_purposes_and_retentions_are_of_the_closed_lists() -> None:
    tags = all_tags().columns.values()
    assert {purpose for tag in tags for purpose in tag.purpose} <= set(PURPOSES)
    assert {tag.retention.key for tag in tags} <= {one.key for one in RETENTIONS}
    assert len({one.key for one in RETENTIONS}) == len(RETENTIONS)


def test_the_committed_register_is_the_one_of_the_tags() -> None:
    again = "The tags changed. Run: .venv/bin/gezhi rights register > docs/reference/personal-data.md"
    assert PAGE.read_text(encoding="utf-8") == register(all_tags()), again


def test_the_folders_of_the_register_are_folders_of_the_data() -> None:
    folders = {key for key in all_tags().columns if key.endswith("/")}
    assert folders == {"evidence/", "documents/", "uploads/"}
    assert settings.DATA_DIR


def test_the_rule_sees_a_column_that_nobody_tagged() -> None:
    tags = all_tags()
    assert escaped({"cases_report": {"mother_maiden_name": "text"}}, tags)
    assert escaped({"cases_report": {"known_by_id": "bigint"}}, tags)
    assert not escaped({"cases_report": {"text": "character varying", "id": "bigint"}}, tags)
    assert Held(begins={Since.MADE: "t.at"}).begins
