"""Which cases a person may see: one filter for every query. Nothing without a post, but for what was opened in an
emergency, which may be looked at only."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from gezhi.cases.contact import CLEARED
from gezhi.cases.models import Assignment, Case
from gezhi.cases.waiting import Waiting, waiting_for
from gezhi.cases.world import known_world
from gezhi.lib.codes import place_range
from gezhi.lib.reach import Reach
from gezhi.people.access import SECURITY, Actor
from gezhi.people.models import Role

WAITS = {  # role -> states of the standard procedure that wait for it
    Role.DISPATCHER: ("registered", "filed"),
    Role.HANDLER: ("dispatched", "handling"),
    Role.VERIFIER: ("handled",),
}
MOST_CALLED = 2000  # a unit with more open calls than this has other worries


def visible(actor: Actor) -> Q:
    """What may be looked at: what the actor's posts reach, and what is open in an emergency."""
    found = reached(actor)
    for one in actor.opened:
        low, high = place_range(one.place_code)
        found |= Q(pk=one.case_id) if one.case_id else Q(place_code__gte=low, place_code__lt=high)
    return found & _not_hidden(actor)


def reached(actor: Actor) -> Q:
    """Cases in the places of the actor's posts, those that the actor's unit leads, and those that it was called to:
    what may be worked on and taken away. One statement for people of units, so that each branch keeps its index."""
    found = Q(pk__in=())
    called = called_cases(actor)
    if called:
        found |= Q(pk__in=called)
    for unit in sorted(actor.handling_units):
        found |= Q(unit_id=unit)
    for place in actor.seen_places:
        low, high = place_range(place)
        found |= Q(place_code__gte=low, place_code__lt=high)
    return found & _not_hidden(actor)


def hidden_from(actor: Actor) -> frozenset[str]:
    """The categories whose cases this person sees nowhere, whatever the posts reach or an emergency opens."""
    return frozenset() if actor.may(SECURITY) else known_world().catalogue.confidential


def _not_hidden(actor: Actor) -> Q:
    hidden = hidden_from(actor)
    return ~Q(category__in=sorted(hidden)) if hidden else Q()


def reach_of(actor: Actor) -> Reach:
    """How far this person reaches into personal data: the second wall behind `visible` and `contact.sight_of`, held by
    PostgreSQL. Where not even a mask is shown it ends as well."""
    cleared = [post.place_code for post in actor.posts if post.role in CLEARED]
    opened = [one.place_code for one in actor.opened if one.case_id is None]
    return Reach(
        cleared=_ranges([*cleared, *opened]),
        cases=tuple(sorted(one.case_id for one in actor.opened if one.case_id is not None)),
        places=_ranges(actor.seen_places),
        units=tuple(sorted(actor.handling_units)),
        sealed=tuple(sorted(known_world().catalogue.shielded)),
        hidden=tuple(sorted(hidden_from(actor))),
        doors=_ranges(actor.seen_places),
    )


def _ranges(places: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({place_range(code) for code in places}))


def called_cases(actor: Actor) -> list[int]:
    """Cases that the actor's units were called to and have not done their share of; no statement for others."""
    units = actor.handling_units
    if not units:
        return []
    active = Assignment.objects.filter(unit_id__in=units, state__in=("open", "received")).exclude(kind="lead")
    return list(active.order_by("case_id").values_list("case_id", flat=True)[:MOST_CALLED])


def special_states(actor: Actor) -> Waiting:
    """What procedures of scenarios wait for this person to do."""
    return waiting_for(sorted({post.role for post in actor.posts}), known_world().special)


def marked(actor: Actor, mark: str) -> Q:
    """What a mark asks for that depends on who reads."""
    if mark == "called":
        return Q(pk__in=called_cases(actor))
    if mark == "mine":
        return _mine(actor)
    return _special(actor) if mark == "special" else Q()


def _mine(actor: Actor) -> Q:
    """What waits for this person; all that is open where nobody waits for the person's roles: whoever leads looks
    at the whole."""
    states = sorted({state for post in actor.posts for state in WAITS.get(Role(post.role), ())})
    if not states and not special_states(actor):
        return Q(is_open=True)
    return Q(is_open=True, state__in=states) | _special(actor) | Q(is_open=True, pk__in=called_cases(actor))


def _special(actor: Actor) -> Q:
    special = (Q(procedure=key, state__in=sorted(states)) for key, states in special_states(actor).items())
    return Q(is_open=True) & reduce(or_, special, Q(pk__in=()))


def open_states() -> frozenset[tuple[str, str]]:
    """(procedure, state) of every open case."""
    return frozenset(Case.objects.filter(is_open=True).values_list("procedure", "state").distinct())
