"""Subjects of a person's places."""

from django.db.models import Q, QuerySet

from gezhi.people.access import Actor
from gezhi.rounds.listing import SubjectFilters
from gezhi.rounds.models import Subject
from gezhi.rounds.queries.rounds import seen_places, within_places


def subjects_in_sight(actor: Actor) -> QuerySet[Subject]:
    return Subject.objects.filter(within_places(seen_places(actor)))


def subjects_matching(actor: Actor, asked: SubjectFilters) -> QuerySet[Subject]:
    """In the order of their places."""
    found = subjects_in_sight(actor).filter(is_active=not asked.gone)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.place:
        found = found.filter(within_places([asked.place]))
    for word in asked.text.split()[:5]:
        found = found.filter(Q(name__icontains=word) | Q(address__icontains=word) | Q(code=word))
    return found.order_by("place_code", "id")


def grid_subject_of(place_code: str) -> int | None:
    """The grid as a subject, once something is known of it."""
    return Subject.objects.filter(kind="grid", place_code=place_code).values_list("pk", flat=True).first()
