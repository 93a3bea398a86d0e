"""Cases as anybody may see them: matters near a point, of a place, and how many there are where. See openness.py."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from gezhi.cases.matching import WINDOW, distance, match_key
from gezhi.cases.models import Case
from gezhi.cases.openness import CELL, LEAST, RECENT, Opened, Standing, blurred, shown_place
from gezhi.lib.codes import COUNTY, TOWN, level_of, place_range

PAGE: Final = 50
NEAR: Final = 200.0  # metres in which a reporter may mean the same
NEAR_SHOWN: Final = 3
_LOOKED_AT: Final = 200
_OLDEST: Final = timedelta(days=120)  # opened before, and closed within RECENT: too few to look for
_DIGITS: Final = (4, 6, 9, 12, 12, 12)  # of a child's code, by the level of the place itself
_FIELDS: Final = (
    *("number", "category", "state", "is_open", "place_code", "lon", "lat"),
    *("opened_at", "due_at", "closed_at", "report_count"),
)


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """`point`: lon, lat of a cell's middle, None for what has none. Days, not instants."""

    number: str
    category: str
    standing: Standing
    place_code: str
    point: tuple[float, float] | None
    opened_on: date
    due_on: date | None
    closed_on: date | None
    reports: int


@dataclass(frozen=True, slots=True)
class Many:
    """How many of a category stand how far, in a place one level below the one that was asked about."""

    place_code: str
    category: str
    standing: Standing
    number: int


def open_matters(
    opened: Opened, now: datetime, place: str, categories: Collection[str], page: int = 1, size: int = PAGE
) -> list[OpenMatter]:
    """Newest first, one more than a page where there are more. One statement. `categories` empty: all."""
    wanted = opened.places & frozenset(categories) if categories else opened.places
    begin, end = (page - 1) * size, page * size + 1
    parts = [_newest(part.filter(category__in=wanted))[:end] for part in _shown(opened, now, place)]
    return [_matter(case, opened) for case in _newest(parts[0].union(parts[1], all=True))[begin:end]]


def _newest(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.order_by("-opened_at", "-id")


def _shown(opened: Opened, now: datetime, place: str) -> tuple[QuerySet[Case], QuerySet[Case]]:
    """What is open, and what was closed of late: each by its own index, so that no older closing is read."""
    low, high = place_range(place)
    here = Case.objects.filter(place_code__gte=low, place_code__lt=high).only(*_FIELDS)
    recent = Q(closed_at__gte=now - RECENT, opened_at__gte=now - _OLDEST, state__in=opened.done)
    return here.filter(is_open=True), here.filter(recent, is_open=False)


def _matter(case: Case, opened: Opened) -> OpenMatter:
    zone = ZoneInfo(settings.TIME_ZONE)
    return OpenMatter(
        number=case.number,
        category=case.category,
        standing=_standing(case.state, opened, is_open=case.is_open),
        place_code=shown_place(case.place_code),
        point=None if case.lon is None or case.lat is None else blurred(case.lon, case.lat),
        opened_on=case.opened_at.astimezone(zone).date(),
        due_on=case.due_at.astimezone(zone).date() if case.due_at and case.is_open else None,
        closed_on=case.closed_at.astimezone(zone).date() if case.closed_at and not case.is_open else None,
        reports=case.report_count,
    )


def _standing(state: str, opened: Opened, *, is_open: bool) -> Standing:
    if not is_open:
        return Standing.DONE
    return Standing.WAITING if state in opened.waiting else Standing.IN_HAND


_MANY: Final = """
SELECT rpad(left(town, {digits}), 12, '0'), category, standing, sum(number)::int
FROM (
    SELECT left(place_code, {least}) AS town, category, count(*) AS number,
        CASE WHEN NOT is_open THEN 'done' WHEN state = ANY(%s) THEN 'waiting' ELSE 'in-hand' END AS standing
    FROM cases_case
    WHERE place_code >= %s AND place_code < %s AND category = ANY(%s)
        AND (is_open OR (closed_at >= %s AND opened_at >= %s AND state = ANY(%s)))
    GROUP BY town, category, standing
) AS told
WHERE category = ANY(%s) OR number >= %s
GROUP BY 1, category, standing
"""


def how_many(opened: Opened, now: datetime, place: str) -> list[Many]:
    """By child of the place, category and standing, as far as it may be told; of a town's children the categories
    told as numbers are left out. One statement."""
    level = level_of(place)
    keys = opened.all if level < TOWN else opened.places
    digits, bounds = _DIGITS[level], (now - RECENT, now - _OLDEST, list(opened.done))
    asked = (list(opened.waiting), *place_range(place), sorted(keys), *bounds, sorted(opened.places), LEAST)
    statement = _MANY.replace("{digits}", str(digits)).replace("{least}", str(max(digits, _DIGITS[COUNTY])))
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return [Many(code, key, Standing(how), number) for code, key, how, number in cursor.fetchall()]


def near_matters(
    opened: Opened, now: datetime, categories: Collection[str], lon: float, lat: float
) -> list[OpenMatter]:
    """Open matters of these categories that a report from a point may mean, nearest first. Measured to the middle of
    a case's cell, so that nobody finds its point by asking again and again. One statement."""
    steps = (-CELL, 0.0, CELL)
    keys = {match_key(lon + east, lat + north, "") for east in steps for north in steps}
    cases = _joinable(opened, now, categories).filter(match_key__in=keys)[:_LOOKED_AT]
    found = sorted(
        ((distance(lon, lat, *_cell_of(case)), case.pk, case) for case in cases), key=itemgetter(0, 1)
    )
    return [_matter(case, opened) for metres, _pk, case in found if metres <= NEAR][:NEAR_SHOWN]


def matters_of_place(
    opened: Opened, now: datetime, categories: Collection[str], place: str
) -> list[OpenMatter]:
    """The same for a report that names its village alone: the newest. One statement."""
    low, high = place_range(shown_place(place))
    cases = _joinable(opened, now, categories).filter(place_code__gte=low, place_code__lt=high)
    return [_matter(case, opened) for case in cases.order_by("-opened_at", "-id")[:NEAR_SHOWN]]


def joinable(opened: Opened, now: datetime, number: str) -> Case | None:
    """The open matter of this number, if a report may say that it means the same."""
    return _joinable(opened, now, opened.places).filter(number=number[:24]).first()


def _joinable(opened: Opened, now: datetime, categories: Collection[str]) -> QuerySet[Case]:
    """Those that intake joins a report with that has their point and category."""
    wanted = opened.places & frozenset(categories)
    found = Case.objects.filter(is_open=True, category__in=wanted, lon__isnull=False, lat__isnull=False)
    return found.filter(occurred_at__gte=now - WINDOW).only(*_FIELDS)


def _cell_of(case: Case) -> tuple[float, float]:
    assert case.lon is not None
    assert case.lat is not None
    return blurred(case.lon, case.lat)
