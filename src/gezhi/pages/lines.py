"""Lines of a list of cases, in the page's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from gezhi.cases.models import Case
from gezhi.cases.queries import CaseLine
from gezhi.cases.world import World
from gezhi.cases.world import world as newest_world
from gezhi.lib.codes import TOWN, ancestor_at, level_of
from gezhi.packs.catalogue import Catalogue, NotInCatalogue
from gezhi.pages.acting import category_line, unit_name
from gezhi.pages.showing import Due, StateTag, due_of, english, marks_html, said, state_tag
from gezhi.places.queries import place_names

_options: dict[tuple[int, bool], SafeString] = {}


@dataclass(frozen=True, slots=True)
class LineView:
    id: int
    version: int
    number: str
    title: str
    category: str
    state: StateTag
    due: Due | None
    place: str
    area: str
    unit: str
    suggested: str
    reports: int
    opened: str
    marks: SafeString


def line_views(lines: Sequence[CaseLine | Case], world: World, now: datetime) -> list[LineView]:
    """One statement, for the names of the places."""
    codes = {line.place_code for line in lines}
    towns = {ancestor_at(code, TOWN) for code in codes if level_of(code) > TOWN}
    names = place_names(codes | towns | {world.root}) if codes else {}
    try:
        return [_line_view(line, world, now, names) for line in lines]
    except NotInCatalogue:  # another process published since this one read its configuration
        newest = newest_world()
        return [_line_view(line, newest, now, names) for line in lines]


def _line_view(line: CaseLine | Case, world: World, now: datetime, names: Mapping[str, str]) -> LineView:
    place, area = _place_and_area(line.place_code, names, names.get(world.root, ""))
    return LineView(
        id=line.id,
        version=line.version,
        number=line.number,
        title=line.title,
        category=said(world.catalogue.category(line.category).name),
        state=tag_of(world.catalogue, line.category, line.state),
        due=due_of(line.due_at, now) if line.is_open else None,
        place=place,
        area=area,
        unit=_unit(line.unit_id, world),
        suggested=_unit(line.suggested_unit_id, world) if line.is_open else "",
        reports=line.report_count,
        opened=f"{localtime(line.opened_at):%Y-%m-%d %H:%M}",
        marks=marks_html(line.card, bool(line.held_code)) if line.is_open else SafeString(),
    )


def _unit(pk: int | None, world: World) -> str:
    unit = world.directory.units.get(pk or 0)
    return unit_name(unit) if unit else ""


def _place_and_area(code: str, names: Mapping[str, str], root: str) -> tuple[str, str]:
    """A grid or village, and the town that it lies in; both without the node's own name."""
    full = names.get(code, code)
    town = names.get(ancestor_at(code, TOWN), "") if level_of(code) > TOWN else ""
    if town and full != town:
        return full.removeprefix(town), town.removeprefix(root)
    return full.removeprefix(root) or full, ""


def tag_of(catalogue: Catalogue, category: str, state: str) -> StateTag:
    """A state that no present procedure of the category has stands under its key."""
    try:
        states = catalogue.procedure_of(category).states
    except NotInCatalogue:  # the category is retired
        states = ()
    found = next((one for one in states if one.key == state), None)
    return state_tag(found) if found else StateTag(state, state, "", "calm")


def state_titles(catalogue: Catalogue) -> dict[str, str]:
    """Every state that a reportable category can be in: key -> title."""
    procedures = {category.procedure: category.key for category in catalogue.reportable}
    states = [state for key in procedures.values() for state in catalogue.procedure_of(key).states]
    return {state.key: said(state.title) for state in states}


def category_options(world: World) -> SafeString:
    """The options of a category's field, drawn once for each configuration and language."""
    key = world.stamp, english()
    if key not in _options:
        _options.clear()
        lines = ((category_line(one.code, said(one.name)),) for one in world.catalogue.reportable)
        _options[key] = format_html_join("", '<option value="{}">', lines)
    return _options[key]
