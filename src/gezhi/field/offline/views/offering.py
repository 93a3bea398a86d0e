"""What a phone offers whoever reports: the grids, and categories with the commonest here first."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import zip_longest
from operator import or_
from typing import Final

from django.db.models import Q

from gezhi.cases.models import Case
from gezhi.cases.world import World
from gezhi.lib.codes import place_range
from gezhi.pages.asking import categories_with_forms
from gezhi.pages.showing import said
from gezhi.people.access import Actor
from gezhi.people.models import Role
from gezhi.places.queries import place_names

CHIPS: Final = 12
_LEARNED_FROM: Final = 300  # newest cases here: what is common in a grid comes first


def grids_of(actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the places that this person works."""
    codes = [post.place_code for post in actor.posts if post.role == Role.GRID_WORKER] or [
        post.place_code for post in actor.posts
    ]
    names = place_names(codes)
    return [(code, names.get(code, code)) for code in dict.fromkeys(codes)]


def chips_for(actor: Actor, world: World, chosen: str) -> Sequence[tuple[str, str]]:
    """(key, name) of what is chosen and what is commonest here, filled up from the catalogue."""
    known = world.catalogue.categories
    newest = Case.objects.filter(_here(actor)).order_by("-opened_at", "-id")
    common = Counter(newest.values_list("category", flat=True)[:_LEARNED_FROM])
    keys = [key for key in (chosen, *(key for key, _ in common.most_common(CHIPS))) if key in known]
    keys = list(dict.fromkeys(keys))
    keys += [key for key in _spread(world) if key not in keys]
    return [(key, said(known[key].name)) for key in keys[:CHIPS]]


def _here(actor: Actor) -> Q:
    """What lies in the places of the posts, whoever holds it: of a unit's own closed cases there is no index."""
    places = (place_range(post.place_code) for post in actor.posts)
    return reduce(or_, (Q(place_code__gte=low, place_code__lt=high) for low, high in places), Q(pk__in=()))


def more_for(
    world: World, chips: Sequence[tuple[str, str]]
) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """Categories that ask more than others, by group, without those that are chips already."""
    shelves = categories_with_forms(world)
    rest = [(group, [one for one in shelf if one not in chips]) for group, shelf in shelves]
    return [(group, shelf) for group, shelf in rest if shelf]


def _spread(world: World) -> Iterator[str]:
    """Categories that have the most everyday words, one of each group in turn."""
    shelves = [sorted(shelf, key=lambda one: -len(one.words)) for _group, shelf in world.catalogue.by_group()]
    for row in zip_longest(*shelves):
        yield from (one.key for one in row if one is not None and one.words)
