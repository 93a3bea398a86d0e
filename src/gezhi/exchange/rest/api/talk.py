"""For staff's own tools: notes among colleagues, the inbox, ready answers. Nothing here is for reporters."""

from datetime import datetime

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Query, Router

from gezhi.cases.actions.phrases import end_phrase, set_phrase
from gezhi.cases.actions.seeing import mark_seen
from gezhi.cases.actions.talk import delete_note, edit_note, write_note
from gezhi.cases.models import Case, Phrase
from gezhi.cases.queries import visible
from gezhi.cases.queries.inbox import Source, inbox, sources_of, unseen
from gezhi.cases.queries.inbox_powers import power_sources
from gezhi.cases.queries.talk import colleagues_of, note_of, notes_of, phrases_of, units_of
from gezhi.cases.world import known_world
from gezhi.exchange.rest import talk_shapes as shapes
from gezhi.exchange.rest.access import ACT, READ, CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.exchange.rest.shapes import ProblemOut
from gezhi.insight.queries.inbox import appeal_sources
from gezhi.people.access import DESK, Actor
from gezhi.sensing.queries.posts import told_sources

router = Router(tags=["talk"])
LARGEST = 2**63
NOTES = {200: list[shapes.NoteOut], 404: ProblemOut, **PROBLEMS}


@router.get("/cases/{number}/notes", auth=Scope(READ), response=NOTES)
def list_notes(request: CallerRequest, number: str) -> HttpResponse:
    """What colleagues said among themselves; no reporter reads it. The newest hundred, oldest first."""
    actor = _staff(request)
    return _notes(_case(actor, number), actor)


@router.post("/cases/{number}/notes", auth=Scope(ACT), response=NOTES)
def add_note(request: CallerRequest, number: str, body: shapes.NoteIn) -> HttpResponse:
    """Answers with all notes."""
    actor = _staff(request)
    case = _case(actor, number)
    write_note(actor, case.pk, body.text, body.mentions)
    return _notes(case, actor)


@router.put("/cases/{number}/notes/{pk}", auth=Scope(ACT), response=NOTES)
def change_note(request: CallerRequest, number: str, pk: int, body: shapes.NoteTextIn) -> HttpResponse:
    """Your own, within 15 minutes; it says that it was changed."""
    actor = _staff(request)
    case = _case(actor, number)
    edit_note(actor, _note(pk, case), body.text)
    return _notes(case, actor)


@router.delete("/cases/{number}/notes/{pk}", auth=Scope(ACT), response=NOTES)
def remove_note(request: CallerRequest, number: str, pk: int) -> HttpResponse:
    """Your own, within 15 minutes; that there was one stays."""
    actor = _staff(request)
    case = _case(actor, number)
    delete_note(actor, _note(pk, case))
    return _notes(case, actor)


@router.get(
    "/cases/{number}/colleagues",
    auth=Scope(READ),
    response={200: list[shapes.ColleagueOut], 404: ProblemOut, **PROBLEMS},
)
def list_colleagues(request: CallerRequest, number: str) -> HttpResponse:
    """Who sees the case and can be named in a note: those of its unit first, then the nearest, at most 200."""
    found = colleagues_of(_case(_staff(request), number), timezone.localdate())
    names = shapes.ColleagueOut.model_fields
    return JsonResponse([{name: getattr(one, name) for name in names} for one in found], safe=False)


@router.get("/inbox", auth=Scope(READ), response={200: shapes.InboxOut, **PROBLEMS})
def show_inbox(request: CallerRequest, before: Query[datetime | None] = None) -> HttpResponse:
    """What happened in thirty days that concerns you, newest first, fifty at a time. `unseen` counts at most 99 of
    each kind."""
    actor, now = _staff(request), timezone.now()
    sources = _sources(actor)
    found = inbox(sources, actor.account_id, now, _aware(before))
    ids = {line.case_id for line in found.lines if line.case_id}
    numbers = dict(Case.objects.filter(visible(actor), id__in=ids).values_list("id", "number"))
    names = [name for name in shapes.InboxLineOut.model_fields if name != "case_number"]
    lines = [
        {name: getattr(line, name) for name in names} | {"case_number": numbers.get(line.case_id or 0, "")}
        for line in found.lines
        if line.case_id is None or line.case_id in numbers
    ]
    count = unseen(sources, actor.account_id, now)
    return JsonResponse({"lines": lines, "unseen": count, "next": found.next})


@router.post("/inbox/seen", auth=Scope(ACT), response={200: shapes.InboxOut, **PROBLEMS})
def see_inbox(request: CallerRequest) -> HttpResponse:
    """Everything up to now was seen."""
    mark_seen(_staff(request).account_id, timezone.now())
    return show_inbox(request)


@router.get("/phrases", auth=Scope(READ), response={200: list[shapes.PhraseOut], **PROBLEMS})
def list_phrases(request: CallerRequest) -> HttpResponse:
    """Ready answers of your units and of all."""
    return JsonResponse([_phrase(one) for one in phrases_of(units_of(_staff(request)))], safe=False)


@router.post("/phrases", auth=Scope(ACT), response={200: shapes.PhraseOut, **PROBLEMS})
def keep_phrase(request: CallerRequest, body: shapes.PhraseIn) -> HttpResponse:
    """Under its title; one that had it before ends."""
    kept = set_phrase(_staff(request), body.unit_id, body.kind, body.title, body.text)
    return JsonResponse(_phrase(kept))


@router.delete("/phrases/{pk}", auth=Scope(ACT), response={200: shapes.PhraseOut, **PROBLEMS})
def drop_phrase(request: CallerRequest, pk: int) -> HttpResponse:
    return JsonResponse(_phrase(end_phrase(_staff(request), pk if 0 < pk < LARGEST else 0)))


def _staff(request: CallerRequest) -> Actor:
    assert request.caller is not None  # Scope has seen to it
    if not request.caller.actor.may(DESK):
        raise Problem(403, "not-your-role", f"None of your posts gives '{DESK}'.")
    return request.caller.actor


def _case(actor: Actor, number: str) -> Case:
    case = Case.objects.filter(visible(actor), number=number[:24]).first()
    if case is None:
        raise Problem(404, "unknown-case", f"There is no case {number[:24]} in your places and units.")
    return case


def _note(pk: int, case: Case) -> int:
    if not 0 < pk < LARGEST or note_of(pk, case.pk) is None:
        raise Problem(404, "unknown-note", f"There is no note {pk} on case {case.number}.")
    return pk


def _notes(case: Case, actor: Actor) -> HttpResponse:
    names = shapes.NoteOut.model_fields
    found = notes_of(case.pk, actor.account_id, timezone.now())
    return JsonResponse([{name: getattr(note, name) for name in names} for note in found], safe=False)


def _sources(actor: Actor) -> list[Source]:
    return [
        *sources_of(actor, known_world()),
        *appeal_sources(actor),
        *power_sources(actor),
        *told_sources(actor),
    ]


def _aware(at: datetime | None) -> datetime | None:
    return at.astimezone() if at else None


def _phrase(one: Phrase) -> dict[str, object]:
    return {name: getattr(one, name) for name in shapes.PhraseOut.model_fields}
