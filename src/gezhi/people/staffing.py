"""The lists that staff a node, read from CSV: units, posts, duties, admissions. Pure.

A row is one line of a list and equally what the node holds of it, so that the two can be compared.
"""

import csv
import io
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Final, Generic, Protocol, TypeVar

from gezhi.lib.codes import LEVELS, VILLAGE
from gezhi.people.directory import ANY_CATEGORY

_YES: Final = {"yes": True, "no": False, "1": True, "0": False, "true": True, "false": False}
_ADMITTED: Final = _YES | {"是": True, "否": False, "准入": True, "不准入": False}


class Row(Protocol):
    @property
    def key(self) -> Hashable: ...


R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class UnitRow:
    code: str
    name: str
    name_en: str
    place_code: str
    functions: tuple[str, ...]
    kind: str = ""  # "": as it is, an office when it is new

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class PostRow:
    username: str
    name: str
    unit_code: str
    role: str
    place_code: str
    valid_from: date
    valid_to: date | None

    @property
    def held(self) -> tuple[str, str, str, str]:
        return self.username, self.unit_code, self.role, self.place_code

    @property
    def key(self) -> tuple[str, str, str, str, date]:
        return *self.held, self.valid_from


@dataclass(frozen=True, slots=True)
class DutyRow:
    category: str
    level: int
    function: str
    valid_from: date
    valid_to: date | None
    source: str
    law: str = ""
    article: str = ""

    @property
    def key(self) -> tuple[str, int, date]:
        return self.category, self.level, self.valid_from


@dataclass(frozen=True, slots=True)
class AdmissionRow:
    category: str
    place_code: str
    admitted: bool
    valid_from: date
    valid_to: date | None
    source: str
    law: str = ""
    article: str = ""

    @property
    def key(self) -> tuple[str, str, date]:
        return self.category, self.place_code, self.valid_from


@dataclass(frozen=True)
class Known:
    """What the cells of a list may name. `places`: those of the list's places that the node has."""

    functions: frozenset[str]
    categories: frozenset[str]
    places: frozenset[str]
    units: frozenset[str]
    roles: Sequence[str] = ()
    unit_kinds: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    line: int
    field: str
    words: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.field}: {self.words}"


class Unreadable(ValueError):
    """The file is no list of this kind."""


@dataclass(frozen=True)
class Sheet:
    """The filled lines of a file: number -> column -> cell."""

    lines: Mapping[int, Mapping[str, str]]

    def column(self, name: str) -> frozenset[str]:
        return frozenset(cells[name] for cells in self.lines.values() if cells.get(name))


@dataclass
class Line:
    """One line's cells. Each reader names what is wrong in `faults` and then gives something of its type."""

    number: int
    cells: Mapping[str, str]
    known: Known
    faults: list[Fault] = field(default_factory=list)

    def text(self, name: str, most: int, *, needed: bool = True) -> str:
        cell = self.cells.get(name, "")
        if not cell and needed:
            self.wrong(name, "is empty; it is needed.")
        if len(cell) > most or "\0" in cell:
            self.wrong(name, f"has {len(cell)} characters or a NUL; at most {most} and no NUL are kept.")
        return cell

    def word(self, name: str, most: int) -> str:
        cell = self.text(name, most)
        if re.search(r"\s", cell):
            self.wrong(name, f"'{cell}' holds a space; it must be one word.")
        return cell

    def one_of(self, name: str, allowed: Iterable[str], idea: str, way_out: str) -> str:
        cell = self.text(name, 60)
        if cell and cell not in allowed:
            self.wrong(name, f"'{cell}' is no {idea}. {way_out}")
        return cell

    def place(self, name: str = "place_code") -> str:
        way_out = "`gezhi places divisions` and `gezhi places import` load places."
        return self.one_of(name, self.known.places, "place of this node", way_out)

    def category(self, *also: str) -> str:
        allowed = self.known.categories.union(also)
        return self.one_of("category", allowed, "category", "Published packs hold the categories.")

    def function(self, name: str, cell: str) -> None:
        if cell not in self.known.functions:
            known = ", ".join(sorted(self.known.functions)) or "none; publish a pack first"
            self.wrong(name, f"'{cell}' is no function. Known: {known}.")

    def day(self, name: str, *, needed: bool = True) -> date | None:
        cell = self.text(name, 10, needed=needed)
        try:
            return date.fromisoformat(cell) if cell else None
        except ValueError:
            self.wrong(name, f"'{cell}' is no day like 2027-01-31.")
            return None

    def term(self) -> tuple[date, date | None]:
        begin, end = self.day("valid_from"), self.day("valid_to", needed=False)
        if begin and end and end <= begin:
            self.wrong("valid_to", f"{end} is not after {begin}. It is the first day that no longer counts.")
        return begin or date.min, end

    def wrong(self, name: str, words: str) -> None:
        self.faults.append(Fault(self.number, name, words))


