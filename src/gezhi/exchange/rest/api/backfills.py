"""Files of readings of the past."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from ninja import Router

from gezhi.exchange.backfill.actions import MOST_BYTES, bring_in
from gezhi.exchange.backfill.queries import backfills_of
from gezhi.exchange.files.rows import FileUnreadable
from gezhi.exchange.rest import sensing_shapes as bodies
from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import ACT, READ, CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.api.sensing import actor_of
from gezhi.exchange.rest.problems import Problem
from gezhi.people.access import WATCH, Actor
from gezhi.sensing.actions.backfilling import WORDS
from gezhi.sensing.models import BackfillRun

SHOWN = 100
PART = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}},
}
router = Router(tags=["sensing"])


def _keeper(request: CallerRequest) -> Actor:
    actor = actor_of(request)
    if not actor.may(WATCH):
        raise Problem(
            403, "not-your-role", "This needs a post that watches: dispatcher, handler, supervisor, leader."
        )
    return actor


@router.post(
    "/sensing/backfills",
    auth=Scope(ACT),
    response={202: bodies.BackfillOut, 413: shapes.ProblemOut, **PROBLEMS},
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": PART}}}},
    summary="Bring in a file of readings of the past",
)
def send_backfill(request: CallerRequest) -> HttpResponse:
    """CSV, XLSX, JSONL or Parquet up to 256 MB, as the part `file`: columns `series` (a datastream's number, or
    THING/PROPERTY), `at` (Beijing's time unless it names a zone), `value` and perhaps `mark`.

    A job takes the readings; ask for the backfill until it has ended. Only datastreams of things that you look after
    are written. Sending a file again adds nothing twice, and what was high in the past is no alarm of today.
    """
    actor = _keeper(request)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES + 65_536:
        raise Problem(413, "too-large", f"A file is at most {MOST_BYTES:,} bytes; split it.")
    if request.content_type != "multipart/form-data":
        detail = (
            f"The body is {str(request.content_type)[:60] or 'of no stated type'}; send multipart/form-data."
        )
        raise Problem(415, "content-type", detail)
    try:
        file = request.FILES.get("file")
    except MultiPartParserError as error:
        raise Problem(400, "unusable", f"The body is not multipart/form-data: {str(error)[:200]}") from error
    if file is None:
        raise Problem(422, "no-file", "There is no file part 'file'. Send the readings under this name.")
    try:
        run = bring_in(file, file.name or "", actor)
    except FileUnreadable as error:
        raise Problem(422, "unreadable", str(error)[:500]) from error
    return JsonResponse(_told(run), status=202)


@router.get("/sensing/backfills", auth=Scope(READ), response={200: bodies.BackfillListOut, **PROBLEMS})
def list_backfills(request: CallerRequest) -> HttpResponse:
    """The newest hundred of yours; for posts of the whole node, of everybody."""
    runs = backfills_of(_keeper(request))[:SHOWN]
    return JsonResponse({"backfills": [_told(run) for run in runs]})


@router.get(
    "/sensing/backfills/{key}",
    auth=Scope(READ),
    response={200: bodies.BackfillDetailOut, 404: shapes.ProblemOut, **PROBLEMS},
)
def show_backfill(request: CallerRequest, key: UUID, after: int = 0) -> HttpResponse:
    """How far it is, and a thousand of the readings that were not taken: row, field, what stands there and why; `next`
    is sent as `after` for the following."""
    run = backfills_of(_keeper(request)).filter(key=key).first()
    if run is None:
        raise Problem(404, "unknown-backfill", "There is no such backfill, or it is not yours.")
    found = list(run.faults.filter(pk__gt=max(0, min(after, 2**62))).order_by("pk")[: bodies.FAULTS + 1])
    shown = found[: bodies.FAULTS]
    faults = [
        {"row": one.row, "field": one.field, "value": one.cell, "series": one.series, "code": one.code,
         "problem": WORDS.get(one.code, one.code)}
        for one in shown
    ]  # fmt: skip
    following = shown[-1].pk if len(found) > len(shown) else None
    return JsonResponse({**_told(run), "faults": faults, "next": following})


def _told(run: BackfillRun) -> dict[str, object]:
    return {
        "key": str(run.key),
        "name": run.name,
        "state": run.state,
        "error": run.error,
        "rows": run.total,
        "read": run.read,
        "new": run.added,
        "known": run.known,
        "refused": run.refused,
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
    }
