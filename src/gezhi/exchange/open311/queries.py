"""Reports as GeoReport reads them: a constant number of statements whatever the page.

Without a key only reports that came in by Open311 are shown, a channel whose senders know that it is public.
With a key of the scope "read", all reports of the key holder's places.
"""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from gezhi.cases.models import Case, CaseEvent, Report
from gezhi.cases.procedure import state_of
from gezhi.cases.queries import visible
from gezhi.cases.queries.standing import standing_events
from gezhi.cases.queries.tracking import SHOWN, SHOWN_TOO
from gezhi.cases.world import World
from gezhi.exchange.open311.asking import Asked
from gezhi.exchange.open311.presenting import Request, Update
from gezhi.packs.shapes import Words
from gezhi.people.access import Actor

SOURCE = "open311:"
_OWN = {
    "report": Words(zh="已收到", en="Received"),
    "join": Words(zh="已并案", en="Joined with the same matter"),
}


def readable(reader: Actor | None) -> QuerySet[Report]:
    if reader is None:
        return Report.objects.filter(source__startswith=SOURCE)
    return Report.objects.filter(case__in=Case.objects.filter(visible(reader)))


def requests(reader: Actor | None, asked: Asked, world: World) -> list[Request]:
    """One statement; newest first."""
    found = readable(reader).select_related("case").filter(_condition(asked)).order_by("-received_at", "-id")
    begin = 0 if asked.ids is not None else (asked.page - 1) * asked.page_size
    return [_request(report, world) for report in found[begin : begin + asked.page_size]]


def one_request(reader: Actor | None, pk: int, world: World) -> Request | None:
    report = readable(reader).select_related("case").filter(pk=pk).first()
    return _request(report, world) if report else None


def _condition(asked: Asked) -> Q:
    if asked.ids is not None:
        return Q(pk__in=asked.ids)
    wanted = Q(received_at__gte=asked.start, received_at__lte=asked.end)
    if asked.service_codes:
        wanted &= Q(case__category__in=asked.service_codes)
    if asked.is_open is not None:
        wanted &= Q(case__is_open=asked.is_open)
    if asked.updated_after:
        wanted &= Q(case__state_at__gte=asked.updated_after)
    if asked.updated_before:
        wanted &= Q(case__state_at__lte=asked.updated_before)
    if asked.bbox:
        west, south, east, north = asked.bbox
        wanted &= Q(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    return wanted


def _request(report: Report, world: World) -> Request:
    case = report.case
    unit = world.directory.units.get(case.unit_id or 0)
    procedure = world.catalogue.procedure(case.pack_version_id, case.procedure)
    return Request(
        id=report.pk,
        is_open=case.is_open,
        state=state_of(procedure, case.state).title,
        category=world.catalogue.category(case.category),
        text=report.text,
        unit=unit.name if unit else "",
        requested_at=report.received_at,
        updated_at=case.state_at,
        due_at=case.due_at,
        address=report.address,
        place_code=report.place_code or case.place_code,
        lon=report.lon,
        lat=report.lat,
        media_url=report.attributes.get("open311-media-url", ""),
    )


def updates(reader: Actor | None, asked: Asked, world: World) -> list[Update]:
    """Steps that reporters may know of, oldest first, at most a page. Two statements."""
    reports = readable(reader).select_related("case")
    if asked.ids is not None:
        reports = reports.filter(pk__in=asked.ids)
    else:
        reports = reports.filter(case__state_at__gte=asked.start)
    of_case = {report.case_id: report for report in reports.order_by("-id")[:5000]}
    events = standing_events().filter(case__in=of_case, kind__in=SHOWN | SHOWN_TOO).order_by("at", "id")
    if asked.ids is None:
        events = events.filter(at__gte=asked.start, at__lte=asked.end)
    begin = (asked.page - 1) * asked.page_size
    return [
        _update(event, of_case[event.case_id], world) for event in events[begin : begin + asked.page_size]
    ]


def _update(event: CaseEvent, report: Report, world: World) -> Update:
    procedure = world.catalogue.procedure(report.case.pack_version_id, report.case.procedure)
    done: Sequence[Words] = [step.done for step in procedure.transitions if step.key == event.transition]
    words = done[0] if done else _OWN.get(event.kind, Words(zh="已更新", en="Updated"))
    states = [state.open for state in procedure.states if state.key == event.to_state]
    is_open = states[0] if states else True  # of the procedure that it followed before: it was open then
    return Update(f"{report.pk}-{event.seq}", report.pk, is_open, event.at, words)
