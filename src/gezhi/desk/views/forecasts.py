"""Forecasts: how good each is on hours that it had not seen, what came of it in service, and what it says now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gezhi.cases.world import known_world
from gezhi.desk.views.page import page
from gezhi.pages.charts import Bar, BarList, bar_list
from gezhi.pages.showing import said
from gezhi.people.access import DESK, ActorRequest, requires
from gezhi.sensing.models import ForecastRow, TrainedForecast
from gezhi.sensing.queries import reached_by
from gezhi.sensing.queries.forecasts import (
    Lived,
    Member,
    Target,
    ahead_of,
    in_service,
    lived,
    members_of,
    newest,
    targets,
)

AT: Final = "desk:forecasts"
LATELY: Final = timedelta(days=30)
_STATIONS: Final = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A target on the list."""

    kind: str
    code: str
    title: str
    of: str
    model: TrainedForecast | None
    useful: str


@dataclass(frozen=True, slots=True)
class SkillView:
    """One lead time, as its test had it. `saved`: per cent of persistence's error."""

    hours: int
    rows: int
    errors: BarList
    saved: str
    inside: str
    width: str
    useful: bool
    warns: bool
    warned: Mapping[str, str]
    reliability: list[tuple[str, str, int]]


@requires(DESK)
@require_GET
def forecasts(request: ActorRequest) -> HttpResponse:
    return page(request, "desk/forecasts.html", {"lines": [_line(one) for one in targets()]}, at=AT)


@requires(DESK)
@require_GET
def forecast(request: ActorRequest, kind: str, code: str) -> HttpResponse:
    target = next((one for one in targets() if (one.kind, one.code) == (kind, code)), None)
    if target is None:
        raise Http404
    reached = reached_by(request.actor)
    members = [one for one in members_of(target) if reached.holds(one.place_code, one.unit_id)][:_STATIONS]
    series = [one.series for one in members]
    model, last = in_service(target), newest(target)
    context = {
        "line": _line(target),
        "target": target,
        "model": model,
        "fault": last.fault if last else "",
        "skills": [_skill(one, target.unit) for one in model.skills] if model else [],
        "stations": _by_station(members, model),
        "lived": [_lived(one) for one in lived(series, timezone.now() - LATELY)],
        "ahead": _ahead(members, ahead_of(series)),
    }
    return page(request, "desk/forecast.html", context, at=AT)


def _line(target: Target) -> Line:
    model = in_service(target)
    useful = [str(one["hours"]) for one in model.skills if one["useful"]] if model else []
    kind = known_world().catalogue.things.get(target.kind)
    return Line(
        target.kind, target.code, said(target.title), said(kind.thing.title) if kind else target.kind, model,
        _("、").join(f"+{hours}" for hours in useful),
    )  # fmt: skip


def _skill(one: Mapping[str, object], unit: str) -> SkillView:
    figures = {name: _number(one[name]) for name in ("error", "persistence", "day_before", "climatology")}
    words = (
        ("error", _("本预报")),
        ("persistence", _("照现在不变")),
        ("day_before", _("照昨天同一小时")),
        ("climatology", _("照往年同月同时")),
    )
    bars = [Bar(name, figures[key] or 0, words=_said(figures[key], f" {unit}")) for key, name in words]
    ours, peer = figures["error"], figures["persistence"]
    saved = f"{100 * (1 - ours / peer):+.1f}%" if ours is not None and peer else "–"
    hits = one["onset"] if isinstance(one["onset"], dict) else {}
    alone = one["by_forecast"] if isinstance(one["by_forecast"], dict) else {}
    always = one["always"] if isinstance(one["always"], dict) else {}
    told = {"csi": hits, "alone": alone, "always": always}
    warned = {name: _share(one.get("csi")) for name, one in told.items()}
    warned |= {"pod": _share(hits.get("pod")), "far": _share(hits.get("far"))}
    return SkillView(
        hours=int(str(one["hours"])),
        rows=int(str(one["rows"])),
        errors=bar_list(_("平均误差"), bars),
        saved=saved,
        inside=_share(one["inside"]),
        width=_said(_number(one["width"]), f" {unit}"),
        useful=bool(one["useful"]),
        warns=bool(one["warns"]),
        warned=warned,
        reliability=[(_share(a), _share(b), n) for a, b, n in _rows(one["reliability"])],
    )


def _rows(value: object) -> Sequence[tuple[object, object, int]]:
    return [tuple(one) for one in value] if isinstance(value, list) else []


def _by_station(members: Sequence[Member], model: TrainedForecast | None) -> list[tuple[str, list[str]]]:
    """Name, and for each lead time our error beside persistence's."""
    if model is None:
        return []
    found: dict[str, list[str]] = {str(one.series): [] for one in members}
    for skill in model.skills:
        for series, ours, peer in skill["by_series"]:
            if series in found:
                found[series].append(f"{_said(ours)} / {_said(peer)}")
    return [(one.name, found[str(one.series)]) for one in members if found[str(one.series)]]


@dataclass(frozen=True, slots=True)
class LivedView:
    hours: int
    count: int
    error: str
    persistence: str
    inside: str
    better: bool


def _lived(one: Lived) -> LivedView:
    return LivedView(
        one.hours,
        one.count,
        _said(one.error),
        _said(one.persistence),
        _share(one.inside),
        one.error < one.persistence,
    )


@dataclass(frozen=True, slots=True)
class AheadView:
    name: str
    row: ForecastRow
    chance: str


def _ahead(members: Sequence[Member], rows: Sequence[ForecastRow]) -> list[AheadView]:
    names = {one.series: one.name for one in members}
    return [AheadView(names[row.datastream_id], row, _share(row.chance)) for row in rows]


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _said(value: object, unit: str = "") -> str:
    number = _number(value)
    return "–" if number is None else f"{number:.3g}{unit}"


def _share(value: object) -> str:
    number = _number(value)
    return "–" if number is None else f"{100 * number:.0f}%"
