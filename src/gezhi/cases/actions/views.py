"""Saved views of a list: personal, outside the ledger since they change nothing of the city's."""

from gezhi.cases.models import SavedView

MOST = 30


class TooManyViews(ValueError):
    """A person keeps at most 30 views."""


def save_view(account_id: int, name: str, query: str) -> SavedView:
    """Save the filters under a name; a view of that name is replaced. Raises TooManyViews."""
    mine = SavedView.objects.filter(account_id=account_id)
    if mine.exclude(name=name).count() >= MOST:
        raise TooManyViews
    view, _ = SavedView.objects.update_or_create(
        account_id=account_id, name=name[:40], defaults={"query": query[:500]}
    )
    return view


def delete_view(account_id: int, view_id: int) -> None:
    SavedView.objects.filter(account_id=account_id, id=view_id).delete()
