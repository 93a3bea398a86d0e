"""Lines of a list of cases, in the page's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gezhi.cases.models import Case
from gezhi.cases.queries import CaseLine
from gezhi.cases.world import World
from gezhi.packs.catalogue import Catalogue
from gezhi.pages.acting import category_line, unit_name
from gezhi.pages.showing import Due, StateTag, due_of, said, state_tag
from gezhi.places.queries import place_names


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
    unit: str
    reports: int
    opened_at: datetime


def line_views(lines: Sequence[CaseLine | Case], world: World, now: datetime) -> list[LineView]:
    """One statement, for the names of the places."""
    names = place_names(line.place_code for line in lines) if lines else {}
    return [_line_view(line, world, now, names) for line in lines]


def _line_view(line: CaseLine | Case, world: World, now: datetime, names: Mapping[str, str]) -> LineView:
    unit = world.directory.units.get(line.unit_id or 0)
    return LineView(
        id=line.id,
        version=line.version,
        number=line.number,
        title=line.title,
        category=said(world.catalogue.category(line.category).name),
        state=tag_of(world.catalogue, line.category, line.state),
        due=due_of(line.due_at, now) if line.is_open else None,
        place=short_name(names.get(line.place_code, line.place_code)),
        unit=unit_name(unit) if unit else "",
        reports=line.report_count,
        opened_at=line.opened_at,
    )


def short_name(full_name: str) -> str:
    """The last two parts of a full name: what tells places of one city apart."""
    return " ".join(full_name.split()[-2:])


def tag_of(catalogue: Catalogue, category: str, state: str) -> StateTag:
    """A state that the category's present procedure no longer has stands under its key."""
    states = catalogue.procedure_of(category).states
    found = next((one for one in states if one.key == state), None)
    return state_tag(found) if found else StateTag(state, state, "", "calm")


def state_titles(catalogue: Catalogue) -> dict[str, str]:
    """Every state that a reportable category can be in: key -> title."""
    procedures = {category.procedure: category.key for category in catalogue.reportable}
    states = [state for key in procedures.values() for state in catalogue.procedure_of(key).states]
    return {state.key: said(state.title) for state in states}


def category_lines(catalogue: Catalogue) -> list[str]:
    """What a category's field suggests."""
    return [category_line(category.code, said(category.name)) for category in catalogue.reportable]
