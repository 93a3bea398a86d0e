"""Reading contracts with third parties."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from gezhi.people.models import Contract, QualityMark
from gezhi.people.queries.day import contract_in_force

SOON: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Found:
    """What a list of contracts is filtered by. `standing`: running, soon (ends within 60 days), over, or ""."""

    text: str = ""
    standing: str = ""
    unit_id: int | None = None


def contracts_found(found: Found, today: date) -> QuerySet[Contract]:
    rows = Contract.objects.select_related("unit", "ordered_by").order_by("-valid_from", "-id")
    if found.text:
        words = ("number", "title", "unit__name", "ordered_by__name")
        rows = rows.filter(*[Q.create([(f"{word}__icontains", found.text) for word in words], Q.OR)])
    if found.unit_id is not None:
        rows = rows.filter(unit_id=found.unit_id)
    return rows.filter(_standing(found.standing, today))


def _standing(standing: str, today: date) -> Q:
    running = contract_in_force(today)
    if standing == "running":
        return running
    if standing == "soon":
        return running & Q(valid_to__lte=today + SOON)
    return ~running & Q(valid_from__lte=today) if standing == "over" else Q()


def contract_numbered(number: str) -> Contract | None:
    return Contract.objects.select_related("unit", "ordered_by").filter(number=number).first()


def published_contracts(text: str = "") -> QuerySet[Contract]:
    """Newest first: the record of who was chosen and why, for everybody."""
    rows = Contract.objects.select_related("unit", "ordered_by").filter(published_at__isnull=False)
    if text:
        rows = rows.filter(
            Q(title__icontains=text) | Q(unit__name__icontains=text) | Q(ordered_by__name__icontains=text)
        )
    return rows.order_by("-published_at", "-id")


def marks_of(contract: Contract) -> QuerySet[QualityMark]:
    return contract.marks.order_by("-at", "-id")
