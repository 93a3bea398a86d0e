"""What watches: monitors of the packs, which series each looks at and which it cannot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gezhi.cases.world import World, known_world
from gezhi.desk.views.sensing_page import sensed_page
from gezhi.packs.shapes import LEVELS, Monitor
from gezhi.packs.shapes.monitors import seconds_of
from gezhi.packs.units import UNITS, unit_of
from gezhi.pages.asked import texts
from gezhi.pages.monitor_limits import LimitView, limit_views, rule_on
from gezhi.pages.place_choice import TITLES
from gezhi.pages.sensing import kind_title, level_look, level_words, monitor_title, span_words, stream_kind
from gezhi.pages.showing import said
from gezhi.people.access import DESK, ActorRequest, requires
from gezhi.places.queries import place_names
from gezhi.sensing.models import Datastream
from gezhi.sensing.queries.listing import streams_named, watched_groups

MOST: Final = 200  # series of one monitor that are listed

Groups = Mapping[tuple[str, str, str, str], int]


@dataclass(frozen=True, slots=True)
class LevelRule:
    look: str
    level: str
    rule: str


@dataclass(frozen=True, slots=True)
class MonitorView:
    """`watched`: how many datastreams in sight; `foreign`: (unit, how many) that it cannot look at."""

    key: str
    title: str
    pack: str
    of: str
    unit: str
    levels: list[LevelRule]
    limits: list[LimitView]
    facts: list[tuple[str, str]]
    todo: str
    source: str
    watched: int
    foreign: list[tuple[str, int]]


@requires(DESK)
@require_GET
def monitors(request: ActorRequest) -> HttpResponse:
    world, typed = known_world(), texts(request.GET, ("monitor", "text", "blind"))
    groups = watched_groups(request.actor)
    views = [
        _view(key, one.thing, one.pack, groups, world)
        for key, one in world.catalogue.monitors.items()
        if not typed["monitor"] or key == typed["monitor"]
    ]
    words = typed["text"].casefold()
    found = [
        one
        for one in views
        if words in f"{one.key} {one.title} {one.of}".casefold()
        and (typed["blind"] != "1" or one.foreign or not one.watched)
    ]
    chosen = world.catalogue.monitors.get(typed["monitor"])
    series = _series(request, chosen.thing) if chosen else []
    context = {"monitors": found, "typed": typed, "count": len(views), "series": series, "most": MOST}
    return sensed_page(request, "monitors", context)


@dataclass(frozen=True, slots=True)
class SeriesView:
    """`unit`: where it is another than the monitor's, so that it cannot be looked at; "" else."""

    stream: Datastream
    place: str
    unit: str


def _series(request: ActorRequest, one: Monitor) -> list[SeriesView]:
    """Those that it cannot look at first."""
    found = streams_named(request.actor, one.of.kind, one.of.property, MOST)
    names = place_names(stream.place_code for stream in found)
    views = []
    for stream in found:
        symbol, definition = (str((stream.unit or {}).get(name) or "") for name in ("symbol", "definition"))
        fits = one.unit in ("", unit_of(symbol, definition))
        other = "" if fits else symbol or definition or _("没有写单位")
        views.append(SeriesView(stream, names.get(stream.place_code, stream.place_code), other))
    return sorted(views, key=lambda view: not view.unit)


def _view(key: str, one: Monitor, pack: str, groups: Groups, world: World) -> MonitorView:
    watched, foreign = _reach(one, groups)
    unit = UNITS.get(one.unit)
    return MonitorView(
        key=key,
        title=said(one.title),
        pack=pack,
        of=_of(one, world),
        unit=unit.symbol or said(unit.name) if unit else one.unit,
        levels=_levels(one, world),
        limits=limit_views(one, world.catalogue, world.day),
        facts=_facts(one),
        todo=said(one.todo),
        source=one.source,
        watched=watched,
        foreign=foreign,
    )


def _reach(one: Monitor, groups: Groups) -> tuple[int, list[tuple[str, int]]]:
    watched, foreign = 0, dict[str, int]()
    for (kind, code, symbol, definition), many in groups.items():
        if code != one.of.property or one.of.kind not in (None, kind):
            continue
        unit = unit_of(symbol, definition)
        if one.unit in ("", unit):
            watched += many
        else:
            words = symbol or definition or _("没有写单位")
            foreign[words] = foreign.get(words, 0) + many
    return watched, sorted(foreign.items())


def _of(one: Monitor, world: World) -> str:
    kind = stream_kind(one.of.kind or "", one.of.property, world)
    what = said(kind.title) if kind else one.of.property
    return f"{kind_title(one.of.kind, world)} · {what}" if one.of.kind else what


def _levels(one: Monitor, world: World) -> list[LevelRule]:
    silent = {
        level: _("%(length)s 没有数据") % {"length": span_words(span)} for level, span in one.silences.items()
    }
    given = one.levels or silent
    return [
        LevelRule(level_look(number), level_words(number), rule_on(given[level], world.catalogue, world.day))
        for number, level in enumerate(LEVELS, 1)
        if level in given
    ]


def _facts(one: Monitor) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if one.for_:
        found.append((_("持续多久才报"), _span(one.for_)))
    if one.keep:
        found.append((_("恢复多久才解除"), _span(one.keep)))
    if one.hours:
        found.append((_("时段"), _("、").join(one.hours)))
    if one.escalate:
        words = {"after": _span(one.escalate.after), "to": level_words(LEVELS.index(one.escalate.to) + 1)}
        found.append((_("自动升级"), _("持续 %(after)s 升为%(to)s") % words))
    if one.downgrade:
        found.append((_("降级"), _("好转 %(after)s 后") % {"after": _span(one.downgrade.after)}))
    by = _("、").join(str(TITLES.get(area, _("每台设备"))) for area in one.group.by)
    waits = span_words(one.group.waits) if one.group.waits else ""
    found.append((_("合并"), _("%(by)s，等 %(wait)s") % {"by": by, "wait": waits} if waits else by))
    if one.inhibits:
        found.append((_("涵盖"), _("、").join(monitor_title(key) for key in one.inhibits)))
    if one.opens:
        opened = _("%(level)s起立案：%(category)s")
        found.append(
            (
                _("何时立案"),
                opened % {"level": level_words(LEVELS.index(one.opens) + 1), "category": _category(one)},
            )
        )
    if one.clear and one.clear.within:
        found.append((_("办结条件"), _("读数恢复 %(length)s") % {"length": _span(one.clear.within)}))
    return found


def _category(one: Monitor) -> str:
    known = known_world().catalogue.categories.get(one.category or "")
    return said(known.name) if known else one.category or ""


def _span(text: str) -> str:
    return span_words(seconds_of(text))
