"""Reports in: one, or a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from django.http import HttpResponse, JsonResponse
from ninja import Router

from gezhi.cases.intake.door import accept
from gezhi.cases.intake.edge import edge_for
from gezhi.cases.intake.gate import submit
from gezhi.cases.intake.reading import Edge, read_report
from gezhi.cases.intake.shapes import Fault, NewReport, Receipt, Unreadable
from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import REPORT, CallerRequest, Scope
from gezhi.exchange.rest.bodies import json_body, many, one_object
from gezhi.exchange.rest.photos import inline_count, keys_in, photos_of, without_photos
from gezhi.exchange.rest.problems import Problem
from gezhi.exchange.rest.queries import used_photos

LARGEST_BATCH = 5000
MOST_INLINE = 60  # photos inside one batch; each costs a re-encoding and two writes to disk
PROBLEMS = dict.fromkeys((400, 401, 403, 413, 415, 422, 429), shapes.ProblemOut)
KEY_HEADER = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "maxLength": 120},
    "description": "The report's source_id where the body has none.",
}
REPORT_SCHEMA = shapes.ReportIn.model_json_schema()
router = Router(tags=["reports"])


def _body(schema: dict[str, object]) -> dict[str, object]:
    """A body that is read by hand, so that one answer names every fault."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


@dataclass(frozen=True, slots=True)
class Outcome:
    report: NewReport | None
    faults: Sequence[Fault] = ()


@router.post(
    "/reports",
    auth=Scope(REPORT),
    response={201: shapes.ReceiptOut, 200: shapes.ReceiptOut, **PROBLEMS},
    openapi_extra={"parameters": [KEY_HEADER], "requestBody": _body(REPORT_SCHEMA)},
    summary="Send a report",
)
def send_report(request: CallerRequest, strict: bool = False) -> HttpResponse:
    """201 for a new report, 200 with the first receipt for one that was sent before.

    `strict`: a required answer to the category's form that is missing refuses the report.
    """
    raw = dict(one_object(json_body(request.headers.get("Content-Type", ""), request.body)))
    key = request.headers.get("Idempotency-Key", "")
    if key and not raw.get("source_id"):
        raw["source_id"] = key
    edge = _edge(request, strict)
    outcome = _read(raw, edge, used_photos(keys_in(raw), edge.source, [str(raw.get("source_id"))]))
    if outcome.report is None:
        raise Unreadable(list(outcome.faults))
    receipt = submit(outcome.report)
    return JsonResponse(receipt_body(receipt), status=200 if receipt.known else 201)


@router.post(
    "/reports/batch",
    auth=Scope(REPORT),
    response={200: shapes.BatchOut, **PROBLEMS},
    openapi_extra={
        "requestBody": _body({"type": "array", "maxItems": LARGEST_BATCH, "items": REPORT_SCHEMA})
    },
    summary="Send up to 5,000 reports",
)
def send_reports(request: CallerRequest, strict: bool = False) -> HttpResponse:
    """Good reports are taken in one transaction; each bad one is refused alone, by its index and fields."""
    items = many(json_body(request.headers.get("Content-Type", ""), request.body), LARGEST_BATCH)
    outcomes = _read_all(items, _edge(request, strict))
    receipts = iter(accept([one.report for one in outcomes if one.report is not None]) if outcomes else [])
    results = [
        _result(at, one, None if one.report is None else next(receipts)) for at, one in enumerate(outcomes)
    ]
    kinds = [result["outcome"] for result in results]
    counts = {kind: kinds.count(kind) for kind in ("accepted", "known", "refused")}
    return JsonResponse({**counts, "results": results})


def receipt_body(receipt: Receipt) -> dict[str, object]:
    return {
        "tracking_code": receipt.tracking_code,
        "case_number": receipt.case_number,
        "state": receipt.state,
        "category": receipt.category,
        "place_code": receipt.place_code,
        "joined": receipt.joined,
        "known": receipt.known,
    }


def _edge(request: CallerRequest, strict: bool) -> Edge:
    caller = request.caller
    assert caller is not None
    staffed = bool(caller.actor.posts)
    return edge_for(caller.source, caller.actor.account_id, strict=strict, staffed=staffed)


def _read_all(items: Sequence[object], edge: Edge) -> list[Outcome]:
    _refuse_many_inline(items)
    keys = [key for item in items for key in keys_in(item)]
    ids = [str(item.get("source_id")) for item in items if isinstance(item, Mapping)] if keys else []
    used = set(used_photos(keys, edge.source, ids))
    outcomes = []
    for item in items:
        outcomes.append(_read(item, edge, used) if isinstance(item, Mapping) else _NO_OBJECT)
        used.update(keys_in(item))
    return outcomes


def _refuse_many_inline(items: Sequence[object]) -> None:
    inline = sum(inline_count(item) for item in items)
    if inline > MOST_INLINE:
        detail = f"The batch holds {inline} photos inline; at most {MOST_INLINE} are taken. Send them to /photos first."
        raise Problem(413, "too-many-photos", detail)


_NO_OBJECT = Outcome(None, [Fault("report", "", "must be an object")])


def _read(raw: Mapping[str, object], edge: Edge, used: frozenset[str] | set[str]) -> Outcome:
    try:
        report, faults = read_report(without_photos(raw), edge), list[Fault]()
    except Unreadable as unreadable:
        report, faults = None, unreadable.faults
    if not (raw.get("photos") or raw.get("photos_base64")):
        return Outcome(report, faults)
    photos, wrong = photos_of(raw, used) if not faults else ((), [])
    if report is None or wrong:
        return Outcome(None, [*faults, *wrong])
    return Outcome(replace(report, photos=photos))


def _result(at: int, outcome: Outcome, receipt: Receipt | None) -> dict[str, object]:
    kind = "refused" if receipt is None else "known" if receipt.known else "accepted"
    return {
        "index": at,
        "outcome": kind,
        "receipt": receipt_body(receipt) if receipt else None,
        "errors": [asdict(fault) for fault in outcome.faults],
    }
