"""The node's own state as signals."""

from datetime import datetime

from django.utils import timezone

from gezhi.ledger.queries import verify
from gezhi.people.actions import record_signal
from gezhi.security.queries.node import troubles, was_told


def notice_state(now: datetime | None = None) -> list[str]:
    """What is wrong with the node, told at most every five minutes. Returns the kinds that were told."""
    at = now or timezone.now()
    told = []
    for kind, facts in troubles(at):
        if not was_told(kind, at):
            record_signal(kind, None, "", facts, at)
            told.append(kind)
    return told


def verify_ledger() -> int:
    """Reads the whole ledger against its tree and files; a signal when anything does not fit. How much does not."""
    verdict = verify()
    if verdict.findings:
        where = [f"{one.where}: {one.what}"[:200] for one in verdict.findings[:5]]
        record_signal("ledger-broken", None, "", {"count": len(verdict.findings), "where": where})
    return len(verdict.findings)
