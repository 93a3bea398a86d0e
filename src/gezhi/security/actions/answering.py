"""What people do with a warning: acknowledge it, mute it for a while with a reason, open a case of it."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.lib.refused import Refused
from gezhi.security.actions.taking_up import take_up
from gezhi.security.models import RaisedWarning
from gezhi.security.queries.counting import rules

LONGEST_MUTE: Final = timedelta(days=30)
LONGEST_TEXT: Final = 500


@transaction.atomic
def acknowledge(warning_id: int, account_id: int, note: str, now: datetime) -> RaisedWarning:
    """Somebody has seen it. Once for each level that it reaches. Raises Refused."""
    warning = _locked(warning_id)
    if warning.acknowledged_at is not None:
        raise Refused("acknowledged", "这条预警已有人确认。", "Somebody acknowledged this warning already.")
    warning.acknowledged_by, warning.acknowledged_at = account_id, now
    warning.note = note.strip()[:LONGEST_TEXT]
    warning.save(update_fields=["acknowledged_by", "acknowledged_at", "note"])
    record("security.warning.acknowledged", f"warning:{warning.pk}", {"account": account_id})
    return warning


@transaction.atomic
def mute(warning_id: int, account_id: int, until: datetime, reason: str, now: datetime) -> RaisedWarning:
    """No notices and no case of it until then; it goes on counting. Raises Refused."""
    warning = _locked(warning_id)
    if not reason.strip():
        raise Refused("lacking", "请写明静默的理由。", "Say why it is to be quiet.")
    if not now < until <= now + LONGEST_MUTE:
        raise Refused("too-long", "静默最长 30 天。", "It may be quiet for 30 days at most, from now on.")
    warning.muted_by, warning.muted_until = account_id, until
    warning.mute_reason = reason.strip()[:LONGEST_TEXT]
    warning.save(update_fields=["muted_by", "muted_until", "mute_reason"])
    facts: dict[str, Fact] = {"account": account_id, "until": until.isoformat(timespec="seconds")}
    record("security.warning.muted", f"warning:{warning.pk}", facts)
    return warning


def open_case(warning_id: int, account_id: int, now: datetime) -> int:
    """Whatever its level, where its rule names a category; the case's id. Raises Refused."""
    warning = RaisedWarning.objects.get(pk=warning_id)
    rule = rules().get(warning.rule)
    if rule is None or rule.category is None:
        raise Refused(
            "no-category",
            "这条规则没有对应的案件类别。",
            "The rule of this warning names no category of cases.",
        )
    if warning.case_id is not None:
        return warning.case_id
    return take_up(warning, rule, now, account_id)


def _locked(warning_id: int) -> RaisedWarning:
    return RaisedWarning.objects.select_for_update().get(pk=warning_id)
