"""What a request of the command centre looks at."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezhi.cases.queries import BadFilter
from gezhi.cases.world import World
from gezhi.insight.queries.board.look import Look
from gezhi.lib.codes import ancestors, is_within
from gezhi.people.access import ActorRequest
from gezhi.places.queries import place_names

TITLES = {
    "place": gettext_lazy("区域"),
    "since": gettext_lazy("起始日"),
    "until": gettext_lazy("截止日"),
    "day": gettext_lazy("日期"),
    "held": gettext_lazy("指挥层级"),
    "due": gettext_lazy("时限"),
    "category": gettext_lazy("类别"),
    "source": gettext_lazy("来源"),
    "unit": gettext_lazy("单位"),
    "rank": gettext_lazy("排序"),
}


@dataclass(frozen=True, slots=True)
class Crumb:
    code: str
    name: str
    query: str


def looked_at(request: ActorRequest, world: World) -> tuple[Look, str]:
    """What is asked for; or everything that this person commands, and the field that could not be understood."""
    try:
        return Look.read(request.GET, request.actor, world), ""
    except BadFilter as bad:
        return Look.read({}, request.actor, world), bad.field


def problem_words(field: str) -> str:
    return _("“%(field)s”这一项看不懂或不在您的辖区内，现在显示全部。") % {"field": TITLES.get(field, field)}


def bad_filter(bad: BadFilter) -> JsonResponse:
    """For scripts: what cannot be understood, and what is possible."""
    return JsonResponse({"field": bad.field, "problem": bad.problem}, status=422)


def crumbs_of(look: Look, commanded: Sequence[str]) -> list[Crumb]:
    """From the widest place that this person commands down to what is looked at. One statement."""
    start = next(one for one in commanded if is_within(look.place, one))
    way = [code for code in reversed(ancestors(look.place)) if is_within(code, start)] + [look.place]
    names = place_names(way)
    found, before = [], ""
    for code in way:
        full = names.get(code, code)
        found.append(Crumb(code, full.removeprefix(before) or full, look.query_string(place=code)))
        before = full
    return found
