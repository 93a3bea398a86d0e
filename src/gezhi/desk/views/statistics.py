"""Statistics: what came in and what was closed in a period, beside the one before; every number opens its cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from gezhi.cases.queries import Filters
from gezhi.cases.world import World, known_world
from gezhi.desk.views.appraisal_asked import unit_asked
from gezhi.desk.views.cases import asked_of
from gezhi.desk.views.page import page
from gezhi.insight.periods import BadPeriod, Period, named
from gezhi.insight.queries.figures import Dimension, Figures, Within, figures
from gezhi.insight.queries.scope import narrowed, sees_all_units, sight_at_desk
from gezhi.insight.queries.statistics import ALL, Took, sources, took
from gezhi.lib.codes import COUNTY, GRID, TOWN, VILLAGE, level_of
from gezhi.pages.acting import unit_name
from gezhi.pages.charts import Bar, BarList, LineChart, Series, bar_list, line_chart, number_words
from gezhi.pages.lines import category_options
from gezhi.pages.paging import shown_of
from gezhi.pages.showing import said, source_name
from gezhi.pages.tables import Table, table_file
from gezhi.people.access import DESK, EXPORT, Actor, ActorRequest, requires
from gezhi.people.purposes import STATISTICS
from gezhi.places.queries import place_names

BY: Final = {
    "category": gettext_lazy("类别"),
    "place": gettext_lazy("区域"),
    "unit": gettext_lazy("单位"),
    "day": gettext_lazy("日期"),
}
COLUMNS: Final = {
    "reported": gettext_lazy("新收"),
    "closed": gettext_lazy("结案"),
    "closed_on_time": gettext_lazy("按期结案"),
    "reopened": gettext_lazy("重办"),
    "rated": gettext_lazy("已评价"),
    "rated_satisfied": gettext_lazy("评价满意"),
    "rated_dissatisfied": gettext_lazy("差评"),
}
_BARS: Final = 10
_LEVELS: Final[dict[int, Dimension]] = {COUNTY: "county", TOWN: "town", VILLAGE: "village", GRID: "grid"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. `below`: the level of places that are compared."""

    period: Period
    within: Within
    filters: Filters
    typed: Mapping[str, str]
    faults: Mapping[str, str]
    by: str
    below: Dimension
    actor: Actor

    def query(self, **changes: str) -> str:
        kept = {"place": self.filters.place, "category": self.filters.category, "unit": self.filters.unit}
        plain = {"period": self.period.name, "by": self.by, **kept}
        return urlencode({name: value for name, value in (plain | changes).items() if value})

    def cases(self, count: str, **changes: str) -> str:
        """The address of the cases that a number counts."""
        level = {"level": "unit"} if changes.get("unit") or self.filters.unit else {"level": "all"}
        return f"{reverse('desk:statistics-cases')}?{self.query(count=count, by='', **level, **changes)}"


def asked_in(request: ActorRequest, world: World) -> Asked:
    asked = asked_of(request.GET.dict(), world)
    place, own = asked.filters.place, unit_asked(asked.filters.unit, request.actor)
    by = request.GET.get("by", "category")
    lower = min(max(level_of(place or world.root) + 1, COUNTY), GRID)
    return Asked(
        period=_period(request.GET.get("period", "")),
        within=narrowed(sight_at_desk(request.actor), own, place, asked.filters.category),
        filters=asked.filters,
        typed=asked.typed,
        faults=asked.faults,
        by=by if by in _open_to(request.actor) else "category",
        below=_LEVELS[lower],
        actor=request.actor,
    )


def _open_to(actor: Actor) -> list[str]:
    """Units are compared by those who appraise; others see the numbers of their own."""
    return [by for by in BY if by != "unit" or sees_all_units(actor)]


def _period(text: str) -> Period:
    """A month or a week; this month when nothing else can be understood."""
    try:
        period = named(text)
    except BadPeriod:
        return Period.of("month", timezone.localdate())
    return period if period.kind != "day" else Period.of("month", period.days[0])


