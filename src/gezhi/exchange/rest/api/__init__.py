"""The REST interface: one NinjaAPI, its refusals, its document."""

from collections.abc import Mapping

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from gezhi.cases.actions import Stale
from gezhi.cases.intake.shapes import Unreadable
from gezhi.cases.photos import BadPhoto
from gezhi.cases.procedure import Refused
from gezhi.exchange.rest.access import answer_with
from gezhi.exchange.rest.api import (
    appraisal,
    backfills,
    callbacks,
    cases,
    catalogue,
    command,
    contact,
    contracts,
    documents,
    following,
    forms,
    hazards,
    ledger,
    lists,
    looks,
    notices,
    packs,
    parameters,
    photos,
    places,
    powers,
    public,
    reports,
    rights,
    rounds,
    scam,
    security,
    sensing,
    sensing_warnings,
    signing,
    sources,
    streams,
    talk,
    vouched,
)
from gezhi.exchange.rest.problems import CONTENT_TYPE, Problem, faults_of

FORBIDDEN = ("not-your-role", "own-work", "unknown-document", "only-looking", "not-your-place")
MISSING = ("unknown-case", "no-delegation", "no-nomination", "no-review", "no-post")
LATER = ("timestamp-stale", "witness-stale", "no-signing-key")  # may be tried again without another word

api = NinjaAPI(
    title="Gezhi 格治",
    version="1",
    description="Reports in, cases out. Errors are application/problem+json with a stable code.",
    urls_namespace="api-v1",
    openapi_url=None,
    docs_url=None,
)
for part in (
    reports,
    following,
    photos,
    cases,
    signing,
    callbacks,
    contact,
    looks,
    powers,
    documents,
    catalogue,
    forms,
    places,
    public,
    lists,
    contracts,
    rounds,
    parameters,
    packs,
    appraisal,
    command,
    streams,
    talk,
    vouched,
    ledger,
    security,
    rights,
    hazards,
    notices,
    scam,
    sources,
    sensing,
    backfills,
    sensing_warnings,
):
    api.add_router("", part.router)


@api.exception_handler(Problem)
def on_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return answer_with(problem)


@api.exception_handler(Unreadable)
def on_unreadable(request: HttpRequest, unreadable: Unreadable) -> HttpResponse:
    return answer_with(
        Problem(422, "invalid", "The report cannot be taken as it is; see errors.", unreadable.faults)
    )


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, invalid: ValidationError) -> HttpResponse:
    detail = "The request cannot be taken as it is; see errors."
    return answer_with(Problem(422, "invalid", detail, faults_of(invalid.errors)))


@api.exception_handler(Refused)
def on_refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    if refused.code in MISSING:
        return answer_with(Problem(404, refused.code, refused.en))
    if refused.code in LATER:
        return answer_with(Problem(503, refused.code, refused.en, headers={"Retry-After": "60"}))
    return answer_with(Problem(403 if refused.code in FORBIDDEN else 422, refused.code, refused.en))


@api.exception_handler(Stale)
def on_stale(request: HttpRequest, stale: Stale) -> HttpResponse:
    row = stale.row
    newer = {"state": row.state, "version": row.version, "number": row.number}
    return answer_with(Problem(409, "stale", str(stale), more=newer))


@api.exception_handler(BadPhoto)
def on_bad_photo(request: HttpRequest, bad: BadPhoto) -> HttpResponse:
    return answer_with(Problem(422, bad.code, str(bad)))


@api.exception_handler(RequestDataTooBig)
def on_too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return answer_with(Problem(413, "too-large", "The body is too large. Send it in parts."))


@api.exception_handler(SuspiciousOperation)
@api.exception_handler(UnreadablePostError)
@api.exception_handler(BadRequest)
def on_unusable(request: HttpRequest, error: Exception) -> HttpResponse:
    return answer_with(Problem(400, "unusable", f"The request cannot be read: {str(error)[:200]}"))


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return answer_with(
        Problem(error.status_code, "unusable", f"{error.message}. Send application/json in UTF-8.")
    )


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, missing: Http404) -> HttpResponse:
    return answer_with(Problem(404, "not-found", str(missing) or "There is nothing at this address."))


def openapi_document() -> dict[str, object]:
    """OpenAPI 3.1, equal to docs/reference/openapi.json."""
    document: dict[str, object] = dict(api.get_openapi_schema(path_prefix="/api/v1/"))
    paths = document["paths"]
    assert isinstance(paths, dict)
    for operations in paths.values():
        for operation in operations.values():
            answers = {str(status): answer for status, answer in operation["responses"].items()}
            operation["responses"] = {
                status: _as_problem(answer) if int(status) >= 400 else answer
                for status, answer in sorted({**_anywhere(operation), **answers}.items())
            }
    return document


def _anywhere(operation: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """What every call may answer, whatever it does: an address or a key that is wrong, too many at once, a busy node;
    and where there is something to be wrong in form, that it is."""
    words = {
        "400": "Bad Request",
        "401": "Unauthorized",
        "429": "Too Many Requests",
        "503": "Service Unavailable",
    }
    if operation.get("parameters") or "requestBody" in operation:
        words["422"] = "Unprocessable Entity"
    problem = {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
    return {
        status: {"description": said, "content": {CONTENT_TYPE: problem}} for status, said in words.items()
    }


def _as_problem(answer: dict[str, object]) -> dict[str, object]:
    content = answer.get("content")
    return (
        {**answer, "content": {CONTENT_TYPE: next(iter(content.values()))}}
        if isinstance(content, dict)
        else answer
    )
