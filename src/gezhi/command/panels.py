"""The panels of the command centre, in the page's language."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gezhi.cases.queries import BadFilter, Filters
from gezhi.cases.queries.filters import midnight
from gezhi.cases.world import World
from gezhi.insight.queries.board import memo
from gezhi.insight.queries.board.base import base, rounds_of
from gezhi.insight.queries.board.curves import Curve, days, hours
from gezhi.insight.queries.board.efficiency import Efficiency, places, units
from gezhi.insight.queries.board.lines import Happened, carded, latest, most_overdue
from gezhi.insight.queries.board.look import OTHERS, Look, scope_key
from gezhi.insight.queries.board.open_cases import Numbers
from gezhi.insight.queries.board.shares import shares
from gezhi.insight.queries.board.standing import Flow, flow, span, standing
from gezhi.packs.catalogue import NotInCatalogue
from gezhi.packs.shapes import Stage
from gezhi.pages.acting import unit_name
from gezhi.pages.charts import Bar, BarList, LineChart, Series, bar_list, line_chart, number_words
from gezhi.pages.lines import LineView, line_views
from gezhi.pages.showing import said, source_name
from gezhi.people.access import Actor
from gezhi.places.queries import place_names

LIVE, SLOW = 2.0, 60.0  # seconds that an answer is kept
RANKS: Final = {
    "overdue": gettext_lazy("超期"),
    "on_time": gettext_lazy("按期率"),
    "closed": gettext_lazy("结案"),
}
_ROWS, _EVENTS, _CARDS, _BARS = 12, 12, 6, 8
STAGES: Final = {
    Stage.COLLECT: gettext_lazy("信息收集"),
    Stage.FILE: gettext_lazy("案卷建立"),
    Stage.DISPATCH: gettext_lazy("任务派遣"),
    Stage.HANDLE: gettext_lazy("任务处理"),
    Stage.FEEDBACK: gettext_lazy("处理反馈"),
    Stage.VERIFY: gettext_lazy("核查结案"),
    Stage.EVALUATE: gettext_lazy("综合评价"),
}
_HAPPENED: Final = {
    "report": gettext_lazy("收到诉求"),
    "join": gettext_lazy("并入一条诉求"),
    "overdue": gettext_lazy("超过时限"),
}


@dataclass(frozen=True, slots=True)
class Counter:
    """`number`: what pages add to; `words`: how it is written; `look`: overdue, soon, good or ""."""

    key: str
    title: str
    number: int
    words: str
    link: str = ""
    look: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class StageView:
    key: str
    title: str
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Counts:
    """As they are written."""

    open: str
    overdue: str
    closed: str


@dataclass(frozen=True, slots=True)
class RowView:
    """A place or a unit. `query`: looks at it; `urge`: what the button that urges its most overdue cases sends."""

    key: str
    name: str
    query: str
    link: str
    numbers: Numbers
    counts: Counts
    on_time: str
    urge: str

    @property
    def look(self) -> str:
        return "overdue" if self.numbers.overdue else "soon" if self.numbers.soon else "calm"


@dataclass(frozen=True, slots=True)
class EventView:
    at: datetime
    what: str
    number: str
    title: str
    place: str
    kind: str


@dataclass(frozen=True, slots=True)
class Fact:
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Board:
    """Everything beside the map."""

    at: datetime
    counters: Sequence[Counter]
    stages: Sequence[StageView]
    hours: LineChart
    days: LineChart
    sources: BarList
    categories: BarList
    places: Sequence[RowView]
    units: Sequence[RowView]
    ranks: Sequence[tuple[str, str, str, bool]]
    late: Sequence[LineView]
    cards: Sequence[LineView]
    latest: Sequence[EventView]
    base: Sequence[Fact]
    urge: str


def rank_of(query: Mapping[str, str]) -> str:
    """Raises BadFilter."""
    rank = query.get("rank", "") or "overdue"
    if rank not in RANKS:
        raise BadFilter("rank", f"must be one of {', '.join(RANKS)}")
    return rank


def board_of(actor: Actor, look: Look, rank: str, world: World, grace: float = 0.0) -> Board:
    """Made once in two seconds for everybody who sees the same; what covers thirty days once a minute. `grace`:
    seconds by which it may be older."""
    key = ("board", scope_key(actor), look, rank, get_language(), world.stamp)
    return memo.get(key, LIVE, lambda: _board(actor, look, rank, world), grace)


def _board(actor: Actor, look: Look, rank: str, world: World) -> Board:
    now, today = timezone.now(), timezone.localdate()
    slow = (scope_key(actor), look, today)
    stood, came = standing(actor, look, world, now), flow(actor, look, today)
    monthly = memo.get(("days", *slow), SLOW, lambda: days(actor, look, now))
    parts = memo.get(("shares", *slow), SLOW, lambda: shares(actor, look, today))
    below = places(actor, look, now, today).rows
    return Board(
        at=now,
        counters=_counters(look, stood.numbers, came),
        stages=_stages(stood.stages),
        hours=_chart(_("24 小时"), hours(actor, look, now)),
        days=_chart(_("30 天"), monthly),
        sources=_bars(_("来源"), [(_source(key), number, key or OTHERS) for key, number in parts.sources]),
        categories=_bars(
            _("类别"), [(_category(key, world), n, key) for key, n in parts.categories], look, "category"
        ),
        places=place_rows(below, look, rank)[:_ROWS],
        units=unit_rows(units(actor, look, world, now, today), look, rank, world)[:_ROWS],
        ranks=[
            (key, str(title), f"{look.query_string()}&rank={key}", key == rank)
            for key, title in RANKS.items()
        ],
        late=line_views(most_overdue(actor, look, now, _CARDS), world, now),
        cards=line_views(carded(actor, look, now, _CARDS) if stood.numbers.carded else [], world, now),
        latest=_events(latest(actor, look, _EVENTS), world),
        base=_base(look),
        urge=urge_value(look),
    )


def counters_of(actor: Actor, look: Look, world: World, now: datetime) -> list[Counter]:
    numbers = standing(actor, look, world, now).numbers
    return _counters(look, numbers, flow(actor, look, timezone.localdate()))


def stage_name(stage: Stage) -> str:
    return str(STAGES[stage])


def cases_query(look: Look, **changes: str) -> str:
    """The address of the desk's list for the same cases, as far as that list can ask for them."""
    single = look.category if len(look.categories) == 1 else ""
    asked = {"place": look.place, "category": single, "unit": look.unit, "sort": "due"}
    times = {"since": look.since, "until": look.until}
    return f"{reverse('desk:cases')}?{Filters().query_string(**{**asked, **times, **changes})}"