@dataclass(frozen=True, slots=True)
class Tile:
    title: str
    words: str
    link: str
    change: str
    rises: bool


@requires(DESK)
@require_GET
def statistics(request: ActorRequest) -> HttpResponse:
    world = known_world()
    asked = asked_in(request, world)
    now_, before = (figures(one, "all", asked.within).row("") for one in (asked.period, asked.period.back()))
    times = took(asked.period, asked.within)
    rows = _rows(asked, world, times)
    shown = shown_of(request, rows)
    context = {
        "asked": asked,
        "tiles": _tiles(asked, now_, before),
        "took": _took_words(times.get(ALL)),
        "days": _days(asked),
        "bars": _bars(asked, world),
        "tabs": [(key, BY[key], asked.query(by=key), key == asked.by) for key in _open_to(request.actor)],
        "headings": COLUMNS.values(),
        "shown": shown,
        "query": asked.query(),
        "before": asked.query(period=asked.period.back().name),
        "after": asked.query(period=asked.period.next().name),
        "kinds": _kinds(asked),
        "categories": category_options(world),
        "may_export": request.actor.may(EXPORT),
        "all_units": sees_all_units(request.actor),
    }
    return page(request, "desk/statistics.html", context, at="desk:statistics")


def _kinds(asked: Asked) -> list[tuple[str, str, bool]]:
    first = asked.period.days[0]
    kinds = {"month": _("按月"), "week": _("按周")}
    return [
        (str(title), asked.query(period=Period.of(kind, first).name), kind == asked.period.kind)  # type: ignore[arg-type]
        for kind, title in kinds.items()
    ]


def _tiles(asked: Asked, now_: Mapping[str, float], before: Mapping[str, float]) -> list[Tile]:
    plain = [
        Tile(str(COLUMNS[key]), number_words(now_[key]), asked.cases(key), *_change(now_[key], before[key]))
        for key in ("reported", "closed", "reopened")
    ]
    return [*plain, *(_share_tile(asked, now_, before, *one) for one in _SHARES)]


_SHARES: Final = (
    (gettext_lazy("按期结案率"), ("closed_on_time",), "closed"),
    (gettext_lazy("满意率（含基本满意）"), ("rated_satisfied", "rated_basically"), "rated"),
)


def _share_tile(
    asked: Asked,
    now_: Mapping[str, float],
    before: Mapping[str, float],
    title: object,
    of: Sequence[str],
    whole: str,
) -> Tile:
    here, there = _share(now_, of, whole), _share(before, of, whole)
    words = "–" if here is None else f"{here:.1f}%"
    if here is None or there is None:
        return Tile(str(title), words, asked.cases(whole), "", rises=False)
    change = _("比上期 %(n)s 个百分点") % {"n": f"{here - there:+.1f}"}
    return Tile(str(title), words, asked.cases(whole), change, here >= there)


def _share(counts: Mapping[str, float], of: Sequence[str], whole: str) -> float | None:
    return 100 * sum(counts[one] for one in of) / counts[whole] if counts[whole] else None


def _change(here: float, there: float) -> tuple[str, bool]:
    if not there:
        return "", False
    return _("比上期 %(n)s") % {"n": f"{100 * (here - there) / there:+.0f}%"}, here >= there


def _took_words(one: Took | None) -> str:
    if one is None:
        return ""
    words = _("结案用时：一半不超过 %(median)s，九成不超过 %(ninth)s")
    return words % {"median": _hours(one.median), "ninth": _hours(one.ninth)}


def _hours(hours: float) -> str:
    return (
        _("%(n)s 天") % {"n": f"{hours / 24:.1f}"} if hours >= 48 else _("%(n)s 小时") % {"n": f"{hours:.1f}"}
    )


def _days(asked: Asked) -> LineChart:
    found = figures(asked.period, "day", asked.within)
    first, last = asked.period.days
    last = min(last, max(timezone.localdate(), first))
    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    series = [
        Series(
            str(COLUMNS[key]),
            [found.row(day.isoformat())[key] if found.keys else 0 for day in days],
            [asked.cases(key, period=day.isoformat()) for day in days],
            area=key == "reported",
        )
        for key in ("reported", "closed")
    ]
    return line_chart(_("每天新收与结案"), days, series)


