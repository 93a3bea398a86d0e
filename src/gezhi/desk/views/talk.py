"""Notes among colleagues on a case's page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezhi.cases.actions.seeing import read_mentions
from gezhi.cases.actions.talk import delete_note, edit_note, write_note
from gezhi.cases.procedure import Refused
from gezhi.cases.queries import CasePage
from gezhi.cases.queries.talk import NoteLine, colleagues_of, note_of, notes_of
from gezhi.pages.acting import unit_name, words_of
from gezhi.pages.asked import number as asked_number
from gezhi.pages.asked import posted
from gezhi.pages.taking import case_in_sight
from gezhi.people.access import DESK, ActorRequest, requires


@dataclass(frozen=True, slots=True)
class ColleagueView:
    """`called`: what stands behind the @; the username where two have one name."""

    id: int
    name: str
    called: str
    unit: str


def talk_context(request: ActorRequest, found: CasePage) -> dict[str, object]:
    """What components/case_talk.html draws. Two statements; one more when somebody called this person."""
    now, me = timezone.now(), request.actor.account_id
    notes = notes_of(found.case.pk, me, now)
    if any(note.new for note in notes):
        read_mentions(me, found.case.pk, now)
    return {"notes": notes, "colleagues": _colleagues(found, me), "noted": _standing(notes)}


def _standing(notes: Sequence[NoteLine]) -> int:
    return sum(note.deleted_at is None for note in notes)


def _colleagues(found: CasePage, me: int) -> list[ColleagueView]:
    all_of_them = colleagues_of(found.case, found.world.day)
    names = [one.name for one in all_of_them]
    units = found.world.directory.units
    return [
        ColleagueView(
            one.id,
            one.name,
            one.name if names.count(one.name) == 1 else one.username,
            unit_name(units[one.unit_id]) if one.unit_id in units else "",
        )
        for one in all_of_them
        if one.id != me
    ]


@requires(DESK)
@require_POST
def write(request: ActorRequest, number: str) -> HttpResponse:
    found = case_in_sight(request, number)
    named = [pk for text in request.POST.getlist("mention")[:50] if (pk := asked_number(text))]
    try:
        write_note(request.actor, found.case.pk, posted(request, ("text",))["text"], named)
    except Refused as refused:
        messages.warning(request, words_of(refused), "bad")
    return _back(number)


@requires(DESK)
@require_POST
def change(request: ActorRequest, number: str, pk: int) -> HttpResponse:
    """Edit or delete, whichever button was pressed."""
    found = case_in_sight(request, number)
    note = note_of(pk, found.case.pk)
    text, do = posted(request, ("text", "do")).values()
    try:
        if note is None:
            raise Refused("unknown-note", "没有这条备注。", f"There is no note {pk}.")
        if do == "delete":
            delete_note(request.actor, note.pk)
            messages.success(request, _("备注已删除。"), "good")
        else:
            edit_note(request.actor, note.pk, text)
    except Refused as refused:
        messages.warning(request, words_of(refused), "bad")
    return _back(number)


def _back(number: str) -> HttpResponse:
    return redirect(f"{reverse('desk:case', args=[number])}#talk")
