"""The ledger: heads and proofs for anybody, entries for auditors, proofs of a case for whoever may see it.

The log's own files (checkpoint, tiles) are below /ledger/, as c2sp.org/tlog-tiles has them.
"""

import base64
import json
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Query, Router

from gezhi.cases.models import Case, Evidence
from gezhi.cases.photos import photo_path
from gezhi.cases.queries import visible
from gezhi.exchange.rest import ledger_shapes as bodies
from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import AUDIT_SCOPE, READ, CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.ledger.models import Entry
from gezhi.ledger.queries import listed_keys
from gezhi.ledger.queries import proving as proofs
from gezhi.ledger.queries import searching as found
from gezhi.people.access import Actor, public

PUBLIC = dict.fromkeys((404, 422, 429), shapes.ProblemOut)
MISSING = {404: shapes.ProblemOut, **PROBLEMS}
PROOF = "text/plain; charset=utf-8"
ZIP = "application/zip"
TEXT = {"responses": {200: {"description": "c2sp.org/tlog-proof", "content": {"text/plain": {}}}}}
ZIPPED = {"responses": {200: {"description": "Entries and proofs", "content": {ZIP: {}}}}}
router = Router(tags=["ledger"])


@router.get("/ledger/checkpoints", auth=None, response={200: bodies.CheckpointPageOut, **PUBLIC})
@public
def list_checkpoints(
    request: HttpRequest, before: Annotated[bodies.Place | None, Query()] = None
) -> HttpResponse:
    """The heads of the tree, newest first, fifty at a time."""
    heads = found.checkpoints(before)
    more = heads[-1].size if len(heads) == found.PAGE else None
    return JsonResponse({"checkpoints": [_head(one) for one in heads], "next": more})


@router.get("/ledger/checkpoints/{size}", auth=None, response={200: bodies.CheckpointOut, **PUBLIC})
@public
def show_checkpoint(request: HttpRequest, size: int) -> HttpResponse:
    head = found.checkpoint_of(size) if size > 0 else None
    if head is None:
        raise Problem(404, "unknown-checkpoint", f"No checkpoint was published over {size} entries.")
    return JsonResponse(_head(head))


@router.get("/ledger/keys", auth=None, response={200: list[bodies.KeyOut], **PUBLIC})
@public
def list_keys(request: HttpRequest) -> HttpResponse:
    """Every key that signs or signed for this log, oldest first."""
    keys = listed_keys()
    return JsonResponse(
        [{"key": one.vkey, "since": one.from_at, "until": one.until} for one in keys], safe=False
    )


@router.get("/ledger/proofs/inclusion", auth=None, response={200: bodies.InclusionOut, **PUBLIC})
@public
def prove_inclusion(request: HttpRequest, asked: Query[bodies.InclusionQuery]) -> HttpResponse:
    """That the entry at a place stands in the tree of a size."""
    try:
        path, root = proofs.inclusion(asked.index, asked.size), proofs.root_at(asked.size)
    except (proofs.NotYet, ValueError) as error:
        raise _no_proof(error) from error
    said = {"index": asked.index, "size": asked.size, "root": _base64(root)}
    return JsonResponse({**said, "hashes": [_base64(one) for one in path]})


@router.get("/ledger/proofs/consistency", auth=None, response={200: bodies.ConsistencyOut, **PUBLIC})
@public
def prove_consistency(request: HttpRequest, asked: Query[bodies.ConsistencyQuery]) -> HttpResponse:
    """That the tree of a size begins with the tree of a smaller one."""
    try:
        path = proofs.consistency(asked.old, asked.new)
        old, new = proofs.root_at(asked.old), proofs.root_at(asked.new)
    except (proofs.NotYet, ValueError) as error:
        raise _no_proof(error) from error
    said = {"old": asked.old, "new": asked.new, "old_root": _base64(old), "new_root": _base64(new)}
    return JsonResponse({**said, "hashes": [_base64(one) for one in path]})


