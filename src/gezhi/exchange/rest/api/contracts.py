"""Contracts with third parties: what was bought and why, what it cost, how good it was."""

from typing import Literal

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Router

from gezhi.cases.intake.shapes import Fault
from gezhi.cases.queries.costs import Cost, costs, was_finished_under
from gezhi.cases.world import world
from gezhi.exchange.rest import duty_shapes as shapes
from gezhi.exchange.rest.access import ACT, READ, CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.exchange.rest.shapes import ProblemOut
from gezhi.people.access import CONTRACTS, DESK, Actor, public
from gezhi.people.actions import end_contract, mark_quality, publish_purchase, sign_contract
from gezhi.people.actions.contracts import CannotChange
from gezhi.people.contracts import Known, Terms, faults_of
from gezhi.people.directory import CONTRACTOR
from gezhi.people.marking import marking_post
from gezhi.people.models import Contract, Purchase
from gezhi.people.queries.contracts import Found, contracts_found, published_contracts

router = Router(tags=["contracts"])
MOST = 500
CHANGED = {404: ProblemOut, 409: ProblemOut, **PROBLEMS}
_OWN = tuple(set(shapes.PurchaseOut.model_fields) - {"unit", "unit_name", "ordered_by", "ordered_by_name"})


@router.get("/purchases", auth=None, response={200: list[shapes.PurchaseOut], 429: ProblemOut})
@public
def purchases(request: HttpRequest) -> HttpResponse:
    """The published purchases, newest first; at most 500."""
    return JsonResponse([_purchase(one) for one in published_contracts()[:MOST]], safe=False)


@router.get("/contracts", auth=Scope(READ), response={200: list[shapes.ContractOut], **PROBLEMS})
def contracts(
    request: CallerRequest, text: str = "", standing: Literal["", "running", "soon", "over"] = ""
) -> HttpResponse:
    """With cost, cases and marks so far; at most 500. `soon`: ends within 60 days."""
    _require_post(request)
    found = list(contracts_found(Found(text[:60].replace("\0", ""), standing), timezone.localdate())[:MOST])
    cost = costs(found)
    return JsonResponse([_contract(one, cost[one.pk]) for one in found], safe=False)


@router.get("/contracts/{pk}", auth=Scope(READ), response={200: shapes.ContractOut, **CHANGED})
def contract(request: CallerRequest, pk: int) -> HttpResponse:
    _require_post(request)
    return _answer(_found(pk))


@router.post("/contracts", auth=Scope(ACT), response={200: shapes.ContractOut, **CHANGED})
def sign(request: CallerRequest, body: shapes.ContractIn) -> HttpResponse:
    """A contract as it was signed. From its first day the contractor may be given what it covers."""
    actor = _signatory(request)
    terms = _terms(body)
    faults = faults_of(terms, _known())
    if faults:
        errors = [Fault(fault.field, "", fault.words) for fault in faults]
        raise Problem(422, "bad-contract", "The contract cannot be taken as it is; see errors.", errors)
    try:
        made = sign_contract(terms, actor.account_id, timezone.now())
    except IntegrityError as error:
        raise Problem(409, "signed-already", f"There is a contract '{body.number}' already.") from error
    return _answer(_found(made.pk))


@router.post("/contracts/{pk}/publish", auth=Scope(ACT), response={200: shapes.ContractOut, **CHANGED})
def publish(request: CallerRequest, pk: int) -> HttpResponse:
    """Everybody may read from now on who was chosen and why."""
    actor = _signatory(request)
    try:
        publish_purchase(_found(pk).pk, actor.account_id, timezone.now())
    except CannotChange as error:
        raise Problem(409, "cannot-change", str(error)) from error
    return _answer(_found(pk))


@router.post("/contracts/{pk}/end", auth=Scope(ACT), response={200: shapes.ContractOut, **CHANGED})
def end(request: CallerRequest, pk: int, body: shapes.EndIn) -> HttpResponse:
    """Before its term, with the reason."""
    actor = _signatory(request)
    try:
        end_contract(_found(pk).pk, body.on, body.reason, actor.account_id)
    except CannotChange as error:
        raise Problem(409, "cannot-change", str(error)) from error
    return _answer(_found(pk))


@router.post("/contracts/{pk}/marks", auth=Scope(ACT), response={200: shapes.ContractOut, **CHANGED})
def mark(request: CallerRequest, pk: int, body: shapes.MarkIn) -> HttpResponse:
    """The mark of one case that was finished under the contract, 1 bad to 5 good; a second one replaces it."""
    actor, found = _actor(request), _found(pk)
    post = marking_post(actor, found.ordered_by_id, found.ordered_by.place_code)
    if post is None:
        detail = "Marks are for verifiers of the unit that ordered the work, or of a place above it."
        raise Problem(403, "not-your-role", detail)
    case = was_finished_under(found, body.case_number)
    if case is None:
        raise Problem(
            404, "unknown-case", f"No case '{body.case_number}' was finished under {found.number[:60]}."
        )
    try:
        acting = [actor.account_id, *filter(None, [post.for_id])]
        mark_quality(pk, case, body.mark, body.reason, acting, timezone.now())
    except CannotChange as error:
        raise Problem(422, "bad-mark", str(error)) from error
    return _answer(found)


def _actor(request: CallerRequest) -> Actor:
    assert request.caller is not None  # Scope has seen to it
    return request.caller.actor


def _require_post(request: CallerRequest) -> None:
    """A key outlives the posts of whoever has it; what everybody may read is at /purchases. Raises Problem."""
    if not _actor(request).may(DESK):
        raise Problem(403, "not-your-role", f"None of your posts gives '{DESK}'; /purchases is open to all.")


def _signatory(request: CallerRequest) -> Actor:
    actor = _actor(request)
    if not actor.may(CONTRACTS):
        raise Problem(403, "not-your-role", "Contracts are kept by leaders and administrators.")
    return actor


def _found(pk: int) -> Contract:
    found = Contract.objects.select_related("unit", "ordered_by").filter(pk=min(pk, 2**62)).first()
    if found is None:
        raise Problem(404, "unknown-contract", f"There is no contract {pk}. /contracts lists them.")
    return found


def _terms(body: shapes.ContractIn) -> Terms:
    units = {unit.code: unit.id for unit in world().directory.units.values()}
    plain = body.model_dump(exclude={"unit", "ordered_by"})
    plain |= {name: tuple(plain[name]) for name in ("places", "categories", "functions", "candidates")}
    return Terms(unit_id=units.get(body.unit, 0), ordered_by_id=units.get(body.ordered_by, 0), **plain)


def _known() -> Known:
    current = world()
    units = current.directory.units.values()
    return Known(
        contractors={unit.id for unit in units if unit.kind == CONTRACTOR},
        units={unit.id for unit in units},
        places=current.places,
        categories=current.catalogue.reportable_keys,
        functions=set(current.catalogue.functions),
        methods=Purchase.values,
        numbers=(),
    )


def _answer(found: Contract) -> HttpResponse:
    return JsonResponse(_contract(found, costs([found])[found.pk]))


def _purchase(one: Contract) -> dict[str, object]:
    plain: dict[str, object] = {name: getattr(one, name) for name in _OWN}
    names = {"unit_name": one.unit.name, "ordered_by_name": one.ordered_by.name}
    return {**plain, "unit": one.unit.code, "ordered_by": one.ordered_by.code, **names}


def _contract(one: Contract, cost: Cost) -> dict[str, object]:
    figures = {"cost": cost.cents, "cases": cost.cases, "reopened": cost.reopened}
    return {**_purchase(one), **figures, "per_case": cost.per_case, "mark": cost.mark}
