"""What everybody is told: standing notices, highest first, by place; nobody has to sign in or leave a number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from gezhi.cases.world import known_world
from gezhi.lib.kept import Kept
from gezhi.packs.shapes import LEVELS
from gezhi.pages.asked import texts
from gezhi.pages.showing import english
from gezhi.people.access import public
from gezhi.places.queries import place_names
from gezhi.portal.views.map import asked_place, path_to
from gezhi.sensing.models import PublicNotice
from gezhi.sensing.queries.notices import standing_notices

_FRESH: Final = 10.0  # seconds
_MOST: Final = 200
_ON_HOME: Final = 3
_KEPT: Final = Kept()


@dataclass(frozen=True, slots=True)
class Line:
    """A notice in the reader's language, in Chinese where it was said in no other. `level`: "" unknown."""

    level: str
    headline: str
    text: str
    todo: str
    places: str
    sender: str
    sent_at: datetime
    expires_at: datetime


@public
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    world = known_world()
    place = asked_place(texts(request.GET, ["place"])["place"], world)
    told = lines("" if place == world.root else place)
    return render(
        request, "portal/notices.html", {"notices": told, "place": place, "path": path_to(place, world)}
    )


def lines_for_home() -> list[Line]:
    """The highest of the whole node."""
    return lines("")[:_ON_HOME]


def lines(place: str) -> list[Line]:
    """At a place; "": anywhere."""
    in_english = english()
    return _KEPT.get((place, in_english), _FRESH, lambda: _lines(place, in_english))


def _lines(place: str, in_english: bool) -> list[Line]:
    rows = list(standing_notices(timezone.now(), place)[:_MOST])
    names = place_names(code for row in rows for code in row.places)
    return [_line(row, names, in_english) for row in rows]


def _line(row: PublicNotice, names: dict[str, str], in_english: bool) -> Line:
    own = in_english and row.headline_en
    return Line(
        LEVELS[row.level - 1] if row.level else "",
        row.headline_en if own else row.headline,
        row.text_en if own else row.text,
        row.todo_en if own else row.todo,
        "、".join(names.get(code, code) for code in row.places[:5]),
        "" if row.source_id is None else row.sender,
        row.sent_at,
        row.expires_at,
    )