@router.get("/ledger/entries/{index}/proof", auth=None, response=PUBLIC, openapi_extra=TEXT)
@public
def prove_entry(request: HttpRequest, index: int) -> HttpResponse:
    """A .tlog-proof under the newest checkpoint: hashes and signatures, nothing of what the entry says."""
    try:
        proof = proofs.proof_of(index)
    except (proofs.NotYet, ValueError) as error:
        raise _no_proof(error) from error
    return _file(proof.written(), PROOF, f"{index}.tlog-proof")


@router.get("/ledger/entries", auth=Scope(AUDIT_SCOPE), response={200: bodies.EntryPageOut, **PROBLEMS})
def list_entries(request: CallerRequest, asked: Query[bodies.EntriesQuery]) -> HttpResponse:
    """Newest first, fifty at a time. By kind alone, a month is looked through unless `since` says otherwise."""
    wanted = found.Wanted(asked.subject, asked.kind, asked.since, asked.until)
    page = found.entries(wanted, timezone.now(), asked.before)
    return JsonResponse({"entries": [_entry(one) for one in page.entries], "next": page.next})


@router.get("/ledger/entries/{index}", auth=Scope(AUDIT_SCOPE), response={200: bodies.EntryOut, **MISSING})
def show_entry(request: CallerRequest, index: int) -> HttpResponse:
    """The entry at a place of the tree."""
    one = found.entry_at(index) if index >= 0 else None
    if one is None:
        raise Problem(404, "unknown-entry", f"No entry stands at place {index} of the tree.")
    return JsonResponse(_entry(one))


@router.get("/cases/{number}/proof", auth=Scope(READ), response=MISSING, openapi_extra=ZIPPED)
def prove_case(request: CallerRequest, number: str) -> HttpResponse:
    """Every entry of a case with its proof, as a ZIP that can be checked without this node."""
    case = Case.objects.filter(visible(_actor(request)), number=number[:24]).only("id", "number").first()
    if case is None:
        detail = f"There is no case {number[:24]} in your places and units."
        raise Problem(404, "unknown-case", detail)
    return _file(proofs.zip_about(f"case:{case.pk}", case.number), ZIP, f"{case.number}-proof.zip")


@router.get("/photos/{key}/proof", auth=Scope(READ), response=MISSING, openapi_extra=ZIPPED)
def prove_photo(request: CallerRequest, key: UUID) -> HttpResponse:
    """A photo of a case with the entries that name it by its SHA-256, and their proofs."""
    return photo_proof(_actor(request), key)


def photo_proof(actor: Actor, key: UUID) -> HttpResponse:
    """Raises Problem 404 for a photo that the actor may not see."""
    mine = Case.objects.filter(visible(actor)).values("id")
    one = Evidence.objects.filter(key=key, case_id__in=mine).first()
    if one is None or not photo_path(str(key)).exists():
        raise Problem(404, "unknown-photo", "There is no such photo in your places and units.")
    name, data = f"{one.sha256}.jpg", photo_path(str(key)).read_bytes()
    packed = proofs.zip_about_file(f"case:{one.case_id}", name, one.sha256, name, data)
    return _file(packed, ZIP, f"{one.sha256[:16]}-proof.zip")


def _actor(request: CallerRequest) -> Actor:
    assert request.caller is not None
    return request.caller.actor


def _no_proof(error: Exception) -> Problem:
    if isinstance(error, proofs.NotYet):
        return Problem(404, "no-proof-yet", str(error), headers={"Retry-After": "60"})
    return Problem(422, "invalid", str(error))


def _file(content: str | bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


def _head(head: found.Head) -> dict[str, object]:
    return {
        "size": head.size,
        "root": _base64(head.root),
        "at": head.at,
        "signed_by": head.signed_by,
        "timestamp": head.stamped_at,
        "note": head.note,
    }


def _entry(one: Entry) -> dict[str, object]:
    body = bytes(one.body).decode(errors="replace")
    return {
        "id": one.pk,
        "index": one.tree_index,
        "kind": one.kind,
        "subject": one.subject,
        "at": one.at,
        "leaf_hash": _base64(bytes(one.leaf_hash)),
        "body": body,
        "facts": _facts(body),
    }


def _facts(body: str) -> object:
    """None where somebody has spoiled the body."""
    try:
        return json.loads(body)["facts"]
    except (ValueError, KeyError, TypeError):
        return None


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
