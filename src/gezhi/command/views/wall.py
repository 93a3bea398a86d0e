"""The command centre: a wall screen, and the same page on a desk."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from gezhi.cases.queries import BadFilter
from gezhi.cases.world import World, known_world
from gezhi.command.looking import TITLES, crumbs_of, looked_at, problem_words
from gezhi.command.panels import board_of, rank_of
from gezhi.command.scripting import script_data
from gezhi.insight.queries.board.look import HOLDERS, OTHERS, OWN, SOURCES, Look, commanded_places
from gezhi.pages.place_choice import TITLES as LEVELS
from gezhi.pages.showing import said, source_name
from gezhi.people.access import COMMAND, ActorRequest, requires

Option = tuple[str, str]
FIRST: Final = 30.0  # seconds by which the first board may be older: the page asks anew as soon as it stands
_DUES: Final = (("overdue", _("已超期")), ("soon", _("4 小时内到期")))


@dataclass(frozen=True, slots=True)
class FilterField:
    """`options`: (value, words); none: a day."""

    name: str
    title: str
    value: str
    options: tuple[Option, ...] = ()


@requires(COMMAND)
@require_GET
def wall(request: ActorRequest) -> HttpResponse:
    """The board is that of all filters; the map asks for its own."""
    world = known_world()
    look, wrong = looked_at(request, world)
    rank, wrong_rank = _rank(request)
    crumbs = crumbs_of(look, commanded_places(request.actor))
    context = {
        "place": crumbs[-1],
        "crumbs": crumbs,
        "look": look,
        "filters": look.query_string(),
        "filter_form": filter_fields(look, world),
        "problem": problem_words(wrong or wrong_rank) if wrong or wrong_rank else "",
        "wall": request.GET.get("wall") == "1",
        "board": board_of(request.actor, look, rank, world, FIRST),
        "data": script_data(request, look, world),
        "here": request.get_full_path(),
        "today": timezone.localdate(),
        "yesterday": timezone.localdate() - timedelta(days=1),
    }
    return render(request, "command/wall.html", context)


def _rank(request: ActorRequest) -> tuple[str, str]:
    try:
        return rank_of(request.GET), ""
    except BadFilter as bad:
        return rank_of({}), bad.field


def filter_fields(look: Look, world: World) -> list[FilterField]:
    groups = [(group.key, said(group.name)) for group, _shelf in world.catalogue.by_group()]
    kinds = [(one.key, said(one.name)) for one in world.catalogue.reportable]
    holders: list[Option] = [
        (OWN, str(_("本级"))),
        *((key, str(LEVELS[key])) for key in HOLDERS if key in LEVELS),
    ]
    sources = [*((key, source_name(key)) for key in SOURCES), (OTHERS, str(_("其他案件拆出")))]
    asked: dict[str, list[Option]] = {
        "since": [],
        "until": [],
        "due": [(key, str(words)) for key, words in _DUES],
        "held": holders,
        "category": [*groups, *kinds],
        "source": sources,
    }
    return [
        FilterField(name, str(TITLES[name]), getattr(look, name), tuple(options))
        for name, options in asked.items()
    ]