def urge_value(look: Look, number: int = 10, **changes: str) -> str:
    return f"n={number}&{look.query_string(**changes)}"


def share_words(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _counters(look: Look, numbers: Numbers, came: Flow) -> list[Counter]:
    since, _until = span(look, timezone.localdate())
    first, last = timezone.localdate(since).isoformat(), look.until or timezone.localdate().isoformat()
    received, closed = (_("受理"), _("结案")) if look.since else (_("今日受理"), _("今日结案"))
    opened = {"since": first, "until": last, "sort": "newest"}
    soon, late = {"due": "soon"}, {"due": "overdue"}
    return [
        _counter("received", received, came.received, cases_query(look, **opened)),
        _counter("open", _("在办"), numbers.open, cases_query(look, status="open")),
        _counter("soon", _("4 小时内到期"), numbers.soon, cases_query(look, **soon), "soon"),
        _counter("overdue", _("超期"), numbers.overdue, cases_query(look, **late), "overdue"),
        _counter("closed", closed, came.closed, cases_query(look, status="closed", sort="newest")),
        _counter("yellow", _("黄牌"), numbers.yellow, cases_query(look, mark="card"), "card-yellow"),
        _counter("red", _("红牌"), numbers.red, cases_query(look, mark="card"), "card-red"),
        Counter(
            "satisfaction",
            _("满意率"),
            came.satisfied,
            share_words(came.satisfaction),
            note=_("%(n)s 人评价") % {"n": number_words(came.rated)},
        ),
    ]


def _counter(key: str, title: str, number: int, link: str, look: str = "") -> Counter:
    return Counter(key, title, number, number_words(number), link, look if number else "")


def _stages(numbers: Mapping[Stage, int]) -> list[StageView]:
    icons = {Stage.FILE: "file-stage"}
    return [
        StageView(stage.value, str(title), icons.get(stage, stage.value), number_words(numbers.get(stage, 0)))
        for stage, title in STAGES.items()
    ]


def _chart(title: str, curve: Curve) -> LineChart:
    return line_chart(
        title, list(curve.at), [Series(_("受理"), curve.received), Series(_("结案"), curve.closed)]
    )


def _bars(
    title: str, found: Iterable[tuple[str, int, str]], look: Look | None = None, name: str = ""
) -> BarList:
    return bar_list(
        title,
        [
            Bar(words, number, f"?{look.query_string(**{name: key})}" if look else "")
            for words, number, key in list(found)[:_BARS]
        ],
    )


def _source(key: str) -> str:
    return source_name(key) if key else _("其他案件拆出")


def _category(key: str, world: World) -> str:
    try:
        return said(world.catalogue.category(key).name)
    except NotInCatalogue:
        return key


def place_rows(found: Iterable[Efficiency], look: Look, rank: str = "overdue") -> list[RowView]:
    return [
        _row(
            one, one.name, look.query_string(place=one.key), urge_value(look, place=one.key), look.at(one.key)
        )
        for one in ranked(found, rank)
    ]


def unit_rows(found: Iterable[Efficiency], look: Look, rank: str, world: World) -> list[RowView]:
    cards = world.directory.units
    return [
        _row(
            one,
            unit_name(cards[int(one.key)]),
            look.query_string(unit=one.key),
            urge_value(look, unit=one.key),
            look.led_by(one.key),
        )
        for one in ranked(found, rank)
    ]


def _row(one: Efficiency, name: str, query: str, urge: str, at: Look) -> RowView:
    due = {"due": "overdue"} if one.numbers.overdue else {"status": "open"}
    link = cases_query(at, **due)
    counts = Counts(*map(number_words, (one.numbers.open, one.numbers.overdue, one.closed)))
    return RowView(one.key, name, query, link, one.numbers, counts, share_words(one.on_time), urge)


def ranked(found: Iterable[Efficiency], rank: str) -> list[Efficiency]:
    """Worst first where it is about lateness, most first for what was closed."""
    return sorted(found, key=lambda one: (*_ORDERS[rank](one), one.key))


_ORDERS: Final[dict[str, Callable[[Efficiency], tuple[float, float]]]] = {
    "overdue": lambda one: (-one.numbers.overdue, -one.numbers.open),
    "on_time": lambda one: (float(one.on_time is None), one.on_time or 0.0),
    "closed": lambda one: (-one.closed, -one.numbers.open),
}


def _events(found: Sequence[Happened], world: World) -> list[EventView]:
    names = place_names(one.place_code for one in found)
    root = place_names([world.root]).get(world.root, "") if found else ""
    return [
        EventView(
            one.at,
            _what(one, world),
            one.number,
            one.title,
            names.get(one.place_code, one.place_code).removeprefix(root),
            one.kind,
        )
        for one in found
    ]


def _what(one: Happened, world: World) -> str:
    procedure = world.catalogue.find_procedure(one.pack_version_id, one.procedure)
    steps = procedure.transitions if procedure else ()
    step = next((step for step in steps if step.key == one.transition), None)
    return said(step.done) if step else str(_HAPPENED.get(one.kind, _("有新进展")))


def _base(look: Look) -> list[Fact]:
    today = timezone.localdate()
    since, until = midnight(today), midnight(today + timedelta(days=1))
    has, walked = base(look.place, today), rounds_of(look.place, since, until)
    done = _("%(done)s / %(all)s") % {
        "done": number_words(walked.done),
        "all": number_words(walked.total),
    }
    return [
        Fact(_("网格"), number_words(has.grids)),
        Fact(_("住户"), number_words(has.households)),
        Fact(_("单位"), number_words(has.units)),
        Fact(_("在岗岗位"), number_words(has.posts)),
        Fact(_("网格员"), number_words(has.workers)),
        Fact(_("今日巡查走访"), done),
    ]
