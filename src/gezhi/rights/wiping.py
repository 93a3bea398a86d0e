"""What an emptied column holds, and which of a table's columns are emptied. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from gezhi.lib.personal import Basis, Held, Personal, Whose

_EMPTY: Final = {
    "text": "''",
    "character varying": "''",
    "jsonb": "'{}'::jsonb",
    "json": "'{}'::json",
    "bytea": "''::bytea",
    "ARRAY": "'{}'",
    "tsvector": "''::tsvector",
    "bigint": "0",
    "integer": "0",
    "smallint": "0",
}


@dataclass(frozen=True, slots=True)
class Column:
    """As the database knows it."""

    name: str
    kind: str
    nullable: bool


@dataclass(frozen=True, slots=True)
class Blank:
    """`sets`: column -> SQL of what it holds when emptied. `full`: SQL that is true while anything is left."""

    sets: Mapping[str, str]
    full: str


def goes(tag: Personal) -> bool:
    """Whether erasing a person or the end of its time takes a column: not what the record of the office keeps."""
    return tag.retention.days is not None and tag.subject is not Whose.STAFF


def rests_on(tag: Personal, basis: Basis) -> bool:
    return tag.basis is basis and goes(tag)


def blank(held: Held, names: Iterable[str], known: Mapping[str, Column]) -> Blank:
    """`known`: the table's columns."""
    sets = {name: held.blanks.get(name) or _empty(known[name]) for name in names}
    return Blank(sets, " OR ".join(_is_full(known[name], sets[name], held) for name in sets) or "false")


def _empty(column: Column) -> str:
    return "NULL" if column.nullable else _EMPTY[column.kind]


def _is_full(column: Column, empty: str, held: Held) -> str:
    name = f't."{column.name}"'
    if "t." in empty or "(" in held.blanks.get(column.name, ""):
        return _is_own(column, empty)
    return f"{name} IS NOT NULL" if empty == "NULL" else f"{name} IS DISTINCT FROM {empty}"


def _is_own(column: Column, empty: str) -> str:
    """What is emptied to something that differs from row to row."""
    name = f't."{column.name}"'
    if column.kind in ("jsonb", "json"):
        return f"{name}::text IS DISTINCT FROM ({empty})::text"
    return "false"  # a number or code of its own: it goes with the others of its row