def _unit(line: Line) -> UnitRow:
    functions = tuple(dict.fromkeys(re.split(r"[;；\s]+", line.text("functions", 2000, needed=False))))
    for one in filter(None, functions):
        line.function("functions", one)
    return UnitRow(
        line.word("code", 60),
        line.text("name", 120),
        line.text("name_en", 200, needed=False),
        line.place(),
        tuple(sorted(filter(None, functions))),
        _unit_kind(line),
    )


def _unit_kind(line: Line) -> str:
    kinds = line.known.unit_kinds
    if not line.cells.get("kind"):
        return ""
    return line.one_of("kind", kinds, "kind of unit", f"Kinds are {', '.join(kinds)}.")


def _post(line: Line) -> PostRow:
    roles = line.known.roles
    return PostRow(
        line.word("username", 60),
        line.text("name", 60),
        line.one_of("unit_code", line.known.units, "unit of this node", "Import the units first."),
        line.one_of("role", roles, "role", f"Roles are {', '.join(roles)}."),
        line.place(),
        *line.term(),
    )


def _duty(line: Line) -> DutyRow:
    levels = {name: at for at, name in enumerate(LEVELS[: VILLAGE + 1])}
    levels |= {str(at): at for at in levels.values()}
    level = line.one_of("level", levels, "level", f"Levels are {', '.join(levels)}.")
    category, function = line.category(ANY_CATEGORY), line.text("function", 60)
    if function:
        line.function("function", function)
    return DutyRow(category, levels.get(level, 0), function, *line.term(), *_basis(line))


def _admission(line: Line) -> AdmissionRow:
    category, place = line.category(), line.place()
    admitted = line.one_of("admitted", _ADMITTED, "yes or no", "Write yes or no, 是 or 否.")
    return AdmissionRow(category, place, _ADMITTED.get(admitted, False), *line.term(), *_basis(line))


def _basis(line: Line) -> tuple[str, str, str]:
    """Source, law or rule, article."""
    law, article = line.text("law", 200, needed=False), line.text("article", 60, needed=False)
    return line.text("source", 200), law, article


@dataclass(frozen=True)
class Kind(Generic[R]):
    columns: tuple[str, ...]
    optional: tuple[str, ...]
    read: Callable[[Line], R]


UNITS: Final = Kind(("code", "name", "place_code"), ("name_en", "functions", "kind"), _unit)
POSTS: Final = Kind(
    ("username", "name", "unit_code", "role", "place_code", "valid_from"), ("valid_to",), _post
)
_MAY: Final = ("valid_to", "law", "article")
DUTIES: Final = Kind(("category", "level", "function", "valid_from", "source"), _MAY, _duty)
ADMISSIONS: Final = Kind(("category", "place_code", "admitted", "valid_from", "source"), _MAY, _admission)


