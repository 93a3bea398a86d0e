"""Contracts with third parties: signed, published, ended, marked."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.people.actions.sealing import record_decision
from gezhi.people.contracts import Terms
from gezhi.people.duties_apart import may_judge
from gezhi.people.models import Contract, QualityMark
from gezhi.people.queries.powers import units_of


class CannotChange(ValueError):
    """What was asked for does not fit what stands."""


@transaction.atomic
def sign_contract(terms: Terms, account_id: int | None, at: datetime) -> Contract:
    """`terms` without faults (contracts.faults_of). Raises IntegrityError for a number that is signed already, and
    Refused where nothing can be signed now."""
    values = asdict(terms) | {"places": list(terms.places), "categories": list(terms.categories)}
    values |= {"functions": list(terms.functions), "candidates": list(terms.candidates)}
    contract = Contract.objects.create(**values, signed_at=at, account_id=account_id)
    facts: dict[str, Fact] = {
        "number": terms.number,
        "unit": terms.unit_id,
        "ordered_by": terms.ordered_by_id,
        "from": terms.valid_from.isoformat(),
        "to": terms.valid_to.isoformat(),
        "places": list(terms.places),
        "categories": list(terms.categories),
        "functions": list(terms.functions),
        "price": terms.price_kind,
        "cents": terms.cents,
        "method": terms.method,
        "candidates": list(terms.candidates),
        "reason": terms.reason,
    }
    record_decision("people.contract-signed", _subject(contract), facts, account_id, at, configures=True)
    return contract


@transaction.atomic
def publish_purchase(contract_id: int, account_id: int | None, at: datetime) -> None:
    """Everybody may read from now on who was chosen and why. Raises CannotChange when they may already."""
    contract = _locked(contract_id)
    if contract.published_at is not None:
        raise CannotChange(f"The purchase of contract {contract.number} was published on {_day(contract)}.")
    contract.published_at = at
    contract.save(update_fields=["published_at"])
    record("people.purchase-published", _subject(contract), {"account": account_id})


@transaction.atomic
def end_contract(contract_id: int, on: date, reason: str, account_id: int | None) -> None:
    """Before its term: from that day the contractor gets nothing new under it. Raises CannotChange and
    Refused."""
    contract = _locked(contract_id)
    if contract.ended_on is not None:
        raise CannotChange(f"Contract {contract.number} was ended on {contract.ended_on} already.")
    if not contract.valid_from <= on < contract.valid_to:
        term = f"{contract.valid_from} to {contract.valid_to}"
        raise CannotChange(f"{on} is not in the term of contract {contract.number}, {term}.")
    contract.ended_on, contract.end_reason = on, reason
    contract.save(update_fields=["ended_on", "end_reason"])
    facts: dict[str, Fact] = {"on": on.isoformat(), "reason": reason}
    subject, at = _subject(contract), timezone.now()
    record_decision("people.contract-ended", subject, facts, account_id, at, configures=True)


@transaction.atomic
def mark_quality(
    contract_id: int, case_id: int, mark: int, reason: str, acting: Sequence[int], at: datetime
) -> None:
    """The mark of one case; a second one replaces the first, and the ledger keeps both. `acting`: who marks, and for
    whom; nobody marks the unit that they are of."""
    if not 1 <= mark <= 5 or not reason.strip():
        raise CannotChange(f"A mark is 1 to 5 with a reason; {mark} with '{reason}' was given.")
    contract, account_id = _locked(contract_id), next(iter(acting), None)
    if not may_judge(units_of(acting, timezone.localdate(at)), contract.unit_id):
        raise CannotChange(
            "Whoever marks is of another unit than the one that is marked. Another person must."
        )
    QualityMark.objects.update_or_create(
        contract=contract,
        case_id=case_id,
        defaults={"mark": mark, "reason": reason, "account_id": account_id, "at": at},
    )
    facts: dict[str, Fact] = {"case": case_id, "mark": mark, "reason": reason, "account": account_id}
    facts |= {"for": acting[1]} if len(acting) > 1 else {}
    record("people.quality-marked", _subject(contract), facts)


def _locked(contract_id: int) -> Contract:
    return Contract.objects.select_for_update().get(id=contract_id)


def _subject(contract: Contract) -> str:
    return f"contract:{contract.pk}"


def _day(contract: Contract) -> str:
    return f"{contract.published_at:%Y-%m-%d}"
