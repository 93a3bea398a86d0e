"""What is forecast for the series of an area, as it was said last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gezhi.people.access import Actor
from gezhi.sensing.models import Datastream, ForecastRow
from gezhi.sensing.queries.forecasts import ahead_of
from gezhi.sensing.queries.listing import within
from gezhi.sensing.queries.scope import streams_in_sight


@dataclass(frozen=True, slots=True)
class Coming:
    """`by_lead`: hours ahead -> what was said."""

    stream: Datastream
    by_lead: Mapping[int, ForecastRow]


def coming_at(actor: Actor, place: str, now: datetime, most: int) -> Sequence[Coming]:
    """Of at most so many series; what is past already is left out. Three statements."""
    told = ForecastRow.objects.filter(due_at__gt=now).values("datastream_id")
    found = Datastream.objects.filter(streams_in_sight(actor), within(place), pk__in=told)
    streams = {
        one.pk: one for one in found.select_related("thing", "observed_property").order_by("pk")[:most]
    }
    rows: dict[int, dict[int, ForecastRow]] = {}
    for row in ahead_of(list(streams)) if streams else ():
        if row.due_at > now:
            rows.setdefault(row.datastream_id, {})[row.hours] = row
    return [Coming(streams[series], by_lead) for series, by_lead in rows.items()]
