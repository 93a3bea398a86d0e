"""What reporters see and say: by code and, where a telephone was left, its last four digits."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router

from gezhi.cases.actions import act_as_reporter
from gezhi.cases.procedure import Given, Refused
from gezhi.cases.queries import TrackedReport, tracked
from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import allow_lookup, wrong_lookup
from gezhi.exchange.rest.queries import refuse_used
from gezhi.people.access import public

ANSWERS = {200: shapes.FollowedOut, **dict.fromkeys((400, 404, 413, 422, 429), shapes.ProblemOut)}
LastFour = Annotated[str, Query(max_length=4)]
router = Router(tags=["following"])


@router.get("/reports/{tracking_code}", auth=None, response=ANSWERS)
@public
def follow(request: HttpRequest, tracking_code: str, phone_last4: LastFour = "") -> HttpResponse:
    """How far the matter is."""
    return JsonResponse(_body(_found(request, tracking_code, phone_last4)))


@router.post("/reports/{tracking_code}/rating", auth=None, response=ANSWERS)
@public
def rate(request: HttpRequest, tracking_code: str, body: shapes.RatingIn) -> HttpResponse:
    """Say how satisfied you are, once for each closing."""
    return _say(request, tracking_code, body, "rate", Given(rating=body.rating, text=body.text))


@router.post("/reports/{tracking_code}/reopening", auth=None, response=ANSWERS)
@public
def reopen(request: HttpRequest, tracking_code: str, body: shapes.ReopeningIn) -> HttpResponse:
    """Say why the matter is not mended."""
    return _say(request, tracking_code, body, "reopen", Given(reason=body.reason))


@router.post("/reports/{tracking_code}/addition", auth=None, response=ANSWERS)
@public
def add(request: HttpRequest, tracking_code: str, body: shapes.AdditionIn) -> HttpResponse:
    """Add words and photos."""
    refuse_used(body.photos)
    return _say(request, tracking_code, body, "add", Given(text=body.text, evidence=tuple(body.photos)))


@router.post("/reports/{tracking_code}/withdrawal", auth=None, response=ANSWERS)
@public
def withdraw(request: HttpRequest, tracking_code: str, body: shapes.WithdrawalIn) -> HttpResponse:
    """Take the report back."""
    return _say(request, tracking_code, body, "withdraw", Given(reason=body.reason))


def _say(request: HttpRequest, code: str, proof: shapes.Proof, kind: str, given: Given) -> HttpResponse:
    found = _found(request, code, proof.phone_last4)
    step = found.steps.get(kind)
    if step is None:
        raise _not_now(found, kind)
    act_as_reporter(found.case.pk, found.report.pk, step.key, given)
    return JsonResponse(_body(_found(request, code, proof.phone_last4)))


def _not_now(found: TrackedReport, kind: str) -> Refused:
    possible = ", ".join(found.steps) or "nothing but follow"
    zh = "、".join(step.title.zh for step in found.steps.values()) or "查看进度"
    return Refused(
        "not-open",
        f"事项处于“{found.state.title.zh}”，目前可以：{zh}。",
        f"'{kind}' is not open while the matter is '{found.case.state}'. You may: {possible}.",
    )


def _found(request: HttpRequest, code: str, last4: str) -> TrackedReport:
    allow_lookup(request)
    found = tracked(code[:40], last4)
    if found is None:
        raise wrong_lookup(request)
    return found


def _body(found: TrackedReport) -> dict[str, object]:
    report, case = found.report, found.case
    return {
        "tracking_code": report.tracking_code,
        "case_number": case.number,
        "text": report.text,
        "category_zh": found.category.name.zh,
        "category_en": found.category.name.en,
        "state": case.state,
        "state_zh": found.state.title.zh,
        "state_en": found.state.title.en,
        "place_name": found.place_name,
        "unit_name": found.unit_name[0],
        "received_at": report.received_at,
        "due_at": case.due_at,
        "rating": report.rating,
        "events": [
            {"at": one.at, "kind": one.kind, "title_zh": one.title[0], "title_en": one.title[1]}
            for one in found.events
        ],
        "answers": [notice.text for notice in found.answers],
        "steps": sorted(found.steps),
    }
