"""What a command centre looks at, as its address carries it, and how far its reader sees."""

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.db.models import Q

from gezhi.cases.queries import DUES, BadFilter, hidden_from, visible
from gezhi.cases.queries.filters import SOON, day_of, midnight
from gezhi.cases.world import World
from gezhi.lib.codes import LEVELS, is_code, is_within, level_named, level_of, place_range
from gezhi.packs.catalogue import Catalogue
from gezhi.people.access import COMMAND, PERMISSIONS, Actor
from gezhi.places.whereabouts import Box

SOURCES: Final = ("portal", "hotline", "field", "agent", "api", "open311", "file", "sensor", "sensing")
OTHERS: Final = "other"  # opened by no report: a child, or split off
OWN: Final = "own"
HOLDERS: Final = (OWN, *LEVELS[:-1])
NAMES: Final = ("place", "since", "until", "held", "due", "category", "source", "unit")


class NoSight(Exception):
    """This person commands no place."""


@dataclass(frozen=True, slots=True)
class Look:
    """`place`: what is looked at; `held`: whose centre holds the cases: own, or that of a level; `category`: its key
    or that of a group, `categories` what it stands for. Texts are as given; empty means not asked. The time is that
    of the opening of a case."""

    place: str
    since: str = ""
    until: str = ""
    held: str = ""
    due: str = ""
    category: str = ""
    source: str = ""
    unit: str = ""
    categories: frozenset[str] = frozenset()
    holders: frozenset[str] = frozenset()

    @classmethod
    def read(cls, query: Mapping[str, str], actor: Actor, world: World) -> "Look":
        """Raises BadFilter, or NoSight. Names that are no filters are left aside; `day` is since and until at once."""
        given = {name: query[name].strip()[:60] for name in NAMES if query.get(name, "").strip()}
        if day := query.get("day", "").strip()[:60]:
            given = {**given, "since": day, "until": day}
        given["place"] = _place(given.get("place", ""), actor, world)
        _check(given)
        return cls(
            **given,
            categories=_categories(given.get("category", ""), world.catalogue),
            holders=_holders(given.get("held", ""), world.directory.centres),
        )

    def query_string(self, **changes: str) -> str:
        """The address's query with some filters changed."""
        changed = dataclasses.replace(self, **changes)  # type: ignore[arg-type]
        pairs = {name: getattr(changed, name) for name in NAMES}
        return urlencode({name: value for name, value in pairs.items() if value})

    def at(self, place: str) -> "Look":
        return dataclasses.replace(self, place=place)

    def led_by(self, unit: str) -> "Look":
        return dataclasses.replace(self, unit=unit)

    def seen_by(self, actor: Actor) -> Q:
        """The cases that are looked at, of any time and whether they are due or not."""
        low, high = place_range(self.place)
        asked = visible(actor) & Q(place_code__gte=low, place_code__lt=high)
        if self.category:
            asked &= Q(category__in=sorted(self.categories))
        if self.source:
            asked &= Q(source="" if self.source == OTHERS else self.source)
        if self.unit:
            asked &= Q(unit_id=int(self.unit))
        if self.held:
            asked &= Q(held_code="") if self.held == OWN else Q(held_code__in=sorted(self.holders))
        return asked

    def opened(self) -> Q:
        """Those opened in the time that is asked for."""
        asked = Q()
        if self.since:
            asked &= Q(opened_at__gte=midnight(date.fromisoformat(self.since)))
        if self.until:
            asked &= Q(opened_at__lt=midnight(date.fromisoformat(self.until) + timedelta(days=1)))
        return asked

    def still_open(self, actor: Actor, now: datetime) -> Q:
        """The open cases that are looked at."""
        asked = self.seen_by(actor) & self.opened() & Q(is_open=True)
        return asked & due_as(self.due, now) if self.due else asked


def due_as(due: str, now: datetime) -> Q:
    if due == "overdue":
        return Q(due_at__lt=now)
    return Q(due_at__gte=now, due_at__lt=now + SOON)


def commanded_places(actor: Actor) -> list[str]:
    """The places that this person commands, the widest first."""
    posts = [post for post in actor.posts if COMMAND in PERMISSIONS.get(post.role, frozenset())]
    codes = dict.fromkeys(post.place_code for post in posts)
    return sorted(codes, key=lambda code: (level_of(code), code))


def scope_key(actor: Actor) -> frozenset[tuple[str, object]]:
    """The same for people who see the same."""
    units = [("unit", unit) for unit in actor.handling_units]
    places = [("place", place) for place in actor.seen_places]
    hidden = [("hidden", key) for key in hidden_from(actor)]
    return frozenset([*units, *places, *hidden, *(("opened", one.id) for one in actor.opened)])


def _place(typed: str, actor: Actor, world: World) -> str:
    commanded = commanded_places(actor)
    if not commanded:
        raise NoSight
    if not typed:
        return commanded[0]
    if not is_code(typed) or typed not in world.places:
        raise BadFilter("place", "must be the code of a division or a grid of this node")
    if not any(is_within(typed, one) for one in commanded):
        raise BadFilter("place", "lies outside of the places that you command")
    return typed


def _check(given: Mapping[str, str]) -> None:
    known = {"due": DUES, "held": HOLDERS, "source": (*SOURCES, OTHERS)}
    for name, values in known.items():
        if given.get(name) and given[name] not in values:
            raise BadFilter(name, f"must be one of {', '.join(values)}")
    unit = given.get("unit", "")
    if unit and not (unit.isascii() and unit.isdigit() and len(unit) < 18):
        raise BadFilter("unit", "must be the number of a unit")
    days = [day_of(name, given[name]) for name in ("since", "until") if given.get(name)]
    if days != sorted(days):
        raise BadFilter("until", "must not lie before since")


def box_of(text: str) -> Box:
    """west, south, east, north in degrees. Raises BadFilter."""
    try:
        west, south, east, north = (float(part) for part in text[:100].split(","))
    except ValueError:
        raise BadFilter("box", "must be west,south,east,north in degrees") from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadFilter("box", "must lie on the earth, west before east and south before north")
    return west, south, east, north


def _categories(key: str, catalogue: Catalogue) -> frozenset[str]:
    if not key:
        return frozenset()
    found = {one.key for one in catalogue.categories.values() if key in (one.key, one.group)}
    if not found:
        raise BadFilter("category", "must be the key of a category or of a group of categories")
    return frozenset(found)


def _holders(level: str, centres: Collection[str]) -> frozenset[str]:
    if level in ("", OWN):
        return frozenset()
    return frozenset(code for code in centres if level_of(code) == level_named(level))
