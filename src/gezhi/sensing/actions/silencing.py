"""Silences: set with a reason and an end, ended early, and never over without a word."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.lib.refused import Refused
from gezhi.people.access import Actor
from gezhi.sensing.models import SilenceRow
from gezhi.sensing.silencing import Silence, Told, Wrong, notices_due, wrong_with

_WORDS: Final = {
    Wrong.WHO: ("静默须由本人设定。", "A silence is set by somebody."),
    Wrong.WHY: ("请写明静默的理由（至少 4 个字）。", "Say why, in at least 4 characters."),
    Wrong.EVERYTHING: (
        "不能静默一切：请指定监测规则、地点或设备。",
        "Not everything: name monitors, a place or a thing.",
    ),
    Wrong.PLACE: ("地点编码不正确。", "That is no place code."),
    Wrong.PAST: ("结束时间须晚于现在和开始时间。", "It must end later than now, and than it starts."),
    Wrong.LONG: ("静默最长 30 天。", "A silence lasts for at most 30 days."),
}


@dataclass(frozen=True, slots=True)
class SilenceDraft:
    why: str
    starts_at: datetime
    until: datetime
    monitors: frozenset[str] = field(default=frozenset())
    place_code: str = ""
    thing_id: int | None = None


@transaction.atomic
def silence(draft: SilenceDraft, actor: Actor, now: datetime) -> SilenceRow:
    """Raises Refused, saying all that is wrong."""
    if found := wrong_with(_as_silence(draft, actor), now):
        said = [_WORDS[one] for one in found]
        raise Refused(found[0].value, "".join(zh for zh, _ in said), " ".join(en for _, en in said))
    row = SilenceRow.objects.create(
        account_id=actor.account_id,
        why=draft.why.strip()[:300],
        monitors=sorted(draft.monitors),
        place_code=draft.place_code,
        thing_id=draft.thing_id,
        starts_at=draft.starts_at,
        until=draft.until,
        made_at=now,
    )
    facts: dict[str, Fact] = {
        "account": actor.account_id,
        "until": draft.until.isoformat(),
        "place": draft.place_code,
    }
    record("sensing.silence", f"silence:{row.pk}", {**facts, "monitors": ",".join(row.monitors)})
    return row


@transaction.atomic
def end_silence(silence_id: int, actor: Actor, now: datetime) -> SilenceRow:
    """Raises Refused where it is over, DoesNotExist."""
    row = SilenceRow.objects.select_for_update().get(pk=silence_id)
    if row.until <= now:
        raise Refused("over", "这条静默已经结束。", "This silence is over.")
    row.until, row.told = now, Told.ENDED
    row.save(update_fields=["until", "told"])
    record("sensing.silence.ended", f"silence:{row.pk}", {"account": actor.account_id})
    return row


def tell_of_ends(silences: Iterable[Silence], now: datetime) -> None:
    """Inside a transaction. An hour before the end, and at it: in the ledger, and on the page of silences."""
    for one, told in notices_due(silences, now):
        SilenceRow.objects.filter(pk=one.id).update(told=told)
        record(f"sensing.silence.{told}", f"silence:{one.id}", {"until": one.until.isoformat()})


def _as_silence(draft: SilenceDraft, actor: Actor) -> Silence:
    return Silence(
        0,
        str(actor.account_id),
        draft.why,
        draft.starts_at,
        draft.until,
        draft.monitors,
        draft.place_code,
        str(draft.thing_id or ""),
    )
