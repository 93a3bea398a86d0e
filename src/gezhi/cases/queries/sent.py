"""Steps that a phone sent: one that comes twice is known by the name that the phone gave it."""

from gezhi.cases.models import CaseEvent


def sent_before(account_id: int, number: str, sent: str) -> int | None:
    """The case's version after the step of this name; None: it never arrived. One statement."""
    events = CaseEvent.objects.filter(case__number=number, account_id=account_id, facts__sent=sent)
    return events.order_by("seq").values_list("seq", flat=True).first() if sent else None
