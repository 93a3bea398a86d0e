"""GeoReport v2, call by call: parse, call, present."""

import functools
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from gezhi.cases.actions import act_as_reporter
from gezhi.cases.intake.edge import edge_for
from gezhi.cases.intake.gate import submit
from gezhi.cases.intake.reading import read_report
from gezhi.cases.intake.shapes import Unreadable
from gezhi.cases.models import Report
from gezhi.cases.procedure import Given, Refused
from gezhi.cases.queries import tracked_many
from gezhi.cases.world import known_world, world
from gezhi.exchange.open311 import presenting, queries
from gezhi.exchange.open311.asking import asked, ids_of, report_fields
from gezhi.exchange.open311.wire import CONTENT_TYPES, Document, GeoReportError, rendered
from gezhi.exchange.rest.access import READ, REPORT, Caller, keyed_caller, refuse_large, slow_down_anybody
from gezhi.exchange.rest.problems import Problem
from gezhi.packs.shapes import Category
from gezhi.people.access import Actor, public

Call = Callable[..., Document]


def answering(*methods: str) -> Callable[[Call], Callable[..., HttpResponseBase]]:
    """A call that gives a document becomes a view that answers in the asked form, refusals too."""

    def wrap(call: Call) -> Callable[..., HttpResponseBase]:
        @functools.wraps(call)
        def view(request: HttpRequest, /, form: str = "xml", **kwargs: str) -> HttpResponseBase:
            try:
                document, status = _called(call, methods, request, kwargs), 200
            except GeoReportError as error:
                document, status = error.document(), error.status
            except Problem as problem:
                document, status = GeoReportError(problem.status, problem.detail).document(), problem.status
            return HttpResponse(rendered(document, form), status=status, content_type=CONTENT_TYPES[form])

        return csrf_exempt(public(view))

    return wrap


def _called(call: Call, methods: tuple[str, ...], request: HttpRequest, kwargs: dict[str, str]) -> Document:
    if request.method not in methods and not (request.method == "HEAD" and "GET" in methods):
        raise GeoReportError(405, f"{request.method} is not possible here. You may: {', '.join(methods)}.")
    refuse_large(request, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    _check_jurisdiction(_given(request).get("jurisdiction_id", ""))
    return call(request, **kwargs)


def _check_jurisdiction(given: str) -> None:
    if given and given != settings.NODE_PLACE:
        raise GeoReportError(
            404, f"jurisdiction_id {given[:40]} is not served here; {settings.NODE_PLACE} is."
        )


def _given(request: HttpRequest) -> QueryDict:
    if request.method != "POST":
        return request.GET
    try:
        return request.POST
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError) as error:
        raise GeoReportError(400, f"The form cannot be read: {str(error)[:200]}") from error


def _caller(request: HttpRequest, scope: str) -> Caller | None:
    """None without a key. Raises GeoReportError 403 for a wrong one."""
    key = _given(request).get("api_key", "")
    if not key:
        slow_down_anybody(request)
        return None
    try:
        caller = keyed_caller("bearer", key, request)
    except Problem as problem:
        raise GeoReportError(403 if problem.status == 401 else problem.status, problem.detail) from problem
    if scope not in caller.scopes:
        raise GeoReportError(403, f"This api_key is not for '{scope}'.")
    return caller


def _reader(request: HttpRequest) -> Actor | None:
    caller = _caller(request, READ)
    return caller.actor if caller else None


def _writer(request: HttpRequest) -> Caller:
    caller = _caller(request, REPORT)
    if caller is None:
        raise GeoReportError(403, "api_key is missing. The operator of this node issues keys.")
    return caller


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


@answering("GET")
def discovery(request: HttpRequest) -> Document:
    base = request.build_absolute_uri("/open311/v2/")
    return Document("discovery", "", presenting.discovery(base, settings.NODE_PHONE))


@answering("GET")
def services(request: HttpRequest) -> Document:
    slow_down_anybody(request)
    language = _language()
    shelves = world().catalogue.by_group()
    found = [
        presenting.service(category, presenting.said(group.name, language), language)
        for group, categories in shelves
        for category in categories
    ]
    return Document("services", "service", found)


