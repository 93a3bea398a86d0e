"""What a reporter sees of the own report: never who handles it, never another reporter."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from gezhi.cases.lived import Lived, lived
from gezhi.cases.models import Case, CaseEvent, Evidence, Report
from gezhi.cases.procedure import state_of, steps_from
from gezhi.cases.queries.contact import contact_of, contacts_of
from gezhi.cases.queries.standing import standing_events
from gezhi.cases.world import World, world
from gezhi.lib.reach import current, within
from gezhi.notices.models import Notice
from gezhi.packs.shapes import Category, Kind, State, Transition
from gezhi.places.queries import place_names

SHOWN = frozenset({"report", "join", "accept", "dispatch", "receive", "finish", "verify", "rework", "reopen"})
SHOWN_TOO = frozenset({"reject", "withdraw", "close", "rate", "merge"})


@dataclass(frozen=True)
class TrackedEvent:
    at: datetime
    kind: str
    title: tuple[str, str]


@dataclass(frozen=True)
class TrackedReport:
    """`has_phone`: the reporter left a number, whose last four digits are asked for."""

    report: Report
    has_phone: bool
    case: Case
    category: Category
    state: State
    place_name: str
    unit_name: tuple[str, str]
    events: Sequence[TrackedEvent]
    answers: Sequence[Notice]
    photos: Sequence[Evidence]
    steps: Mapping[str, Transition]  # open to the reporter now, by kind: rate, reopen, add, withdraw


def tracked(tracking_code: str, phone_last4: str) -> TrackedReport | None:
    """None unless the code is known and, where the reporter left a phone, its last four digits agree. Whoever has
    the code reaches what is known of this one reporter, and nothing else."""
    report = Report.objects.select_related("case").filter(tracking_code=plain_code(tracking_code)).first()
    if report is None:
        return None
    with within(current().with_reports([report.pk])):
        phone = contact_of(report.pk).phone
        return _tracked(report, phone, world()) if _phone_agrees(phone, phone_last4) else None


def tracked_many(reports: QuerySet[Report]) -> list[TrackedReport]:
    """For a staff member who reported for others: the same view without the check. `reports`: only such ones."""
    now_world, found = world(), list(reports.select_related("case"))
    with within(current().with_reports(report.pk for report in found)):
        known = contacts_of([report.pk for report in found])
        phones = {pk: one.phone for pk, one in known.items()}
        return [_tracked(report, phones.get(report.pk, ""), now_world) for report in found]


def plain_code(text: str) -> str:
    """As people type it: small letters, dashes, spaces."""
    return "".join(character for character in text.upper() if character.isalnum())[:16]


def _phone_agrees(phone: str, last4: str) -> bool:
    digits = "".join(filter(str.isdigit, phone))
    return not digits or hmac.compare_digest(digits[-4:].encode(), last4.strip().encode())


def _tracked(report: Report, phone: str, now_world: World) -> TrackedReport:
    case = report.case
    procedure = now_world.catalogue.procedure(case.pack_version_id, case.procedure)
    unit = now_world.directory.units.get(case.unit_id or 0)
    own = Q(kind__in=(SHOWN | SHOWN_TOO) - {Kind.JOIN}) | Q(kind=Kind.JOIN, facts__report=report.pk)
    went_over = Q(kind=Kind.CORRECT, facts__has_key="pack_version")
    events = list(standing_events().filter(own | went_over, case_id=case.pk).order_by("seq"))
    now = Lived(case.pack_version_id, procedure)
    past = lived(now, [event.facts for event in events], now_world.catalogue)
    return TrackedReport(
        report=report,
        has_phone=bool(phone),
        case=case,
        category=now_world.catalogue.category(case.category),
        state=state_of(procedure, case.state),
        place_name=place_names([case.place_code]).get(case.place_code, ""),
        unit_name=(unit.name, unit.name_en or unit.name) if unit else ("", ""),
        events=[
            TrackedEvent(event.at, event.kind, _done(event, then))
            for event, then in zip(events, past, strict=True)
            if event.kind != Kind.CORRECT
        ],
        answers=list(
            Notice.objects.filter(report_id=report.pk, queued_at__lte=timezone.now()).order_by("id")
        ),
        photos=list(Evidence.objects.filter(report_id=report.pk, case_id=case.pk).order_by("id")),
        steps={
            step.kind.value: step for step in _reporter_steps(case, report, procedure_steps(case, now_world))
        },
    )


_OWN = {
    "report": ("已收到您的诉求", "Your report was received"),
    "join": ("已并入正在办理的同一事项", "Joined with the same matter"),
}


def _done(event: CaseEvent, then: Lived) -> tuple[str, str]:
    step = then.step(event.transition)
    return (step.done.zh, step.done.en) if step else _OWN.get(event.kind, ("", ""))


def procedure_steps(case: Case, now_world: World) -> Sequence[Transition]:
    return steps_from(now_world.catalogue.procedure(case.pack_version_id, case.procedure), case.state)


def _reporter_steps(case: Case, report: Report, steps: Sequence[Transition]) -> Sequence[Transition]:
    rated = report.rated_at is not None and case.closed_at is not None and report.rated_at >= case.closed_at
    return [
        step
        for step in steps
        if "reporter" in step.by
        and not (step.kind is Kind.RATE and rated)
        and not (step.kind is Kind.WITHDRAW and case.report_count > 1)
    ]
