"""Warnings, signals and exports as the pages show them."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from gezhi.pages.showing import english
from gezhi.people.signals import SIGNALS

LEVEL_NAMES: Final = {1: _("蓝色"), 2: _("黄色"), 3: _("橙色"), 4: _("红色")}
LEVEL_LOOKS: Final = {1: "blue", 2: "yellow", 3: "orange", 4: "red"}


def level_name(level: int) -> str:
    return str(LEVEL_NAMES[level])


def signal_name(kind: str) -> str:
    known = SIGNALS.get(kind)
    return kind if known is None else known.en if english() else known.zh
