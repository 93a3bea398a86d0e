"""Who keeps things, and where what they keep stands."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from django.db import models

from gezhi.lib.refused import Refused
from gezhi.places.queries import NoShapes, current_locator
from gezhi.sensing.drafts import Box, archived_reading, no_post, not_your_place, unknown
from gezhi.sensing.models import Datastream, FeatureOfInterest, HistoricalLocation, Location, Thing
from gezhi.sensing.models.things import Located, Placed
from gezhi.sensing.queries import Reached
from gezhi.sensing.queries.archived import readings_of

ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)  # of the first span
Row = TypeVar("Row", bound=models.Model)
OwnPlace = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Writer:
    account_id: int
    reached: Reached

    def home(self) -> OwnPlace:
        """Place and unit of what has no position. Raises Refused without a post."""
        if not self.reached.home[0]:
            raise no_post()
        return self.reached.home

    def place_at(self, box: Box | None) -> OwnPlace:
        """Of what stands there: the finest place that holds the middle of the box; outside of the node, the writer's
        own. Raises Refused outside of the writer's posts."""
        home = self.home()
        code = "" if box is None else _code_at((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        if not code:
            return home
        if not self.reached.holds(code, home[1]):
            raise not_your_place(code)
        return code, home[1]

    def own(self, model: type[Row], number: int) -> Row:
        """A row of the writer's reach, locked. Raises Refused."""
        found = model._default_manager.select_for_update().filter(pk=min(number, 2**62)).first()
        if found is None or not self.holds(found):
            raise unknown(model.__name__, number)
        return found

    def holds(self, row: models.Model) -> bool:
        """What has no place of its own is everybody's who has a post; a history is its thing's."""
        if isinstance(row, HistoricalLocation):
            return self.holds(row.thing)
        if isinstance(row, Thing | Location | Datastream | FeatureOfInterest):
            return self.reached.holds(row.place_code, row.unit_id)
        return bool(self.reached.home[0])


def put(row: Placed, place: OwnPlace) -> None:
    row.place_code, row.unit_id = place


def box(row: Located, around: Box | None) -> None:
    row.west, row.south, row.east, row.north = around or (None, None, None, None)


def _code_at(lon: float, lat: float) -> str:
    try:
        return current_locator().locate_one(lon, lat)
    except NoShapes:
        return ""


def missing_reading(series: int, at: datetime) -> Refused:
    """Of a reading that is not in the table: why nobody changes or deletes it."""
    number = (series << 41) | (round(at.timestamp() * 1000) - 946_684_800_000)
    held = len(readings_of([series], at, at + timedelta(milliseconds=1)))
    return archived_reading(number) if held else unknown("Observation", number)


__all__ = ["ALWAYS", "OwnPlace", "Refused", "Writer", "box", "missing_reading", "put"]
