"""Signals that other systems send: firewalls, guards of hosts. Each once, whatever is sent again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from gezhi.ledger.entries import Fact
from gezhi.people.actions import record_signal
from gezhi.security.models import OutsideSignal


@dataclass(frozen=True, slots=True)
class FromOutside:
    """`key`: the sender's own name for it."""

    key: str
    kind: str
    at: datetime
    address: str
    count: int
    text: str


@transaction.atomic
def take_outside(found: Sequence[FromOutside], account_id: int) -> list[tuple[int, bool]]:
    """For each in order: the signal's id, and whether it was known. All or none."""
    keys = [one.key for one in found]
    known = dict(
        OutsideSignal.objects.select_for_update()
        .filter(account_id=account_id, key__in=keys)
        .values_list("key", "signal_id")
    )
    taken = []
    for one in found:
        if one.key in known:
            taken.append((known[one.key], True))
            continue
        facts: dict[str, Fact] = {"count": one.count, "text": one.text, "sender": account_id}
        signal = record_signal(one.kind, None, one.address, facts, one.at)
        OutsideSignal.objects.create(account_id=account_id, key=one.key, signal_id=signal.pk)
        known[one.key] = signal.pk
        taken.append((signal.pk, False))
    return taken
