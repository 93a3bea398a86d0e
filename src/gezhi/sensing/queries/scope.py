"""Which things, datastreams, warnings and silences a person may see, and who may act on them: one filter for every
page, list, map and call.

By place and unit as everywhere: what stands in the places of one's posts, and what one's own unit answers for. What
stands in a home is seen by those alone who handle what it tells: the unit that answers for it, and the dispatchers,
grid workers and verifiers of the place.
"""

from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.db.models import Q

from gezhi.cases.world import known_world
from gezhi.lib.codes import ancestors, is_within, place_range
from gezhi.lib.refused import Refused
from gezhi.people.access import BLIND_ROLES, PERMISSIONS, UNIT_ROLES, WATCH, Actor
from gezhi.people.models import Role
from gezhi.sensing.models import Datastream, PostNotice, SensedWarning, SilenceRow, Thing, WarningMember

AT_HOMES: Final = frozenset({Role.DISPATCHER, Role.GRID_WORKER, Role.VERIFIER})
HOME: Final = "home"
_NOTHING: Final = Q(pk__in=())


def home_kinds() -> frozenset[str]:
    """Kinds of things that stand in homes."""
    things = known_world().catalogue.things
    return frozenset(key for key, owned in things.items() if owned.thing.stands == HOME)


def home_monitors() -> frozenset[str]:
    """Monitors that look at such things alone."""
    kinds = home_kinds()
    return frozenset(
        key for key, one in known_world().catalogue.monitors.items() if (one.thing.of.kind or "") in kinds
    )


def things_in_sight(actor: Actor) -> Q:
    return _in_sight(actor, "kind")


def streams_in_sight(actor: Actor) -> Q:
    """Of datastreams."""
    return _in_sight(actor, "thing__kind")


def _in_sight(actor: Actor, kind: str) -> Q:
    by_unit = Q(unit_id__in=sorted(actor.handling_units))
    near = by_unit | _within(_home_places(actor))
    anywhere = by_unit | _within(actor.seen_places)
    return near | anywhere & ~Q(**{f"{kind}__in": sorted(home_kinds())})


def warnings_in_sight(actor: Actor) -> Q:
    """By the place that holds all their alarms, or a thing of one's unit among them."""
    anywhere = _within(actor.seen_places) & ~Q(monitor__in=sorted(home_monitors()))
    return _of_units(actor) | _within(_home_places(actor)) | anywhere


def _of_units(actor: Actor) -> Q:
    units = sorted(actor.handling_units)
    if not units:
        return _NOTHING
    mine = Datastream.objects.filter(unit_id__in=units).values("pk")
    return Q(pk__in=WarningMember.objects.filter(datastream_id__in=mine).values("warning"))


def silences_in_sight(actor: Actor) -> Q:
    """Those that hold for something of one's own: in one's places, above them, everywhere, or for a thing in sight."""
    places = actor.seen_places or tuple(post.place_code for post in actor.posts if post.role in UNIT_ROLES)
    if not places:
        return _NOTHING
    above = {code for place in places for code in ancestors(place)}
    mine = Q(thing_id__in=Thing.objects.filter(things_in_sight(actor)).values("pk"))
    here = _within(places) | Q(place_code__in=sorted(above))
    return mine | Q(thing_id=None) & (here | Q(place_code=""))


def sees_everything(actor: Actor) -> bool:
    """With a post of the whole node: feeds are not divided by place."""
    return any(is_within(settings.NODE_PLACE, place) for place in actor.seen_places)


def may_keep(actor: Actor, thing: Thing) -> bool:
    """Whether this person keeps a thing: whoever handles for its unit, and who watches over its place."""
    return thing.unit_id in actor.handling_units or acts_at(actor, thing.place_code)


def streams_kept(actor: Actor) -> Q:
    """Of datastreams: those whose things this person keeps."""
    kept = Q(unit_id__in=sorted(actor.handling_units)) | _within(_acting(actor))
    return streams_in_sight(actor) & kept


def acts_at(actor: Actor, place: str) -> bool:
    """By a post that watches over the whole of a place."""
    return any(is_within(place, code) for code in _acting(actor))


def may_acknowledge(actor: Actor, warning: SensedWarning) -> bool:
    """Whoever watches over all its places, has a thing in it, or was told of it in person."""
    if acts_at(actor, warning.place_code):
        return True
    if PostNotice.objects.filter(warning=warning, account_id=actor.account_id).exists():
        return True
    return SensedWarning.objects.filter(_of_units(actor), pk=warning.pk).exists()


def refuse_silencing(actor: Actor, place: str, thing: Thing | None) -> None:
    """Raises Refused for a silence over more than this person watches over. Without place and thing it is of the
    whole node."""
    if thing is not None and may_keep(actor, thing):
        return
    if thing is None and acts_at(actor, place or settings.NODE_PLACE):
        return
    raise Refused(
        "not-your-place",
        "静默只能设在您岗位负责的区域，或您单位负责的设备；不指定地点或设备的静默须由全市岗位设定。",
        "A silence is for places that your post watches over, or things of your unit; without either it takes a post"
        " of the whole node.",
    )


def may_end(actor: Actor, silence: SilenceRow) -> bool:
    """Whoever set it, and who watches over all that it covers."""
    if silence.account_id == actor.account_id:
        return True
    thing = Thing.objects.filter(pk=silence.thing_id).first() if silence.thing_id else None
    if thing is not None:
        return may_keep(actor, thing)
    return acts_at(actor, silence.place_code or settings.NODE_PLACE)


def _acting(actor: Actor) -> list[str]:
    apart = UNIT_ROLES | BLIND_ROLES
    return [
        post.place_code
        for post in actor.posts
        if post.role not in apart and WATCH in PERMISSIONS.get(post.role, frozenset())
    ]


def _home_places(actor: Actor) -> list[str]:
    return [post.place_code for post in actor.posts if post.role in AT_HOMES]


def _within(places: Iterable[str]) -> Q:
    found = _NOTHING
    for low, high in sorted({place_range(place) for place in places}):
        found |= Q(place_code__gte=low, place_code__lt=high)
    return found
