"""The duty and admission lists of a place on a day, one line a category, in the page's language."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezhi.lib.codes import LEVELS, is_within
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.shapes import Category
from gezhi.pages.acting import unit_name
from gezhi.pages.place_choice import TITLES
from gezhi.pages.showing import english, said
from gezhi.people.coverage import Gap, Overlap, Subject
from gezhi.people.directory import ANY_CATEGORY, Directory
from gezhi.people.staffing import AdmissionRow, DutyRow

OVERLAPS: Final[Mapping[str, Promise]] = {
    "same-duty": _("同一地方两个单位承担同一职责"),
    "two-duties": _("清单同一天写了两个职责"),
    "two-rulings": _("清单同一天既准入又不准入"),
    "duty-without-admission": _("职责在社区（村），却未准入"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a list. `says`: the duty at a level, or the ruling at a place."""

    where: str
    says: str
    law: str
    source: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class DutyLine:
    """`admitted`: at the place; `exceptions`: rulings for places below it that say otherwise."""

    category: str
    code: str
    name: str
    function: str
    unit: str
    admitted: bool
    exceptions: int
    duties: tuple[Entry, ...]
    admissions: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters. `level`: only categories for which the list names a duty at that level."""

    text: str = ""
    function: str = ""
    level: int | None = None
    admitted: bool | None = None


@dataclass(frozen=True)
class Lists:
    """Everything of one day and edition that lines are made of. `names`: of places, by code."""

    catalogue: Catalogue
    directory: Directory
    duties: Sequence[DutyRow]
    admissions: Sequence[AdmissionRow]
    names: Mapping[str, str]


def level_name(level: int) -> str:
    return str(TITLES[LEVELS[level]])


def function_name(catalogue: Catalogue, key: str) -> str:
    known = catalogue.functions.get(key)
    return said(known.name) if known else key


def category_name(catalogue: Catalogue, key: str) -> str:
    if key == ANY_CATEGORY:
        return "*"
    known = catalogue.categories.get(key)
    return said(known.name) if known else key


def listed(words: Iterable[str]) -> str:
    return (", " if english() else "、").join(words)


def subjects_of(catalogue: Catalogue) -> list[Subject]:
    return [Subject(one.key, one.function, one.grids) for one in catalogue.reportable]


def duty_lines(lists: Lists, place: str, asked: Asked) -> list[DutyLine]:
    """Reportable categories in the order of the packs, as far as they are asked for."""
    duties, rulings = _by_category(lists.duties), _by_category(lists.admissions)
    found = []
    for category in lists.catalogue.reportable:
        own = [*duties.get(category.key, []), *duties.get(ANY_CATEGORY, [])]
        if _is_asked(category, own, asked):
            line = _line(lists, category, place, own, rulings.get(category.key, []))
            if asked.admitted in (None, line.admitted):
                found.append(line)
    return found


def _by_category(rows: Iterable[DutyRow | AdmissionRow]) -> dict[str, list[DutyRow | AdmissionRow]]:
    found: dict[str, list[DutyRow | AdmissionRow]] = defaultdict(list)
    for row in rows:
        found[row.category].append(row)
    return found


def _is_asked(category: Category, duties: Sequence[DutyRow | AdmissionRow], asked: Asked) -> bool:
    held = f"{category.name.zh} {category.name.en} {category.key} {category.code}".lower()
    listed = [row for row in duties if isinstance(row, DutyRow)]
    return (
        all(word in held for word in asked.text.lower().split())
        and (not asked.function or asked.function in {category.function, *(row.function for row in listed)})
        and (asked.level is None or any(row.level == asked.level for row in listed))
    )


def _line(
    lists: Lists,
    category: Category,
    place: str,
    duties: Sequence[DutyRow | AdmissionRow],
    rulings: Sequence[DutyRow | AdmissionRow],
) -> DutyLine:
    directory, catalogue = lists.directory, lists.catalogue
    unit = directory.responsible(category.key, category.function, place, grids=category.grids)
    admitted = directory.admitted(category.key, category.grids, place)
    below = [one for one in rulings if isinstance(one, AdmissionRow) and one.place_code != place]
    return DutyLine(
        category=category.key,
        code=category.code,
        name=said(category.name),
        function=function_name(catalogue, category.function),
        unit=unit_name(unit) if unit else "",
        admitted=admitted,
        exceptions=sum(is_within(one.place_code, place) and one.admitted != admitted for one in below),
        duties=tuple(entry_of(one, lists) for one in duties),
        admissions=tuple(entry_of(one, lists) for one in rulings),
    )


def entry_of(row: DutyRow | AdmissionRow, lists: Lists) -> Entry:
    if isinstance(row, DutyRow):
        where, says = level_name(row.level), function_name(lists.catalogue, row.function)
    else:
        where, says = lists.names.get(row.place_code, row.place_code), ruling(row.admitted)
    until = row.valid_to.isoformat() if row.valid_to else ""
    return Entry(
        where, says, f"{row.law} {row.article}".strip(), row.source, row.valid_from.isoformat(), until
    )


def ruling(admitted: bool) -> str:
    return str(_("准入") if admitted else _("不准入"))


@dataclass(frozen=True, slots=True)
class GapLine:
    place: str
    place_code: str
    function: str
    categories: str
    count: int
    missing: int
    total: int
    whole: bool


def gap_lines(found: Sequence[Gap], catalogue: Catalogue, names: Mapping[str, str]) -> list[GapLine]:
    return [
        GapLine(
            place=names.get(gap.place_code, gap.place_code),
            place_code=gap.place_code,
            function=function_name(catalogue, gap.function),
            categories=listed(category_name(catalogue, key) for key in gap.categories),
            count=len(gap.categories),
            missing=gap.missing,
            total=gap.total,
            whole=gap.whole,
        )
        for gap in found
    ]


@dataclass(frozen=True, slots=True)
class OverlapLine:
    kind: str
    place: str
    about: str
    between: str


def overlap_lines(found: Sequence[Overlap], lists: Lists) -> list[OverlapLine]:
    units = {unit.code: unit_name(unit) for unit in lists.directory.units.values()}
    return [_overlap_line(one, lists, units) for one in found]


def _overlap_line(one: Overlap, lists: Lists, units: Mapping[str, str]) -> OverlapLine:
    catalogue = lists.catalogue
    by_function = one.kind == "same-duty"
    return OverlapLine(
        kind=str(OVERLAPS[one.kind]),
        place=lists.names.get(one.place_code, one.place_code),
        about=(function_name if by_function else category_name)(catalogue, one.key),
        between=listed(
            units.get(key, key) if by_function else function_name(catalogue, key) for key in one.between
        ),
    )
