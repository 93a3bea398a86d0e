"""Curves: what came in and what was closed, hour by hour and day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate, TruncHour

from gezhi.cases.models import Case
from gezhi.cases.queries.filters import midnight
from gezhi.insight.queries.board.look import Look
from gezhi.insight.queries.board.standing import closings
from gezhi.people.access import Actor

HOURS, DAYS = 24, 30
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Curve:
    """One number for each of `at`: the beginning of an hour, or a day."""

    at: Sequence[datetime] | Sequence[date]
    received: Sequence[int]
    closed: Sequence[int]


def hours(actor: Actor, look: Look, now: datetime) -> Curve:
    """The last 24 hours, the present one included; of a past day, its own. Two statements."""
    last = min(now, midnight(_until(look, now) + timedelta(days=1)) - HOUR)
    end = last.astimezone(_zone()).replace(minute=0, second=0, microsecond=0) + HOUR
    at = [end - HOUR * back for back in range(HOURS, 0, -1)]
    received, closed = _between(actor, look, at[0], end)
    by_hour = TruncHour("opened_at", tzinfo=_zone()), TruncHour("closed_at", tzinfo=_zone())
    return Curve(at, _numbers(received, by_hour[0], at), _numbers(closed, by_hour[1], at))


def days(actor: Actor, look: Look, now: datetime) -> Curve:
    """Thirty days up to today or the last day that is asked for. Two statements."""
    last = _until(look, now)
    at = [last - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    received, closed = _between(actor, look, midnight(at[0]), midnight(last + timedelta(days=1)))
    by_day = TruncDate("opened_at", tzinfo=_zone()), TruncDate("closed_at", tzinfo=_zone())
    return Curve(at, _numbers(received, by_day[0], at), _numbers(closed, by_day[1], at))


def _between(
    actor: Actor, look: Look, since: datetime, until: datetime
) -> tuple[QuerySet[Case], QuerySet[Case]]:
    received = Case.objects.filter(look.seen_by(actor), opened_at__gte=since, opened_at__lt=until)
    return received, closings(actor, look, since, until)


def _numbers(
    cases: QuerySet[Case], part: TruncHour | TruncDate, at: Sequence[datetime] | Sequence[date]
) -> list[int]:
    rows = cases.annotate(part=part).values_list("part").annotate(n=Count("*")).order_by()
    found = dict(rows)
    return [found.get(one, 0) for one in at]


def _until(look: Look, now: datetime) -> date:
    today = now.astimezone(_zone()).date()
    return min(date.fromisoformat(look.until), today) if look.until else today


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
