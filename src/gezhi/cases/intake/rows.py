"""The rows that a batch leaves behind: one insert or copy for each table, one update for the cases joined."""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from django.conf import settings
from django.db import connection

from gezhi.cases.answers import answer_text
from gezhi.cases.capturing import told_of
from gezhi.cases.intake.drafting import Draft
from gezhi.cases.intake.joining import Joining
from gezhi.cases.intake.shapes import NewReport, Photo, Receipt
from gezhi.cases.limits import state_due
from gezhi.cases.matching import title_of
from gezhi.cases.periods import report_words
from gezhi.cases.world import World
from gezhi.ledger.actions import record_many
from gezhi.ledger.entries import Draft as Entry
from gezhi.ledger.entries import Fact, salted
from gezhi.lib.json_text import json_text, sorted_json
from gezhi.lib.readable import readable_code
from gezhi.lib.rows import insert_arrays, insert_rows
from gezhi.notices.actions import Answer, queue_answers
from gezhi.packs.shapes import Category, Kind, State

CASE = (
    "id number pack_version_id procedure category title state is_open place_code lon lat address "
    "occurred_at opened_at state_at due_at suggested_unit_id confidence report_count reopen_count "
    "overdue_count version match_key source"
).split()
BY_RULE = ["limits", "function"]  # only where a rule decided: most batches have none
REPORT = (
    "id case_id source source_id tracking_code text lon lat place_code address category language "
    "submitted_by_id attributes occurred_at received_at rating_text salt words"
).split()
REPORTER = {"report_id": "bigint", "name": "text", "phone": "text", "email": "text"}
EVENT = ("case_id seq at transition kind from_state to_state account_id role text facts due_at salt").split()
EVIDENCE = (
    "key case_id report_id event_seq account_id sha256 original_sha256 content_type size width height "
    "taken_at lon lat stored_at look look_bands captured_sha256 captured_at"
).split()
JOINED = """
WITH still AS (
    SELECT c.id, j.n FROM cases_case c JOIN unnest(%s::bigint[], %s::int[]) AS j(id, n) ON c.id = j.id
    WHERE c.is_open ORDER BY c.id FOR UPDATE OF c
)
UPDATE cases_case c SET report_count = c.report_count + j.n, version = c.version + j.n
FROM still AS j WHERE c.id = j.id
RETURNING c.id, c.version - j.n, c.number, c.state, c.opened_at
"""
DIRECT = ("portal", "hotline", "agent", "field", "rights")  # sources whose reporters read their answers here


class ClosedMeanwhile(Exception):
    """A case that the batch was to join was closed in this instant. Decided anew, its reports open a case."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A case that reports of this batch belong to. `seq`: of its last event."""

    case_id: int
    number: str
    state: str
    seq: int
    opened_at: datetime


@dataclass
class Written:
    drafts: list[Draft]
    joinings: list[Joining]
    ids: list[tuple[int, int]]  # (case id, report id) for each draft
    world: World
    at: datetime
    standings: dict[int, Standing] = field(default_factory=dict)  # by case id
    salts: list[bytes] = field(init=False)
    at_text: str = field(init=False)  # `at` for the tables: written once instead of for every column
    by_sms: bool = field(init=False)
    dues: dict[tuple[str, str], str | None] = field(default_factory=dict)  # by (procedure, limits)

    def __post_init__(self) -> None:
        self.salts = [secrets.token_bytes(16) for _ in self.drafts]
        self.at_text = self.at.isoformat()
        self.by_sms = bool(settings.SMS_URL)


def write(batch: Written) -> dict[tuple[str, str], Receipt]:
    _open_cases(batch)
    _join_cases(batch)
    seqs = _number_events(batch)
    codes = [readable_code() for _ in batch.drafts]
    insert_rows("cases_report", REPORT, [_report_row(batch, i, codes[i]) for i in range(len(codes))])
    insert_arrays("cases_reporter", REPORTER, _reporter_rows(batch))
    insert_rows("cases_caseevent", EVENT, [_event_row(batch, i, seqs[i]) for i in range(len(codes))])
    record_many(_entry(batch, i, seqs[i]) for i in range(len(codes)))
    insert_rows(
        "cases_evidence", EVIDENCE, [row for i in range(len(codes)) for row in _photo_rows(batch, i, seqs[i])]
    )
    queue_answers([answer for i in range(len(codes)) if (answer := _answer(batch, i))], batch.at)
    return {_key(draft.report): _receipt(batch, i, codes[i]) for i, draft in enumerate(batch.drafts)}


