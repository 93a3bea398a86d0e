"""Keeping who looked at personal data, and what may matter for security."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact, canonical, salted
from gezhi.people.access import Actor
from gezhi.people.looking import FIELD, Look, Origin
from gezhi.people.models import Lookup, Signal
from gezhi.people.purposes import PURPOSES
from gezhi.people.unusual import is_odd, passed

HOUR: Final = timedelta(hours=1)
# what a phone takes along for a day's doors is bounded by the rounds of that day
NOBODY: Final = ("records",)  # a look at who looked is kept like any other, and shows nobody's data


def record_lookup(look: Look, now: datetime | None = None) -> Lookup:
    """One look at one subject. Raises ValueError for a purpose that is not on the list."""
    return record_lookups([look], now)[0]


@transaction.atomic
def record_lookups(looks: Sequence[Look], now: datetime | None = None) -> list[Lookup]:
    """What one person read in one instant, of any number of subjects; one entry in the ledger, two statements."""
    at = now or timezone.now()
    for unknown in {look.purpose for look in looks} - set(PURPOSES):
        raise ValueError(f"'{unknown}' is not a purpose; there are {', '.join(PURPOSES)}.")
    rows = [
        Lookup(**{**asdict(look), "fields": list(look.fields)}, at=at, salt=secrets.token_bytes(16))
        for look in looks
    ]
    made = Lookup.objects.bulk_create(rows, batch_size=2000)
    if made:
        unusual = _signal_unusual(made, at)
        record("people.looked", _subject(made), _facts(made) | ({"signals": unusual} if unusual else {}))
    return made


def _signal_unusual(made: Sequence[Lookup], at: datetime) -> list[str]:
    """Looks at many people within an hour, at each further multiple of the setting; and masks lifted at night."""
    first, found = made[0], list[str]()
    since = Lookup.objects.filter(account_id=first.account_id, at__gt=at - HOUR, at__lte=at)
    whose = (
        since.exclude(subject_kind__in=NOBODY)
        .exclude(way=FIELD)
        .values("subject_kind", "subject_id")
        .distinct()
    )
    before, looked = whose.filter(id__lt=first.pk).count(), whose.count()
    if many := passed(before, looked, settings.BULK_READS):
        found.append(
            raise_signal(
                "bulk-read", first.account_id, first.address, {"rows": looked, "passed": many}, at
            ).kind
        )
    lifted = [one for one in made if one.shown_until is not None]
    if lifted and is_odd(timezone.localtime(at), settings.ODD_HOURS):
        told: dict[str, Fact] = {"rows": len(lifted), "purpose": first.purpose, "case": first.case_id}
        found.append(raise_signal("odd-hour-unmasking", first.account_id, first.address, told, at).kind)
    return found


def _subject(made: Sequence[Lookup]) -> str:
    first = made[0]
    return f"{first.subject_kind}:{first.subject_id}" if len(made) == 1 else f"account:{first.account_id}"


def _facts(made: Sequence[Lookup]) -> dict[str, Fact]:
    """One look in full; of many their number and a digest over their rows."""
    first, seal = made[0], hashlib.sha256(canonical({"looks": [_seal(one) for one in made]})).hexdigest()
    return {
        "account": first.account_id,
        "purpose": first.purpose,
        "way": first.way,
        "grade": max(one.grade for one in made),
        "rows": len(made),
        "break_glass": first.break_glass_id,
        "digest": seal,
    }


def _seal(one: Lookup) -> dict[str, Fact]:
    """What a row says, with salted hashes of what is personal in it."""
    salt = bytes(one.salt)
    return {
        "account": one.account_id,
        "post": one.post_id,
        "purpose": one.purpose,
        "subject": f"{one.subject_kind}:{one.subject_id}",
        "case": one.case_id,
        "fields": list(one.fields),
        "grade": one.grade,
        "way": one.way,
        "reason": salted(salt, one.reason),
        "address": salted(salt, one.address),
    }


def record_audit_look(actor: Actor, asked: str, purpose: str, origin: Origin) -> Lookup:
    """Somebody looked at who looked; `asked`: how they narrowed it."""
    post = actor.posts[0]
    return record_lookup(
        Look(
            account_id=actor.account_id,
            post_id=post.id,
            purpose=purpose,
            subject_kind="records",
            subject_id=0,
            fields=("looks",),
            grade=2,
            way=origin.way,
            reason=asked[:300],
            place_code=post.place_code,
            address=origin.address,
            request_id=origin.request_id,
        )
    )


@transaction.atomic
def record_signal(
    kind: str, account_id: int | None, address: str, facts: Mapping[str, Fact], now: datetime | None = None
) -> Signal:
    """Something that may matter for security. `facts`: texts, whole numbers, lists of them; never what a mask hides
    and never a secret that somebody typed."""
    signal = raise_signal(kind, account_id, address, facts, now)
    salt = bytes(signal.salt)
    told: dict[str, Fact] = {
        "kind": kind,
        "account": account_id,
        "address": salted(salt, address),
        "facts": salted(salt, canonical(facts).decode()),
    }
    record("people.signalled", f"signal:{signal.pk}", told)
    return signal


def raise_signal(
    kind: str, account_id: int | None, address: str, facts: Mapping[str, Fact], now: datetime | None = None
) -> Signal:
    """Within an action whose own entry in the ledger says what it did."""
    at, salt = now or timezone.now(), secrets.token_bytes(16)
    row = {"kind": kind, "at": at, "account_id": account_id, "address": address, "facts": dict(facts)}
    return Signal.objects.create(**row, salt=salt)
