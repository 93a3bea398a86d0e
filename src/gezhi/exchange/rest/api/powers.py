"""Own posts and those of others: handed over, granted, ended; and looks in an emergency."""

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Router

from gezhi.cases.actions.glass import break_glass
from gezhi.exchange.rest import power_shapes as shapes
from gezhi.exchange.rest.access import ACT, READ, CallerRequest, Scope, origin_of
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.exchange.rest.shapes import ProblemOut
from gezhi.people.access import AUDIT, STAFFING, Actor
from gezhi.people.actions import (
    Wanted,
    decide_nomination,
    delegate,
    end_delegation,
    end_glass,
    end_post,
    nominate,
    review_glass,
)
from gezhi.people.models import BreakGlass, Delegation, Nomination
from gezhi.people.queries.looking import audited_places, staffed_places
from gezhi.people.queries.powers import (
    delegations_of,
    glass_in,
    glass_of,
    nominations_in,
)

router = Router(tags=["access"])
MOST = 200
LARGEST = 2**63
FAULTS = {404: ProblemOut, **PROBLEMS}


@router.get("/posts", auth=Scope(READ), response={200: list[shapes.PostOut], **PROBLEMS})
def posts(request: CallerRequest) -> HttpResponse:
    """What you hold today: your own posts, and those that others handed over to you."""
    rows = [
        {
            "id": post.id,
            "role": post.role,
            "unit_id": post.unit_id,
            "unit_name": post.unit_name,
            "place_code": post.place_code,
            "acting_for": post.for_name,
        }
        for post in _actor(request).posts
    ]
    return JsonResponse(rows, safe=False)


@router.post("/posts/{pk}/end", auth=Scope(ACT), response={204: None, **FAULTS})
def end(request: CallerRequest, pk: int) -> HttpResponse:
    """An administrator ends a post of their place today."""
    end_post(_actor(request), _id(pk), timezone.localdate())
    return HttpResponse(status=204)


@router.get("/delegations", auth=Scope(READ), response={200: list[shapes.DelegationOut], **PROBLEMS})
def delegations(request: CallerRequest) -> HttpResponse:
    """Those that you gave or received, newest first."""
    found = delegations_of(_actor(request).account_id)[:MOST]
    return JsonResponse([_delegation(one) for one in found], safe=False)


@router.post("/delegations", auth=Scope(ACT), response={201: shapes.DelegationOut, **FAULTS})
def hand_over(request: CallerRequest, body: shapes.DelegationIn) -> HttpResponse:
    """Hand a post of your own to somebody of the same unit or of one above it. Each step says for whom it was."""
    actor = _actor(request)
    made = delegate(actor, body.post_id, body.to, body.begins, body.until, body.reason)
    return JsonResponse(_delegation(delegations_of(actor.account_id).get(pk=made.pk)), status=201)


@router.post("/delegations/{pk}/end", auth=Scope(ACT), response={204: None, **FAULTS})
def take_back(request: CallerRequest, pk: int) -> HttpResponse:
    """At once, by whoever gave or has it, or an administrator of the place."""
    end_delegation(_actor(request), _id(pk))
    return HttpResponse(status=204)


@router.get("/nominations", auth=Scope(READ), response={200: list[shapes.NominationOut], **PROBLEMS})
def nominations(request: CallerRequest) -> HttpResponse:
    """For administrators: those that wait first, then the newest."""
    actor = _allowed(request, STAFFING)
    return JsonResponse(
        [_nomination(one) for one in nominations_in(staffed_places(actor))[:MOST]], safe=False
    )


@router.post("/nominations", auth=Scope(ACT), response={201: shapes.NominationOut, **FAULTS})
def ask_for(request: CallerRequest, body: shapes.NominationIn) -> HttpResponse:
    """Give a post in your place; a guarded one waits for a second administrator."""
    actor = _allowed(request, STAFFING)
    return JsonResponse(_nomination(nominate(actor, Wanted(**body.model_dump()))), status=201)


@router.post("/nominations/{pk}/decision", auth=Scope(ACT), response={200: shapes.NominationOut, **FAULTS})
def decide(request: CallerRequest, pk: int, body: shapes.DecisionIn) -> HttpResponse:
    """Neither whoever asked, nor who is nominated, nor who opened the account decides."""
    actor = _allowed(request, STAFFING)
    return JsonResponse(_nomination(decide_nomination(actor, _id(pk), body.grant, body.words)))


@router.get("/emergencies", auth=Scope(READ), response={200: list[shapes.EmergencyOut], **PROBLEMS})
def emergencies(request: CallerRequest, all_of_the_place: bool = False) -> HttpResponse:
    """Your own, newest first; for auditors also all of their place, those that wait for review first."""
    if all_of_the_place:
        found = glass_in(audited_places(_allowed(request, AUDIT)))
    else:
        found = glass_of(_actor(request).account_id)
    return JsonResponse([_emergency(one) for one in found[:MOST]], safe=False)


@router.post("/emergencies", auth=Scope(ACT), response={201: shapes.EmergencyOut, **FAULTS})
def open_one(request: CallerRequest, body: shapes.EmergencyIn) -> HttpResponse:
    """See for an hour what no post of yours reaches. Auditor and leader are told at once; it is reviewed."""
    made = break_glass(_actor(request), body.what, body.reason, origin_of(request).address)
    return JsonResponse(_emergency(made), status=201)


@router.post("/emergencies/{pk}/end", auth=Scope(ACT), response={204: None, **FAULTS})
def end_one(request: CallerRequest, pk: int) -> HttpResponse:
    """Before its hour is over."""
    end_glass(_actor(request), _id(pk))
    return HttpResponse(status=204)


@router.post("/emergencies/{pk}/review", auth=Scope(ACT), response={200: shapes.EmergencyOut, **FAULTS})
def review(request: CallerRequest, pk: int, body: shapes.ReviewIn) -> HttpResponse:
    """An auditor of the place accepts it or objects, with words, once."""
    return JsonResponse(_emergency(review_glass(_allowed(request, AUDIT), _id(pk), body.accept, body.words)))


def _actor(request: CallerRequest) -> Actor:
    assert request.caller is not None  # Scope has seen to it
    return request.caller.actor


def _allowed(request: CallerRequest, permission: str) -> Actor:
    actor = _actor(request)
    if not actor.may(permission):
        raise Problem(403, "not-your-role", f"None of your posts gives '{permission}'.")
    return actor


def _id(pk: int) -> int:
    return pk if 0 < pk < LARGEST else 0


def _delegation(one: Delegation) -> dict[str, object]:
    return {
        "id": one.pk,
        "post_id": one.post_id,
        "role": one.post.role,
        "giver": one.post.account.name,
        "receiver": one.to.name,
        "begins": one.valid_from,
        "until": one.valid_to,
        "reason": one.reason,
        "ended_at": one.ended_at,
    }


def _nomination(one: Nomination) -> dict[str, object]:
    plain = (
        "unit_id",
        "role",
        "place_code",
        "reason",
        "asked_at",
        "decided_at",
        "granted",
        "words",
        "post_id",
    )
    row: dict[str, object] = {name: getattr(one, name) for name in plain}
    return {
        "id": one.pk,
        "username": one.account.username,
        "begins": one.valid_from,
        "until": one.valid_to,
        **row,
    }


def _emergency(one: BreakGlass) -> dict[str, object]:
    return {name: getattr(one, name) for name in shapes.EmergencyOut.model_fields}
