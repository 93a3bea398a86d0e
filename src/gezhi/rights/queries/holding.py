"""Everything that is held of a person, table by table, as the tags say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from gezhi.lib.personal import Personal, Whose
from gezhi.rights.person import Blotter, Person
from gezhi.rights.queries.people import signs_of, signs_of_others
from gezhi.rights.queries.sql import rows_of
from gezhi.rights.tags import Tags, all_tags

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]
Row = Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one table that speak of a person: context columns first, then the tagged ones."""

    table: str
    columns: Sequence[str]
    tags: Mapping[str, Personal]
    rows: Sequence[Row]


_HIDDEN: Final = "（为安全不复制 not copied for safety）"


def holding(person: Person, tags: Tags | None = None) -> list[Sheet]:
    """Of a person who reports or is visited: own rows, and those in which others name the person; whoever else
    reported the same matter is blotted out there."""
    known, blotter, others = tags or all_tags(), signs_of(person).blotter, signs_of_others(person).blotter
    sheets = []
    for table in known.tables:
        held = known.holds(table)
        own = " OR ".join(f"({condition})" for condition in (held.reporter, held.visited) if condition)
        columns = _columns(known, table, {Whose.REPORTER, Whose.VISITED, Whose.ANYONE})
        rows = list(_rows(table, columns, held.context, own, person.params)) if own and columns else []
        if held.about:
            theirs = {
                column: tag
                for column, tag in columns.items()
                if tag.subject is Whose.ANYONE or table == "cases_case"
            }
            rest = f"({held.about}) AND NOT ({own or 'false'})"
            found = _rows(table, theirs, held.context, rest, person.params) if theirs else ()
            named = (row for row in found if blotter and any(blotter.finds(row[one]) for one in theirs))
            rows += [_without(others, row) for row in named]
        if rows:
            sheets.append(_sheet(table, columns, held.context, rows))
    return sheets


def _without(others: Blotter | None, row: Row) -> Row:
    return row if others is None else {name: plain(others.clean(value)) for name, value in row.items()}


def holding_of_account(account_id: int, tags: Tags | None = None) -> list[Sheet]:
    """Of a member of staff: what their account, posts, looks and steps say of them."""
    known = tags or all_tags()
    params = {**Person().params, "account": account_id}
    sheets = []
    for table in known.tables:
        held = known.holds(table)
        columns = _columns(known, table, {Whose.STAFF})
        rows = list(_rows(table, columns, held.context, held.staff, params)) if held.staff and columns else []
        if rows:
            sheets.append(_sheet(table, columns, held.context, rows))
    return sheets


def _columns(tags: Tags, table: str, whose: set[Whose]) -> dict[str, Personal]:
    return {column: tag for column, tag in tags.of_table(table).items() if tag.subject in whose}


def _sheet(table: str, columns: Mapping[str, Personal], context: Sequence[str], rows: list[Row]) -> Sheet:
    names = [*dict.fromkeys([*context, *columns])]
    return Sheet(table, names, columns, [{name: row.get(name) for name in names} for row in rows])


def _rows(
    table: str,
    columns: Mapping[str, Personal],
    context: Sequence[str],
    condition: str,
    params: Mapping[str, object],
) -> Iterator[Row]:
    names = [*dict.fromkeys([*context, *columns])]
    listed = ", ".join(f't."{name}"' for name in names)
    order = 't."id"' if "id" in names else "1"
    for values in rows_of(f'SELECT {listed} FROM "{table}" t WHERE {condition} ORDER BY {order}', params):
        cells = zip(names, values, strict=True)
        yield {name: _shown(value, columns.get(name)) for name, value in cells}


def _shown(value: object, tag: Personal | None) -> Plain:
    return _HIDDEN if tag is not None and tag.secret and value else plain(value)


def plain(value: object) -> Plain:
    """As JSON has it: instants in ISO 8601, bytes in hex."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [plain(one) for one in value]
    return str(value)
