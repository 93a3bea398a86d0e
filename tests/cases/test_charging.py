"""What a contractor is owed: once for each matter, nothing more for mending its own work."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from gezhi.cases.actions import writing
from gezhi.cases.actions.charges import charge
from gezhi.cases.actions.taken import Taken
from gezhi.cases.charging import Price, charge_of
from gezhi.cases.models import Assignment, Case, Charge
from gezhi.cases.procedure import Given
from gezhi.cases.queries.costs import cost_lines, costs
from gezhi.cases.world import world
from gezhi.people.actions import mark_quality
from gezhi.people.models import Contract
from tests.cast import Cast, reported
from tests.people.contracted import signed

PER_MATTER = Price(1, 2, "per-matter", 8800)


def test_a_matter_is_paid_once_under_a_contract() -> None:
    assert charge_of(PER_MATTER, paid=False) == 8800
    assert charge_of(PER_MATTER, paid=True) is None
    assert charge_of(Price(1, 2, "lump-sum", 8800), paid=False) is None


def verified(contract: Contract, case: Case) -> Taken:
    """A verifying step on a case that the contractor has finished."""
    now = timezone.now()
    Assignment.objects.create(
        case=case, unit_id=contract.unit_id, state="finished", assigned_at=now, contract_id=contract.pk
    )
    row = replace(writing.lock_cases([case.pk])[0][case.pk], unit_id=contract.unit_id)
    steps = world().catalogue.procedure(row.pack_version_id, row.procedure).transitions
    step = next(one for one in steps if one.kind == "verify")
    return Taken(row, row, step, Given(), None, None, "verifier", (), None, b"", ())


def test_a_verified_case_of_a_contractor_is_charged_once(city: Cast) -> None:
    contract, now = signed(city), timezone.now()
    case = Case.objects.get(id=reported().case_id)
    taken = verified(contract, case)
    charge([taken], world(), now)
    charge([taken], world(), now)  # reopened, mended and verified again
    assert list(Charge.objects.values_list("case_id", "unit_id", "contract_id", "cents")) == [
        (case.pk, contract.unit_id, contract.pk, 8800)
    ]


def test_a_department_is_charged_nothing(city: Cast) -> None:
    contract = signed(city)
    taken = verified(contract, Case.objects.get(id=reported().case_id))
    department = replace(taken, before=replace(taken.before, unit_id=city.units["haishu-works"]))
    charge([department], world(), timezone.now())
    assert not Charge.objects.exists()


def test_cost_per_case_of_matters_and_of_a_lump_sum(city: Cast) -> None:
    by_matter, whole = signed(city), signed(city, price_kind="lump-sum", number="HT-2")
    cases = [Case.objects.get(id=reported(f"路灯不亮 {n} 号").case_id) for n in range(2)]
    charge(
        [verified(by_matter, case) for case in {case.pk: case for case in cases}.values()],
        world(),
        timezone.now(),
    )
    for case in {case.pk: case for case in cases}.values():
        verified(whole, case)
    found = costs([by_matter, whole])
    number = found[whole.pk].cases
    assert found[by_matter.pk].cents == 8800 * number
    assert found[by_matter.pk].per_case == 8800
    assert found[whole.pk].per_case == round(8800 / number)


def test_marks_stand_with_the_case_and_the_contract(city: Cast) -> None:
    contract = signed(city)
    case = Case.objects.get(id=reported().case_id)
    charge([verified(contract, case)], world(), timezone.now())
    mark_quality(contract.pk, case.pk, 2, "灯罩没装", (), timezone.now())
    mark_quality(contract.pk, case.pk, 4, "已补装", (), timezone.now() + timedelta(days=1))
    assert costs([contract])[contract.pk].mark == pytest.approx(4)
    line = cost_lines(contract, 10)[0]
    assert (line.number, line.cents, line.mark, line.reason) == (case.number, 8800, 4, "已补装")
