"""Choosing a place from above to below, one list a level; works without scripts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from gezhi.cases.world import World
from gezhi.lib.codes import LEVELS, is_code, level_of
from gezhi.places.queries import children, search_places

TITLES: Final = {
    "province": _("省"),
    "city": _("市"),
    "county": _("区县"),
    "town": _("街道、乡镇"),
    "village": _("社区、村"),
    "grid": _("网格"),
}


@dataclass(frozen=True, slots=True)
class PlaceList:
    """One list: (code, name, chosen)."""

    title: str
    options: list[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """`code`: the finest place chosen, "" when none is; `lists` end with one still open, if any is left."""

    code: str
    lists: list[PlaceList]


def place_choice(root: str, chosen: Sequence[str]) -> PlaceChoice:
    """`chosen`: codes from above to below; what does not hang together is left out. One statement a level."""
    lists: list[PlaceList] = []
    code = root
    wanted = [one for one in chosen if is_code(one)][: len(LEVELS)]
    while options := list(children(code).values_list("code", "name")):
        pick = next((one for one, _name in options if one in wanted), "")
        title = str(TITLES[LEVELS[level_of(options[0][0])]])
        lists.append(PlaceList(title, [(one, name, one == pick) for one, name in options]))
        if not pick:
            break
        code = pick
    return PlaceChoice("" if code == root else code, lists)


def place_of(typed: str, world: World) -> str:
    """The code of a place that is named or coded; "" when there is none, or nothing was typed."""
    if is_code(typed):
        return typed if typed in world.places else ""
    found = search_places(typed, world.root, limit=1) if typed else []
    return found[0][0] if found else ""
