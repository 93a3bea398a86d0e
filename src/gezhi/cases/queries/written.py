"""Queries as SQL, for a statement that asks several at once."""

from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

_NOTHING: Final = "SELECT NULL WHERE false"


def written(found: "QuerySet[Any, Any]") -> tuple[str, tuple[Any, ...]]:
    """Also of a query that can have no rows, as that of whoever sees no case: Django writes none for it."""
    try:
        return found.query.sql_with_params()
    except EmptyResultSet:
        return _NOTHING, ()
