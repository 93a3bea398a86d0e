"""Matters as anybody may see them, in the page's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from gezhi.cases.openness import Standing
from gezhi.cases.queries.open_matters import OpenMatter
from gezhi.cases.world import World
from gezhi.pages.showing import icon, said
from gezhi.places.queries import place_names

STANDINGS: Final = {
    Standing.WAITING: (gettext_lazy("等待受理"), "collect"),
    Standing.IN_HAND: (gettext_lazy("正在办"), "handle"),
    Standing.DONE: (gettext_lazy("已办结"), "verify"),
}


@dataclass(frozen=True, slots=True)
class MatterView:
    number: str
    category: str
    standing: SafeString
    place: str
    opened_on: date
    due_on: date | None
    closed_on: date | None
    reports: int
    point: tuple[float, float] | None


def standing_tag(standing: Standing) -> SafeString:
    words, stage = STANDINGS[standing]
    return format_html('<span class="tag stage-{}">{}{}</span>', stage, icon(stage), words)


def matter_views(found: Sequence[OpenMatter], world: World) -> list[MatterView]:
    """One statement, for the names of the places."""
    names = place_names({one.place_code for one in found} | {world.root}) if found else {}
    root = names.get(world.root, "")
    return [
        MatterView(
            number=one.number,
            category=said(world.catalogue.category(one.category).name),
            standing=standing_tag(one.standing),
            place=names.get(one.place_code, one.place_code).removeprefix(root) or root,
            opened_on=one.opened_on,
            due_on=one.due_on,
            closed_on=one.closed_on,
            reports=one.reports,
            point=one.point,
        )
        for one in found
    ]
