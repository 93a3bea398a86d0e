"""Open cases that circulate emptily, for a supervisor: why, and which units had them."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from gezhi.cases.queries.circles import Circling, circling
from gezhi.cases.world import World, known_world
from gezhi.desk.views.page import page
from gezhi.pages.acting import unit_named
from gezhi.pages.asked import texts
from gezhi.pages.calls import CircleLine, circle_lines
from gezhi.pages.paging import shown_of
from gezhi.pages.place_choice import place_of
from gezhi.pages.tables import Table, table_file
from gezhi.people.access import CIRCLES, EXPORT, ActorRequest, requires

PAGE: Final = 50
_UNKNOWN: Final = -1  # a unit that nobody has: finds nothing


@requires(CIRCLES)
@require_GET
def circles(request: ActorRequest) -> HttpResponse:
    now, world = timezone.now(), known_world()
    found, typed = _asked(request, world)
    shown = shown_of(request, found, PAGE)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "shown": shown,
        "lines": circle_lines(list(shown.object_list), world, now),
        "count": len(found),
        "typed": typed,
        "query": query.urlencode(),
        "may_export": request.actor.may(EXPORT),
    }
    return page(request, "desk/circles.html", context, at="desk:circles")


def _asked(request: ActorRequest, world: World) -> tuple[list[Circling], dict[str, str]]:
    typed = {name: text[:60] for name, text in texts(request.GET, ("text", "place", "unit")).items()}
    unit = (unit_named(typed["unit"], world) or _UNKNOWN) if typed["unit"] else None
    place = place_of(typed["place"], world)
    if typed["place"] and not place:
        messages.warning(request, _("没有找到这个区域，请写全名，或区划、网格编码。"), "soon")
    return circling(request.actor, typed["text"], place, unit), typed


@requires(CIRCLES)
@require_GET
def export(request: ActorRequest) -> HttpResponseBase:
    world = known_world()
    found, _typed = _asked(request, world)
    headings = [
        _("案件编号"),
        _("事由"),
        _("区域"),
        _("为什么"),
        _("经过的单位"),
        _("退回和流转次数"),
        pgettext("since", "起"),
    ]
    rows = [_row(line) for line in circle_lines(found, world, timezone.now())]
    return table_file(request, Table("circles", _("空转"), headings, rows))


def _row(line: CircleLine) -> list[object]:
    whys, path = "、".join(line.whys), " → ".join(line.path)
    return [line.number, line.title, line.place, whys, path, line.sent_on, line.since]
