"""Requests as those who answer them see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from gezhi.cases.models import Case
from gezhi.cases.queries import visible
from gezhi.people.access import Actor
from gezhi.rights.models import Erasure, Request

GRANTED: Final = "carrying-out"  # the state in the pack `rights`


@dataclass(frozen=True, slots=True)
class Line:
    """A request and its case."""

    request: Request
    case: Case


def requests_of(actor: Actor, *, open_only: bool) -> QuerySet[Request]:
    """Those whose cases the person sees; the newest first."""
    cases = Case.objects.filter(visible(actor), category__startswith="rights-")
    if open_only:
        cases = cases.filter(is_open=True)
    return Request.objects.filter(case_id__in=cases.values("id")).order_by("-at", "-id")


def lines_of(requests: Sequence[Request]) -> list[Line]:
    """One statement."""
    cases = Case.objects.in_bulk([one.case_id for one in requests])
    return [Line(one, cases[one.case_id]) for one in requests]


def request_of(case_id: int) -> Request | None:
    return Request.objects.select_related("channel").filter(case_id=case_id).first()


def waiting_rights() -> int:
    """Requests that were granted and are not carried out yet."""
    granted = Case.objects.filter(is_open=True, state=GRANTED)
    return Request.objects.filter(done_at=None, case_id__in=granted.values("id")).count()


def erasures() -> QuerySet[Erasure]:
    return Erasure.objects.order_by("-at", "-id")
