"""What a person has seen: outside the ledger, since it changes nothing of the city's."""

from datetime import datetime

from gezhi.cases.models import Mention, Seen


def read_mentions(account_id: int, case_id: int, at: datetime) -> None:
    """The notes of a case were shown to somebody whom they name."""
    Mention.objects.filter(account_id=account_id, note__case_id=case_id, read_at=None).update(read_at=at)


def mark_seen(account_id: int, at: datetime) -> None:
    """Everything in the inbox up to now was seen."""
    Seen.objects.update_or_create(account_id=account_id, defaults={"at": at})
    Mention.objects.filter(account_id=account_id, at__lte=at, read_at=None).update(read_at=at)
