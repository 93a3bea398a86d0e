"""A case as its page shows it, at the desk and in the field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gezhi.cases.contact import Contact, Sight, masked_text
from gezhi.cases.models import Case, Report
from gezhi.cases.queries import CasePage, Neighbour
from gezhi.cases.queries.page import EventLine
from gezhi.cases.world import World
from gezhi.pages.acting import unit_name
from gezhi.pages.event_notes import event_notes
from gezhi.pages.filling import event_answers, report_answers
from gezhi.pages.grid_map import GridMap
from gezhi.pages.lines import tag_of
from gezhi.pages.showing import (
    Due,
    StateTag,
    due_of,
    english,
    said,
    source_name,
    state_tag,
    who_words,
)


@dataclass(frozen=True, slots=True)
class ReportView:
    """`hidden`: there is more behind the mask; `until`: when a lifted mask falls again; `withheld`: not even a mask is
    shown, because the category hides who reported."""

    id: int
    text: str
    source: str
    received_at: datetime
    name: str
    phone: str
    email: str
    hidden: bool
    until: datetime | None
    withheld: bool
    address: str
    rating: int | None
    photos: list[str]
    answers: list[tuple[str, str]]
    agent: str


@dataclass(frozen=True, slots=True)
class EventView:
    title: str
    at: datetime
    who: str
    unit: str
    text: str
    photos: list[str]
    notes: list[str]
    answers: list[tuple[str, str]]
    seq: int
    signed: bool


@dataclass(frozen=True, slots=True)
class SimilarView:
    number: str
    title: str
    state: StateTag


@dataclass(frozen=True, slots=True)
class NearView:
    """`spot`: on the drawing of the case's grid; None outside it."""

    case: SimilarView
    metres: int | None
    spot: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    number: str
    title: str
    state: StateTag
    due: Due | None
    category: str
    place: str
    place_code: str
    address: str
    unit: str
    suggested_unit: str
    opened_at: datetime
    reopen_count: int
    overdue_count: int
    rating: int | None
    held: str


def case_facts(found: CasePage, now: datetime) -> CaseFacts:
    case = found.case
    return CaseFacts(
        number=case.number,
        title=case.title,
        state=state_tag(found.state),
        due=due_of(case.due_at, now) if case.is_open else None,
        category=said(found.category.name),
        place=found.place_name,
        place_code=case.place_code,
        address=case.address,
        unit=unit_name(found.unit) if found.unit else "",
        suggested_unit=unit_name(found.suggested_unit) if found.suggested_unit else "",
        opened_at=case.opened_at,
        reopen_count=case.reopen_count,
        overdue_count=case.overdue_count,
        rating=case.rating,
        held=found.held_name,
    )


def report_views(found: CasePage, shown: Mapping[int, datetime]) -> list[ReportView]:
    """Who reported stands behind a mask, but where it is lifted (`shown`: report -> until when)."""
    photos: dict[int, list[str]] = {}
    for one in found.evidence:
        if one.report_id is not None:
            photos.setdefault(one.report_id, []).append(str(one.key))
    return [_report_view(report, found, photos, shown.get(report.pk)) for report in found.reports]


def _report_view(
    report: Report, found: CasePage, photos: Mapping[int, list[str]], until: datetime | None
) -> ReportView:
    left = found.contacts.get(report.pk, Contact())
    contact = left if until else left.masked()
    return ReportView(
        id=report.pk,
        text=report.text if until else masked_text(report.text),
        source=source_name(report.source),
        received_at=report.received_at,
        name=contact.name,
        phone=contact.phone,
        email=contact.email,
        hidden=until is None and bool(left.fields),
        until=until,
        withheld=found.sight is Sight.HIDDEN and found.category.hides_reporter,
        address=report.address,
        rating=report.rating,
        photos=photos.get(report.pk, []),
        answers=report_answers(found, report),
        agent=str(report.attributes.get("agent", "")) if report.source == "agent" else "",
    )


def event_views(found: CasePage, lifted: bool = False) -> list[EventView]:
    """Newest first. `lifted`: whoever looks sees how to reach a reporter, so numbers in words stand there, too."""
    return [event_view(event, found, lifted) for event in reversed(found.events)]


def event_view(event: EventLine, found: CasePage, lifted: bool = False) -> EventView:
    unit = found.world.directory.units.get(_number(event.facts.get("unit")))
    who = who_words(event.role, event.who, event.for_who)
    photos = [str(photo.key) for photo in event.photos if photo.report_id is None]
    title = event.title[1] if english() else event.title[0]
    notes = event_notes(event.facts, event.lived.procedure, found.world)
    answers = event_answers(event, found.world)
    where = unit_name(unit) if unit else ""
    text = event.text if lifted else masked_text(event.text)
    signed = bool(event.facts.get("signed"))
    return EventView(title, event.at, who, where, text, photos, notes, answers, event.seq, signed)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def near_views(near: Sequence[Neighbour], map: GridMap | None, world: World) -> list[NearView]:
    return [NearView(similar_view(one, world), one.metres, _spot(one, map)) for one in near]


def _spot(one: Neighbour, map: GridMap | None) -> tuple[float, float] | None:
    if map is None or one.lon is None or one.lat is None:
        return None
    x, y = map.frame.at(one.lon, one.lat)
    return (x, y) if 0 <= x <= map.width and 0 <= y <= map.height else None


def similar_view(case: Case | Neighbour, world: World) -> SimilarView:
    return SimilarView(case.number, case.title, tag_of(world.catalogue, case.category, case.state))
