"""Notes among colleagues on a case. Who sees the case at the desk may write one; nobody else ever reads it."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from gezhi.cases.models import Case, Mention, Note
from gezhi.cases.procedure import Refused
from gezhi.cases.queries import reached, visible
from gezhi.cases.queries.talk import colleagues_of
from gezhi.cases.talking import check_changeable, check_named, check_text, named_in
from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact, salted
from gezhi.people.access import Actor


@transaction.atomic
def write_note(
    actor: Actor, case_id: int, text: str, named: Iterable[int] = (), at: datetime | None = None
) -> Note:
    """`named`: accounts called besides those that the text calls by `@name`. Raises Refused."""
    now, case = at or timezone.now(), _case(actor, case_id)
    plain = check_text(text)
    called = _called(case, plain, named, actor.account_id)
    note = Note.objects.create(
        case=case,
        account_id=actor.account_id,
        at=now,
        text=plain,
        salt=secrets.token_bytes(16),
        mentions=called,
    )
    Mention.objects.bulk_create(Mention(note=note, account_id=one, at=now) for one in called)
    _record("case.note", note, plain)
    return note


@transaction.atomic
def edit_note(actor: Actor, note_id: int, text: str, at: datetime | None = None) -> Note:
    """By whoever wrote it, within minutes; the note then says that it was changed. Who is newly named hears of it.
    Raises Refused."""
    now, note = at or timezone.now(), _own(actor, note_id, at)
    note.text = check_text(text)
    fresh = [one for one in _called(note.case, note.text, (), actor.account_id) if one not in note.mentions]
    note.mentions, note.edited_at = check_named([*note.mentions, *fresh]), now
    note.save()
    Mention.objects.bulk_create(Mention(note=note, account_id=one, at=now) for one in fresh)
    _record("case.note-edited", note, note.text)
    return note


@transaction.atomic
def delete_note(actor: Actor, note_id: int, at: datetime | None = None) -> Note:
    """Its words are gone, also from what the ledger can prove; that there was one stays. Raises Refused."""
    now, note = at or timezone.now(), _own(actor, note_id, at)
    note.text, note.salt, note.deleted_at = "", b"", now
    note.save()
    Mention.objects.filter(note=note, read_at=None).update(read_at=now)
    record("case.note-deleted", f"case:{note.case_id}", {"note": note.pk, "account": actor.account_id})
    return note


def _case(actor: Actor, case_id: int) -> Case:
    found = Case.objects.filter(visible(actor), id=case_id).first()
    if found is None:
        raise Refused("unknown-case", "没有这个案件。", f"There is no case {case_id} for you.")
    if actor.opened and not Case.objects.filter(reached(actor), id=case_id).exists():
        raise Refused(
            "only-looking", "应急查看只能看，不能写。", "What is open in an emergency may be looked at only."
        )
    return found


def _own(actor: Actor, note_id: int, at: datetime | None) -> Note:
    note = Note.objects.select_for_update().filter(id=note_id, deleted_at=None).first()
    if note is None:
        raise Refused("unknown-note", "没有这条备注。", f"There is no note {note_id}.")
    _case(actor, note.case_id)
    check_changeable(note.account_id, note.at, actor.account_id, at or timezone.now())
    return note


def _called(case: Case, text: str, named: Iterable[int], own: int) -> list[int]:
    """Only colleagues who see the case, never whoever writes. Raises Refused."""
    wanted = list(named)
    if "@" not in text and not wanted:
        return []
    colleagues = colleagues_of(case, timezone.localdate())
    able = {one.id for one in colleagues}
    if strangers := [one for one in wanted if one not in able]:
        raise Refused(
            "not-a-colleague",
            "提及的人看不到这个案件，请另选。",
            f"Account {strangers[0]} cannot see this case. Name somebody who can.",
        )
    return check_named(one for one in (*wanted, *named_in(text, colleagues)) if one != own)


def _record(kind: str, note: Note, text: str) -> None:
    facts: dict[str, Fact] = {
        "note": note.pk,
        "account": note.account_id,
        "mentions": list(note.mentions),
        "text": salted(bytes(note.salt), text),
    }
    record(kind, f"case:{note.case_id}", facts)