@answering("GET")
def service(request: HttpRequest, code: str) -> Document:
    category = _category(code)
    form = known_world().catalogue.form_of(category.key)
    return Document("service_definition", "", presenting.definition(category, form, _language()))


def _category(code: str) -> Category:
    category = known_world().catalogue.categories.get(code)
    if category is None or category.kind == "part":
        raise GeoReportError(404, f"service_code {code[:60]} is unknown; see services.")
    return category


@answering("GET", "POST")
def requests(request: HttpRequest) -> Document:
    if request.method == "POST":
        return _create(request)
    found = queries.requests(_reader(request), asked(request.GET.dict(), timezone.now()), world())
    language = _language()
    return Document("service_requests", "request", [presenting.request(one, language) for one in found])


def _create(request: HttpRequest) -> Document:
    caller = _writer(request)
    form = _given(request)
    code = form.get("service_code", "").strip()
    if not code:
        raise GeoReportError(400, "service_code is missing; see services.")
    edge = edge_for(f"{queries.SOURCE}{caller.actor.account_id}", caller.actor.account_id)
    category = _category(code)
    asked_form = known_world().catalogue.form_of(category.key)
    raw = report_fields(dict(form.lists()), category, asked_form)
    raw["source_id"] = request.headers.get("Idempotency-Key", "")
    try:
        receipt = submit(read_report(raw, edge))
    except Unreadable as unreadable:
        raise GeoReportError(
            400, *(f"{fault.field} {fault.problem}." for fault in unreadable.faults)
        ) from unreadable
    notice = f"Tracking code {receipt.tracking_code}, case {receipt.case_number}"
    return Document("service_requests", "request", presenting.created([receipt.report_id], notice))


@answering("GET")
def one_request(request: HttpRequest, pk: str) -> Document:
    ids = ids_of([pk])
    found = queries.one_request(_reader(request), ids[0], world()) if ids else None
    if found is None:
        raise _unknown_request(pk)
    return Document("service_requests", "request", [presenting.request(found, _language())])


def _unknown_request(pk: str) -> GeoReportError:
    return GeoReportError(404, f"There is no service_request_id {pk[:20]}.")


@answering("GET")
def token(request: HttpRequest, token: str) -> Document:
    """Ids are given at once here, so a token is the id itself."""
    ids = ids_of([token])
    if not ids or not queries.readable(_reader(request)).filter(pk=ids[0]).exists():
        raise GeoReportError(404, f"There is no token {token[:20]}.")
    return Document("service_requests", "request", [{"service_request_id": str(ids[0]), "token": token}])


@answering("GET", "POST")
def updates(request: HttpRequest) -> Document:
    if request.method == "POST":
        return _comment(request)
    found = queries.updates(_reader(request), asked(request.GET.dict(), timezone.now()), world())
    language = _language()
    return Document(
        "service_request_updates", "request_update", [presenting.update(one, language) for one in found]
    )


def _comment(request: HttpRequest) -> Document:
    """Words of the sender of a report to that report."""
    caller, form = _writer(request), _given(request)
    pk, text = form.get("service_request_id", "").strip(), form.get("description", "").strip()
    if not pk or not text:
        raise GeoReportError(400, "service_request_id and description are both needed.")
    if "\0" in text or len(text) > 4000:
        raise GeoReportError(400, "description must be at most 4000 characters without NUL.")
    own = Report.objects.filter(pk__in=ids_of([pk]), source=f"{queries.SOURCE}{caller.actor.account_id}")
    found = next(iter(tracked_many(own)), None)
    if found is None:
        raise _unknown_request(pk)
    step = found.steps.get("add")
    if step is None:
        raise GeoReportError(400, f"Request {pk} is {found.state.title.en}: nothing can be added now.")
    try:
        row = act_as_reporter(found.case.pk, found.report.pk, step.key, Given(text=text))
    except Refused as refused:
        raise GeoReportError(400, refused.en) from refused
    update_id = f"{found.report.pk}-{row.version}"
    return Document("service_request_updates", "request_update", [{"update_id": update_id}])


@answering("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
def unknown(request: HttpRequest) -> Document:
    raise GeoReportError(404, "There is no such call. discovery.xml says where to begin.")
