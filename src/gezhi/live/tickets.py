"""Who may listen to what."""

from gezhi.cases.queries import hidden_from
from gezhi.lib.codes import place_range
from gezhi.live.scope import Scope
from gezhi.live.seal import sealed
from gezhi.people.access import Actor


def scope_of(actor: Actor) -> Scope:
    """The same as `cases.queries.scope.reached`."""
    places = {place_range(place) for place in actor.seen_places}
    return Scope(tuple(sorted(places)), actor.handling_units, hidden_from(actor))


def ticket_for(actor: Actor) -> str:
    """Opens the stream, within a minute, to what this person sees today."""
    return sealed(actor.account_id, scope_of(actor))
