"""Issuing documents: filled in and numbered with the step that causes them, made into PDF by a job."""

import dataclasses
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from gezhi.cases.actions.taken import Taken
from gezhi.cases.actions.writing import lock_cases
from gezhi.cases.case_row import CaseRow
from gezhi.cases.issuing import (
    Filled,
    Name,
    Occasion,
    fill,
    filled_from,
    footer,
    number_of,
    paper,
    verification_path,
)
from gezhi.cases.models import IssuedDocument
from gezhi.cases.papers import keep_paper, read_paper
from gezhi.cases.procedure import Refused
from gezhi.cases.queries.documents import matters, roles_in, templates_for, unit_words
from gezhi.cases.world import World, world
from gezhi.ledger.actions import record, record_many
from gezhi.ledger.entries import Draft
from gezhi.ledger.signing import Signed
from gezhi.lib.pdf import render_pdf
from gezhi.lib.reach import EVERYTHING, within
from gezhi.lib.readable import readable_code
from gezhi.packs.shapes import DocumentTemplate
from gezhi.people.access import Actor
from gezhi.people.actions.sealing import require_fresh, signed_entry
from gezhi.people.binding import wrong_signature

LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Order:
    """A document to be issued in a case. `seq`: of the event that it belongs to. `unit_id`: the unit that issues
    it, None where nobody's post says. `reason`: the words of the step."""

    row: CaseRow
    template: str
    seq: int
    account_id: int | None = None
    unit_id: int | None = None
    reason: str = ""


def orders(batch: Sequence[Taken], actors: Mapping[int, Actor | None]) -> list[Order]:
    """The documents that these steps issue. `actors`: by case; None for reporters and the system."""
    return [
        Order(
            taken.after,
            taken.transition.document,
            taken.after.version,
            taken.account_id,
            _unit_of(actors.get(taken.after.id), {taken.role}),
            taken.words,
        )
        for taken in batch
        if taken.transition.document
    ]


def _unit_of(actor: Actor | None, roles: Collection[str]) -> int | None:
    """The unit of the first post with one of these roles; else of the first post."""
    posts = actor.posts if actor else ()
    return next((post.unit_id for post in posts if post.role in roles), posts[0].unit_id if posts else None)


@dataclass(frozen=True, slots=True)
class Hand:
    """What a person signed elsewhere: the entry was made at this instant, for this serial number."""

    at: datetime
    serial: int
    signed: Signed


def issue(
    orders: Sequence[Order], setting: World, at: datetime, serials: Sequence[int] = ()
) -> list[IssuedDocument]:
    """In the caller's transaction, after its events are written; one order for each case. The PDFs are made by
    jobs once it commits. `serials`: where they were drawn before."""
    if not orders:
        return []
    templates = {
        order.row.id: setting.catalogue.document(order.row.pack_version_id, order.template)
        for order in orders
    }
    told = matters([order.row for order in orders], templates, setting)
    documents = [
        _document(order, templates[order.row.id], serial, setting, at)
        for order, serial in zip(orders, serials or draw_serials(len(orders)), strict=True)
    ]
    for order, document in zip(orders, documents, strict=True):
        filled = fill(templates[order.row.id], told[order.row.id], _occasion(order, setting, at))
        document.facts = dataclasses.replace(
            filled, address=settings.PUBLIC_URL + verification_path(document.code)
        ).as_json()
    IssuedDocument.objects.bulk_create(documents)
    jobs: list[dict[str, JSONValue]] = [{"document_id": document.pk} for document in documents]
    app.configure_task("cases.make_document", allow_unknown=False).batch_defer(*jobs)
    return documents


@within(EVERYTHING)  # of reporters: a letter greets its reader by name
def issue_document(
    actor: Actor, case_id: int, template: str, reason: str = "", hand: Hand | None = None
) -> IssuedDocument:
    """By a person, from the page of a case. `hand`: signed with a key of the own hand. Raises Refused."""
    setting, at = world(), hand.at if hand else timezone.now()
    with transaction.atomic():
        order = _order(actor, case_id, template, reason, setting)
        require_fresh()
        serials = [hand.serial] if hand else draw_serials(1)
        if IssuedDocument.objects.filter(id=serials[0]).exists():
            raise wrong_signature("What was signed is issued already.")
        document = issue([order], setting, at, serials)[0]
        entry = _entry(order, document.number, at)
        record_many([signed_entry(entry, actor.account_id, hand.signed if hand else None)])
    return document


