"""Blotting out a person in what others wrote: of the words about their matters only the signs of the person go."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from gezhi.lib.personal import Held, Whose
from gezhi.rights.actions.sql import changed
from gezhi.rights.person import Blotter, Person, Signs
from gezhi.rights.queries.columns import columns_of
from gezhi.rights.queries.sql import rows_of
from gezhi.rights.tags import all_tags
from gezhi.rights.wiping import Column

Count = Callable[[str, int], None]
Told = tuple[int, Mapping[str, object]]  # id, columns
_SPEAKING: Final = (Whose.ANYONE, Whose.REPORTER)  # also what another reporter was told
_JSON: Final = ("json", "jsonb")
_TEXTS: Final = ("text", "character varying", *_JSON)


def blot_out(person: Person, signs: Signs, count: Count) -> list[str]:
    """In the caller's transaction. Returns the codes of documents whose files must go, since they name the person.
    A salt of words that were changed goes with them, so that nobody can guess what stood there."""
    blotter = signs.blotter
    if blotter is None:
        return []
    papers: list[int] = []
    tags = all_tags()
    for table in tags.tables:
        held, known = tags.holds(table), columns_of(table)
        names = [
            name
            for name, tag in tags.of_table(table).items()
            if tag.subject in _SPEAKING and known[name].kind in _TEXTS
        ]
        if held.about and names:
            told = _told(table, held, names, person)
            named = [row for row in told if any(blotter.finds(value) for value in row[1].values())]
            for row in named:
                _write(table, known, row, blotter)
            count(table, len(named))
            if table == "cases_issueddocument":
                papers += [pk for pk, _ in named]
    return _codes(papers) if papers else []


def _told(table: str, held: Held, names: Sequence[str], person: Person) -> list[Told]:
    """Others' words about the person's matters; what a law keeps is left out."""
    listed = ", ".join(f't."{name}"' for name in names)
    lasting = f" AND NOT ({held.lasts})" if held.lasts else ""
    told = f'SELECT t.id, {listed} FROM "{table}" t WHERE ({held.about}){lasting} FOR UPDATE'
    return [(row[0], dict(zip(names, row[1:], strict=True))) for row in rows_of(told, person.params)]


def _write(table: str, known: Mapping[str, Column], row: Told, blotter: Blotter) -> None:
    pk, values = row
    salted = ", \"salt\" = ''::bytea" if "salt" in known else ""
    sets = ", ".join(f'"{name}" = %s::{_cast(known[name])}' for name in values)
    cells = [_cell(value, blotter, known[name]) for name, value in values.items()]
    changed(f'UPDATE "{table}" SET {sets}{salted} WHERE id = %s', [*cells, pk])


def _cell(value: object, blotter: Blotter, column: Column) -> object:
    clean = blotter.clean(value)
    return json.dumps(clean, ensure_ascii=False) if column.kind in _JSON and clean is not None else clean


def _cast(column: Column) -> str:
    return column.kind if column.kind in _JSON else "text"


def _codes(ids: list[int]) -> list[str]:
    return [code for (code,) in rows_of("SELECT code FROM cases_issueddocument WHERE id = ANY(%s)", [ids])]
