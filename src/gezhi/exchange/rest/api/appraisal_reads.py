"""Appraisals as the interface answers them; what cannot be understood becomes a problem."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404

from gezhi.exchange.rest import appraisal_shapes as bodies
from gezhi.exchange.rest.problems import Problem
from gezhi.insight.counts import BY_KEY, Count
from gezhi.insight.marking import Method
from gezhi.insight.models import Appeal, Bulletin
from gezhi.insight.periods import BadPeriod, Period, named
from gezhi.insight.profiling import needs, stands_out
from gezhi.insight.queries.figures import DIMENSIONS, Dimension
from gezhi.insight.queries.methods import NoAppraisal, appraise, method_of, methods
from gezhi.insight.queries.opened import number_opened, opened
from gezhi.insight.queries.profiles import Profiles, profiles, proposal_for
from gezhi.insight.queries.scope import narrowed, sees_all_units, sight
from gezhi.lib.codes import is_code, is_within
from gezhi.people.access import Actor

Plain = dict[str, object]
_LEVELS = (*DIMENSIONS, "post")
_PAGES = 10_000


def appraisal(method: Method) -> Plain:
    one = method.appraisal
    formulas = [
        {
            "key": i.key,
            "title_zh": i.title.zh,
            "title_en": i.title.en,
            "formula": i.formula,
            "source": i.source,
        }
        for i in method.indicators
    ]
    return {
        "key": one.key,
        "title_zh": one.title.zh,
        "title_en": one.title.en,
        "formula": one.points,
        "source": one.source,
        "since": one.since.isoformat(),
        "period": one.period,
        "day_starts": one.day_starts,
        "least": one.least,
        "base": one.base.value,
        "indicators": formulas,
    }


def count(one: Count) -> Plain:
    names = {"key": one.key, "name_zh": one.name_zh, "name_en": one.name_en}
    return {**names, "meaning_zh": one.zh, "meaning_en": one.en}


def marks(actor: Actor, key: str, asked: bodies.MarksQuery) -> Plain:
    if asked.level not in _LEVELS:
        raise Problem(422, "bad-level", f"level must be one of {', '.join(_LEVELS)}.")
    if asked.level != "unit" and not sees_all_units(actor):
        raise Problem(403, "not-your-role", "You see your own unit's figures; ask with level=unit.")
    method, period = _in_force(key, asked.period)
    within = narrowed(sight(actor), place=_place(asked.place), category=asked.category)
    found, figures = appraise(method, period, asked.level, within)  # type: ignore[arg-type]
    since, until = period.bounds(_zone())
    plain = [
        {
            "key": mark.key,
            "rank": mark.rank if sees_all_units(actor) else None,
            "points": mark.points,
            "sure": mark.sure,
            "n": mark.n,
            "values": {name: value.value for name, value in mark.values.items()},
            "counts": figures.row(mark.key),
        }
        for mark in found
    ]
    frame: Plain = {"appraisal": key, "period": period.name, "since": since, "until": until}
    return {**frame, "level": asked.level, "marks": plain}


def _in_force(key: str, text: str) -> tuple[Method, Period]:
    if key not in methods():
        raise Http404(f"There is no appraisal '{key}'.")
    try:
        method = method_of(key, named(text))
        return method, Period.read(method.appraisal.period, text, method.appraisal.day_starts)
    except BadPeriod as bad:
        raise Problem(422, "bad-period", str(bad)) from bad
    except NoAppraisal as none:
        raise Http404(str(none)) from none


def opened_page(actor: Actor, asked: bodies.OpenedQuery) -> Plain:
    one, period, by = _figure(asked)
    if asked.unit is not None and not _sees_unit(actor, asked.unit):
        raise Problem(403, "not-your-unit", "You see your own unit's figures only.")
    within = narrowed(sight(actor), asked.unit, _place(asked.place), asked.category)
    lines = opened(one, period, by, within, min(max(asked.page, 1), _PAGES))
    plain = [
        {
            "number": line.number,
            "title": line.title,
            "at": line.at,
            "unit": line.unit_id,
            "place": line.place_code,
            "category": line.category,
            "minutes": line.minutes,
            "appealed": line.appealed,
        }
        for line in lines
    ]
    return {"total": number_opened(one, period, by, within), "lines": plain}


def _figure(asked: bodies.OpenedQuery) -> tuple[Count, Period, Dimension]:
    if asked.count not in BY_KEY:
        raise Problem(422, "bad-count", f"'{asked.count}' is not counted; see /appraisals/counts.")
    if asked.level not in DIMENSIONS:
        raise Problem(422, "bad-level", f"level must be one of {', '.join(DIMENSIONS)}.")
    try:
        period = named(asked.period, asked.day_starts)
        period.bounds(_zone())
    except (BadPeriod, ValueError) as bad:
        raise Problem(422, "bad-period", str(bad)) from bad
    return BY_KEY[asked.count], period, asked.level


def _sees_unit(actor: Actor, unit: int) -> bool:
    return sees_all_units(actor) or unit in {post.unit_id for post in actor.posts}


def _place(code: str) -> str:
    if code and not is_code(code):
        raise Problem(422, "bad-place", "place must be a 12-digit division code or a grid code.")
    return code


def appeal(one: Appeal, number: str) -> Plain:
    return {
        "id": one.pk,
        "number": number,
        "unit": one.unit_id,
        "reason": one.reason,
        "evidence": one.evidence,
        "state": one.state,
        "at": one.at,
        "answer": one.answer,
        "decided_at": one.decided_at,
    }


def bulletin(one: Bulletin) -> Plain:
    plain: Plain = {"id": one.pk, "appraisal": one.appraisal, "period": one.period}
    return {**plain, "made_at": one.made_at, "sha256": one.sha256}


def grid_profiles(actor: Actor, place: str, now: datetime) -> list[Plain]:
    found = _profiles(actor, place, now)
    return [
        {
            "code": grid.code,
            "reports": grid.reports,
            "found": grid.found,
            "households": grid.households,
            "rounds": grid.rounds,
            "posts": grid.posts,
            "parts": grid.parts,
            "needs": [
                {"category": one.category, "number": one.number, "lift": round(one.lift, 2)}
                for one in needs(grid, found.everywhere)
            ],
            "load": _load(found, grid.code),
        }
        for grid in found.grids.values()
    ]


def _load(found: Profiles, code: str) -> Plain:
    load = found.loads[code]
    return {"cases": load.cases, "households": load.households, "rounds": load.rounds, "index": load.index}


def proposals(actor: Actor, place: str, now: datetime, most: int) -> list[Plain]:
    found = _profiles(actor, place, now)
    codes = sorted(
        (code for code, load in found.loads.items() if stands_out(load)),
        key=lambda code: -(found.loads[code].index or 0),
    )
    proposed = [one for code in codes[:most] if (one := proposal_for(found, code)[0])]
    return [
        {
            "code": one.code,
            "kind": one.kind,
            "heavy": one.heavy,
            "neighbours": list(one.neighbours),
            "load": found.loads[one.code].index,
        }
        for one in proposed
    ]


def _profiles(actor: Actor, place: str, now: datetime) -> Profiles:
    """Of the place, inside what the caller may see. Raises Http404."""
    allowed = list(sight(actor).places or ())
    wanted = _place(place) or next(iter(allowed), "")
    if not any(is_within(wanted, one) for one in allowed):
        raise Http404("There are no grids here that you may see.")
    return profiles(wanted, now)


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
