"""What the rules of warnings count, and which warnings stand."""

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import Q

from gezhi.cases.world import known_world
from gezhi.packs.shapes import LEVELS, WarningRule
from gezhi.security.models import RaisedWarning
from gezhi.security.warning import Counted, Standing, span

NEWEST: Final = 200  # signals of a group that are joined to a warning at once
_GROUPS: Final = {"account": "account_id::text", "address": "address", "node": "''"}
_THERE: Final = {"account": "account_id IS NOT NULL", "address": "address <> ''", "node": "true"}
_NUMBERS: Final = {
    "": "count(*)",
    "account": "count(DISTINCT account_id)",
    "address": "count(DISTINCT nullif(address, ''))",
}
_SUM: Final = (
    "least(coalesce(sum(CASE WHEN jsonb_typeof(facts->%(sums)s) = 'number' THEN (facts->>%(sums)s)::numeric END), 0),"
    " 1e15)::bigint"
)


def rules() -> dict[str, WarningRule]:
    """Of every active pack, by key."""
    return {key: owned.thing for key, owned in known_world().catalogue.warnings.items()}


def counted(rule: WarningRule, now: datetime) -> list[Counted]:
    """One statement: the groups that reach the lowest level."""
    number = _SUM if rule.sums else _NUMBERS[rule.distinct]
    where = f"kind = ANY(%(kinds)s) AND at > %(since)s AND at <= %(now)s AND {_THERE[rule.by]}"
    if rule.hours:
        where += f" AND {_within_hours(rule.hours)}"
    sql = (
        f"SELECT {_GROUPS[rule.by]}, {number}, max(at), (array_agg(id ORDER BY at DESC, id DESC))[1:{NEWEST}]"
        f" FROM people_signal WHERE {where} GROUP BY 1 HAVING {number} >= %(least)s ORDER BY 2 DESC LIMIT 1000"
    )
    begin, _, end = rule.hours.partition("-")
    values: dict[str, Any] = {
        "kinds": list(rule.signals),
        "since": now - span(rule.within),
        "now": now,
        "least": min(rule.levels.values()),
        "sums": rule.sums,
        "zone": settings.TIME_ZONE,
        "begin": begin or None,
        "end": end or None,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Counted(str(group), int(many), newest, ids) for group, many, newest, ids in cursor.fetchall()]


def _within_hours(hours: str) -> str:
    begin, _, end = hours.partition("-")
    local = "(at AT TIME ZONE %(zone)s)::time"
    late, early = f"{local} >= %(begin)s::time", f"{local} < %(end)s::time"
    return f"({late} AND {early})" if begin < end else f"({late} OR {early})"


def standing(rule: WarningRule, now: datetime) -> dict[str, Standing]:
    """By group: what stands, and what ended within the quiet time."""
    lately = Q(ended_at=None) | Q(ended_at__gte=now - span(rule.quiet))
    rows = RaisedWarning.objects.filter(lately, rule=rule.key).order_by("id")
    return {one.group: Standing(one.pk, one.level, one.last_at, one.ended_at) for one in rows}


def wanting_a_case(rule: WarningRule, now: datetime) -> list[RaisedWarning]:
    """Those that stand high enough, are not muted and have none."""
    if rule.opens is None:
        return []
    awake = Q(muted_until=None) | Q(muted_until__lte=now)
    high = LEVELS.index(rule.opens) + 1
    found = RaisedWarning.objects.filter(awake, rule=rule.key, ended_at=None, case_id=None, level__gte=high)
    return list(found.order_by("id")[:100])
