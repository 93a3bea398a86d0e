"""What a person sees of their own: reports and where they stand, how to reach them, requests, and who looked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gezhi.cases.contact import Contact
from gezhi.cases.models import Callback, Evidence, Objection, Report
from gezhi.cases.procedure import state_of
from gezhi.cases.queries.contact import contacts_of
from gezhi.cases.queries.objecting import report_digest
from gezhi.cases.world import World, world
from gezhi.lib.reach import Reach, within
from gezhi.notices.models import Notice
from gezhi.packs.shapes import State
from gezhi.rights.models import Erasure, Request
from gezhi.rights.person import Person
from gezhi.rights.queries.looks import LookLine, looks_of

SHOWN = 100


@dataclass(frozen=True, slots=True)
class MyReport:
    """`photos`: keys of those that came with it. `erased`: its content is gone."""

    id: int
    code: str
    number: str
    text: str
    address: str
    place_code: str
    category: str
    received_at: datetime
    state: State
    is_open: bool
    name: str
    phone: str
    email: str
    rating: int | None
    rating_text: str
    photos: Sequence[str]
    answers: Sequence[tuple[datetime, str, str]]  # when, how, what
    calls: Sequence[tuple[datetime, str]]

    @property
    def erased(self) -> bool:
        return not self.text


@dataclass(frozen=True, slots=True)
class MyRequest:
    """`answers`: newest last. `waits`: something is asked of the person. `open_steps`: keys of steps open to them."""

    id: int
    number: str
    right: str
    at: datetime
    done_at: datetime | None
    state: State
    is_open: bool
    due_at: datetime | None
    answers: Sequence[tuple[datetime, str]]
    open_steps: frozenset[str]
    own_report_id: int
    case_id: int


@dataclass(frozen=True, slots=True)
class Mine:
    reports: Sequence[MyReport]
    more: int
    requests: Sequence[MyRequest]
    looks: Sequence[LookLine]
    by_hand: bool
    untaught: bool
    erasures: Sequence[Erasure]


def mine(person: Person) -> Mine:
    """At most 100 reports, the newest first; ten statements. Reaches this person's own reports alone."""
    with within(Reach(reports=tuple(person.reports))):
        return _mine(person, world())


def _mine(person: Person, current: World) -> Mine:
    requests = _requests(person, current)
    own = {request.own_report_id for request in requests}
    reports = _reports(person, own, current)
    digests = [person.digest] if person.digest else [report_digest(one) for one in person.reports]
    objections = list(Objection.objects.filter(digest__in=digests))
    return Mine(
        reports=reports[:SHOWN],
        more=max(len(reports) - SHOWN, 0),
        requests=requests,
        looks=looks_of(person),
        by_hand=any(one.automation for one in objections),
        untaught=any(one.teaching for one in objections),
        erasures=list(Erasure.objects.filter(request_id__in=[one.id for one in requests])),
    )


def _reports(person: Person, own: set[int], current: World) -> list[MyReport]:
    found = Report.objects.filter(id__in=person.reports).exclude(id__in=own).select_related("case")
    rows = list(found.order_by("-received_at", "-id"))
    ids = [row.pk for row in rows]
    photos = _many(Evidence.objects.filter(report_id__in=ids).order_by("id").values_list("report_id", "key"))
    told = Notice.objects.filter(report_id__in=ids).order_by("id")
    answers = _many(told.values_list("report_id", "queued_at", "transport", "text"))
    rung = Callback.objects.filter(report_id__in=ids).exclude(done_at=None).order_by("id")
    calls = _many(rung.values_list("report_id", "done_at", "text"))
    known = contacts_of(ids)
    return [_report(row, known.get(row.pk, Contact()), current, photos, answers, calls) for row in rows]


def _many(rows: object) -> dict[int, list[tuple[object, ...]]]:
    found: dict[int, list[tuple[object, ...]]] = {}
    for pk, *rest in rows:  # type: ignore[attr-defined]
        found.setdefault(pk, []).append(tuple(rest))
    return found


def _report(
    row: Report,
    who: Contact,
    current: World,
    photos: Mapping[int, list[tuple[object, ...]]],
    answers: Mapping[int, list[tuple[object, ...]]],
    calls: Mapping[int, list[tuple[object, ...]]],
) -> MyReport:
    case = row.case
    procedure = current.catalogue.procedure(case.pack_version_id, case.procedure)
    return MyReport(
        id=row.pk,
        code=row.tracking_code,
        number=case.number,
        text=row.text,
        address=row.address,
        place_code=row.place_code,
        category=case.category,
        received_at=row.received_at,
        state=state_of(procedure, case.state),
        is_open=case.is_open,
        name=who.name,
        phone=who.phone,
        email=who.email,
        rating=row.rating,
        rating_text=row.rating_text,
        photos=[str(key) for (key,) in photos.get(row.pk, [])],
        answers=answers.get(row.pk, []),  # type: ignore[arg-type]
        calls=calls.get(row.pk, []),  # type: ignore[arg-type]
    )


def _requests(person: Person, current: World) -> list[MyRequest]:
    mine_only = Request.objects.filter(own_report_id__in=person.reports)
    rows = list(mine_only.order_by("-at", "-id"))
    cases = {
        one.pk: one
        for one in Report.objects.filter(id__in=[row.own_report_id for row in rows]).select_related("case")
    }
    told = Notice.objects.filter(report_id__in=list(cases)).order_by("id")
    answers = _many(told.values_list("report_id", "queued_at", "text"))
    return [_request(row, cases[row.own_report_id], answers, current) for row in rows]


def _request(
    row: Request, report: Report, answers: Mapping[int, list[tuple[object, ...]]], current: World
) -> MyRequest:
    case = report.case
    procedure = current.catalogue.procedure(case.pack_version_id, case.procedure)
    steps = {
        step.key for step in procedure.transitions if case.state in step.source and "reporter" in step.by
    }
    return MyRequest(
        id=row.pk,
        number=case.number,
        right=row.right,
        at=row.at,
        done_at=row.done_at,
        state=state_of(procedure, case.state),
        is_open=case.is_open,
        due_at=case.due_at if case.is_open else None,
        answers=answers.get(report.pk, []),  # type: ignore[arg-type]
        open_steps=frozenset(steps),
        own_report_id=report.pk,
        case_id=case.pk,
    )
