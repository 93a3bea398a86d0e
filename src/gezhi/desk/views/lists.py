"""Duty and admission lists: of any place, day and edition; what changed; what is missing; proposing a change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gezhi.cases.world import World, known_world
from gezhi.desk.views.page import page
from gezhi.lib.codes import LEVELS, VILLAGE
from gezhi.pages.asked import number
from gezhi.pages.duty_lists import (
    Asked,
    DutyLine,
    Lists,
    category_name,
    duty_lines,
    entry_of,
    function_name,
    level_name,
)
from gezhi.pages.paging import shown_of
from gezhi.pages.place_choice import place_of
from gezhi.pages.tables import Table, table_file
from gezhi.people import queries
from gezhi.people.access import DESK, EXPORT, ActorRequest, requires
from gezhi.people.staffing import AdmissionRow, DutyRow
from gezhi.places.queries import place_names

PAGE: Final = 50
_RULINGS: Final = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose lists: a place, a day, an edition (None: the newest). `typed`: as the form shows it again."""

    place: str
    day: date
    edition: int | None
    asked: Asked
    typed: dict[str, str]
    unknown_place: bool


def wanted_of(request: ActorRequest, world: World) -> Wanted:
    names = ("text", "function", "level", "admitted", "place", "day", "edition")
    typed = {name: request.GET.get(name, "").replace("\0", "").strip()[:120] for name in names}
    place = place_of(typed["place"], world)
    level = number(typed["level"])
    asked = Asked(
        typed["text"],
        typed["function"],
        level if level is not None and level <= VILLAGE else None,
        _RULINGS.get(typed["admitted"]),
    )
    unknown = bool(typed["place"]) and not place
    day, edition = day_of(typed["day"]) or timezone.localdate(), number(typed["edition"])
    return Wanted(place or world.root, day, edition, asked, typed, unknown)


def day_of(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        return None


def lists_on(world: World, day: date, edition: int | None, place: str = "") -> Lists:
    """Six statements."""
    duties, admissions = queries.duties_on(day, edition), queries.admissions_on(day, edition)
    directory = queries.directory_on(day, edition)
    names = place_names({place, *(row.place_code for row in admissions)} - {""})
    return Lists(world.catalogue, directory, duties, admissions, names)


@requires(DESK)
@require_GET
def lists(request: ActorRequest) -> HttpResponse:
    world = known_world()
    wanted = wanted_of(request, world)
    held = lists_on(world, wanted.day, wanted.edition, wanted.place)
    lines = duty_lines(held, wanted.place, wanted.asked)
    shown = shown_of(request, lines, PAGE)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "lines": shown,
        "count": len(lines),
        "without_unit": sum(not line.unit for line in lines),
        "closed": sum(not line.admitted for line in lines),
        "typed": wanted.typed,
        "day": wanted.day,
        "place": held.names.get(wanted.place, wanted.place),
        "unknown_place": wanted.unknown_place,
        "functions": function_options(world),
        "levels": [(level, level_name(level)) for level in range(VILLAGE + 1)],
        "editions": queries.editions(),
        "query": query.urlencode(),
        "may_export": request.actor.may(EXPORT),
    }
    return page(request, "desk/lists.html", context, at="desk:lists")


def function_options(world: World) -> list[tuple[str, str]]:
    return [(key, function_name(world.catalogue, key)) for key in world.catalogue.functions]


@requires(EXPORT)
@require_GET
def export(request: ActorRequest) -> HttpResponseBase:
    """The lines of the filters as a table, or one of the lists as it is imported again (`list=`)."""
    world = known_world()
    wanted = wanted_of(request, world)
    name = f"{request.GET.get('list', '') or 'lists'}-{wanted.day}"
    if request.GET.get("list") == "duties":
        rows = _duties(queries.duties_on(wanted.day, wanted.edition))
        return table_file(request, Table(name, _("权责清单"), _DUTIES, rows, signed=False))
    if request.GET.get("list") == "admissions":
        rows = _admissions(queries.admissions_on(wanted.day, wanted.edition))
        return table_file(request, Table(name, _("准入清单"), _ADMISSIONS, rows, signed=False))
    held = lists_on(world, wanted.day, wanted.edition, wanted.place)
    lines = duty_lines(held, wanted.place, wanted.asked)
    table = Table(name, _("权责清单"), _headings(), [_cells(line) for line in lines])
    return table_file(request, table)


_TERM: Final = ("valid_from", "valid_to", "source", "law", "article")
_DUTIES: Final = ("category", "level", "function", *_TERM)
_ADMISSIONS: Final = ("category", "place_code", "admitted", *_TERM)


def _duties(rows: Sequence[DutyRow]) -> Iterator[list[object]]:
    return ([row.category, LEVELS[row.level], row.function, *_term(row)] for row in rows)


def _admissions(rows: Sequence[AdmissionRow]) -> Iterator[list[object]]:
    return ([row.category, row.place_code, "yes" if row.admitted else "no", *_term(row)] for row in rows)


def _term(row: DutyRow | AdmissionRow) -> list[object]:
    return [row.valid_from, row.valid_to or "", row.source, row.law, row.article]


def _headings() -> list[str]:
    return [_("编号"), _("类别"), _("职责"), _("负责单位"), _("准入网格"), _("清单条目"), _("依据")]


def _cells(line: DutyLine) -> list[object]:
    entries = [*line.duties, *line.admissions]
    return [
        *(line.code, line.name, line.function, line.unit, _("准入") if line.admitted else _("不准入")),
        "；".join(f"{one.where} {one.says}" for one in entries),
        "；".join(dict.fromkeys(one.law for one in entries if one.law)),
    ]


@requires(DESK)
@require_GET
def editions(request: ActorRequest) -> HttpResponse:
    """Every edition, and what one changed against another."""
    world, found = known_world(), queries.editions()
    newest = found[0].number if found else 0
    after = number(request.GET.get("after", "")) or newest
    before = number(request.GET.get("before", ""))
    before = max(after - 1, 0) if before is None else before
    context = {
        "editions": found,
        "before": before,
        "after": after,
        "changes": _changes(world, before, after),
    }
    return page(request, "desk/editions.html", context, at="desk:lists")


def _changes(world: World, before: int, after: int) -> list[dict[str, object]]:
    """Lines of a comparison: new, gone, or what it said and what it says."""
    duties, admissions = queries.edition_difference(before, after)
    codes = {row.place_code for row in (*admissions.new, *admissions.gone)}
    codes |= {row.place_code for pair in admissions.changed for row in pair}
    held = Lists(world.catalogue, world.directory, (), (), place_names(codes))
    found: list[dict[str, object]] = []
    for one in (duties, admissions):
        found += [_change(held, None, row) for row in one.new]
        found += [_change(held, old, row) for old, row in one.changed]
        found += [_change(held, row, None) for row in one.gone]
    return found


def _change(
    held: Lists, old: DutyRow | AdmissionRow | None, now: DutyRow | AdmissionRow | None
) -> dict[str, object]:
    row = now or old
    assert row is not None
    return {
        "category": row.category,
        "name": category_name(held.catalogue, row.category),
        "old": entry_of(old, held) if old else None,
        "now": entry_of(now, held) if now else None,
    }