def entry_to_sign(actor: Actor, case_id: int, template: str, reason: str, at: datetime, serial: int) -> Draft:
    """The entry of the document as if it were issued now; nothing is done. Raises Refused."""
    setting = world()
    with transaction.atomic():
        order = _order(actor, case_id, template, reason, setting)
    chosen = setting.catalogue.document(order.row.pack_version_id, template)
    return _entry(order, number_of(chosen, serial, at, setting.office.zone), at)


def _entry(order: Order, number: str, at: datetime) -> Draft:
    told = {"account": order.account_id, "seq": order.seq, "template": order.template, "number": number}
    return Draft("document.issued", f"case:{order.row.id}", at, told)


@within(EVERYTHING)
def preview_document(actor: Actor, case_id: int, template: str, reason: str = "") -> tuple[Filled, bytes]:
    """The PDF as it would be, without number and code; nothing is kept. Raises Refused."""
    setting, at = world(), timezone.now()
    with transaction.atomic():
        order = _order(actor, case_id, template, reason, setting)
    chosen = setting.catalogue.document(order.row.pack_version_id, template)
    told = matters([order.row], {order.row.id: chosen}, setting)[order.row.id]
    filled = fill(chosen, told, _occasion(order, setting, at))
    draft = "Draft, not issued" if filled.language == "en" else "预览，未出具"
    return filled, render_pdf(paper(filled, draft), language=filled.language, at=at)


def make_document(document_id: int) -> None:
    """The PDF of an issued document. Made once; a job that died before the end is run again."""
    document = IssuedDocument.objects.get(pk=document_id)
    if document.made_at is not None and read_paper(document.code) is not None:
        return
    pdf = _pdf(document)
    keep_paper(document.code, pdf)
    digest = hashlib.sha256(pdf).hexdigest()
    with transaction.atomic():
        unmade = IssuedDocument.objects.filter(pk=document_id, made_at=None)
        if unmade.update(sha256=digest, made_at=timezone.now()):
            facts = {"number": document.number, "code": document.code, "sha256": digest}
            record("document.made", f"case:{document.case_id}", facts)


def _pdf(document: IssuedDocument) -> bytes:
    filled = filled_from(document.facts)
    doc, foot = paper(filled, document.number), footer(filled, document.code)
    return render_pdf(doc, language=filled.language, footer=foot, at=document.at)


def _document(
    order: Order, template: DocumentTemplate, serial: int, setting: World, at: datetime
) -> IssuedDocument:
    return IssuedDocument(
        id=serial,
        case_id=order.row.id,
        seq=order.seq,
        template=order.template,
        pack_version_id=order.row.pack_version_id,
        number=number_of(template, serial, at, setting.office.zone),
        code=readable_code(),
        account_id=order.account_id,
        at=at,
    )


def draw_serials(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('cases_issueddocument', 'id')) FROM generate_series(1, %s)",
            [count],
        )
        return [int(serial) for (serial,) in cursor.fetchall()]


def _occasion(order: Order, setting: World, at: datetime) -> Occasion:
    return Occasion(at, setting.office.zone, _issuer(order, setting), order.reason.strip())


def _issuer(order: Order, setting: World) -> Name:
    """The unit, or the node in whose name the system speaks."""
    unit = unit_words(order.unit_id, setting)
    return unit if unit[0] else (settings.NODE_NAME, settings.NODE_NAME)


def _order(actor: Actor, case_id: int, template: str, reason: str, setting: World) -> Order:
    row = lock_cases([case_id])[0].get(case_id)
    if row is None:
        raise Refused("unknown-case", "没有这个案件。", f"There is no case {case_id}.")
    offered = templates_for(actor, row, setting)
    chosen = next((one for one in offered if one.key == template), None)
    if chosen is None:
        raise _not_offered(template, offered)
    unit = _unit_of(actor, roles_in(actor, row).intersection(chosen.by))
    words = reason.strip()[:LONGEST_REASON]
    return Order(row, template, row.version, actor.account_id, unit, words)


def _not_offered(template: str, offered: Sequence[DocumentTemplate]) -> Refused:
    zh = "、".join(one.title.zh for one in offered) or "无"
    en = ", ".join(one.key for one in offered) or "none"
    return Refused(
        "unknown-document",
        f"您在本案不能出具“{template}”。可以出具：{zh}。",
        f"You cannot issue '{template}' in this case. You may issue: {en}.",
    )
