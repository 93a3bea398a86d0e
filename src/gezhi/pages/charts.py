"""Charts as SVG and HTML, drawn on the server from numbers; each with a table of the same numbers.

    line_chart(title, labels, [Series(name, values), ...])  {% include "components/chart_line.html" with chart=it %}
    bar_list(title, [Bar(name, value), ...])                {% include "components/chart_bars.html" with chart=it %}
    spark(values)                                           {% include "components/chart_spark.html" with spark=it %}

The page links `css/charts.css`. Labels are words, days (`date`) or instants (`datetime`, said in local time). A value
of None is a gap. Links lead to the cases behind a number: of a chart's point from its table, of a bar from its name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

WIDTH: Final = 1000  # of the plot's own frame, stretched to the page; its height is 100
_LABELS: Final = 6
_TICKS: Final = 5
_MARKED: Final = 31  # more points than these carry no mark each
_STRIDES: Final = (1, 2, 3, 5, 6, 7, 10, 12, 14, 24, 28, 30, 60, 90, 180, 365)

Label = str | date | datetime
Value = float | None


@dataclass(frozen=True, slots=True)
class Series:
    """One to three stand in a chart, told apart by dash and mark as well as by colour. `links` as long as `values`."""

    name: str
    values: Sequence[Value]
    links: Sequence[str] = ()
    area: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    x: float  # both in hundredths of the frame
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    path: str
    area: str
    dots: list[Dot]


@dataclass(frozen=True, slots=True)
class Tick:
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    x: float
    words: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Band:
    """What is told of one label where the pointer rests."""

    x: float
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class Cell:
    words: str
    link: str


@dataclass(frozen=True, slots=True)
class TableRow:
    label: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class LineChart:
    title: str
    told: str
    lines: list[Line]
    ticks: list[Tick]  # from the top down
    marks: list[Mark]
    bands: list[Band]
    rows: list[TableRow]
    width: int = WIDTH


def line_chart(
    title: str, labels: Sequence[Label], series: Sequence[Series], *, unit: str = "", top: float = 0
) -> LineChart:
    """From zero up to a round number above the largest value, or to `top`. `unit` follows each number: "%"."""
    largest = max([value for one in series for value in one.values if value is not None], default=0)
    steps = _ticks(max(largest, top))
    xs = [_share(place, len(labels)) for place in range(len(labels))]
    rows = [_row(place, label, series, unit) for place, label in enumerate(labels)]
    return LineChart(
        title=title,
        told="；".join(_told(one, labels, unit) for one in series),
        lines=[_line(one, xs, steps[-1]) for one in series],
        ticks=[
            Tick(round(100 - 100 * step / steps[-1], 2), number_words(step) + unit)
            for step in reversed(steps)
        ],
        marks=_marks(labels, xs),
        bands=_bands(rows, series, xs),
        rows=rows,
    )


def number_words(value: Value) -> str:
    """A count with its thousands apart; anything else with one digit; "–" for none."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _ticks(largest: float) -> list[float]:
    """Round steps from zero, the last not below `largest`."""
    power = 1.0
    while power * 10 * _TICKS < largest:
        power *= 10
    step = next(power * times for times in (1, 2, 5, 10) if power * times * _TICKS >= largest)
    count = max(1, -int(-largest // step))
    return [step * place for place in range(count + 1)]


def _share(place: int, count: int) -> float:
    return round(100 * place / (count - 1), 2) if count > 1 else 50.0


def _line(one: Series, xs: Sequence[float], top: float) -> Line:
    dots = [
        None if value is None else Dot(x, round(100 - 100 * value / top, 2))
        for x, value in zip(xs, one.values, strict=True)
    ]
    runs = _runs(dots)
    path = "".join("M" + "L".join(_spot(dot) for dot in run) for run in runs)
    area = "".join(
        f"M{_spot(Dot(run[0].x, 100))}L{'L'.join(_spot(dot) for dot in run)}L{_spot(Dot(run[-1].x, 100))}Z"
        for run in runs
    )
    known = [dot for dot in dots if dot]
    return Line(one.name, path, area if one.area else "", known if len(xs) <= _MARKED else known[-1:])


def _runs(dots: Iterable[Dot | None]) -> list[list[Dot]]:
    runs: list[list[Dot]] = [[]]
    for dot in dots:
        if dot:
            runs[-1].append(dot)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _spot(dot: Dot) -> str:
    return f"{dot.x * WIDTH / 100:g} {dot.y:g}"


def _marks(labels: Sequence[Label], xs: Sequence[float]) -> list[Mark]:
    fitting = (stride for stride in _STRIDES if stride * _LABELS >= len(labels))
    stride = next(fitting, max(1, len(labels) // _LABELS))
    last = len(labels) - 1
    return [
        Mark(
            xs[place],
            _short(labels[place]),
            "start" if xs[place] < 4 else "end" if xs[place] > 96 else "middle",
        )
        for place in range(last % stride if last >= 0 else 0, last + 1, stride)
    ]


def _bands(rows: Sequence[TableRow], series: Sequence[Series], xs: Sequence[float]) -> list[Band]:
    width = round(100 / max(1, len(xs) - 1), 2)
    names = [one.name for one in series]
    return [
        Band(
            round(x - width / 2, 2),
            width,
            f"{row.label}: " + "; ".join(f"{n} {c.words}" for n, c in zip(names, row.cells, strict=True)),
        )
        for x, row in zip(xs, rows, strict=True)
    ]


def _row(place: int, label: Label, series: Sequence[Series], unit: str) -> TableRow:
    cells = [
        Cell(_with_unit(one.values[place], unit), one.links[place] if one.links else "") for one in series
    ]
    return TableRow(_full(label), cells)


def _with_unit(value: Value, unit: str) -> str:
    return number_words(value) + (unit if value is not None else "")


def _told(one: Series, labels: Sequence[Label], unit: str) -> str:
    known = [(value, place) for place, value in enumerate(one.values) if value is not None]
    if not known:
        return _("%(name)s：没有数据") % {"name": one.name}
    most, where = max(known, key=lambda pair: pair[0])
    return _("%(name)s：最近 %(last)s，最高 %(most)s（%(when)s）") % {
        "name": one.name,
        "last": _with_unit(known[-1][0], unit),
        "most": _with_unit(most, unit),
        "when": _full(labels[where]),
    }


def _short(label: Label) -> str:
    if isinstance(label, datetime):
        local = localtime(label)
        return f"{local:%H:%M}" if local.hour or local.minute else f"{local:%m-%d}"
    return f"{label:%m-%d}" if isinstance(label, date) else label


def _full(label: Label) -> str:
    if isinstance(label, datetime):
        return f"{localtime(label):%m-%d %H:%M}"
    return label.isoformat() if isinstance(label, date) else label


@dataclass(frozen=True, slots=True)
class Bar:
    """`part` of the value is drawn apart (how many of them are late); `words` stand for the number if given."""

    name: str
    value: float
    link: str = ""
    words: str = ""
    part: float = 0
    part_words: str = ""


@dataclass(frozen=True, slots=True)
class BarView:
    name: str
    link: str
    words: str
    part_words: str
    length: float  # both in hundredths of the longest
    part: float


@dataclass(frozen=True, slots=True)
class BarList:
    title: str
    bars: list[BarView]


def bar_list(title: str, bars: Sequence[Bar], *, unit: str = "", top: float = 0) -> BarList:
    """Bars lying under one another in the given order, the longest (or `top`) as wide as its place."""
    most = max([bar.value for bar in bars] + [top]) or 1
    return BarList(title, [_bar(bar, most, unit) for bar in bars])


def _bar(bar: Bar, most: float, unit: str) -> BarView:
    length, part = (round(100 * value / most, 2) for value in (bar.value, bar.part))
    words = bar.words or number_words(bar.value) + unit
    return BarView(bar.name, bar.link, words, bar.part_words, length, part)


@dataclass(frozen=True, slots=True)
class Spark:
    path: str
    told: str
    width: int = WIDTH


def spark(values: Sequence[Value], told: str = "") -> Spark:
    """A line without axes beside a number; `told`: what it shows, "" when the words beside say it."""
    largest = max([value for value in values if value is not None], default=0) or 1
    xs = [_share(place, len(values)) for place in range(len(values))]
    return Spark(_line(Series("", values), xs, largest).path, told)
