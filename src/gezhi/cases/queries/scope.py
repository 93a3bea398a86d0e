"""Which cases a person may see: one filter for every query. Nothing without a post."""

from django.db.models import Q

from gezhi.cases.models import Case
from gezhi.lib.codes import place_range
from gezhi.people.access import UNIT_ROLES, Actor


def visible(actor: Actor) -> Q:
    """Cases in the places of the actor's posts, and those that the actor's unit holds."""
    found = Q(pk__in=())
    for post in actor.posts:
        if post.role in UNIT_ROLES:
            found |= Q(unit_id=post.unit_id)
        else:
            low, high = place_range(post.place_code)
            found |= Q(place_code__gte=low, place_code__lt=high)
    return found


def open_states() -> frozenset[tuple[str, str]]:
    """(procedure, state) of every open case."""
    return frozenset(Case.objects.filter(is_open=True).values_list("procedure", "state").distinct())
