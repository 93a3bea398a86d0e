"""The history of a series as one drawing: the mean as a line, the lowest to the highest as a band, buckets with marks
as triangles at the foot, alarms as hatched spans with their level written above. Everything stands in a table too.

    series_chart(title, unit, history, titles)   {% include "components/chart_series.html" with chart=it %}
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor, log10
from typing import Final

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gezhi.pages.charts import WIDTH, Mark, Tick
from gezhi.pages.sensing import NONE, level_look, level_words, mark_words, number_plain
from gezhi.sensing.queries.history import Bucket, History, Stood

_TICKS: Final = 5
_LABELS: Final = 6
_NARROW: Final = 5.0  # hundredths of the width: a shorter span carries no word


@dataclass(frozen=True, slots=True)
class Spot:
    """A bucket with marks."""

    x: float
    words: str


@dataclass(frozen=True, slots=True)
class AlarmSpan:
    """`level`: "" where there is no room for the word."""

    x: float
    width: float
    look: str
    level: str
    words: str


@dataclass(frozen=True, slots=True)
class Hover:
    x: float
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class SeriesRow:
    at: str
    low: str
    mean: str
    high: str
    count: int
    marks: str
    alarms: str


@dataclass(frozen=True, slots=True)
class SeriesChart:
    """Places are hundredths of the frame; paths are in WIDTH x 100. `empty`: nothing was measured."""

    title: str
    unit: str
    told: str
    line: str
    band: str
    ticks: list[Tick]
    labels: list[Mark]
    spots: list[Spot]
    spans: list[AlarmSpan]
    hovers: list[Hover]
    rows: list[SeriesRow]
    empty: bool
    width: int = WIDTH


def series_chart(
    title: str,
    unit: str,
    found: History,
    bucket: timedelta,
    titles: Mapping[str, str],
    holds: timedelta = timedelta(0),
) -> SeriesChart:
    """`titles`: of monitors, by key. `holds`: for how long a reading does, so that the line breaks at silence alone."""
    at = _scale(found)
    low, high, step = _range(found.buckets)

    def y(value: float) -> float:
        return round(100 - 100 * (value - low) / (high - low), 2)

    runs = _runs(found.buckets, max(bucket, holds))
    rows = [_row(one, found, bucket, titles) for one in found.buckets]
    width = round(100 * bucket / (found.until - found.since), 3)
    return SeriesChart(
        title=title,
        unit=unit,
        told=_told(title, unit, found),
        line="".join(_line(run, lambda one: at(one.at) + width / 2, y) for run in runs),
        band="".join(_band(run, lambda one: at(one.at) + width / 2, y) for run in runs),
        ticks=[
            Tick(y(low + step * place), f"{number_plain(low + step * place)}")
            for place in range(round((high - low) / step), -1, -1)
        ],
        labels=_labels(found, at, bucket),
        spots=[
            Spot(round(at(one.at) + width / 2, 2), f"{_when(one.at)} {_marks(one)}")
            for one in found.buckets
            if one.marks
        ],
        spans=[_span(found, at, one, titles) for one in found.stood],
        hovers=[
            Hover(round(at(one.at), 2), width, _hover(row, unit))
            for one, row in zip(found.buckets, rows, strict=True)
        ],
        rows=list(reversed(rows)),
        empty=not found.buckets,
    )


def _scale(found: History) -> Callable[[datetime], float]:
    whole = found.until - found.since
    return lambda at: max(0.0, min(100.0, 100 * ((at - found.since) / whole)))


def _range(buckets: Sequence[Bucket]) -> tuple[float, float, float]:
    """From, to and step of the ticks: round numbers around what was measured."""
    lows = [one.low for one in buckets if one.low is not None]
    highs = [one.high for one in buckets if one.high is not None]
    least, most = min(lows, default=0.0), max(highs, default=1.0)
    if 0 < least < 0.5 * most or least == most > 0:
        least = 0.0
    elif least == most < 0:
        most = 0.0
    spread = most - least or abs(most) or 1.0
    power = 10.0 ** floor(log10(spread / _TICKS))
    step = next(power * times for times in (1, 2, 5, 10) if power * times * _TICKS >= spread)
    low = floor(least / step) * step
    high = max(ceil(most / step) * step, low + step)
    return low, high, step


def _runs(buckets: Sequence[Bucket], most: timedelta) -> list[list[Bucket]]:
    """Buckets that are not further apart: a line does not cross what was not measured."""
    runs: list[list[Bucket]] = []
    for one in buckets:
        if one.mean is None:
            continue
        if runs and one.at - runs[-1][-1].at <= most:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


X = Callable[[Bucket], float]
Y = Callable[[float], float]


def _line(run: Sequence[Bucket], x: X, y: Y) -> str:
    spots = [(x(one), y(one.mean or 0.0)) for one in run]
    if len(spots) == 1:
        spots.append((spots[0][0] + 0.1, spots[0][1]))
    return "M" + "L".join(_spot(*spot) for spot in spots)


def _band(run: Sequence[Bucket], x: X, y: Y) -> str:
    up = [_spot(x(one), y(one.high or 0.0)) for one in run]
    down = [_spot(x(one), y(one.low or 0.0)) for one in reversed(run)]
    return f"M{'L'.join([*up, *down])}Z"


def _spot(x: float, y: float) -> str:
    return f"{x * WIDTH / 100:.1f} {y:g}"


def _labels(found: History, at: Callable[[datetime], float], bucket: timedelta) -> list[Mark]:
    """Whole hours of a day, else days."""
    whole = found.until - found.since
    step = timedelta(hours=4) if whole <= timedelta(days=1) else max(whole / _LABELS, timedelta(days=1))
    first = localtime(found.since).replace(minute=0, second=0, microsecond=0)
    first = first.replace(hour=0) if step >= timedelta(days=1) else first.replace(hour=first.hour // 4 * 4)
    marks, moment = [], first
    while moment < found.until:
        if moment >= found.since:
            place = round(at(moment), 2)
            anchor = "start" if place < 4 else "end" if place > 96 else "middle"
            marks.append(Mark(place, f"{moment:%H:%M}" if moment.hour else f"{moment:%m-%d}", anchor))
        moment += timedelta(days=round(step / timedelta(days=1))) if step >= timedelta(days=1) else step
    return marks


def _span(
    found: History, at: Callable[[datetime], float], one: Stood, titles: Mapping[str, str]
) -> AlarmSpan:
    x, end = at(one.since), at(one.until or found.until)
    width = round(max(end - x, 0.4), 2)
    level = level_words(one.level)
    words = f"{level} {titles.get(one.monitor, one.monitor)} {_when(one.since)} – "
    words += _when(one.until) if one.until else _("现在")
    return AlarmSpan(round(x, 2), width, level_look(one.level), level if width > _NARROW else "", words)


def _row(one: Bucket, found: History, bucket: timedelta, titles: Mapping[str, str]) -> SeriesRow:
    stood = [
        f"{level_words(span.level)} {titles.get(span.monitor, span.monitor)}"
        for span in found.stood
        if span.since < one.at + bucket and (span.until is None or span.until > one.at)
    ]
    return SeriesRow(
        _when(one.at),
        number_plain(one.low),
        number_plain(one.mean),
        number_plain(one.high),
        one.count,
        _marks(one),
        _("、").join(dict.fromkeys(stood)),
    )


def _marks(one: Bucket) -> str:
    words = _("、").join(mark_words(one.marks))
    return _("%(words)s（%(n)s 个读数）") % {"words": words, "n": one.marked} if words else ""


def _hover(row: SeriesRow, unit: str) -> str:
    told = _("%(at)s：平均 %(mean)s，最低 %(low)s，最高 %(high)s %(unit)s，%(count)s 个读数") % {
        "at": row.at,
        "mean": row.mean,
        "low": row.low,
        "high": row.high,
        "unit": unit,
        "count": row.count,
    }
    return " · ".join(filter(None, (told, row.marks, row.alarms)))


def _told(title: str, unit: str, found: History) -> str:
    known = [one for one in found.buckets if one.mean is not None]
    if not known:
        return _("%(name)s：这段时间没有可用的读数") % {"name": title}
    low, high = min(one.low or 0.0 for one in known), max(one.high or 0.0 for one in known)
    return _("%(name)s：最近 %(last)s，最低 %(low)s，最高 %(high)s %(unit)s，预警 %(alarms)s 段") % {
        "name": title,
        "last": number_plain(known[-1].mean),
        "low": number_plain(low),
        "high": number_plain(high),
        "unit": unit or NONE,
        "alarms": len(found.stood),
    }


def _when(at: datetime) -> str:
    return f"{localtime(at):%m-%d %H:%M}"
