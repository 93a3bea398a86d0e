"""Patrols and visits, what is visited, and who needs which element."""

from collections.abc import Mapping

from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Query, Router

from gezhi.cases.intake.edge import edge_for
from gezhi.cases.intake.reading import read_report
from gezhi.cases.intake.shapes import Fault, NewReport, Unreadable
from gezhi.cases.world import world
from gezhi.exchange.rest import rounds as bodies
from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import ACT, READ, CallerRequest, Scope, origin_of
from gezhi.exchange.rest.api.reading import kept_json
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.packs.forms import Answers, KnownValue, Value, check_answers, fields_of
from gezhi.people.access import PLAN, Actor
from gezhi.rounds import actions
from gezhi.rounds.actions.looking import keep_looks
from gezhi.rounds.book import Book
from gezhi.rounds.listing import BadFilter, read_round_filters, read_subject_filters
from gezhi.rounds.models import Known, Round, Subject
from gezhi.rounds.queries import (
    book,
    grid_subject_of,
    known_of,
    plan_settings,
    readable,
    rounds_matching,
    rounds_together,
    subjects_matching,
)
from gezhi.rounds.reading import Ground, read_subject
from gezhi.rounds.walking import Track

SHOWN = 50
router = Router(tags=["rounds"])
FOUND = {404: shapes.ProblemOut, **PROBLEMS}


def _actor(request: CallerRequest) -> Actor:
    assert request.caller is not None
    return request.caller.actor


def _planner(request: CallerRequest) -> Actor:
    actor = _actor(request)
    if not actor.may(PLAN):
        raise Problem(403, "not-your-role", "This needs a post that plans: dispatcher, supervisor, leader.")
    return actor


@router.get("/rounds", auth=Scope(READ), response={200: bodies.RoundPageOut, **PROBLEMS})
def list_rounds(request: CallerRequest, asked: Query[bodies.RoundQuery]) -> HttpResponse:
    """Fifty rounds of your places at a time, newest due first; `next` is sent as `after` for the following."""
    given = {name: str(value) for name, value in asked.model_dump().items() if value}
    try:
        found = rounds_matching(_actor(request), read_round_filters(given))
    except BadFilter as bad:
        raise Problem(422, "bad-filter", str(bad)) from bad
    rounds = list(found[asked.after : asked.after + SHOWN + 1])
    following = asked.after + SHOWN if len(rounds) > SHOWN else None
    lines = [_round(one) for one in rounds[:SHOWN]]
    return kept_json(request, "巡查走访", {"rounds": lines, "next": following}, lines)


@router.post("/rounds/{pk}/finish", auth=Scope(ACT), response={200: bodies.FinishedOut, **FOUND})
def finish_round(request: CallerRequest, pk: int, body: bodies.FinishIn) -> HttpResponse:
    """Does every due round of the subject: one form, each element once. Findings open cases."""
    actor = _actor(request)
    rounds = rounds_together(actor, pk, timezone.now()) if pk < 2**63 else []
    if not rounds:
        raise Problem(404, "unknown-round", "There is no such round on your grids.")
    findings = actions.Findings(
        values=_answers(rounds, body.answers).values,
        confirmed=body.confirmed,
        reports=[_report(one, rounds[0], actor) for one in body.findings],
        track=Track(body.points, body.metres),
    )
    done = actions.finish(actor, [one.pk for one in rounds], findings)
    cases = [receipt.case_number for receipt in done.receipts]
    return JsonResponse({"rounds": done.rounds, "known": done.known, "same": done.same, "cases": cases})


@router.post("/rounds/{pk}/skip", auth=Scope(ACT), response={200: bodies.RoundOut, **FOUND})
def skip_round(request: CallerRequest, pk: int, body: bodies.SkipIn) -> HttpResponse:
    """It will not be done, for a reason."""
    skipped = actions.skip(_actor(request), min(pk, 2**62), body.reason)
    return JsonResponse(_round(Round.objects.select_related("subject").get(pk=skipped.pk)))


def _answers(rounds: list[Round], values: Mapping[str, Value]) -> Answers:
    plans = book(world().stamp)
    unified = plans.form_for([one.plan for one in rounds])
    subject = rounds[0].subject_id or grid_subject_of(rounds[0].place_code)
    rows: Mapping[str, Known] = known_of([subject]).get(subject, {}) if subject else {}
    known = {key: KnownValue(str(row.value)) for key, row in rows.items()}
    if unified is None:
        return Answers()
    answers = check_answers(unified.form, values, known=known)
    if answers.faults:
        faults = [Fault(key, str(values.get(key, ""))[:200], said[1]) for key, said in answers.faults.items()]
        raise Problem(422, "invalid", "The answers cannot be taken as they are; see errors.", faults)
    return answers


def _report(finding: bodies.FindingIn, first: Round, actor: Actor) -> NewReport:
    raw: dict[str, object] = {"text": finding.text, "category": finding.category}
    subject = first.subject
    if finding.lon is not None and finding.lat is not None:
        raw |= {"lon": finding.lon, "lat": finding.lat}
    elif subject and subject.lon is not None:
        raw |= {"lon": subject.lon, "lat": subject.lat, "address": subject.address}
    else:
        raw["place_code"] = first.place_code
    return read_report(raw, edge_for("field", actor.account_id))


