"""Charges of contractors: written with the step that verifies their work, in its transaction and its entry."""

from collections.abc import Sequence
from datetime import datetime

from gezhi.cases.actions.taken import Taken
from gezhi.cases.charging import Price, charge_of
from gezhi.cases.models import Assignment, Charge
from gezhi.cases.world import World
from gezhi.packs.shapes import Kind
from gezhi.people.directory import CONTRACTOR
from gezhi.people.models import Contract


def charge(batch: Sequence[Taken], world: World, at: datetime) -> None:
    """No statement unless a contractor's work was verified; then four, whatever their number."""
    cases = [taken.after.id for taken in batch if _by_contractor(taken, world)]
    if not cases:
        return
    contracts = _contracts_of(cases)
    prices = _prices(set(contracts.values()))
    paid = set(Charge.objects.filter(case_id__in=cases).values_list("case_id", "contract_id"))
    Charge.objects.bulk_create(
        Charge(case_id=case, unit_id=price.unit_id, contract_id=contract, cents=cents, at=at)
        for case, contract in contracts.items()
        if (price := prices.get(contract))
        and (cents := charge_of(price, paid=(case, contract) in paid)) is not None
    )


def _by_contractor(taken: Taken, world: World) -> bool:
    unit = world.directory.units.get(taken.before.unit_id or 0)
    return taken.transition.kind is Kind.VERIFY and unit is not None and unit.kind == CONTRACTOR


def _contracts_of(cases: Sequence[int]) -> dict[int, int]:
    """Case -> the contract under which it was finished last."""
    done = Assignment.objects.filter(case_id__in=cases, state="finished", contract_id__isnull=False)
    last = done.order_by("case_id", "-id").distinct("case_id")
    return {case: contract for case, contract in last.values_list("case_id", "contract_id") if contract}


def _prices(contracts: set[int]) -> dict[int, Price]:
    rows = Contract.objects.filter(id__in=contracts).values_list("id", "unit_id", "price_kind", "cents")
    return {row[0]: Price(*row) for row in rows}
