"""Forecasters are made, tested on hours that they have not seen, and kept; each hour they say what comes.

What is said becomes readings of two series of the same thing: what was forecast for an hour, when that hour has come;
and in how many hours the threshold is passed, at once. Monitors ask for both. A lead time that is not better than every
peer that costs nothing says nothing.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from django.db import transaction

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.packs.monitor_rules import forecast_of, onset_of
from gezhi.sensing.actions.taking import take
from gezhi.sensing.columns import Columns
from gezhi.sensing.forecasting.backtesting import Skill, backtest, with_skill
from gezhi.sensing.forecasting.features import MEMORY, Plan
from gezhi.sensing.forecasting.keeping import digest, packed, unpacked
from gezhi.sensing.forecasting.model import Forecast, Forecaster
from gezhi.sensing.forecasting.panel import Panel
from gezhi.sensing.forecasting.training import Effort, train
from gezhi.sensing.models import Datastream, ForecastRow, ObservedProperty, Sensor, TrainedForecast
from gezhi.sensing.queries.forecasts import (
    LEADS,
    Member,
    Target,
    due_forecasts,
    hour_of,
    in_service,
    instant_of,
    members_of,
    panel_of,
    targets,
    told_series,
)

SOURCE: Final = "forecast"
PAST: Final = 3 * 366 * 24  # hours that are learned from at most
TESTED: Final = 60 * 24  # hours held back for the test, and a quarter of all at most
KEPT: Final = 3  # files of each target
OVERDUE: Final = timedelta(hours=6)  # what was due longer ago is no news
_MEASURED: Final = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
_SENSOR: Final = "格治预报模型 Gezhi forecaster"
_HOUR: Final[Mapping[str, str]] = {
    "name": "hour",
    "symbol": "h",
    "definition": "http://qudt.org/vocab/unit/HR",
}


def train_all(now: datetime) -> list[TrainedForecast]:
    """Every one that a pack asks for; each in a transaction of its own."""
    return [train_one(target, now) for target in targets() if members_of(target)]


def train_one(target: Target, now: datetime, effort: Effort | None = None) -> TrainedForecast:
    """A forecaster with its test, in service from now on; or a row that says why none could be made."""
    made = TrainedForecast(kind=target.kind, code=target.code, made_at=now, threshold=target.above)
    members = members_of(target)
    try:
        _make(made, target, members, hour_of(now) - 1, effort)
    except ValueError as trouble:
        made.fault = str(trouble)[:400]
    with transaction.atomic():
        made.save()
        if not made.fault:
            _ensure_series(target, [one for one in members if one.series in made.series])
        _let_go(target)
        facts: dict[str, Fact] = {"model": made.digest, "series": len(made.series), "fault": made.fault}
        record("sensing.forecaster", f"forecaster:{target.kind}/{target.code}", facts)
    return made


def _make(
    made: TrainedForecast, target: Target, members: Sequence[Member], last: int, effort: Effort | None
) -> None:
    """Raises ValueError: there is too little to learn from."""
    panel = panel_of(target, members, last - PAST, last)
    known = panel.hours - min(TESTED, panel.hours // 4)
    panel = _read_in(panel, target.code, known)
    plan = Plan(target.code, tuple(one for one in target.others if np.isfinite(panel.of(one)[:known]).any()))
    forecaster = train(
        panel.cut(0, known), plan, LEADS, target.above, made.made_at.date().isoformat(), effort
    )
    skills = backtest(forecaster, panel, known, panel.hours)
    content = packed(with_skill(forecaster, skills))
    made.content, made.digest = content, digest(content)
    made.series = [int(name) for name in panel.series]
    made.tested_from, made.tested_until = (
        instant_of(panel.start + known),
        instant_of(panel.start + panel.hours),
    )
    made.skills = [_told(one) for one in skills]


def _read_in(panel: Panel, code: str, known: int) -> Panel:
    """Without series of which nothing was read in what may be learned from."""
    read = np.asarray(np.isfinite(panel.of(code)[:known]).any(axis=0))
    names = tuple(name for name, there in zip(panel.series, read.tolist(), strict=True) if there)
    return Panel(panel.start, names, panel.variables, panel.values[:, read])


def _told(skill: Skill) -> dict[str, object]:
    """As JSON, in which there is no NaN."""
    plain = {**asdict(skill), "useful": skill.is_useful, "warns": skill.warns_usefully}
    for name, hits in (("onset", skill.onset), ("by_forecast", skill.by_forecast), ("always", skill.always)):
        plain[name] |= {"csi": hits.csi, "pod": hits.pod, "far": hits.far}
    return {name: _plain(value) for name, value in plain.items()}


def _plain(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _let_go(target: Target) -> None:
    """Files of forecasters that are out of service; what they were stays."""
    kept = TrainedForecast.objects.filter(kind=target.kind, code=target.code, content__isnull=False)
    old = list(kept.order_by("-made_at", "-pk").values_list("pk", flat=True)[KEPT:])
    TrainedForecast.objects.filter(pk__in=old).update(content=None)


def _ensure_series(target: Target, members: Sequence[Member]) -> None:
    """The two series of each thing in which forecasts are told."""
    known = told_series(target)
    sensor, _ = Sensor.objects.get_or_create(
        name=_SENSOR, defaults={"encoding_type": "text/html", "metadata": "docs/guide/forecasts.md"}
    )
    wanted = (
        (forecast_of(target.code), f"{target.title.zh}（预报）", None),
        (onset_of(target.code), f"{target.title.zh}（预计几小时后超过 {target.above:g}）", _HOUR),
    )
    for code, name, unit in wanted:
        measured, _ = ObservedProperty.objects.get_or_create(
            code=code, defaults={"name": name, "definition": "docs/guide/forecasts.md"}
        )
        Datastream.objects.bulk_create(
            Datastream(
                thing_id=one.thing, sensor=sensor, observed_property=measured, key=code, name=name,
                unit=unit or one.unit,
                observation_type=_MEASURED, place_code=one.place_code, unit_id=one.unit_id, every_s=3600,
                silent_after_s=3 * 3600,
            )
            for one in members
            if (one.thing, code) not in known
        )  # fmt: skip


def forecast_all(now: datetime) -> int:
    """How many values were forecast."""
    deliver(now)
    return sum(forecast_one(target, now) for target in targets())


def forecast_one(target: Target, now: datetime) -> int:
    """What comes after the last hour that is known; nothing for a series that has been silent for hours. Once for each
    hour, however often it is asked."""
    model = in_service(target)
    if model is None or model.content is None:
        return 0
    forecaster = unpacked(bytes(model.content), model.digest)
    last = hour_of(now) - target.late
    known = {one.series: one for one in members_of(target)}
    members = [known.get(series) or _left(series) for series in model.series]
    try:
        panel = panel_of(target, members, last - MEMORY, last)
    except ValueError:
        return 0
    said = _worth_saying(forecaster.now(panel), model)
    rows = [
        row
        for one, warns in said
        for row in _rows(one, forecaster, model, instant_of(last), warns=warns)
        if row.datastream_id in known
    ]
    with transaction.atomic():
        there = set(
            ForecastRow.objects.filter(made_at=instant_of(last)).values_list("datastream_id", flat=True)
        )
        fresh = [row for row in rows if row.datastream_id not in there]
        ForecastRow.objects.bulk_create(fresh)
        if fresh:
            facts: dict[str, Fact] = {
                "model": model.digest,
                "values": len(fresh),
                "warned": sum(row.warns for row in fresh),
            }
            record("sensing.forecast", f"forecaster:{target.kind}/{target.code}", facts)
    if any(warns for _, warns in said):
        _tell_onsets(target, [known[series] for series in model.series if series in known], rows, now)
    return len(fresh)


def _left(series: int) -> Member:
    """A series of the model that there is no more: nothing is read of it."""
    return Member(series, 0, "", "", None, {}, {})


def _worth_saying(said: Sequence[Forecast], model: TrainedForecast) -> list[tuple[Forecast, bool]]:
    """Lead times that their test found useful, and whether their warnings are."""
    skills = {one["hours"]: one for one in model.skills}
    return [
        (one, bool(skills[one.hours]["warns"]))
        for one in said
        if one.hours in skills and skills[one.hours]["useful"]
    ]


def _rows(
    said: Forecast, forecaster: Forecaster, model: TrainedForecast, made_at: datetime, *, warns: bool
) -> list[ForecastRow]:
    return [
        ForecastRow(
            datastream_id=int(name), made_at=made_at, hours=said.hours, due_at=made_at + timedelta(hours=said.hours),
            value=float(said.middle[0, place]), low=float(said.low[0, place]), high=float(said.high[0, place]),
            chance=float(said.chance[0, place]) if math.isfinite(said.chance[0, place]) else None,
            warns=warns and bool(said.warns[0, place]), by=model,
        )
        for place, name in enumerate(forecaster.series)
        if math.isfinite(said.middle[0, place])
    ]  # fmt: skip


def _tell_onsets(
    target: Target, members: Sequence[Member], rows: Sequence[ForecastRow], now: datetime
) -> None:
    """In how many hours at the soonest the threshold is passed; 0: it is not."""
    told, soonest = told_series(target), dict[int, int]()
    for row in rows:
        warned = row.hours if row.warns else 0
        known = soonest.get(row.datastream_id, 0)
        soonest[row.datastream_id] = min(filter(None, (known, warned)), default=0)
    made_at = {row.datastream_id: row.made_at for row in rows}
    found = [
        (told[one.thing, onset_of(target.code)], made_at[one.series], float(soonest[one.series]))
        for one in members
        if one.series in soonest and (one.thing, onset_of(target.code)) in told
    ]
    _take(found, now)


def deliver(now: datetime) -> int:
    """What was forecast for the hours that have come becomes readings. Returns how many."""
    return _take(due_forecasts(now - OVERDUE, now), now)


def _take(rows: Sequence[tuple[int, datetime, float]], now: datetime) -> int:
    if not rows:
        return 0
    series, at, value = zip(*rows, strict=True)
    columns = Columns.of(series, [round(one.timestamp() * 1000) for one in at], value)
    return take(columns, SOURCE, now).new
