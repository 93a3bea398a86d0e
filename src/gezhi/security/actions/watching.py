"""Going through the rules: signals become warnings, warnings rise, end, and are handed to the desk."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.packs.shapes import LEVELS, WarningRule
from gezhi.security.models import JoinedSignal, RaisedWarning, Watched
from gezhi.security.queries.counting import counted, rules, standing
from gezhi.security.warning import Decision, Do, decided

MOST_JOINED: Final = 2000  # signals of one warning; the number says how many there were
_LOCK: Final = 0x67657A68  # one process at a time goes through the rules


def watch(now: datetime | None = None) -> list[Decision]:
    """All rules once; each rule is a transaction of its own, so that one that fails does not hold up the others."""
    at, begun = now or timezone.now(), time.perf_counter()
    known, made, failed = rules(), list[Decision](), list[Exception]()
    for rule in known.values():
        try:
            made += go_through(rule, at)
        except Exception as error:  # told once all the others were gone through
            failed.append(error)
    _note(at, len(known), round(1000 * (time.perf_counter() - begun)))
    if failed:
        raise ExceptionGroup("rules of warnings failed", failed)
    return made


@transaction.atomic
def go_through(rule: WarningRule, now: datetime) -> list[Decision]:
    """One rule. Nothing where another process is at it."""
    if not _alone():
        return []
    made = decided(rule, counted(rule, now), standing(rule, now), now)
    for one in made:
        _do(rule, one, now)
    return made


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _do(rule: WarningRule, one: Decision, now: datetime) -> None:
    if one.do is Do.RAISE:
        _raise(rule, one, now)
        return
    warning = RaisedWarning.objects.select_for_update().get(pk=one.warning or 0)
    if one.do is Do.END:
        warning.ended_at = now
        warning.save(update_fields=["ended_at"])
        _record("warning.ended", warning)
        return
    _take_in(warning, one, now)
    if one.do is not Do.JOIN:
        _record("warning.raised", warning)


def _raise(rule: WarningRule, one: Decision, now: datetime) -> None:
    assert one.counted is not None
    newest = one.counted.newest
    warning = RaisedWarning.objects.create(
        rule=rule.key, by=rule.by, group=one.group, level=one.level, number=one.counted.number,
        began_at=now, level_at=now, last_at=newest,
    )  # fmt: skip
    _join(warning, one.counted.signals)
    _record("warning.raised", warning)


def _take_in(warning: RaisedWarning, one: Decision, now: datetime) -> None:
    """More of the same; a higher level; or what had ended stands again. Whoever is to acknowledge is asked anew."""
    assert one.counted is not None
    if one.level > warning.level:
        warning.level, warning.level_at = one.level, now
        warning.acknowledged_by = warning.acknowledged_at = None
    warning.ended_at, warning.number, warning.last_at = None, one.counted.number, one.counted.newest
    warning.save()
    _join(warning, one.counted.signals)


def _join(warning: RaisedWarning, signals: Sequence[int]) -> None:
    room = max(0, MOST_JOINED - warning.signal_count)
    rows = [JoinedSignal(warning=warning, signal_id=one) for one in signals[:room]]
    JoinedSignal.objects.bulk_create(rows, ignore_conflicts=True)
    warning.signal_count = warning.joined.count()
    warning.save(update_fields=["signal_count"])


def _record(kind: str, warning: RaisedWarning) -> None:
    """Without the group: an address is personal."""
    facts: dict[str, Fact] = {
        "rule": warning.rule,
        "level": LEVELS[warning.level - 1],
        "number": warning.number,
    }
    record(f"security.{kind}", f"warning:{warning.pk}", facts)


def _note(now: datetime, count: int, milliseconds: int) -> None:
    Watched.objects.update_or_create(id=1, defaults={"at": now, "rules": count, "milliseconds": milliseconds})
