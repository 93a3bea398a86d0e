"""Warnings that a person was told of, on the phone: what to do, the readings, and taking it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezhi.cases.world import known_world
from gezhi.lib.refused import Refused
from gezhi.pages.acting import words_of
from gezhi.pages.sensing import SensedView, sensed_views, value_words
from gezhi.people.access import REPORT_FROM_FIELD, Actor, ActorRequest, requires
from gezhi.sensing.actions.warnings import acknowledge
from gezhi.sensing.models import SensedWarning
from gezhi.sensing.queries.posts import is_told, told_to
from gezhi.sensing.queries.scope import warnings_in_sight
from gezhi.sensing.queries.told import Gathered, gathered_by

MOST = 20
THINGS = 5


@dataclass(frozen=True, slots=True)
class ToldView:
    """`things`: (name, value) of the highest alarms; `more`: how many beside them."""

    one: SensedView
    things: list[tuple[str, str]]
    more: int

    @property
    def waits(self) -> bool:
        return self.one.row.acknowledged_at is None


def told_views(actor: Actor, now: datetime) -> list[ToldView]:
    found = list(told_to(actor).filter(warnings_in_sight(actor))[:MOST])
    views = sensed_views(found, actor, now) if found else []
    return [_told(view, actor) for view in views]


def _told(view: SensedView, actor: Actor) -> ToldView:
    members, _hidden = gathered_by(view.row, actor)
    standing = [one for one in members if one.member.left_at is None and not one.member.muted]
    return ToldView(view, _things(standing[:THINGS]), max(0, len(standing) - THINGS))


def _things(found: Sequence[Gathered]) -> list[tuple[str, str]]:
    world = known_world()
    return [
        (one.stream.thing.name, value_words(one.value, one.stream, world) if one.value is not None else "")
        for one in found
    ]


@requires(REPORT_FROM_FIELD)
@require_POST
def take_up(request: ActorRequest, pk: int) -> HttpResponse:
    found = SensedWarning.objects.filter(warnings_in_sight(request.actor), pk=min(pk, 2**62)).first()
    if found is None or not is_told(request.actor, found):
        raise Http404
    try:
        acknowledge(found.pk, request.actor, timezone.now())
        messages.success(request, _("已确认。"), "good")
    except Refused as refused:
        messages.warning(request, words_of(refused), "soon")
    return redirect("field:home")
