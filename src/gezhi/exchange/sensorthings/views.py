"""SensorThings over HTTP: who calls, what, and the answer."""

import binascii
from base64 import b64decode
from math import ceil
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from gezhi.exchange.rest.access import READ, Caller, Scope, answer_with, guarded
from gezhi.exchange.rest.problems import Problem
from gezhi.exchange.sensorthings.api.batching import answered
from gezhi.exchange.sensorthings.api.serving import VERSION, Answer, Call, Service
from gezhi.exchange.sensorthings.bodies import BadBody, parsed_body
from gezhi.exchange.sensorthings.queries.fetching import Reader
from gezhi.lib.ratelimit import TokenBuckets
from gezhi.people.signing_in.policy import SENSE
from gezhi.sensing.actions.stores import count_refused
from gezhi.sensing.actions.things_writer import Writer
from gezhi.sensing.queries import reached_by

METHODS: Final = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE")
BODY: Final = 20  # rows that a body which cannot be read counts for
refused = TokenBuckets(size=5_000, seconds=60)  # rows of one key that were refused, less those that were kept
_READS, _WRITES = Scope(READ), Scope(SENSE)


def _as_bearer(request: HttpRequest) -> None:
    """Clients that know only names and passwords send the key as a password; the name is of no account."""
    kind, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if kind.lower() != "basic":
        return
    try:
        key = b64decode(text.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        key = ""
    request.META["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    request.__dict__.pop("headers", None)  # Django keeps what it has read


def _serve(request: HttpRequest, path: str = "") -> HttpResponse:
    if request.method not in METHODS:
        detail = f"{str(request.method)[:20]} is not possible here. You may: {', '.join(METHODS)}."
        raise Problem(405, "method-not-allowed", detail, headers={"Allow": ", ".join(METHODS)})
    is_batch = path.strip("/") == "$batch"
    reads = request.method in ("GET", "HEAD") or is_batch
    caller = (_READS if reads else _WRITES)(request)
    service = _service(request, caller)
    if reads and not is_batch:
        return _as_response(service.answer(_call(request, path)), request)
    return _as_response(_written(service, request, path, caller), request)


def _written(service: Service, request: HttpRequest, path: str, caller: Caller) -> Answer:
    """Who sends more that is refused than is kept is heard less often."""
    who = str(caller.actor.account_id)
    if wait := refused.wait(who):
        count_refused(f"api:{who}", timezone.now(), {"too-often": 1})
        seconds = max(1, ceil(wait))
        detail = f"Most of what this key sends is refused; see Gezhi-Taken and errors. Wait {seconds} s."
        raise Problem(429, "too-much-refused", detail, headers={"Retry-After": str(seconds)})
    is_batch = path.strip("/") == "$batch"
    try:
        answer = _batch(service, request, caller) if is_batch else service.answer(_call(request, path))
    except Problem as problem:
        if problem.code == "invalid":
            count_refused(f"api:{who}", timezone.now(), {"body": 1})
            refused.spend(who, BODY)
        raise
    refused.spend(who, answer.refused)
    return answer


def _call(request: HttpRequest, path: str) -> Call:
    method = str(request.method)
    body = b"" if method in ("GET", "HEAD", "DELETE") else request.body
    return Call(
        method, path, request.META.get("QUERY_STRING", ""), body, request.headers.get("Content-Type", "")
    )


def _service(request: HttpRequest, caller: Caller) -> Service:
    base = request.build_absolute_uri(f"/api/sensorthings/{VERSION}")
    reached = reached_by(caller.actor)
    return Service(base, Reader(reached, base), Writer(caller.actor.account_id, reached), timezone.now())


def _batch(service: Service, request: HttpRequest, caller: Caller) -> Answer:
    if request.method != "POST":
        raise Problem(405, "method-not-allowed", "$batch takes POST.", headers={"Allow": "POST"})
    try:
        return answered(service, parsed_body(request.body), SENSE in caller.scopes)
    except BadBody as error:
        raise Problem(
            400, "invalid", "The batch cannot be taken as it is; see errors.", error.faults
        ) from error


def _as_response(answer: Answer, request: HttpRequest) -> HttpResponse:
    content = b"" if request.method == "HEAD" else answer.content()
    return HttpResponse(content, status=answer.status, content_type=answer.kind, headers=answer.headers)


_guarded = guarded(_serve)


@csrf_exempt
def service(request: HttpRequest, path: str = "") -> HttpResponse:
    """Every address of the service; whoever calls shows a key, or is signed in and reads."""
    _as_bearer(request)
    return _guarded(request, path=path)


service.permission = "public"  # type: ignore[attr-defined]


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    return answer_with(Problem(404, "not-found", "SensorThings is served at /api/sensorthings/v1.1."))


unknown.permission = "public"  # type: ignore[attr-defined]
