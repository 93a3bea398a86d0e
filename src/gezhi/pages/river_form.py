"""A river, its gauges and outlets as somebody writes them down, a line each; every wrong line is told."""

import math
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _
from shapely import LineString

from gezhi.sensing.tracing.river import Reach, Spot
from gezhi.sensing.tracing.upstream import Gauge, Outlet

LINES: Final = 500
MINUTE: Final = 60.0


@dataclass
class Written:
    """`lines`: of the reaches, in degrees, None where nobody drew one. `faults`: by field."""

    reaches: list[Reach] = field(default_factory=list)
    lines: list[LineString | None] = field(default_factory=list)
    gauges: list[Gauge] = field(default_factory=list)
    outlets: list[Outlet] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)


class _BadLine(ValueError):
    """Says what is wrong with it."""


def written(reaches: str, gauges: str, outlets: str) -> Written:
    """Reaches: upper point, lower point, metres, m/s, m3/s and, if known, `lon lat lon lat ...`. Gauges: name, reach
    (1 is the first), metres from its upper end, minute until which it was read, and if it rose the minute of that and
    its peak. Outlets: name, reach, metres."""
    found = Written()
    for name, text, take in (
        ("reaches", reaches, _reach),
        ("gauges", gauges, _gauge),
        ("outlets", outlets, _outlet),
    ):
        rows = [line for line in text.splitlines() if line.strip()]
        if len(rows) > LINES:
            found.faults[name] = _("最多 %(n)s 行。") % {"n": LINES}
            continue
        for number, line in enumerate(rows, start=1):
            try:
                take(found, [part.strip() for part in line.replace("，", ",").split(",")])
            except ValueError as wrong:
                found.faults[name] = _("第 %(n)s 行：%(why)s") % {"n": number, "why": _why(wrong)}
                break
    return found


def _why(wrong: ValueError) -> str:
    return str(wrong) if isinstance(wrong, _BadLine) else _("数字不对或超出范围。")


def _reach(found: Written, cells: list[str]) -> None:
    if not 5 <= len(cells) <= 6:
        raise _BadLine(_("要有上游点、下游点、长度、流速、流量五项。"))
    found.reaches.append(Reach(cells[0], cells[1], *(float(one) for one in cells[2:5])))
    degrees = [float(one) for one in cells[5].split()] if len(cells) == 6 else []
    if len(degrees) % 2 or len(degrees) == 2 or not all(map(math.isfinite, degrees)):
        raise _BadLine(_("坐标要成对，至少两点：经度 纬度 经度 纬度。"))
    pairs = list(zip(degrees[::2], degrees[1::2], strict=True))
    found.lines.append(LineString(pairs) if pairs else None)


def _gauge(found: Written, cells: list[str]) -> None:
    if not 4 <= len(cells) <= 6:
        raise _BadLine(_("要有名称、河段、距离、读到第几分钟；升高的再写升高的分钟和峰值。"))
    spot, until = _spot(found, cells), float(cells[3]) * MINUTE
    rose = float(cells[4]) * MINUTE if len(cells) > 4 and cells[4] else None
    peak = float(cells[5]) if rose is not None and len(cells) > 5 and cells[5] else None
    found.gauges.append(Gauge(cells[0], spot, until, rose, peak))


def _outlet(found: Written, cells: list[str]) -> None:
    if len(cells) != 3:
        raise _BadLine(_("要有名称、河段、距离三项。"))
    found.outlets.append(Outlet(cells[0], _spot(found, cells)))


def _spot(found: Written, cells: list[str]) -> Spot:
    number, along = int(cells[1]), float(cells[2])
    if not 1 <= number <= len(found.reaches):
        raise _BadLine(_("没有第 %(n)s 条河段。") % {"n": number})
    if not 0 <= along <= found.reaches[number - 1].metres:
        raise _BadLine(_("距离要在河段长度之内。"))
    return Spot(number - 1, along)
