"""What ends at once when somebody's password, posts or standing change. Part of those actions."""

from collections.abc import Collection

from gezhi.people.models import Session


def forget_sessions(accounts: Collection[int], keep: str = "") -> int:
    """Every open browser of these accounts, but the one whose stored key is `keep`. How many there were."""
    return Session.objects.filter(account_id__in=accounts).exclude(session_key=keep).delete()[0]