def decoded(content: bytes) -> str:
    """UTF-8 with or without a mark, or GB18030 (which contains GBK). Raises Unreadable."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("The text is neither UTF-8 nor GBK. Save the file as CSV UTF-8.")


def read_sheet(content: bytes, columns: Sequence[str], optional: Sequence[str]) -> Sheet:
    """Raises Unreadable: another encoding, no CSV, columns that lack or that nobody knows."""
    reader = csv.reader(io.StringIO(decoded(content), newline=""))
    try:
        header = [cell.strip() for cell in next(reader, [])]
        _check_header(header, columns, optional)
        lines = [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        raise Unreadable(f"line {reader.line_num}: {error}") from error
    return Sheet({number: _cells(header, row, number) for number, row in lines})


def _check_header(header: Sequence[str], columns: Sequence[str], optional: Sequence[str]) -> None:
    missing = [name for name in columns if name not in header]
    unknown = [name for name in header if name not in (*columns, *optional)]
    if missing or unknown or len(set(header)) < len(header):
        found = ", ".join(header) or "nothing"
        also = f"; it may have {', '.join(optional)}"
        raise Unreadable(f"The first line must name the columns {', '.join(columns)}{also}. Found: {found}.")


def _cells(header: Sequence[str], row: Sequence[str], number: int) -> dict[str, str]:
    if len(row) > len(header):
        raise Unreadable(f"line {number} has {len(row)} cells for {len(header)} columns.")
    return {name: cell.strip() for name, cell in zip(header, row, strict=False)}


def read_rows(kind: Kind[R], sheet: Sheet, known: Known) -> tuple[dict[int, R], list[Fault]]:
    """The good rows by line, and everything that is wrong with the others."""
    rows: dict[int, R] = {}
    faults: list[Fault] = []
    seen: dict[Hashable, int] = {}
    for number, cells in sheet.lines.items():
        line = Line(number, cells, known)
        row = kind.read(line)
        if not line.faults and (first := seen.setdefault(row.key, number)) != number:
            line.wrong(kind.columns[0], f"line {first} says this already; say it once.")
        if not line.faults:
            rows[number] = row
        faults += line.faults
    return rows, faults


def clashes(rows: Mapping[int, PostRow], held: Iterable[PostRow]) -> list[Fault]:
    """Posts that would be held twice on one day, and people with two names."""
    return [*_two_names(rows), *_held_twice(rows, held)]


def _two_names(rows: Mapping[int, PostRow]) -> Iterable[Fault]:
    names: dict[str, tuple[int, str]] = {}
    for number, row in rows.items():
        first, name = names.setdefault(row.username, (number, row.name))
        if name != row.name:
            yield Fault(number, "name", f"'{row.username}' is called {name} in line {first}; use one name.")


def _held_twice(rows: Mapping[int, PostRow], held: Iterable[PostRow]) -> Iterable[Fault]:
    lines = {row.key: number for number, row in rows.items()}
    after = {row.key: row for row in held} | {row.key: row for row in rows.values()}
    for _, posts in groupby(sorted(after.items(), key=itemgetter(0)), key=lambda one: one[1].held):
        for (key, earlier), (later_key, later) in pairwise(posts):
            number = lines.get(later_key) or lines.get(key)
            if number and (earlier.valid_to is None or earlier.valid_to > later.valid_from):
                until = f"to {earlier.valid_to}" if earlier.valid_to else "on"
                words = (
                    f"this post is held from {earlier.valid_from} {until} and again from {later.valid_from}."
                )
                yield Fault(number, "valid_from", f"{words} End the earlier one first.")


@dataclass(frozen=True)
class Changes(Generic[R]):
    new: tuple[R, ...]
    changed: tuple[R, ...]
    same: int

    @property
    def rows(self) -> tuple[R, ...]:
        return self.new + self.changed

    def __str__(self) -> str:
        return f"{len(self.new)} new, {len(self.changed)} changed, {self.same} unchanged"


def changes_between(held: Mapping[Hashable, R], wanted: Iterable[R]) -> Changes[R]:
    rows = tuple(wanted)
    new = tuple(row for row in rows if row.key not in held)
    changed = tuple(row for row in rows if row.key in held and held[row.key] != row)
    return Changes(new, changed, len(rows) - len(new) - len(changed))