def case_number(case_id: int, at: datetime, zone: tzinfo) -> str:
    """The day and eight digits of the id: what people quote."""
    return f"{at.astimezone(zone):%Y%m%d}{case_id % 10**8:08d}"


def channel_of(source: str) -> str:
    """portal, hotline, agent, field, api, open311 or file, without who or which."""
    return source.partition(":")[0][:20]


def _key(report: NewReport) -> tuple[str, str]:
    return report.source, report.source_id


def _case_id(batch: Written, index: int) -> int:
    joining = batch.joinings[index]
    return joining.case_id or batch.ids[joining.leader][0]


def _opens(batch: Written, index: int) -> bool:
    joining = batch.joinings[index]
    return not joining.case_id and joining.leader == index


def _open_cases(batch: Written) -> None:
    ruled = any(draft.opening.rule_keys for draft in batch.drafts)
    shares = Counter(_case_id(batch, index) for index in range(len(batch.drafts)))
    rows = []
    for index, draft in enumerate(batch.drafts):
        if _opens(batch, index):
            case_id = batch.ids[index][0]
            number = case_number(case_id, batch.at, batch.world.office.zone)
            row = _case_row(batch, draft, case_id, number, shares[case_id])
            rows.append((*row, draft.opening.limits, draft.opening.function) if ruled else row)
            procedure = batch.world.catalogue.procedure_of(draft.category)
            batch.standings[case_id] = Standing(case_id, number, procedure.states[0].key, 0, batch.at)
    insert_rows("cases_case", CASE + BY_RULE if ruled else CASE, rows)


def _case_row(batch: Written, draft: Draft, case_id: int, number: str, reports: int) -> tuple[object, ...]:
    catalogue, report = batch.world.catalogue, draft.report
    category = catalogue.category(draft.category)
    procedure = catalogue.procedure_of(draft.category)
    state = procedure.states[0]
    title = title_of(report.text)
    return (
        case_id,
        number,
        catalogue.pack_version_id(draft.category),
        procedure.key,
        draft.category,
        title,
        state.key,
        state.open,
        draft.place_code,
        report.lon,
        report.lat,
        report.address,
        report.occurred_at,
        batch.at_text,
        batch.at_text,
        _due(batch, state, category, draft.opening.limits),
        draft.suggested_unit,
        draft.confidence,
        reports,
        0,
        0,
        reports,
        draft.cells[0][0],
        channel_of(report.source),
    )


def _due(batch: Written, state: State, category: Category, limits: str) -> str | None:
    """When the first state's limit ends: the same for all that one batch opens under the same limits."""
    key = category.procedure, limits or category.limits
    if key not in batch.dues:
        due = state_due(state, category, batch.world.catalogue, batch.at, batch.world.office, limits)
        batch.dues[key] = None if due is None else due.isoformat()
    return batch.dues[key]


def _join_cases(batch: Written) -> None:
    joined = Counter(joining.case_id for joining in batch.joinings if joining.case_id)
    if not joined:
        return
    with connection.cursor() as cursor:
        cursor.execute(JOINED, [list(joined), list(joined.values())])
        for case_id, seq, number, state, opened_at in cursor.fetchall():
            batch.standings[case_id] = Standing(case_id, number, state, seq, opened_at)
    if not joined.keys() <= batch.standings.keys():
        raise ClosedMeanwhile


def _number_events(batch: Written) -> list[int]:
    last = {case_id: standing.seq for case_id, standing in batch.standings.items()}
    seqs = []
    for index in range(len(batch.drafts)):
        case_id = _case_id(batch, index)
        last[case_id] += 1
        seqs.append(last[case_id])
    return seqs


def _report_row(batch: Written, index: int, code: str) -> tuple[object, ...]:
    draft = batch.drafts[index]
    report = draft.report
    return (
        batch.ids[index][1],
        _case_id(batch, index),
        report.source,
        report.source_id,
        code,
        report.text,
        report.lon,
        report.lat,
        draft.place_code,
        report.address,
        report.category,
        report.language,
        report.submitted_by_id,
        json_text(report.attributes),
        report.occurred_at,
        batch.at_text,
        "",
        batch.salts[index],
        report_words(report.text, report.address, batch.standings[_case_id(batch, index)].opened_at),
    )


