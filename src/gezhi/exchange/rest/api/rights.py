"""Personal rights for programs: prove who one is, read, copy, ask. And the register, for anybody."""

import io
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Header, Router

from gezhi.cases.models import Report
from gezhi.cases.queries import tracked
from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import allow_lookup, wrong_lookup
from gezhi.exchange.rest.problems import Problem
from gezhi.exchange.rest.rights_shapes import (
    CodeIn,
    CodeOut,
    OpeningIn,
    OpeningOut,
    RegisterOut,
    RequestIn,
    RequestOut,
    RequestsOut,
)
from gezhi.people.access import public
from gezhi.rights.actions import ask_code, open_request, take_copy, try_code
from gezhi.rights.actions.asking import Asked
from gezhi.rights.actions.signing import LASTS, TooMany
from gezhi.rights.models import Right
from gezhi.rights.passes import LASTS as PASS_LASTS
from gezhi.rights.passes import Pass, person_with
from gezhi.rights.person import Person
from gezhi.rights.queries.holding import holding
from gezhi.rights.queries.keeping import lengths
from gezhi.rights.queries.mine import MyRequest, mine
from gezhi.rights.tags import all_tags

PUBLIC = dict.fromkeys((400, 401, 404, 413, 422, 429, 503), shapes.ProblemOut)
ZIP = {"responses": {200: {"description": "The copy", "content": {"application/zip": {}}}}}
HELD = {"responses": {200: {"description": "What is held, by table", "content": {"application/json": {}}}}}
Passed = Annotated[str, Header(alias="X-Rights-Pass", max_length=400)]
router = Router(tags=["rights"])


@router.get("/rights/register", auth=None, response={200: RegisterOut})
@public
def register(request: HttpRequest) -> HttpResponse:
    """What is kept of people: each column with its purpose, basis, grade and length of keeping."""
    days = lengths()
    rows = [
        {
            "column": key,
            "what_zh": tag.what[0],
            "what_en": tag.what[1],
            "whose": tag.subject.value,
            "purposes": list(tag.purpose),
            "basis_zh": f"{tag.basis.law[0]}：{tag.basis.duty[0]}",
            "basis_en": f"{tag.basis.law[1]}: {tag.basis.duty[1]}",
            "grade": int(tag.grade),
            "days": days[tag.retention.key],
            "since": tag.retention.since.value,
        }
        for key, tag in all_tags().columns.items()
    ]
    return JsonResponse({"columns": rows})


@router.post("/rights/codes", auth=None, response={200: CodeOut, **PUBLIC})
@public
def send_code(request: HttpRequest, body: CodeIn) -> HttpResponse:
    """Ask for a one-time code by text message."""
    if not settings.SMS_URL:
        detail = "This node sends no text messages. Use a tracking code, or come to the counter."
        raise Problem(422, "no-messages", detail)
    allow_lookup(request)
    try:
        code = ask_code(body.number)
    except TooMany as many:
        headers = {"Retry-After": str(many.minutes * 60)}
        raise Problem(429, "too-often", str(many), headers=headers) from many
    return JsonResponse({"code_id": code.pk, "seconds": int(LASTS.total_seconds())})


@router.post("/rights/openings", auth=None, response={200: OpeningOut, **PUBLIC})
@public
def prove(request: HttpRequest, body: OpeningIn) -> HttpResponse:
    """Prove who you are, by the code that was sent or by a report's code: a pass for half an hour."""
    allow_lookup(request)
    address = str(request.META.get("REMOTE_ADDR", ""))
    if body.tracking_code:
        found = tracked(body.tracking_code, body.phone_last4)
        if found is None:
            raise wrong_lookup(request)
        held = Pass(report_id=found.report.pk)
    else:
        channel = try_code(body.code_id, body.number, body.code, address)
        if channel is None:
            wrong_lookup(request)
            raise Problem(401, "wrong-code", "The code is wrong, used, or older than five minutes.")
        held = Pass(channel_id=channel.pk)
    return JsonResponse({"pass": held.written(), "seconds": int(PASS_LASTS.total_seconds())})


@router.get("/rights/mine", auth=None, response=PUBLIC, openapi_extra=HELD)
@public
def held(request: HttpRequest, passed: Passed) -> HttpResponse:
    """Everything that is held of you, table by table."""
    sheets = holding(_person(passed))
    return JsonResponse({"tables": {sheet.table: list(sheet.rows) for sheet in sheets}})


@router.get("/rights/mine/copy", auth=None, response=PUBLIC, openapi_extra=ZIP)
@public
def copy(request: HttpRequest, passed: Passed) -> HttpResponse:
    """The same as an archive, with photos, papers and who looked."""
    out = io.BytesIO()
    take_copy(out, _person(passed))
    answer = HttpResponse(out.getvalue(), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="copy.zip"'
    return answer


@router.get("/rights/requests", auth=None, response={200: RequestsOut, **PUBLIC})
@public
def requests(request: HttpRequest, passed: Passed) -> HttpResponse:
    """What you asked for, and how far it is."""
    return JsonResponse({"requests": [_request(one) for one in mine(_person(passed)).requests]})


@router.post("/rights/requests", auth=None, response={201: RequestOut, **PUBLIC})
@public
def ask(request: HttpRequest, passed: Passed, body: RequestIn) -> HttpResponse:
    """Ask for something about your data. What nobody has to decide is done at once."""
    person = _person(passed)
    about = (
        Report.objects.filter(id__in=person.reports, tracking_code=body.report).first()
        if body.report
        else None
    )
    if body.report and about is None:
        raise Problem(404, "unknown-report", "None of your reports has this code.")
    wish = {field: value for field, value in (("text", body.text), ("address", body.address)) if value}
    asked = Asked(Right(body.right), body.words, wish, about.pk if about else None, body.language)
    made = open_request(person, asked)
    found = next(one for one in mine(_person(passed)).requests if one.id == made.pk)
    return JsonResponse(_request(found), status=201)


def _person(passed: str) -> Person:
    """Raises Problem for what is no pass, or no longer."""
    person = person_with(passed)
    if person is None:
        raise Problem(
            401, "no-pass", "The pass is missing, wrong, or older than half an hour. Prove who you are."
        )
    return person


def _request(one: MyRequest) -> dict[str, object]:
    return {
        "number": one.number,
        "right": one.right,
        "at": one.at,
        "state": one.state.key,
        "is_open": one.is_open,
        "due_at": one.due_at,
        "answers": [text for _, text in one.answers if text],
    }
