"""The appraisal: who did how well in a period, by which formula, from which cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gezhi.cases.world import World, known_world
from gezhi.desk.views.appraisal_asked import LEVELS, Asked, asked_of, unit_asked
from gezhi.desk.views.appraisal_table import Figure, Row, cell_of, figure_of, rows_of
from gezhi.desk.views.page import page
from gezhi.insight.bulletin import count_names, formula_words, said
from gezhi.insight.counts import NAMES
from gezhi.insight.marking import Mark, spelled
from gezhi.insight.queries.methods import appraise, methods
from gezhi.insight.queries.scope import narrowed, sees_all_units
from gezhi.pages.acting import unit_name
from gezhi.pages.charts import Bar, BarList, LineChart, Series, bar_list, line_chart
from gezhi.pages.paging import shown_of
from gezhi.pages.showing import english
from gezhi.pages.tables import Table, table_file
from gezhi.people.access import APPRAISE, DESK, EXPORT, ActorRequest, requires
from gezhi.places.queries import place_names

PAGE: Final = 100
_TREND: Final = 6
_CHARTED: Final = 12
_COMPARED: Final = 2


@requires(DESK)
@require_GET
def overview(request: ActorRequest) -> HttpResponse:
    asked, world = asked_of(request.GET.dict(), request.actor), known_world()
    rows = _rows(asked, world)
    shown = shown_of(request, rows, PAGE)
    context = _frame(request, asked) | {
        "shown": shown,
        "rows": shown.object_list,
        "chart": _points_chart(asked, list(shown)),
        "number": len(rows),
        "indicators": _headings(asked),
        "sorts": {name: asked.query(sort=name) for name in ("points", "n", "name")},
        "by_rank": asked.query(sort=""),
        "query": asked.query(),
        "may_export": request.actor.may(EXPORT),
        "least": asked.method.appraisal.least if asked.method else 0,
    }
    return page(request, "desk/appraisal/overview.html", context, at="desk:appraisal")


def _rows(asked: Asked, world: World) -> list[Row]:
    if asked.method is None:
        return []
    found, figures = appraise(asked.method, asked.period, asked.level, asked.within)
    return rows_of(asked, found, figures, world)


def _points_chart(asked: Asked, rows: Sequence[Row]) -> BarList | None:
    """The first of the table as bars; none of posts, which single persons hold."""
    marked = [row for row in rows if row.points is not None][:_CHARTED]
    if asked.level == "post" or len(marked) < _COMPARED:
        return None
    bars = [Bar(row.name, row.points or 0, words=f"{row.points:.1f}") for row in marked]
    return bar_list(_("得分"), bars, top=100)


@dataclass(frozen=True, slots=True)
class Choice:
    key: str
    title: str
    query: str
    current: bool


def _frame(request: ActorRequest, asked: Asked) -> dict[str, object]:
    """What every page of an appraisal shows around its figures."""
    appraisals = [
        Choice(key, said(every[0].appraisal.title, english()), asked.query(appraisal=key), key == asked.key)
        for key, every in methods().items()
    ]
    open_levels = LEVELS if sees_all_units(request.actor) else {"unit": LEVELS["unit"]}
    levels = [
        Choice(key, str(title), asked.query(level=key, sort=""), key == asked.level)
        for key, title in open_levels.items()
    ]
    return {
        "asked": asked,
        "appraisals": appraisals,
        "levels": levels,
        "before": asked.query(period=asked.period.back().name),
        "after": asked.query(period=asked.period.next().name),
        "method": formula_words(asked.method, english()) if asked.method else [],
        "everywhere": asked.query(place=""),
        "place_name": place_names([asked.place]).get(asked.place, "") if asked.place else "",
        "may_appraise": request.actor.may(APPRAISE),
    }


@dataclass(frozen=True, slots=True)
class Heading:
    key: str
    title: str
    sort: str


def _headings(asked: Asked) -> list[Heading]:
    found = asked.method.indicators if asked.method else ()
    return [Heading(one.key, said(one.title, english()), asked.query(sort=one.key)) for one in found]


@requires(EXPORT)
@require_GET
def export(request: ActorRequest) -> HttpResponseBase:
    """The table as it is asked for, with every count."""
    asked, world = asked_of(request.GET.dict(), request.actor), known_world()
    if asked.method is None:
        raise Http404
    found, figures = appraise(asked.method, asked.period, asked.level, asked.within)
    names = count_names(english())
    heads = [_("名次"), _("名称"), _("得分"), _("稳健得分"), "n", *(one.title for one in _headings(asked))]
    lines = []
    for row in rows_of(asked, found, figures, world):
        counts = figures.row(row.key)
        lines.append(
            [row.rank, row.name, row.points, row.sure, row.n.number, *(cell.words for cell in row.cells)]
            + [counts[name] for name in NAMES]
        )
    heads = [*heads, *(names[name] for name in NAMES)]
    table = Table(f"appraisal-{asked.key}-{asked.period.name}", _("考核"), heads, lines)
    return table_file(request, table)


@dataclass(frozen=True, slots=True)
class Plugged:
    """An indicator said in words, with its numbers, and its value."""

    title: str
    words: str
    numbers: str
    value: str
    interval: str
    figures: list[Figure]
    source: str


@requires(DESK)
@require_GET
def unit(request: ActorRequest, pk: int) -> HttpResponse:
    """One unit: the formula with its numbers, each leading to its cases, and how it went over the last periods."""
    found = known_world().directory.units.get(unit_asked(str(pk), request.actor) or 0)
    asked = asked_of(request.GET.dict() | {"level": "unit"}, request.actor)
    if found is None:
        raise Http404
    mark, counts = _mark_of(asked, str(pk))
    context = _frame(request, asked) | {
        "unit": unit_name(found),
        "pk": pk,
        "mark": mark,
        "plugged": _plugged(asked, mark, counts) if mark else [],
        "points_words": _points_words(asked, mark) if mark else "",
        "counts": [figure_of(asked, str(pk), name, counts) for name in NAMES if counts.get(name)],
        "trend": (trend := _trend(asked, str(pk))),
        "trend_chart": _trend_chart(trend),
        "own": pk in {post.unit_id for post in request.actor.posts},
    }
    return page(request, "desk/appraisal/unit.html", context, at="desk:appraisal")


def _mark_of(asked: Asked, key: str) -> tuple[Mark | None, dict[str, float]]:
    """Ranked among all units that the person may see; a unit alone has no rank."""
    if asked.method is None:
        return None, {}
    found, figures = appraise(asked.method, asked.period, "unit", asked.within)
    return next((mark for mark in found if mark.key == key), None), figures.row(key)


def _plugged(asked: Asked, mark: Mark, counts: dict[str, float]) -> list[Plugged]:
    assert asked.method is not None
    numbers = {name: f"{value:g}" for name, value in counts.items()}
    found = []
    for one, (title, words, source) in zip(
        asked.method.indicators, formula_words(asked.method, english())[1:], strict=True
    ):
        cell = cell_of(asked, mark, one, counts)
        figures = list(cell.figures)
        found.append(
            Plugged(title, words, spelled(one.formula, numbers), cell.words, cell.interval, figures, source)
        )
    return found


def _points_words(asked: Asked, mark: Mark) -> str:
    assert asked.method is not None
    values = {
        key.replace("-", "_"): "–" if value.value is None else f"{value.value:.4g}"
        for key, value in mark.values.items()
    }
    return spelled(asked.method.appraisal.points, values)


@dataclass(frozen=True, slots=True)
class Point:
    period: str
    points: float | None
    n: float
    query: str


def _trend(asked: Asked, key: str) -> list[Point]:
    if asked.method is None:
        return []
    points = []
    for period in asked.period.trend(_TREND):
        found, _figures = appraise(asked.method, period, "unit", narrowed(asked.sight, unit=int(key)))
        mark = next(iter(found), None)
        points.append(
            Point(
                period.name,
                mark.points if mark else None,
                mark.n if mark else 0,
                asked.query(period=period.name),
            )
        )
    return points


def _trend_chart(trend: Sequence[Point]) -> LineChart | None:
    if sum(one.points is not None for one in trend) < _COMPARED:
        return None
    links = [f"?{one.query}" for one in trend]
    series = Series(_("得分"), [one.points for one in trend], links, area=True)
    return line_chart(_("得分"), [one.period for one in trend], [series], top=100)