def _reporter_rows(batch: Written) -> list[tuple[object, ...]]:
    """Of the reports that somebody gave a name, a number or an address with."""
    said = ((batch.ids[index][1], draft.report) for index, draft in enumerate(batch.drafts))
    rows = ((pk, one.reporter_name, one.reporter_phone, one.reporter_email) for pk, one in said)
    return [row for row in rows if any(row[1:])]


def _event_row(batch: Written, index: int, seq: int) -> tuple[object, ...]:
    draft, opens = batch.drafts[index], _opens(batch, index)
    standing = batch.standings[_case_id(batch, index)]
    kind = Kind.REPORT if opens else Kind.JOIN
    facts: dict[str, object] = {
        "report": batch.ids[index][1],
        "source": draft.report.source,
        "category": draft.category,
    }
    if opens and draft.opening.rule_keys:
        facts["rules"] = list(draft.opening.rule_keys)
    role = "staff" if draft.report.submitted_by_id else "reporter"
    return (
        standing.case_id,
        seq,
        batch.at_text,
        kind.value,
        kind.value,
        "" if opens else standing.state,
        standing.state,
        draft.report.submitted_by_id,
        role,
        "",
        json_text(facts),
        None,
        batch.salts[index],
    )


def _entry(batch: Written, index: int, seq: int) -> Entry:
    salt = batch.salts[index]
    draft = batch.drafts[index]
    facts: dict[str, Fact] = {
        "report": batch.ids[index][1],
        "source": draft.report.source,
        "seq": seq,
        "category": draft.category,
        "place": draft.place_code,
        "said": salted(salt, draft.report.text),
        "reporter": salted(salt, f"{draft.report.reporter_name}\n{draft.report.reporter_phone}"),
        "photos": [photo.sha256 for photo in draft.report.photos],
        **told_of(draft.report.photos),
    }
    if draft.report.attributes:
        facts["attributes"] = salted(salt, sorted_json(draft.report.attributes))
    opens = _opens(batch, index)
    if opens and draft.opening.rule_keys:
        facts["rules"] = list(draft.opening.rule_keys)
    kind = "case.report" if opens else "case.join"
    return Entry(kind, f"case:{_case_id(batch, index)}", batch.at, facts)


def _photo_rows(batch: Written, index: int, seq: int) -> list[tuple[object, ...]]:
    report = batch.drafts[index].report
    where = (_case_id(batch, index), batch.ids[index][1], seq, report.submitted_by_id)
    return [
        (photo.key, *where, photo.sha256, photo.original_sha256, photo.content_type, photo.size, photo.width)
        + (photo.height, photo.taken_at, photo.lon, photo.lat, batch.at_text, *last_cells(photo))
        for photo in report.photos
    ]


def last_cells(photo: Photo) -> tuple[object, ...]:
    """The columns by which a picture is found again, and what its device says of it."""
    look = (bytes.fromhex(photo.look), list(photo.look_bands)) if photo.look else (None, None)
    return (*look, photo.captured_sha256, photo.captured_at)


def _answer(batch: Written, index: int) -> Answer | None:
    draft = batch.drafts[index]
    report = draft.report
    catalogue = batch.world.catalogue
    procedure = catalogue.procedure_of(draft.category)
    key = procedure.answer if _opens(batch, index) else procedure.joined
    if key is None or not (report.reporter_phone or report.source in DIRECT):
        return None
    message = catalogue.message(catalogue.pack_version_id(draft.category), key)
    standing = batch.standings[_case_id(batch, index)]
    name = catalogue.category(draft.category).name
    facts = {"number": standing.number, "category": name.en if report.language == "en" else name.zh}
    return Answer(
        case_id=standing.case_id,
        report_id=batch.ids[index][1],
        to=report.reporter_phone,
        transport="sms" if report.reporter_phone and batch.by_sms else "portal",
        message=message.key,
        text=answer_text(message, report.language, facts),
    )


def _receipt(batch: Written, index: int, code: str) -> Receipt:
    draft, standing = batch.drafts[index], batch.standings[_case_id(batch, index)]
    return Receipt(
        report_id=batch.ids[index][1],
        tracking_code=code,
        case_id=standing.case_id,
        case_number=standing.number,
        state=standing.state,
        category=draft.category,
        place_code=draft.place_code,
        joined=not _opens(batch, index),
    )
