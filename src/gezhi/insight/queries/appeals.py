"""Appeals: those of the own unit, and those that a person may decide."""

from collections.abc import Mapping, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from gezhi.cases.models import Case
from gezhi.insight.models import Appeal
from gezhi.lib.codes import place_range
from gezhi.people.access import APPRAISE, PERMISSIONS, Actor


def appeals(actor: Actor, state: str = "") -> QuerySet[Appeal]:
    """Newest first: of the actor's units, and of cases in places where the actor appraises."""
    seen = Q(unit_id__in={post.unit_id for post in actor.posts})
    for post in actor.posts:
        if APPRAISE in PERMISSIONS.get(post.role, frozenset()):
            low, high = place_range(post.place_code)
            here = Case.objects.filter(pk=OuterRef("case_id"), place_code__gte=low, place_code__lt=high)
            seen |= Q(Exists(here))
    found = Appeal.objects.filter(seen).order_by("-id")
    return found.filter(state=state) if state else found


def cases_of(found: Sequence[Appeal]) -> Mapping[int, Case]:
    return Case.objects.only("number", "title", "place_code", "category").in_bulk(
        [one.case_id for one in found]
    )
