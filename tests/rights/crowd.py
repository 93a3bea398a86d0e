"""A crowd of residents, each with signs of their own (Zq7x, a number) in every field and file that could hold one."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gezhi.cases.actions import Step, Who, take
from gezhi.cases.actions.talk import write_note
from gezhi.cases.intake.door import accept
from gezhi.cases.intake.shapes import NewReport, Receipt
from gezhi.cases.models import (
    Assignment,
    Callback,
    Evidence,
    IssuedDocument,
    Lesson,
    Report,
    SavedView,
    Supervision,
)
from gezhi.cases.papers import keep_paper
from gezhi.cases.photos import photo_path, store_photo
from gezhi.cases.procedure import Given
from gezhi.exchange.files import actions as files
from gezhi.exchange.files.mapping import mapping_from
from gezhi.insight.models import Appeal
from gezhi.lib.readable import readable_code
from gezhi.people.actions import record_lookups
from gezhi.people.looking import PAGE, Look
from gezhi.rights.actions import ask_code, open_request
from gezhi.rights.actions.asking import Asked
from gezhi.rights.models import Request, Right
from gezhi.rights.queries.people import person_of_number
from gezhi.rounds.models import Known, Round, Subject
from tests.cast import HAISHU, LAMP, SOUTH, WANAN, WEST, Cast
from tests.rights.told import own_picture

T = TypeVar("T")
TOGETHER: Final = 200  # steps or reports in one transaction
SHARED: Final = 10  # every tenth stands where the one before stands: their matters are one
_ACROSS, _UP = 14, 16  # points of a grid that are over 60 metres apart


@dataclass(frozen=True)
class Soul:
    """Somebody of the crowd. `receipt`: of the first report."""

    n: int
    receipt: Receipt

    @property
    def number(self) -> str:
        return number_of(self.n)


def sign(n: int, field: str) -> str:
    return f"Zq7x{n:05d}{field}"


def number_of(n: int) -> str:
    return f"1391{n:07d}"


def name_of(n: int) -> str:
    return f"慕{sign(n, 'name')}"


def in_batches(items: Sequence[T], size: int = TOGETHER) -> Iterator[Sequence[T]]:
    return (items[at : at + size] for at in range(0, len(items), size))


def gather(desk: Cast, people: int) -> list[Soul]:
    """Reports, every step to the rating, others' words, papers, notes, visits, imports, looks; at most 10,000."""
    assert people <= 10_000, "the search knows the numbers of so many"
    souls = [
        Soul(n, receipt)
        for batch in in_batches(range(people))
        for n, receipt in zip(batch, accept([_report(n) for n in batch]), strict=True)
    ]
    _mark_files(souls)
    _work(desk, souls)
    _by_others(desk, souls)
    _at_doors(souls)
    _imported(desk, souls)
    _looked(desk, souls)
    return souls


def _point(n: int) -> tuple[float, float]:
    n -= n % SHARED == 1  # two in ten share a point
    grid, place = divmod(n, _ACROSS * _UP)
    wests = [
        west for code, west in WEST.items() if code.startswith(HAISHU[:6])
    ]  # where the dispatcher's post is
    west = wests[grid % len(wests)]
    across, up = place % _ACROSS, place // _ACROSS
    return round(west + 0.0004 + across * 0.00066, 6), round(SOUTH + 0.0004 + up * 0.00057, 6)


def _report(n: int) -> NewReport:
    lon, lat = _point(n)
    upload = own_picture()
    return NewReport(
        source="portal",
        source_id=sign(n, "source"),
        text=f"路灯不亮 {sign(n, 'text')}",
        occurred_at=timezone.now(),
        lon=lon,
        lat=lat,
        address=f"{sign(n, 'address')}弄",
        category=LAMP,
        reporter_name=name_of(n),
        reporter_phone=number_of(n),
        reporter_email=f"{sign(n, 'mail')}@example.org",
        attributes={"extra": sign(n, "answer")},
        photos=(store_photo(upload),),
    )


