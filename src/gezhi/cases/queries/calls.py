"""Callbacks that a person may make, and what came of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from gezhi.cases.callbacks import OUTCOMES
from gezhi.cases.models import Callback, Reporter
from gezhi.cases.queries.filters import BadFilter
from gezhi.lib.codes import is_code, place_range
from gezhi.people.access import CALLBACK, PERMISSIONS, Actor

STANDINGS: Final = ("open", "overdue", "done", *OUTCOMES)
REASONS: Final = ("", "sample", "bad-rating")


@dataclass(frozen=True, slots=True)
class CallFilters:
    """`text`: a case's number or title, or the end of a telephone number."""

    text: str = ""
    standing: str = "open"
    reason: str = ""
    place: str = ""

    def check(self) -> None:
        """Raises BadFilter."""
        if self.standing not in STANDINGS:
            raise BadFilter("standing", f"must be one of {', '.join(STANDINGS)}")
        if self.reason not in REASONS:
            raise BadFilter("reason", "must be sample or bad-rating")
        if self.place and not is_code(self.place):
            raise BadFilter("place", "must be a 12-digit division code or a grid code")


def callbacks_of(actor: Actor) -> QuerySet[Callback]:
    """Those in the places of the posts that call back."""
    allowed = Q(pk__in=())
    for post in actor.posts:
        if CALLBACK in PERMISSIONS.get(post.role, frozenset()):
            low, high = place_range(post.place_code)
            allowed |= Q(place_code__gte=low, place_code__lt=high)
    return Callback.objects.filter(allowed)


def call_list(actor: Actor, filters: CallFilters, now: datetime) -> QuerySet[Callback]:
    """What waits, due first; what is done, newest first. Raises BadFilter."""
    filters.check()
    found = callbacks_of(actor).select_related("case")
    if filters.reason:
        found = found.filter(reason=filters.reason)
    if filters.place:
        low, high = place_range(filters.place)
        found = found.filter(place_code__gte=low, place_code__lt=high)
    if filters.text:
        found = found.filter(_said(filters.text.strip()))
    if filters.standing in ("open", "overdue"):
        found = found.filter(done_at=None)
        found = found.filter(due_at__lt=now) if filters.standing == "overdue" else found
        return found.order_by(F("due_at").asc(nulls_last=True), "id")
    found = found.filter(done_at__isnull=False)
    found = found if filters.standing == "done" else found.filter(outcome=filters.standing)
    return found.order_by("-done_at", "-id")


def _said(text: str) -> Q:
    said = Q(case__number=text) | Q(case__title__contains=text)
    ends = Exists(Reporter.objects.filter(report_id=OuterRef("report_id"), phone__endswith=text))
    return said | Q(ends) if text.isdigit() and len(text) >= 4 else said
