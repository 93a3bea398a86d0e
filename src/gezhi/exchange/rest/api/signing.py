"""Signing with a key that you alone hold: registered with a proof, used by asking for the body of a step."""

import base64
import binascii

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from ninja import Router

from gezhi.cases.actions.own_signing import act_signed, body_to_sign, document_to_sign, issue_signed
from gezhi.cases.procedure import Given
from gezhi.exchange.rest import case_shapes, shapes, signing_shapes
from gezhi.exchange.rest.access import ACT, READ, CallerRequest, Scope
from gezhi.exchange.rest.api.documents import paper_line
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.paper_shapes import PaperIn, PaperOut
from gezhi.exchange.rest.problems import Problem
from gezhi.exchange.rest.queries import case_id_of, refuse_used
from gezhi.ledger.signing import Signed
from gezhi.people.access import Actor
from gezhi.people.actions.keys import WrongKey, end_keys, register_own_key
from gezhi.people.keys import OWN, proof_of
from gezhi.people.queries.keys import keys_of

router = Router(tags=["signing"])
SENT_APART = {"version", "evidence", "unit_ids", "token", "key", "signature"}
STEP = {404: shapes.ProblemOut, 409: shapes.StaleOut, 503: shapes.ProblemOut, **PROBLEMS}


@router.get("/signing-key", auth=Scope(READ), response={200: signing_shapes.KeysOut, **PROBLEMS})
def show_keys(request: CallerRequest) -> HttpResponse:
    """Your keys, and what an own one signs to be registered."""
    return JsonResponse(_keys(_actor(request).account_id))


@router.post("/signing-key", auth=Scope(ACT), response={200: signing_shapes.KeysOut, **PROBLEMS})
def register_key(request: CallerRequest, body: signing_shapes.OwnKeyIn) -> HttpResponse:
    """A key of yours, of Ed25519 or SM2 (a card); the one registered before ends. It stands in the ledger."""
    account = _actor(request).account_id
    try:
        register_own_key(
            account, _bytes(body.public, "public"), _bytes(body.proof, "proof"), alone=body.alone
        )
    except WrongKey as wrong:
        raise Problem(422, "wrong-key-given", str(wrong)) from wrong
    return JsonResponse(_keys(account))


@router.delete("/signing-key", auth=Scope(ACT), response={200: signing_shapes.KeysOut, **PROBLEMS})
def end_key(request: CallerRequest) -> HttpResponse:
    """Your own key ends, for instance because the card is lost. What it signed stays signed."""
    account = _actor(request).account_id
    end_keys([account], OWN, account, "ended by its holder")
    return JsonResponse(_keys(account))


@router.post(
    "/cases/{number}/steps/{step}/body", auth=Scope(ACT), response={200: signing_shapes.ToSignOut, **STEP}
)
def ask_body(request: CallerRequest, number: str, step: str, body: case_shapes.StepIn) -> HttpResponse:
    """What to sign for a step with legal effect (deciding, verifying, closing, issuing). Nothing is done yet."""
    actor, case_id = _case(request, number)
    asked = body_to_sign(actor, case_id, step, _given(body), body.version)
    return JsonResponse({"body": _text(asked.body), "token": asked.token, "until": asked.until})


@router.post(
    "/cases/{number}/steps/{step}/signed", auth=Scope(ACT), response={200: case_shapes.StepOut, **STEP}
)
def take_signed_step(
    request: CallerRequest, number: str, step: str, body: signing_shapes.SignedStepIn
) -> HttpResponse:
    """The step with your signature. What was signed is what is done: other words than in the body are refused."""
    actor, case_id = _case(request, number)
    refuse_used(body.evidence)
    signed = Signed(body.key, _bytes(body.signature, "signature"))
    row = act_signed(actor, case_id, step, _given(body), body.token, signed)
    return JsonResponse({name: getattr(row, name) for name in case_shapes.StepOut.model_fields})


@router.post(
    "/cases/{number}/documents/body", auth=Scope(ACT), response={200: signing_shapes.ToSignOut, **STEP}
)
def document_body(request: CallerRequest, number: str, body: PaperIn) -> HttpResponse:
    """What to sign so that a document is issued as it would be now; nothing is issued. Its number is drawn."""
    actor, case_id = _case(request, number)
    asked = document_to_sign(actor, case_id, body.template, body.reason)
    return JsonResponse({"body": _text(asked.body), "token": asked.token, "until": asked.until})


@router.post("/cases/{number}/documents/signed", auth=Scope(ACT), response={201: PaperOut, **STEP})
def issue_signed_document(
    request: CallerRequest, number: str, body: signing_shapes.SignedPaperIn
) -> HttpResponse:
    """The document with your signature; its PDF is made at once afterwards."""
    actor, case_id = _case(request, number)
    signed = Signed(body.key, _bytes(body.signature, "signature"))
    document = issue_signed(actor, case_id, body.template, body.reason, body.token, signed)
    return JsonResponse(paper_line(document), status=201)


def _case(request: CallerRequest, number: str) -> tuple[Actor, int]:
    actor = _actor(request)
    case_id = case_id_of(number, actor)
    if case_id is None:
        raise Problem(404, "unknown-case", f"There is no case {number[:24]} in your places and units.")
    return actor, case_id


def _given(body: case_shapes.StepIn) -> Given:
    plain = body.model_dump(exclude=SENT_APART)
    return Given(**plain, evidence=tuple(body.evidence), unit_ids=tuple(body.unit_ids))


def _actor(request: CallerRequest) -> Actor:
    assert request.caller is not None
    return request.caller.actor


def _keys(account: int) -> dict[str, object]:
    return {
        "proof": _text(proof_of(settings.LEDGER_ORIGIN, account)),
        "keys": [
            {
                **{name: getattr(one, name) for name in ("key", "held", "alone", "made_at", "ended_at")},
                "public": _text(bytes(one.public)),
            }
            for one in keys_of(account)
        ],
    }


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str, field: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Problem(422, "invalid", f"{field} is not base64.") from error