def _mark_files(souls: Sequence[Soul]) -> None:
    """What lies in the store holds a sign too, so that a file that stays is found."""
    keys = Evidence.objects.filter(report_id__in=[soul.receipt.report_id for soul in souls])
    owners = {soul.receipt.report_id: soul.n for soul in souls}
    for key, report in keys.values_list("key", "report_id"):
        path = photo_path(str(key))
        path.write_bytes(path.read_bytes() + sign(owners[report], "photo").encode())
        facts = path.with_suffix(".json")
        facts.write_text(
            facts.read_text().replace('"lon": null', f'"lon": null, "x": "{sign(owners[report], "exif")}"')
        )


def _work(desk: Cast, souls: Sequence[Soul]) -> None:
    """Each case through its whole loop; the words of staff name the reporter."""
    first = {soul.receipt.case_id: soul for soul in reversed(souls)}
    cases = list(first.values())
    unit = desk.units["haishu-works"]
    who = {name: Who(actor=desk.actor(name)) for name in ("dispatcher", "handler", "verifier")}
    _step(cases, "add", lambda one: Given(text=sign(one.n, "added")), None)
    _step(cases, "accept", lambda one: Given(), who["dispatcher"])
    _step(cases, "dispatch", lambda one: Given(unit_id=unit), who["dispatcher"])
    _step(cases, "receive", lambda one: Given(), who["handler"])
    _step(cases, "finish", _finished, who["handler"])
    _step(cases, "verify", lambda one: Given(text=f"已问{name_of(one.n)}，属实"), who["verifier"])
    _step(cases, "rate", lambda one: Given(rating=4, text=sign(one.n, "rating")), None)


def _finished(one: Soul) -> Given:
    words = f"已联系{name_of(one.n)}（{number_of(one.n)}），称“{sign(one.n, 'text')}”，修好"
    return Given(text=words, evidence=(store_photo(own_picture()).key,))


def _step(cases: Sequence[Soul], key: str, given: Callable[[Soul], Given], who: Who | None) -> None:
    for batch in in_batches(cases):
        steps = [
            Step(one.receipt.case_id, key, who or Who(report_id=one.receipt.report_id), given(one))
            for one in batch
        ]
        for outcome in take(steps):
            if isinstance(outcome, Exception):
                raise outcome


def _by_others(desk: Cast, souls: Sequence[Soul]) -> None:
    now, unit, writer = timezone.now(), desk.units["haishu-works"], desk.actor("dispatcher")
    Callback.objects.bulk_create(
        Callback(
            case_id=one.receipt.case_id, report_id=one.receipt.report_id, place_code=WANAN, reason="sample",
            at=now, done_at=now, text=sign(one.n, "call"), rating=4,
        )
        for one in souls
    )  # fmt: skip
    Supervision.objects.bulk_create(
        Supervision(case_id=one.receipt.case_id, seq=1, level="order", reason=f"{name_of(one.n)}催办", at=now)
        for one in souls
    )
    Assignment.objects.bulk_create(
        Assignment(
            case_id=one.receipt.case_id, unit_id=desk.units["nanmen"], kind="joint", state="finished",
            assigned_at=now, outcome=f"{number_of(one.n)} 已接通",
        )
        for one in souls
    )  # fmt: skip
    Lesson.objects.bulk_create(
        Lesson(report_id=one.receipt.report_id, text=sign(one.n, "text"), category="other", at=now)
        for one in souls
    )
    appealed = {one.receipt.case_id: one for one in souls}.values()
    Appeal.objects.bulk_create(
        Appeal(case_id=one.receipt.case_id, unit_id=unit, reason=f"{name_of(one.n)}重复反映", at=now)
        for one in appealed
    )
    SavedView.objects.bulk_create(
        SavedView(account_id=writer.account_id, name=name_of(one.n), query=f"text={name_of(one.n)}")
        for one in souls
    )
    for one in souls:
        write_note(writer, one.receipt.case_id, f"{name_of(one.n)} 说 {sign(one.n, 'added')}")
    _papers(souls)


