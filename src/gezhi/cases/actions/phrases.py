"""Ready answers of units. A changed one is a new version; cases keep the words that were said."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from gezhi.cases.models import Phrase
from gezhi.cases.phrasing import check_phrase
from gezhi.cases.procedure import Refused
from gezhi.cases.queries.talk import may_keep
from gezhi.cases.world import known_world
from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.packs.shapes import Kind
from gezhi.people.access import PHRASES, Actor

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('phrase ' || %s))"


@transaction.atomic
def set_phrase(
    actor: Actor, unit_id: int | None, kind: str, title: str, text: str, at: datetime | None = None
) -> Phrase:
    """Under its title, replacing the one before. `kind` "" for every step; unit None for all units. Raises Refused."""
    _check_owner(actor, unit_id)
    title, text = check_phrase(title, text)
    if kind and kind not in set(Kind):
        raise Refused("unknown-kind", "没有这种步骤。", f"'{kind[:20]}' is no kind of step.")
    now = at or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [f"{unit_id} {kind} {title}"])
    before = Phrase.objects.filter(unit_id=unit_id, kind=kind, title=title, ended_at=None).first()
    if before is not None and before.text == text:
        return before
    if before is not None:
        before.ended_at = now
        before.save(update_fields=["ended_at"])
    phrase = Phrase.objects.create(
        unit_id=unit_id,
        kind=kind,
        title=title,
        text=text,
        version=before.version + 1 if before else 1,
        account_id=actor.account_id,
        at=now,
    )
    _record("phrase.set", phrase, actor)
    return phrase


@transaction.atomic
def end_phrase(actor: Actor, phrase_id: int, at: datetime | None = None) -> Phrase:
    """Raises Refused."""
    phrase = Phrase.objects.select_for_update().filter(id=phrase_id, ended_at=None).first()
    if phrase is None:
        raise Refused("unknown-phrase", "没有这条常用语。", f"There is no ready answer {phrase_id}.")
    _check_owner(actor, phrase.unit_id)
    phrase.ended_at = at or timezone.now()
    phrase.save(update_fields=["ended_at"])
    _record("phrase.ended", phrase, actor)
    return phrase


def _check_owner(actor: Actor, unit_id: int | None) -> None:
    if not actor.may(PHRASES) or not may_keep(actor, unit_id, known_world().directory):
        raise Refused(
            "not-your-role",
            "您只能改本单位或本辖区单位的常用语。",
            "You may change the ready answers of your own unit or of units in your place, by a post that lets you.",
        )


def _record(kind: str, phrase: Phrase, actor: Actor) -> None:
    facts: dict[str, Fact] = {
        "phrase": phrase.pk,
        "unit": phrase.unit_id,
        "kind": phrase.kind,
        "title": phrase.title,
        "text": phrase.text,
        "version": phrase.version,
        "account": actor.account_id,
    }
    record(kind, f"phrase:{phrase.pk}", facts)
