"""This process's copy of the configuration: catalogue, directory, places, classifier, calendar.

It carries the ledger's configuration stamp; whoever holds a newer stamp gets a newer world.
"""

import threading
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from gezhi.cases.classification import Classifier, newest_classifier
from gezhi.cases.deadlines import Office
from gezhi.cases.models import CalendarDay, Objection
from gezhi.cases.waiting import Waiting, special_work
from gezhi.cases.workdays import Calendar
from gezhi.ledger.actions import configurings
from gezhi.ledger.queries import configuration_stamp
from gezhi.lib.numbers import number_digest
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.queries import active_catalogue
from gezhi.people.directory import Directory
from gezhi.people.queries import directory
from gezhi.places.known import KnownCodes
from gezhi.places.locate import Locator
from gezhi.places.names import PlaceNames
from gezhi.places.queries import NoShapes, current_locator, current_names, within

_lock = threading.Lock()
_world: "World | None" = None
_seen = 0  # configurings of this process when it last asked for the stamp


@dataclass(frozen=True)
class World:
    stamp: int
    day: date
    catalogue: Catalogue
    directory: Directory
    locator: Locator | None
    names: PlaceNames
    places: KnownCodes
    classifier: Classifier
    office: Office
    calendar: Calendar
    root: str  # the node's own jurisdiction: where a matter stands that nothing locates
    objecting: frozenset[str] = frozenset()  # digests of numbers for which no machine decides

    def by_hand(self, number: str) -> bool:
        """Whether a person, and no machine, names category and unit of what this number reports."""
        return (
            bool(self.objecting and number) and number_digest(settings.SECRET_KEY, number) in self.objecting
        )

    @cached_property
    def special(self) -> dict[str, Waiting]:
        """role -> what waits for it that the fallback category's procedure does not know; also in older versions,
        since cases keep theirs."""
        fallback = self.catalogue.categories.get(self.catalogue.fallback_category)
        return special_work(self.catalogue.procedures, fallback.procedure if fallback else "")


def world(stamp: int | None = None) -> World:
    """The world at `stamp` (None: asks the database, one statement)."""
    global _world, _seen
    seen = configurings()
    wanted = configuration_stamp() if stamp is None else stamp
    _seen = seen
    today = timezone.localdate()
    known = _world
    if known is not None and known.stamp >= wanted and known.day == today:
        return known
    with _lock:
        if _world is None or _world.stamp < wanted or _world.day != today:
            _world = _read(wanted, today)
        return _world


def known_world() -> World:
    """The world as this process last read it, what it changed itself included: no statement otherwise. For edges that
    only name things."""
    is_known = _world is not None and _world.day == timezone.localdate() and _seen == configurings()
    return _world if _world is not None and is_known else world()


def _read(stamp: int, today: date) -> World:
    catalogue = active_catalogue(stamp)
    calendar = Calendar(dict(CalendarDay.objects.values_list("day", "is_workday")))
    return World(
        stamp=stamp,
        day=today,
        catalogue=catalogue,
        directory=directory(stamp, today),
        locator=_locator(),
        names=current_names(settings.NODE_PLACE),
        places=KnownCodes(within(settings.NODE_PLACE).values_list("code", flat=True).iterator(20_000)),
        classifier=newest_classifier(catalogue),
        office=Office(calendar.is_workday, ZoneInfo(settings.TIME_ZONE)),
        calendar=calendar,
        root=settings.NODE_PLACE,
        objecting=frozenset(Objection.objects.filter(automation=True).values_list("digest", flat=True)),
    )


def _locator() -> Locator | None:
    try:
        return current_locator()
    except NoShapes:
        return None
