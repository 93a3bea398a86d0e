"""Cursors: where a page of a list begins, as its address carries it."""

import base64
from datetime import UTC, datetime

from gezhi.cases.queries.filters import BadFilter

NO_DUE = datetime(9999, 1, 1, tzinfo=UTC)


def cursor_of(at: datetime, pk: int) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()} {pk}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime, int]:
    """Raises BadFilter for a cursor that we did not give."""
    try:
        at, pk = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split(" ")
        found = datetime.fromisoformat(at), int(pk)
    except (ValueError, UnicodeDecodeError):
        raise BadFilter("after", "is not a cursor of this list; begin at its first page") from None
    if found[0].tzinfo is None or not 0 <= found[1] < 2**63:
        raise BadFilter("after", "is not a cursor of this list; begin at its first page")
    return found
