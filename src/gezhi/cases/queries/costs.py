"""What contractors cost: per contract, per case, per unit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Sum

from gezhi.cases.models import Assignment, Case, Charge
from gezhi.people.contracts import PER_MATTER
from gezhi.people.models import Contract, QualityMark


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one contract. `cents`: charged so far, or the lump sum. `reopened`: of the cases, those sent back."""

    contract_id: int
    unit_id: int
    cents: int
    cases: int
    reopened: int
    marks: int
    mark_sum: int

    @property
    def per_case(self) -> int | None:
        """Cents; None before the first case."""
        return round(self.cents / self.cases) if self.cases else None

    @property
    def mark(self) -> float | None:
        return self.mark_sum / self.marks if self.marks else None


@dataclass(frozen=True, slots=True)
class CostLine:
    """One case that was finished under a contract. `cents` None: part of a lump sum, or not charged."""

    case_id: int
    number: str
    title: str
    category: str
    place_code: str
    closed_at: datetime | None
    reopen_count: int
    cents: int | None
    mark: int | None
    reason: str


def costs(contracts: Iterable[Contract]) -> dict[int, Cost]:
    """By contract; four statements."""
    chosen = {contract.pk: contract for contract in contracts}
    done = Assignment.objects.filter(contract_id__in=chosen, state="finished")
    cases = dict(
        done.values("contract_id").annotate(n=Count("case_id", distinct=True)).values_list("contract_id", "n")
    )
    again = done.filter(case__reopen_count__gt=0).values("contract_id")
    reopened = dict(again.annotate(n=Count("case_id", distinct=True)).values_list("contract_id", "n"))
    charged = dict(
        Charge.objects.filter(contract_id__in=chosen)
        .values("contract_id")
        .annotate(n=Sum("cents"))
        .values_list("contract_id", "n")
    )
    marks = _marks(list(chosen))
    return {
        pk: Cost(
            pk,
            contract.unit_id,
            charged.get(pk, 0) if contract.price_kind == PER_MATTER else contract.cents,
            cases.get(pk, 0),
            reopened.get(pk, 0),
            *marks.get(pk, (0, 0)),
        )
        for pk, contract in chosen.items()
    }


def _marks(contracts: Sequence[int]) -> dict[int, tuple[int, int]]:
    rows = QualityMark.objects.filter(contract_id__in=contracts).values("contract_id")
    counted = rows.annotate(n=Count("id"), total=Sum("mark")).values_list("contract_id", "n", "total")
    return {pk: (n, total) for pk, n, total in counted}


def unit_costs(found: Mapping[int, Cost]) -> dict[int, list[Cost]]:
    """The same, by the unit that was paid."""
    units: dict[int, list[Cost]] = defaultdict(list)
    for cost in found.values():
        units[cost.unit_id].append(cost)
    return dict(units)


def total_of(held: Sequence[Cost]) -> Cost:
    """Of several contracts of one unit."""
    return Cost(
        0,
        held[0].unit_id,
        sum(one.cents for one in held),
        sum(one.cases for one in held),
        sum(one.reopened for one in held),
        sum(one.marks for one in held),
        sum(one.mark_sum for one in held),
    )


def cost_lines(contract: Contract, limit: int, after: int = 0) -> list[CostLine]:
    """Cases finished under a contract, newest first; three statements."""
    done = Assignment.objects.filter(contract_id=contract.pk, state="finished").values("case_id")
    columns = ("id", "number", "title", "category", "place_code", "closed_at", "reopen_count")
    rows = list(Case.objects.filter(id__in=done).order_by("-id").values_list(*columns)[after : after + limit])
    ids = [row[0] for row in rows]
    charged = Charge.objects.filter(contract_id=contract.pk, case_id__in=ids).values("case_id")
    paid = dict(charged.annotate(n=Sum("cents")).values_list("case_id", "n"))
    marks = QualityMark.objects.filter(contract=contract, case_id__in=ids)
    marked = {pk: (mark, reason) for pk, mark, reason in marks.values_list("case_id", "mark", "reason")}
    unmarked: tuple[int | None, str] = (None, "")
    return [_line(row, paid.get(row[0]), marked.get(row[0], unmarked)) for row in rows]


_CaseRow = tuple[int, str, str, str, str, datetime | None, int]


def _line(row: _CaseRow, cents: int | None, mark: tuple[int | None, str]) -> CostLine:
    return CostLine(*row, cents, *mark)


def was_finished_under(contract: Contract, number: str) -> int | None:
    """The id of the case of this number, if it was finished under the contract."""
    done = Assignment.objects.filter(contract_id=contract.pk, state="finished", case__number=number)
    return done.values_list("case_id", flat=True).first()
