"""A list of cases as a workbook: the filters of the list, or the cases that were chosen."""

from collections.abc import Iterator
from typing import Final

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezhi.cases.models import Case
from gezhi.cases.queries import marked, reached
from gezhi.cases.world import World
from gezhi.cases.world import world as newest_world
from gezhi.desk.views.cases import asked_of, chosen_cases
from gezhi.pages.acting import unit_name
from gezhi.pages.lines import state_titles
from gezhi.pages.showing import said
from gezhi.pages.tables import Table, table_file
from gezhi.people.access import EXPORT, ActorRequest, requires
from gezhi.places.queries import place_names

MOST: Final = 50_000
_CHUNK: Final = 2_000
_COLUMNS: Final = (
    *("number", "title", "category", "state", "place_code", "unit_id", "opened_at", "due_at", "closed_at"),
    *("overdue_count", "report_count", "reopen_count", "rating"),
)
_DUE: Final = 8  # the column of the file: a deadline is told to the instant

Row = tuple[object, ...]


@requires(EXPORT)
@require_POST
def export(request: ActorRequest) -> HttpResponseBase:
    now, world = timezone.now(), newest_world()
    chosen = chosen_cases(request)
    asked = asked_of(request.GET.dict(), world)
    wanted = asked.filters.condition(now) & marked(request.actor, asked.filters.mark)
    found = Case.objects.filter(reached(request.actor), wanted).order_by("-opened_at", "-id")
    rows = (found.filter(id__in=chosen) if chosen else found).values_list(*_COLUMNS)[:MOST]
    name = f"cases-{timezone.localtime(now):%Y%m%d-%H%M}"
    return table_file(
        request, Table(name, _("案件"), _headings(), _lines(rows.iterator(_CHUNK), world), {_DUE})
    )


def _lines(rows: Iterator[Row], world: World) -> Iterator[list[object]]:
    titles = state_titles(world.catalogue)
    for chunk in _chunks(rows):
        names = place_names(str(row[4]) for row in chunk)
        for row in chunk:
            yield _cells(row, world, titles, names)


def _headings() -> list[str]:
    first = [_("编号"), _("事由"), _("类别"), _("状态"), _("区域"), _("区域编码"), _("单位"), _("收到时间")]
    return [*first, _("到期时间"), _("办结时间"), _("超期次数"), _("诉求数"), _("重办次数"), _("评价")]


def _cells(row: Row, world: World, titles: dict[str, str], names: dict[str, str]) -> list[object]:
    number, title, category, state, place, unit, *rest = row
    card = world.directory.units.get(unit) if isinstance(unit, int) else None
    return [
        *(number, title, said(world.catalogue.category(str(category)).name), titles.get(str(state), state)),
        *(names.get(str(place), ""), place, unit_name(card) if card else "", *rest),
    ]


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
