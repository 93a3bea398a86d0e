"""Limits and numbers of packs, as people read them."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezhi.packs.shapes import Limit

_UNITS: Final = {
    "working minutes": gettext_lazy("个工作分钟"),
    "working hours": gettext_lazy("个工作小时"),
    "working days": gettext_lazy("个工作日"),
    "minutes": gettext_lazy("分钟"),
    "hours": gettext_lazy("小时"),
    "days": gettext_lazy("天"),
}


def units() -> list[tuple[str, str]]:
    """(as packs write it, as people read it)"""
    return [(unit, str(words)) for unit, words in _UNITS.items()]


def length_words(length: str) -> str:
    count, unit = length.split(" ", 1)
    return _("%(count)s %(unit)s") % {"count": count, "unit": _UNITS[unit]}


def limit_words(limit: Limit) -> str:
    return length_words(limit.length) if limit.length else f"{limit.number:g}"
