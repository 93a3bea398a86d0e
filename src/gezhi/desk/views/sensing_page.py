"""The frame of the pages of sensing."""

from collections.abc import Mapping
from typing import Final

from django.http import HttpResponse

from gezhi.desk.views.page import page
from gezhi.people.access import WATCH, ActorRequest
from gezhi.sensing.queries.scope import sees_everything

AT: Final = "desk:sensed-warnings"


def sensed_page(
    request: ActorRequest, template: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    """`whole`: whether the person sees what is of no place, as feeds are;
    `keeper`: whether they look after things."""
    whole = {"whole": sees_everything(request.actor), "keeper": request.actor.may(WATCH)}
    return page(request, f"desk/sensing/{template}.html", {**whole, **context}, at=AT, status=status)