def _bars(asked: Asked, world: World) -> list[BarList]:
    charts = [_bar_chart(asked, world, by) for by in _open_to(asked.actor) if by != "day"]
    return [*charts, _source_chart(asked)]


def _bar_chart(asked: Asked, world: World, by: str) -> BarList:
    found, count = _by(asked, by), "given" if by == "unit" else "reported"
    numbers = sorted(((found.row(key)[count], key) for key in found.keys), reverse=True)[:_BARS]
    names = _names(by, [key for _number, key in numbers], world)
    title = {
        "category": _("新收最多的类别"),
        "place": _("新收最多的区域"),
        "unit": _("承办最多的单位"),
    }[by]
    bars = [Bar(names[key], number, asked.cases(count, **{by: key})) for number, key in numbers if number]
    return bar_list(title, bars)


def _source_chart(asked: Asked) -> BarList:
    found = sources(asked.actor, asked.period, asked.filters.place, asked.filters.category)
    since, until = (day.isoformat() for day in asked.period.days)
    wanted = Filters(place=asked.filters.place, category=asked.filters.category, since=since, until=until)
    at = reverse("desk:cases")
    bars = [
        Bar(source_name(key) if key else _("其他案件"), number, f"{at}?{wanted.query_string(source=key)}")
        for key, number in found.items()
    ]
    return bar_list(_("新案件的来源"), bars)


def _by(asked: Asked, by: str) -> Figures:
    dimensions: dict[str, Dimension] = {"place": asked.below, "unit": "unit", "day": "day"}
    return figures(asked.period, dimensions.get(by, "category"), asked.within)


def _names(by: str, keys: Sequence[str], world: World) -> dict[str, str]:
    if by == "place":
        known = place_names(keys)
        return {key: known.get(key, key) for key in keys}
    if by == "unit":
        units = world.directory.units
        return {key: unit_name(units[int(key)]) if int(key) in units else key for key in keys}
    if by == "category":
        known_kinds = world.catalogue.categories
        return {key: said(known_kinds[key].name) if key in known_kinds else key for key in keys}
    return {key: key for key in keys}


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    numbers: list[tuple[str, str]]  # words and address
    plain: list[float]
    took: Took | None


def _rows(asked: Asked, world: World, times: Mapping[str, Took]) -> list[Row]:
    """Most received first, days in order."""
    found = _by(asked, asked.by)
    names = _names(asked.by, found.keys, world)
    rows = [_row(asked, key, names[key], found.row(key), times) for key in found.keys]
    if asked.by != "day":
        rows.sort(key=lambda row: (-row.plain[0], -row.plain[1], row.name))
    return rows


def _row(asked: Asked, key: str, name: str, counts: Mapping[str, float], times: Mapping[str, Took]) -> Row:
    where = {"period": key} if asked.by == "day" else {asked.by: key}
    numbers = [(number_words(counts[one]), asked.cases(one, **where)) for one in COLUMNS]
    return Row(
        name, numbers, [counts[one] for one in COLUMNS], times.get(key) if asked.by == "category" else None
    )


@requires(EXPORT)
@require_GET
def export(request: ActorRequest) -> HttpResponseBase:
    """The table as it is asked for, all rows."""
    world = known_world()
    asked = asked_in(request, world)
    times = took(asked.period, asked.within) if asked.by == "category" else {}
    heads = [str(BY[asked.by]), *map(str, COLUMNS.values()), _("用时中位数（小时）"), _("用时九成（小时）")]
    lines = [
        [
            row.name,
            *row.plain,
            *([round(row.took.median, 1), round(row.took.ninth, 1)] if row.took else ["", ""]),
        ]
        for row in _rows(asked, world, times)
    ]
    name = f"statistics-{asked.by}-{asked.period.name}"
    return table_file(request, Table(name, _("统计"), heads, lines), STATISTICS)
