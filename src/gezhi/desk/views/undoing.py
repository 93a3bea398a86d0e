"""Undoing the person's own last step: offered for some seconds, in words that say what would be undone."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezhi.cases.actions import Stale, undo
from gezhi.cases.models import Case
from gezhi.cases.procedure import Refused
from gezhi.cases.queries import CasePage, visible
from gezhi.cases.queries.undoing import Undoable, undoable, undoable_on
from gezhi.cases.world import World
from gezhi.desk.views.answering import answered, wants_words
from gezhi.pages.acting import unit_name, words_of
from gezhi.pages.asked import number as whole_number
from gezhi.people.access import DESK, ActorRequest, requires

TO_TRIAGE = "triage"


@dataclass(frozen=True, slots=True)
class UndoBar:
    """`back`: where the person goes on after undoing."""

    number: str
    version: int
    words: str
    seconds: int
    back: str


def undo_bar(request: ActorRequest, number: str, world: World, back: str = "") -> UndoBar | None:
    """One statement."""
    found = undoable(request.actor, number, timezone.now())
    return _bar(found, world, back) if found else None


def undo_bar_on(request: ActorRequest, found: CasePage) -> UndoBar | None:
    known = undoable_on(found, request.actor, timezone.now())
    return _bar(known, found.world, "") if known else None


def _bar(found: Undoable, world: World, back: str) -> UndoBar:
    number, unit = found.number, world.directory.units.get(found.unit_id or 0)
    words = (
        _("%(number)s 已派遣至 %(unit)s。") % {"number": number, "unit": unit_name(unit)}
        if unit
        else _("%(number)s 已办一步。") % {"number": number}
    )
    return UndoBar(found.number, found.version, words, found.seconds, back)


@requires(DESK)
@require_POST
def undo_step(request: ActorRequest, number: str) -> HttpResponse:
    case_id = Case.objects.filter(visible(request.actor), number=number).values_list("id", flat=True).first()
    if case_id is None:
        raise Http404
    done = _undo(request, case_id, number)
    back = f"{reverse('desk:triage')}?case={number}" if request.POST.get("back") == TO_TRIAGE else ""
    if wants_words(request):
        return answered(request, done=done, show=back if done else "")
    return redirect(back or reverse("desk:case", args=[number]))


def _undo(request: ActorRequest, case_id: int, number: str) -> bool:
    try:
        undo(request.actor, case_id, whole_number(request.POST.get("version", "")) or 0)
    except Refused as refused:
        messages.warning(request, f"{number}：{words_of(refused)}", "soon")
    except Stale:
        messages.warning(request, _("%(number)s 已有人接着办，不能撤销。") % {"number": number}, "soon")
    else:
        messages.success(request, _("%(number)s 已撤销，回到原状态。") % {"number": number}, "good")
        return True
    return False
