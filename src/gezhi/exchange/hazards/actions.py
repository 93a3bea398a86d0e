"""From an event to a report by the one door: the category by the packs' rules, the place by the event or its device."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from gezhi.cases.intake.door import accept
from gezhi.cases.intake.edge import edge_for
from gezhi.cases.intake.reading import read_report
from gezhi.cases.intake.shapes import Fault, Photo, Receipt, Unreadable
from gezhi.cases.photos import BadPhoto, store_photo
from gezhi.cases.world import world
from gezhi.exchange.hazards.reading import Event, PersonalData, read_event, source_in
from gezhi.lib.ratelimit import TokenBuckets
from gezhi.packs.shapes import HazardRule
from gezhi.sensing.actions.scenes import note_scene
from gezhi.sensing.actions.tallying import heard_from, tally
from gezhi.sensing.models import EventFate, EventSource, EventWay
from gezhi.sensing.queries.sources import case_of_late, is_known, source_of

CHANNEL: Final = "sensor"
_UNITS: Final = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}


paces = TokenBuckets(size=60, seconds=60)  # events of one source


class TooMany(Exception):
    """A source sends faster than it is heard. `wait`: seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"wait {wait:.0f} s")
        self.wait = wait


class NotYours(Exception):
    """The sender may not speak for this source, or there is none."""


@dataclass(frozen=True, slots=True)
class Taken:
    """`receipt` None: heard only, or said again within the quiet span. `picture`: what is wrong with it."""

    fate: EventFate
    receipt: Receipt | None = None
    picture: str = ""


def take_sent(raw: Mapping[str, object], account_id: int) -> Taken:
    """An event by HTTP. Raises NotYours, TooMany, PersonalData, Unreadable; each is counted by its source."""
    now = timezone.now()
    source = source_of(source_in(raw), EventWay.CAMERA)
    if source is None or source.account_id != account_id:
        tally("", EventFate.MISTRUSTED, now)
        raise NotYours
    if wait := paces.take(source.key):
        tally(source.key, EventFate.TOO_MANY, now)
        raise TooMany(wait)
    try:
        event = read_event(raw, now)
        return take(event, source, now)
    except PersonalData:
        tally(source.key, EventFate.PERSON, now)
        raise
    except Unreadable:
        tally(source.key, EventFate.INVALID, now)
        raise


def take(event: Event, source: EventSource, now: datetime) -> Taken:
    """Of whoever proved to be the source. Raises Unreadable where the place cannot be taken."""
    heard_from(source.pk, now)
    taken = _take(event, source, now)
    tally(source.key, taken.fate, now)
    if taken.picture:
        tally(source.key, EventFate.PICTURE, now)
    return taken


def rule_of(kind: str) -> HazardRule | None:
    """Of the active packs; the first by its key where several have one."""
    found = (owned.thing for _, owned in sorted(world().catalogue.hazards.items()))
    return next((rule for rule in found if rule.kind == kind), None)


def _take(event: Event, source: EventSource, now: datetime) -> Taken:
    rule = rule_of(event.kind)
    if rule is None or (event.confidence is not None and event.confidence < rule.least):
        return Taken(EventFate.HEARD)
    channel = f"{CHANNEL}:{source.key}"
    known = is_known(channel, event.id)
    here = event.where is None  # elsewhere, the door says what is the same matter
    if here and not known and case_of_late(channel, rule.category, now - _span(rule.quiet)):
        return Taken(EventFate.JOINED)
    edge = edge_for(channel, source.account_id, now, staffed=True)
    report = read_report(_raw(event, source, rule), edge)
    photos, problem = ((), "") if known else _photos(event, source, now)
    receipt = accept([replace(report, photos=photos)], now)[0]
    fate = EventFate.AGAIN if receipt.known else EventFate.JOINED if receipt.joined else EventFate.OPENED
    return Taken(fate, receipt, problem)


def _raw(event: Event, source: EventSource, rule: HazardRule) -> dict[str, object]:
    """Raises Unreadable where neither event nor device says a place."""
    where = dict(event.where or _looks_at(source))
    if not where:
        problem = "is missing, and the device has no place of its own; send it, or lon and lat"
        raise Unreadable([Fault("place_code", "", problem)])
    return {
        **where,
        "text": f"{source.name}：{rule.text.zh}",
        "category": rule.category,
        "occurred_at": event.at,
        "source_id": event.id,
    }


def _looks_at(source: EventSource) -> dict[str, object]:
    place = {"place_code": source.place_code, "lon": source.lon, "lat": source.lat}
    return {name: value for name, value in place.items() if value not in (None, "")}


def _photos(event: Event, source: EventSource, now: datetime) -> tuple[tuple[Photo, ...], str]:
    """(the picture as a photo, what is wrong with it): the event is taken without a picture that is not."""
    if event.picture is None:
        return (), ""
    if not source.pictures:
        return (), "this source may send no pictures"
    try:
        photo = store_photo(event.picture)
    except BadPhoto as bad:
        return (), bad.en
    note_scene(photo.key, source.key, now + timedelta(days=source.picture_days))
    return (photo,), ""


def _span(text: str) -> timedelta:
    number, _, unit = text.partition(" ")
    return int(number) * _UNITS[unit]
