"""Writing the steps of a batch: rows locked in one order, then one statement for each table."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from gezhi.cases.answers import answer_text
from gezhi.cases.intake.rows import DIRECT, EVENT, EVIDENCE
from gezhi.cases.intake.shapes import Photo
from gezhi.cases.models import Assignment, Case, Lesson, Report
from gezhi.cases.procedure import Given
from gezhi.cases.stepping import CaseRow, Share
from gezhi.cases.world import World
from gezhi.ledger.actions import record_many
from gezhi.ledger.entries import Draft as Entry
from gezhi.ledger.entries import Fact, salted
from gezhi.lib.json_text import json_text
from gezhi.lib.rows import insert_rows, update_rows
from gezhi.notices.actions import Answer, queue_answers
from gezhi.packs.shapes import Effect, Kind, Message, Transition
from gezhi.places.queries import place_names

COLUMNS = tuple(field.name for field in dataclasses.fields(CaseRow))
WRITTEN = {
    "id": "bigint",
    "category": "text",
    "state": "text",
    "is_open": "boolean",
    "place_code": "text",
    "unit_id": "bigint",
    "suggested_unit_id": "bigint",
    "state_at": "timestamptz",
    "due_at": "timestamptz",
    "overdue_at": "timestamptz",
    "closed_at": "timestamptz",
    "reopen_count": "smallint",
    "rating": "smallint",
    "version": "int",
}
RECEIVED = {"id": "bigint", "state": "text", "received_at": "timestamptz", "account_id": "bigint"}
RATED = {"id": "bigint", "rating": "smallint", "rated_at": "timestamptz", "rating_text": "text"}


@dataclass(frozen=True)
class Taken:
    """A step that was decided and is to be written."""

    before: CaseRow
    after: CaseRow
    transition: Transition
    given: Given
    account_id: int | None
    report_id: int | None
    role: str
    shares: Sequence[Share]
    active: int | None  # the assignment that was active before
    salt: bytes
    photos: Sequence[Photo]

    @property
    def words(self) -> str:
        return self.given.reason.strip() or self.given.text.strip()


def lock_cases(ids: Sequence[int]) -> dict[int, CaseRow]:
    """The cases, locked in the order of their ids so that two batches never wait for each other in a ring."""
    rows = Case.objects.select_for_update().filter(id__in=ids).order_by("id").values_list(*COLUMNS)
    return {row[0]: CaseRow(*row) for row in rows}


def write(batch: Sequence[Taken], world: World, at: datetime) -> None:
    if not batch:
        return
    update_cases([taken.after for taken in batch])
    insert_rows("cases_caseevent", EVENT, [_event(taken, at) for taken in batch])
    record_many(_entry(taken, at) for taken in batch)
    _write_shares(batch, at)
    insert_rows("cases_evidence", EVIDENCE, [row for taken in batch for row in _photos(taken, at)])
    _write_ratings(batch, at)
    _write_lessons(batch, at)
    queue_answers(_answers(batch, world), at)


def update_cases(rows: Sequence[CaseRow]) -> None:
    update_rows("cases_case", WRITTEN, [[getattr(row, name) for name in WRITTEN] for row in rows])


def _event(taken: Taken, at: datetime) -> tuple[object, ...]:
    facts: dict[str, object] = {}
    if taken.before.category != taken.after.category:
        facts["category"] = [taken.before.category, taken.after.category]
    if taken.before.place_code != taken.after.place_code:
        facts["place"] = [taken.before.place_code, taken.after.place_code]
    if Effect.ASSIGN in taken.transition.effects or taken.after.unit_id != taken.before.unit_id:
        facts["unit"] = taken.after.unit_id
    if taken.given.rating is not None:
        facts["rating"] = taken.given.rating
    if taken.report_id is not None:
        facts["report"] = taken.report_id
    return (
        taken.after.id,
        taken.after.version,
        at,
        taken.transition.key,
        taken.transition.kind.value,
        taken.before.state,
        taken.after.state,
        taken.account_id,
        taken.role,
        taken.words,
        json_text(facts),
        taken.after.due_at,
        taken.salt,
    )


def _entry(taken: Taken, at: datetime) -> Entry:
    facts: dict[str, Fact] = {
        "seq": taken.after.version,
        "step": taken.transition.key,
        "from": taken.before.state,
        "to": taken.after.state,
        "account": taken.account_id,
        "role": taken.role,
        "category": taken.after.category,
        "place": taken.after.place_code,
        "unit": taken.after.unit_id,
        "words": salted(taken.salt, taken.words),
        "evidence": [photo.sha256 for photo in taken.photos],
    }
    return Entry(f"case.{taken.transition.kind.value}", f"case:{taken.after.id}", at, facts)


def _write_shares(batch: Sequence[Taken], at: datetime) -> None:
    """Ends and receipts first, so that a case never has two active assignments."""
    for share in (Share.CANCEL, Share.RETURN, Share.FINISH):
        ended = [taken for taken in batch if share in taken.shares]
        if ended:
            active = Assignment.objects.filter(
                case_id__in=[taken.after.id for taken in ended], state__in=("open", "received")
            )
            active.update(state=share.value, ended_at=at)
    received = [
        (taken.active, "received", at, taken.account_id) for taken in batch if Share.RECEIVE in taken.shares
    ]
    update_rows("cases_assignment", RECEIVED, received)
    given = [taken for taken in batch if Share.GIVE in taken.shares]
    Assignment.objects.bulk_create(
        Assignment(case_id=taken.after.id, unit_id=taken.after.unit_id or 0, state="open", assigned_at=at)
        for taken in given
    )


def _photos(taken: Taken, at: datetime) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for photo in taken.photos:
        where = (photo.key, taken.after.id, taken.report_id, taken.after.version, taken.account_id)
        rows.append(
            (
                *where,
                photo.sha256,
                photo.original_sha256,
                photo.content_type,
                photo.size,
                photo.width,
                photo.height,
            )
            + (photo.taken_at, photo.lon, photo.lat, at)
        )
    return rows


def _write_ratings(batch: Sequence[Taken], at: datetime) -> None:
    rated = [taken for taken in batch if taken.transition.kind is Kind.RATE and taken.report_id is not None]
    rows = [(taken.report_id, taken.given.rating, at, taken.words) for taken in rated]
    update_rows("cases_report", RATED, rows)


def _write_lessons(batch: Sequence[Taken], at: datetime) -> None:
    """A person who corrected a category taught the classifier something."""
    taught = {taken.after.id: taken for taken in batch if taken.before.category != taken.after.category}
    if not taught:
        return
    reports = Report.objects.filter(case_id__in=taught, category="").values_list("case_id", "id", "text")
    Lesson.objects.bulk_create(
        Lesson(
            report_id=pk,
            text=text,
            category=taught[case].after.category,
            account_id=taught[case].account_id,
            at=at,
        )
        for case, pk, text in reports
    )


def _answers(batch: Sequence[Taken], world: World) -> list[Answer]:
    answering = {taken.after.id: taken for taken in batch if taken.transition.answer}
    if not answering:
        return []
    places = place_names(
        taken.after.place_code for taken in answering.values() if "{place}" in _message(taken, world).text.zh
    )
    columns = ("id", "case_id", "source", "reporter_phone", "language")
    reports = Report.objects.filter(case_id__in=answering).order_by("id").values_list(*columns)
    return [
        _answer(answering[case], pk, phone, language, world, places)
        for pk, case, source, phone, language in reports
        if phone or source in DIRECT
    ]


def _message(taken: Taken, world: World) -> Message:
    return world.catalogue.message(taken.after.pack_version_id, taken.transition.answer or "")


def _answer(
    taken: Taken, report_id: int, phone: str, language: str, world: World, places: Mapping[str, str]
) -> Answer:
    message = _message(taken, world)
    return Answer(
        case_id=taken.after.id,
        report_id=report_id,
        to=phone,
        transport="sms" if phone and settings.SMS_URL else "portal",
        message=message.key,
        text=answer_text(message, language, _facts(taken, language, world, places)),
    )


def _facts(taken: Taken, language: str, world: World, places: Mapping[str, str]) -> Mapping[str, str]:
    english = language == "en"
    name = world.catalogue.category(taken.after.category).name
    unit = world.directory.units.get(taken.after.unit_id or 0)
    due = taken.after.due_at
    return {
        "number": taken.after.number,
        "category": name.en if english else name.zh,
        "unit": "" if unit is None else (unit.name_en if english and unit.name_en else unit.name),
        "text": taken.words,
        "due": "" if due is None else f"{due.astimezone(world.office.zone):%Y-%m-%d %H:%M}",
        "place": places.get(taken.after.place_code, ""),
    }
