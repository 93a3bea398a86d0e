"""Writing the steps of a batch: rows locked in one order, then one statement for each table."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.db.models.expressions import RawSQL

from gezhi.cases.actions import partners
from gezhi.cases.actions.calling import queue_callbacks
from gezhi.cases.actions.carrying import hand_up
from gezhi.cases.actions.charges import charge
from gezhi.cases.actions.entries import entry_of
from gezhi.cases.actions.list_changes import change_lists
from gezhi.cases.actions.taken import Taken, event_facts
from gezhi.cases.answers import answer_text
from gezhi.cases.case_row import CaseRow
from gezhi.cases.intake.rows import DIRECT, EVENT, EVIDENCE, last_cells
from gezhi.cases.models import Case, Lesson, Report, Reporter
from gezhi.cases.undoing import HELD
from gezhi.cases.world import World
from gezhi.ledger.actions import record_many
from gezhi.ledger.queries import STAMP
from gezhi.lib.json_text import json_text
from gezhi.lib.rows import insert_rows, update_rows
from gezhi.notices.actions import Answer, queue_answers
from gezhi.packs.shapes import Kind, Message
from gezhi.places.queries import place_names

COLUMNS = tuple(field.name for field in dataclasses.fields(CaseRow))
WRITTEN = {
    "id": "bigint",
    "pack_version_id": "bigint",
    "procedure": "text",
    "category": "text",
    "limits": "text",
    "function": "text",
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
    "held_code": "text",
    "clock_left": "int",
    "wake_at": "timestamptz",
    "watched": "smallint",
    "card": "smallint",
    "ordered": "boolean",
    "asked": "jsonb",
}
STEP_EVENT = [*EVENT, "unit_id"]
RATED = {"id": "bigint", "rating": "smallint", "rated_at": "timestamptz", "rating_text": "text"}


def lock_cases(ids: Sequence[int]) -> tuple[dict[int, CaseRow], int | None]:
    """The cases, locked in the order of their ids so that two batches never wait for each other in a ring, and the
    configuration's stamp (None: none of the cases exists)."""
    found = Case.objects.select_for_update().filter(id__in=ids).order_by("id")
    rows = found.annotate(stamp=RawSQL(STAMP, ())).values_list("stamp", *COLUMNS)  # noqa: S611 - our constant
    locked = list(rows)
    return {row[1]: CaseRow(*row[1:]) for row in locked}, locked[0][0] if locked else None


def write(batch: Sequence[Taken], world: World, at: datetime) -> None:
    if not batch:
        return
    update_cases([taken.after for taken in batch])
    insert_rows("cases_caseevent", STEP_EVENT, [_event(taken, at) for taken in batch])
    record_many(taken.entry or entry_of(taken, at) for taken in batch)
    partners.write_shares(batch, world, at)
    partners.write_cards(batch, at)
    insert_rows("cases_evidence", EVIDENCE, [row for taken in batch for row in _photos(taken, at)])
    _write_ratings(batch, at)
    _write_lessons(batch, at)
    queue_callbacks(batch, world, at)
    charge(batch, world, at)
    change_lists(batch, world)
    hand_up(batch)
    _answer_all(batch, world, at)


def update_cases(rows: Sequence[CaseRow]) -> None:
    update_rows("cases_case", WRITTEN, [[_written(row, name) for name in WRITTEN] for row in rows])


def _written(row: CaseRow, name: str) -> object:
    if name == "asked":
        return None if row.asked is None else json_text(row.asked)
    return getattr(row, name)


def _event(taken: Taken, at: datetime) -> tuple[object, ...]:
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
        json_text(event_facts(taken)),
        taken.after.due_at,
        taken.salt,
        taken.before.unit_id or taken.after.unit_id,
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
            + (photo.taken_at, photo.lon, photo.lat, at, *last_cells(photo))
        )
    return rows


def _write_ratings(batch: Sequence[Taken], at: datetime) -> None:
    rated = [taken for taken in batch if taken.transition.kind is Kind.RATE and taken.report_id is not None]
    rows = [(taken.report_id, taken.given.rating, at, taken.words) for taken in rated]
    update_rows("cases_report", RATED, rows)


def _write_lessons(batch: Sequence[Taken], at: datetime) -> None:
    """A person who corrected a category taught the classifier something; undoing that teaches nothing."""
    taught = {
        taken.after.id: taken
        for taken in batch
        if taken.before.category != taken.after.category and taken.transition.kind is not Kind.UNDO
    }
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


def _answer_all(batch: Sequence[Taken], world: World, at: datetime) -> None:
    """What may still be undone is told later: nobody is told of a step that did not stand."""
    queue_answers(_answers([taken for taken in batch if not taken.undoable], world), at)
    queue_answers(_answers([taken for taken in batch if taken.undoable], world), at + HELD)


def _answers(batch: Sequence[Taken], world: World) -> list[Answer]:
    answering = {taken.after.id: taken for taken in batch if taken.transition.answer}
    if not answering:
        return []
    places = place_names(
        taken.after.place_code for taken in answering.values() if "{place}" in _message(taken, world).text.zh
    )
    columns = ("id", "case_id", "source", "language")
    phone = Reporter.objects.filter(report_id=OuterRef("id")).values("phone")
    reports = Report.objects.filter(case_id__in=answering).annotate(phone=Subquery(phone)).order_by("id")
    return [
        _answer(answering[case], pk, phone or "", language, world, places)
        for pk, case, source, language, phone in reports.values_list(*columns, "phone")
        if phone or source in DIRECT
    ]


def _message(taken: Taken, world: World) -> Message:
    return world.catalogue.message(taken.before.pack_version_id, taken.transition.answer or "")


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
