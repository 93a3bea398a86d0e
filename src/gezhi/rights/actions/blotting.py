"""Blotting out a person in what others wrote: of the words about their matters only the signs of the person go."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from gezhi.lib.numbers import number_key
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
PAPERS: Final = "cases_issueddocument"
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
            count(table, len(named))
            if table == PAPERS:  # what is set as a PDF is not blotted but goes as a whole
                papers += [pk for pk, _ in named]
                facts = held.blanks["facts"]
                changed(f'UPDATE "{table}" AS t SET facts = {facts} WHERE t.id = ANY(%s)', [papers])
                continue
            for row in named:
                _write(table, known, row, blotter)
    return _codes(papers) if papers else []


def blot_loose(person: Person, signs: Signs, count: Count) -> None:
    """In the caller's transaction: where anybody may be named whatever the row hangs on, as in the words of a search.
    Looked for by name, number and e-mail address alone."""
    blotter = replace(signs, texts=(), addresses=()).blotter
    if blotter is None:
        return
    tags = all_tags()
    for table in tags.tables:
        for column, becomes in tags.holds(table).names_in.items():
            where = tags.holds(table).reporter or "true"
            for pk, value in _naming(table, column, where, person, signs):
                if blotter.finds(value):
                    _loosen(table, column, pk, becomes, blotter.clean(value))
                    count(table, 1)


def _naming(table: str, column: str, where: str, person: Person, signs: Signs) -> list[tuple[int, object]]:
    """Rows that may name the person: the database leaves few to be read closely."""
    words = [f"%{word}%" for word in (*signs.names, *signs.emails) if len(word) > 1]
    digits = [f"%{number_key(number)}%" for number in signs.numbers]
    surnames = [f"%{name[0]}%" for name in signs.names if not name.isascii()]
    likely = (
        f't."{column}"::text LIKE ANY(%(words)s)'
        f" OR regexp_replace(t.\"{column}\"::text, '[^0-9]', '', 'g') LIKE ANY(%(digits)s)"
    )
    params = {**person.params, "words": words + surnames, "digits": digits}
    return [
        (pk, value)
        for pk, value in rows_of(
            f'SELECT t.id, t."{column}" FROM "{table}" t WHERE ({where}) AND ({likely})', params
        )
    ]


def _loosen(table: str, column: str, pk: int, becomes: str, clean: object) -> None:
    if becomes == "delete":
        changed(f'DELETE FROM "{table}" WHERE id = %s', [pk])
        return
    known = columns_of(table)
    salted = ", \"salt\" = ''::bytea" if "salt" in known else ""
    value = "" if becomes == "empty" else clean
    cell = json.dumps(value, ensure_ascii=False) if known[column].kind in _JSON else value
    changed(f'UPDATE "{table}" SET "{column}" = %s::{_cast(known[column])}{salted} WHERE id = %s', [cell, pk])


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