def _papers(souls: Sequence[Soul]) -> None:
    now = timezone.now()
    made = [
        IssuedDocument(
            case_id=one.receipt.case_id, seq=1, template="notice", pack_version_id=1, number=f"T{one.n}",
            code=readable_code(), at=now, made_at=now, sha256="0" * 64,
            facts={"title": "告知书", "report_id": one.receipt.report_id, "parts": [{"text": name_of(one.n)}]},
        )
        for one in souls
    ]  # fmt: skip
    IssuedDocument.objects.bulk_create(made)
    for one, document in zip(souls, made, strict=True):
        keep_paper(document.code, f"%PDF {name_of(one.n)}".encode())


def _at_doors(souls: Sequence[Soul]) -> None:
    now = timezone.now()
    doors = Subject.objects.bulk_create(
        Subject(kind="house", code=f"crowd-{one.n}", name="户", place_code=f"{WANAN}001", added_at=now)
        for one in souls
    )
    Known.objects.bulk_create(
        Known(subject=door, element="phone", value=one.number, since=now, confirmed_at=now, source="desk")
        for door, one in zip(doors, souls, strict=True)
    )
    Round.objects.bulk_create(
        Round(
            plan="visit", pack_version_id=1, place_code=f"{WANAN}001", subject=door, opens_at=now,
            due_at=now + timedelta(days=1), answers={"phone": one.number}, state="done", ended_at=now,
        )
        for door, one in zip(doors, souls, strict=True)
    )  # fmt: skip


def _imported(desk: Cast, souls: Sequence[Soul]) -> None:
    """A file with a second report of each, and a row of each that cannot be read."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["no", "words", "who", "phone", "x", "y"])
    for one in souls:
        said = f"井盖松了 {sign(one.n, 'file')}"
        writer.writerow([sign(one.n, "row"), said, name_of(one.n), one.number, *_point(one.n)])
        writer.writerow(
            [f"{sign(one.n, 'row')}x", "坏行", name_of(one.n), f"不是号码{name_of(one.n)}", "", ""]
        )
    upload = SimpleUploadedFile("crowd.csv", out.getvalue().encode())
    mapping = mapping_from(
        {
            "source": "crowd",
            "id": "no",
            "fields": {
                "text": "words",
                "reporter_name": "who",
                "reporter_phone": "phone",
                "lon": "x",
                "lat": "y",
            },
        }
    )
    run = files.start(files.store_upload(upload, "crowd.csv"), mapping, None)
    files.run_import(run)
    cases = Report.objects.filter(source="file:crowd").values_list("case_id", flat=True).distinct()
    dispatcher = Who(actor=desk.actor("dispatcher"))
    for batch in in_batches(sorted(cases)):
        for outcome in take([Step(pk, "reject", dispatcher, Given(reason="重复")) for pk in batch]):
            if isinstance(outcome, Exception):
                raise outcome


def _looked(desk: Cast, souls: Sequence[Soul]) -> None:
    handler = desk.account("handler").pk
    for batch in in_batches(souls):
        record_lookups(
            [
                Look(
                    handler, "handling", "report", one.receipt.report_id, ("phone",), 4, PAGE,
                    reason=f"联系{name_of(one.n)}", case_id=one.receipt.case_id,
                )
                for one in batch
            ]
        )  # fmt: skip


def ask_all(souls: Sequence[Soul]) -> list[Request]:
    """Everybody asks for a code and to be erased, in words of their own."""
    requests = []
    for one in souls:
        ask_code(one.number)
        asked = Asked(Right.DELETE, f"我是{name_of(one.n)}，{sign(one.n, 'wish')}")
        requests.append(open_request(person_of_number(one.number), asked))
    return requests
