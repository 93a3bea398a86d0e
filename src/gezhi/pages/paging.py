"""The page of a list that an address asks for; `desk/_pager.html` leads to the others."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PAGE = 50
T = TypeVar("T")


def shown_of(request: HttpRequest, rows: "Sequence[T] | QuerySet[Any, T]", size: int = PAGE) -> "Page[T]":
    """The nearest there is when `page` cannot be understood."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