def _round(one: Round) -> dict[str, object]:
    columns = ("id", "plan", "place_code", "state", "opens_at", "due_at", "begun_at", "ended_at")
    plain = {name: getattr(one, name) for name in (*columns, "reason", "points", "metres", "found")}
    subject = one.subject
    return {**plain, "subject": one.subject_id, "subject_name": subject.name if subject else ""}


@router.get("/plans", auth=Scope(READ), response={200: list[bodies.PlanOut], **PROBLEMS})
def list_plans(request: CallerRequest) -> HttpResponse:
    """Every plan of the published packs, with the fields of its form and where it is in force."""
    settings = plan_settings()
    plans = book(world().stamp).plans
    return JsonResponse(
        [
            {
                "key": key,
                "pack": card.pack,
                "title_zh": card.plan.title.zh,
                "title_en": card.plan.title.en,
                "kind": card.plan.kind,
                "about": card.plan.about,
                "times": card.plan.times,
                "period": card.plan.period,
                "workdays": card.plan.workdays,
                "finds": card.plan.finds,
                "fields": [one.key for _, one in fields_of(card.form)] if card.form else [],
                "settings": [
                    {"place_code": one.place_code, "on": one.is_on, "since": one.since}
                    for one in settings.get(key, ())
                ],
            }
            for key, card in plans.items()
        ],
        safe=False,
    )


@router.post("/plans/{key}/settings", auth=Scope(ACT), response={200: bodies.SettingOut, **PROBLEMS})
def switch_plan(request: CallerRequest, key: str, body: bodies.SettingIn) -> HttpResponse:
    """The plan is on or off in a place from a day; the nearest place upward rules."""
    since = body.since or timezone.localdate()
    actions.set_plan(_planner(request), key[:60], body.place_code, body.on, since)
    return JsonResponse({"place_code": body.place_code, "on": body.on, "since": since})


@router.get("/subjects", auth=Scope(READ), response={200: bodies.SubjectPageOut, **PROBLEMS})
def list_subjects(request: CallerRequest, asked: Query[bodies.SubjectQuery]) -> HttpResponse:
    """What is visited in your places, with what you may read of it."""
    actor, current = _actor(request), world()
    given = {name: str(value) for name, value in asked.model_dump().items() if value}
    try:
        found: QuerySet[Subject] = subjects_matching(actor, read_subject_filters(given))
    except BadFilter as bad:
        raise Problem(422, "bad-filter", str(bad)) from bad
    subjects = list(found[asked.after : asked.after + SHOWN + 1])
    known = known_of(one.pk for one in subjects)
    plans = book(current.stamp)
    lines, read = [], dict[tuple[int, str], list[str]]()
    for one in subjects[:SHOWN]:
        may = readable(actor, plans.elements_about(one.kind), one.place_code, current.directory)
        shown = {key: row for key, row in known.get(one.pk, {}).items() if key in may}
        read[one.pk, one.place_code] = [*shown]
        lines.append(_subject(one, shown))
    keep_looks(actor, read, origin_of(request))
    following = asked.after + SHOWN if len(subjects) > SHOWN else None
    return kept_json(request, "走访对象", {"subjects": lines, "next": following}, lines)


@router.post("/subjects", auth=Scope(ACT), response={201: bodies.SubjectOut, **PROBLEMS})
def add_subject(request: CallerRequest, body: bodies.SubjectIn) -> HttpResponse:
    """One more to visit. `known`: values by element, as texts."""
    actor, current = _planner(request), world()
    locator = current.locator
    ground = Ground(
        book(current.stamp),
        current.places,
        lambda lon, lat: (locator.locate_one(lon, lat) or "") if locator else "",
        lambda place: actions.may_plan(actor, place),
    )
    texts = {name: "" if value is None else str(value) for name, value in body.model_dump().items()}
    row, wrong = read_subject({**texts, **body.known}, ground)
    if wrong:
        raise Unreadable([Fault(name, texts.get(name, "")[:200], said[1]) for name, said in wrong.items()])
    saved = actions.save_subject(actor, row)
    return JsonResponse(_subject(saved, {}), status=201)


def _subject(one: Subject, known: Mapping[str, Known]) -> dict[str, object]:
    columns = ("id", "kind", "code", "name", "address", "place_code", "lon", "lat", "is_active")
    values = {
        key: {"value": row.value, "since": row.since, "confirmed_at": row.confirmed_at, "source": row.source}
        for key, row in known.items()
    }
    return {**{name: getattr(one, name) for name in columns}, "known": values}


@router.get("/elements", auth=Scope(READ), response={200: list[bodies.ElementOut], **PROBLEMS})
def list_elements(request: CallerRequest) -> HttpResponse:
    """Who needs which element: what it is for, which plans ask for it, which duties read it."""
    plans = book(world().stamp)
    return JsonResponse([_element(key, plans) for key in plans.elements], safe=False)


def _element(key: str, plans: Book) -> dict[str, object]:
    one = plans.elements[key]
    return {
        "key": key,
        "title_zh": one.title.zh,
        "title_en": one.title.en,
        "about": one.about,
        "purpose_zh": one.purpose.zh,
        "purpose_en": one.purpose.en,
        "standard": one.standard,
        "asked_by": [demand.card.plan.key for demand in plans.demands(key)],
        "picked_by": [card.plan.key for card in plans.picks(key)],
        "readers": one.readers,
    }
