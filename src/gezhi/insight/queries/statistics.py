"""What the statistics show besides figures: how long closings took, and how cases came in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Count

from gezhi.cases.models import Case
from gezhi.cases.queries import visible
from gezhi.insight.counts import BY_KEY
from gezhi.insight.periods import Bounded
from gezhi.insight.queries.figures import Within, conditions
from gezhi.lib.codes import place_range
from gezhi.people.access import Actor

ALL: Final = ""
_TOOK: Final = """
SELECT t.category, count(*), percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (
    ORDER BY extract(epoch FROM t.at - c.opened_at) / 3600)
FROM (SELECT case_id, category, at FROM insight_tally WHERE {where}) AS t JOIN cases_case c ON c.id = t.case_id
GROUP BY GROUPING SETS ((1), ())
"""


@dataclass(frozen=True, slots=True)
class Took:
    """Hours from report to closing: half took no longer than `median`, nine in ten no longer than `ninth`."""

    number: int
    median: float
    ninth: float


def took(period: Bounded, within: Within) -> Mapping[str, Took]:
    """By category, ALL for all together; of the closings of the period. One statement."""
    where, values = conditions(period, "all", within, BY_KEY["closed"])
    with connection.cursor() as cursor:
        cursor.execute(_TOOK.format(where=where), values)
        rows = cursor.fetchall()
    return {key or ALL: Took(number, *map(float, hours)) for key, number, hours in rows if hours}


def sources(actor: Actor, period: Bounded, place: str = "", category: str = "") -> Mapping[str, int]:
    """How the cases opened in the period came in, of those that the person may see. One statement."""
    since, until = period.bounds(ZoneInfo(settings.TIME_ZONE))
    cases = Case.objects.filter(visible(actor), opened_at__gte=since, opened_at__lt=until)
    if place:
        low, high = place_range(place)
        cases = cases.filter(place_code__gte=low, place_code__lt=high)
    if category:
        cases = cases.filter(category=category)
    found = cases.values_list("source").annotate(n=Count("pk")).order_by("-n", "source")
    return dict(found.values_list("source", "n"))
