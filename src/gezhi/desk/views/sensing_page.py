"""The frame of the pages of sensing."""

from collections.abc import Mapping
from typing import Final

from django.http import HttpResponse

from gezhi.desk.views.page import page
from gezhi.people.access import COMMAND, WATCH, ActorRequest
from gezhi.sensing.queries.scope import sees_everything

AT: Final = "desk:sensed-warnings"


def sensed_page(
    request: ActorRequest, template: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    """`whole`: whether the person sees what is of no place, as feeds are; `keeper`: looks after things; `may_tell`:
    tells residents something."""
    actor = request.actor
    whole = {
        "whole": sees_everything(actor),
        "keeper": actor.may(WATCH),
        "may_tell": actor.may(COMMAND),
    }
    return page(request, f"desk/sensing/{template}.html", {**whole, **context}, at=AT, status=status)
