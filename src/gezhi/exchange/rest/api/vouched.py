"""Who vouches for the ledger; what proves a step of a case."""

import base64
from collections.abc import Mapping

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Router

from gezhi.cases.models import Evidence
from gezhi.cases.queries import case_page
from gezhi.exchange.rest import shapes, vouched_shapes
from gezhi.exchange.rest.access import READ, CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.ledger.queries.outsiders import fault_counts, lag, outsiders, witnessed_logs
from gezhi.ledger.queries.standing import Vouched, vouched_of_event
from gezhi.ledger.signing import SIGNED, verdict_on
from gezhi.ledger.sm2 import POINT
from gezhi.people.access import VOUCHED, Actor
from gezhi.people.keys import OWN
from gezhi.people.models import SigningKey
from gezhi.people.queries.keys import keys_named

router = Router(tags=["ledger"])


@router.get("/ledger/outsiders", auth=Scope(READ), response={200: vouched_shapes.VouchedOut, **PROBLEMS})
def show_outsiders(request: CallerRequest) -> HttpResponse:
    """How far timestamps and witnesses lag, whom this node asks, and whom it witnesses: for leaders, auditors and
    administrators."""
    if not _actor(request).may(VOUCHED):
        raise Problem(403, "not-your-role", "Only leaders, auditors and administrators read this.")
    faults = fault_counts()
    told = ("kind", "name", "size", "vouched_at", "tried_at", "problem")
    return JsonResponse(
        {
            "lags": [
                {"kind": one.kind, "state": one.state, "minutes": one.minutes} for one in lag(timezone.now())
            ],
            "outsiders": [{name: getattr(one, name) for name in told} for one in outsiders().values()],
            "witnessed": [
                {"origin": one.origin, "size": one.size, "cosigned_at": one.cosigned_at}
                | {"faults": faults.get(one.origin, 0)}
                for one in witnessed_logs()
            ],
        }
    )


@router.get(
    "/cases/{number}/events/{seq}",
    auth=Scope(READ),
    response={200: vouched_shapes.EventProofOut, 404: shapes.ProblemOut, **PROBLEMS},
)
def prove_event(request: CallerRequest, number: str, seq: int) -> HttpResponse:
    """What proves one step: its entries in the ledger, who signed them with which key, the hashes of its photos."""
    found = case_page(_actor(request), number[:24], timezone.now())
    event = next((one for one in found.events if one.seq == seq), None) if found else None
    if found is None or event is None:
        raise Problem(404, "unknown-event", f"There is no step {seq} in a case {number[:24]} that you see.")
    proofs = vouched_of_event(found.case.pk, seq)
    names = [str(signed["key"]) for one in proofs if (signed := _signed(one))]
    keys = keys_named(names)
    return JsonResponse(
        {
            "entries": [_entry(one, keys) for one in proofs],
            "photos": [_photo(one) for one in event.photos],
        }
    )


def _signed(found: Vouched) -> Mapping[str, object]:
    signed = found.facts.get(SIGNED)
    return signed if isinstance(signed, Mapping) else {}


def _entry(found: Vouched, keys: Mapping[str, SigningKey]) -> dict[str, object]:
    entry, head, stamp = found.entry, found.checkpoint, found.timestamp
    key = keys.get(str(_signed(found).get("key", "")))
    return {
        "kind": entry.kind,
        "place": entry.tree_index,
        "leaf": bytes(entry.leaf_hash).hex(),
        "body": bytes(entry.body).decode(),
        "size": head.size if head else None,
        "checked_at": head.at if head else None,
        "stamped_at": stamp.at if stamp else None,
        "stamped_by": stamp.by if stamp else "",
        "witnesses": [{"name": one.name, "at": one.vouched_at} for one in found.witnesses],
        "signed": _signer(bytes(entry.body), key) if key else None,
    }


def _signer(body: bytes, key: SigningKey) -> dict[str, object]:
    public = bytes(key.public)
    return {
        "who": key.account.name,
        "key": key.key,
        "public": base64.b64encode(public).decode(),
        "kind": "SM2" if len(public) == POINT else "Ed25519",
        "own": key.held == OWN,
        "since": key.made_at,
        "ended": key.ended_at,
        "holds": verdict_on(body, public),
    }


def _photo(photo: Evidence) -> dict[str, object]:
    return {
        "key": str(photo.key),
        "stored": photo.sha256,
        "arrived": photo.original_sha256,
        "captured": photo.captured_sha256,
        "captured_at": photo.captured_at,
    }


def _actor(request: CallerRequest) -> Actor:
    assert request.caller is not None
    return request.caller.actor
