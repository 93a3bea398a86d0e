"""What came with a request, made harmless: PostgreSQL text cannot hold U+0000, its integers end at 2**63."""

from collections.abc import Iterable
from typing import Final

from django.http import HttpRequest, QueryDict

_DIGITS: Final = 18


def posted(request: HttpRequest, names: Iterable[str]) -> dict[str, str]:
    """The named fields of a form; "" for those that did not come."""
    return texts(request.POST, names)


def texts(query: QueryDict, names: Iterable[str]) -> dict[str, str]:
    return {name: query.get(name, "").replace("\0", "").strip() for name in names}


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
