"""Things and what hangs on them are created and changed: one call, one transaction, one entry in the ledger."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import IntegrityError, models, transaction

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.sensing.actions.things_moving import move_thing, moved_location
from gezhi.sensing.actions.things_observed import take_of
from gezhi.sensing.actions.things_writer import OwnPlace, Writer, box, put
from gezhi.sensing.drafts import (
    DATASTREAM,
    FEATURE,
    HISTORICAL_LOCATION,
    LOCATION,
    OBSERVED_PROPERTY,
    SENSOR,
    THING,
    Draft,
    Linked,
    Observed,
    Ref,
    lacks,
    too_many_streams,
)
from gezhi.sensing.models import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    Thing,
)

MODELS: Final[Mapping[str, type[models.Model]]] = {
    THING: Thing,
    LOCATION: Location,
    HISTORICAL_LOCATION: HistoricalLocation,
    DATASTREAM: Datastream,
    SENSOR: Sensor,
    OBSERVED_PROPERTY: ObservedProperty,
    FEATURE: FeatureOfInterest,
}
_LINKS: Final[Mapping[str, type[models.Model]]] = {
    "Thing": Thing,
    "Sensor": Sensor,
    "ObservedProperty": ObservedProperty,
}
_COLUMNS: Final = {"Thing": "thing", "Sensor": "sensor", "ObservedProperty": "observed_property"}


@transaction.atomic
def create(writer: Writer, draft: Draft, now: datetime) -> int:
    """With everything that is written out inside of it, or nothing. The id. Raises Refused."""
    made = _Making(writer, now)
    row = made.row(draft)
    facts: dict[str, Fact] = {"made": dict(made.count), "by": writer.account_id}
    record("sensing.created", f"{draft.kind.lower()}:{row.pk}", facts)
    return int(row.pk)


@transaction.atomic
def change(writer: Writer, number: int, draft: Draft, now: datetime) -> None:
    """The columns and links that the draft names. Raises Refused."""
    row = writer.own(MODELS[draft.kind], number)
    for name, value in draft.values.items():
        setattr(row, name, value)
    made = _Making(writer, now)
    for name, linked in draft.links.items():
        made.relink(row, name, linked)
    if isinstance(row, Location | FeatureOfInterest) and {"location", "feature"} & draft.values.keys():
        put(row, writer.place_at(draft.box))
        box(row, draft.box)
    row.save()
    if isinstance(row, Location) and "location" in draft.values:
        moved_location(row)
    changed: list[Fact] = [*sorted(draft.values), *sorted(draft.links)]
    record(
        "sensing.changed",
        f"{draft.kind.lower()}:{number}",
        {"changed": changed, "by": writer.account_id},
    )


@dataclass
class _Making:
    writer: Writer
    now: datetime
    count: Counter[str] = field(default_factory=Counter)

    def row(self, draft: Draft, parent: models.Model | None = None) -> models.Model:
        self.count[draft.kind] += 1
        make: Callable[[Draft, models.Model | None], models.Model] = {
            THING: self._thing,
            LOCATION: self._location,
            HISTORICAL_LOCATION: self._history,
            DATASTREAM: self._datastream,
            SENSOR: self._shared,
            OBSERVED_PROPERTY: self._shared,
            FEATURE: self._feature,
        }[draft.kind]
        return make(draft, parent)

    def relink(self, row: models.Model, name: str, linked: Sequence[Linked]) -> None:
        """An existing row gets other neighbours."""
        if isinstance(row, Thing) and name == "Locations":
            move_thing(row, self._locations(linked), self.now)
        elif isinstance(row, Datastream) and name in _LINKS:
            other = self._one(linked[0], name, None)
            setattr(row, _COLUMNS[name], other)
            if isinstance(other, Thing):
                put(row, (other.place_code, other.unit_id))
        elif isinstance(row, HistoricalLocation) and name == "Locations":
            row.locations.set(self._locations(linked))
        elif isinstance(row, HistoricalLocation) and name == "Thing":
            row.thing = self._one(linked[0], name, None)  # type: ignore[assignment]
        else:
            self._children(row, linked)

    def _children(self, row: models.Model, linked: Sequence[Linked]) -> None:
        """Rows that name this one as theirs."""
        for one in linked:
            if isinstance(one, Draft):
                self.row(one, row)
            elif isinstance(one, Ref) and isinstance(row, Thing | Sensor | ObservedProperty):
                mine = self.writer.own(Datastream, one.id)
                setattr(mine, _COLUMNS[type(row).__name__], row)
                mine.save()

    def _thing(self, draft: Draft, parent: models.Model | None) -> Thing:
        locations = self._locations(draft.links.get("Locations", ()))
        if isinstance(parent, Location):
            locations = [*locations, parent]
        row = Thing(**draft.values, account_id=self.writer.account_id)
        put(row, self.writer.home())
        row.save()
        if locations:
            move_thing(row, locations, self.now)
        self._children(row, draft.links.get("Datastreams", ()))
        self._children(row, draft.links.get("HistoricalLocations", ()))
        return row

    def _locations(self, linked: Sequence[Linked]) -> list[Location]:
        found = [
            self.writer.own(Location, one.id) if isinstance(one, Ref) else self.row(one)
            for one in linked
            if isinstance(one, Ref | Draft)
        ]
        return [one for one in found if isinstance(one, Location)]

    def _location(self, draft: Draft, parent: models.Model | None) -> Location:
        row = Location(**draft.values, account_id=self.writer.account_id)
        self._stand(row, draft)
        row.save()
        things = [parent] if isinstance(parent, Thing) else []
        for one in draft.links.get("Things", ()):
            if isinstance(one, Ref):
                things.append(self.writer.own(Thing, one.id))
            elif isinstance(one, Draft):
                self.row(one, row)
        for thing in things:
            move_thing(thing, [row], self.now)
        return row

    def _feature(self, draft: Draft, parent: models.Model | None) -> FeatureOfInterest:
        row = FeatureOfInterest(**draft.values, account_id=self.writer.account_id)
        self._stand(row, draft)
        row.save()
        return row

    def _stand(self, row: Location | FeatureOfInterest, draft: Draft) -> None:
        place: OwnPlace = self.writer.place_at(draft.box)
        put(row, place)
        box(row, draft.box)

    def _shared(self, draft: Draft, parent: models.Model | None) -> models.Model:
        self.writer.home()
        row = MODELS[draft.kind](**draft.values, account_id=self.writer.account_id)
        row.save()
        self._children(row, draft.links.get("Datastreams", ()))
        return row

    def _history(self, draft: Draft, parent: models.Model | None) -> HistoricalLocation:
        thing = self._one(draft.link("Thing"), "Thing", parent, HISTORICAL_LOCATION)
        locations = self._locations(draft.links.get("Locations", ()))
        if isinstance(parent, Location):
            locations = [*locations, parent]
        if not locations:
            raise lacks(HISTORICAL_LOCATION, "Locations")
        assert isinstance(thing, Thing)
        newest = thing.history.order_by("-time").first()
        row = HistoricalLocation.objects.create(thing=thing, **draft.values)
        row.locations.set(locations)
        if newest is None or newest.time <= row.time:
            move_thing(thing, locations, self.now, is_told=True)
        return row

    def _datastream(self, draft: Draft, parent: models.Model | None) -> Datastream:
        row = Datastream(**draft.values, account_id=self.writer.account_id)
        for name in _LINKS:
            setattr(row, _COLUMNS[name], self._one(draft.link(name), name, parent))
        put(row, (row.thing.place_code, row.thing.unit_id))
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            if "series_has_22_bits" in str(error):
                raise too_many_streams() from error
            raise
        observed = [one for one in draft.links.get("Observations", ()) if isinstance(one, Observed)]
        if observed:
            self.count["Observation"] += len(observed)
            take_of(self.writer, row.pk, [(one, self.feature_of(one)) for one in observed], self.now)
        return row

    def feature_of(self, one: Observed) -> int | None:
        """The id of the feature that a reading names, made where it is written out."""
        if isinstance(one.feature, Draft):
            return int(self.row(one.feature).pk)
        return int(self.writer.own(FeatureOfInterest, one.feature.id).pk) if one.feature else None

    def _one(
        self, linked: Linked | None, name: str, parent: models.Model | None, kind: str = DATASTREAM
    ) -> models.Model:
        if isinstance(parent, _LINKS[name]):
            return parent
        if isinstance(linked, Ref):
            return self.writer.own(_LINKS[name], linked.id)
        if isinstance(linked, Draft):
            return self.row(linked)
        raise lacks(kind, name)


@transaction.atomic
def observe(writer: Writer, observed: Observed, now: datetime) -> int:
    """One reading with whatever is written out inside of it. The id of its datastream. Raises Refused."""
    made = _Making(writer, now)
    feature = made.feature_of(observed)
    if isinstance(observed.datastream, Draft):
        series = int(made.row(observed.datastream).pk)
    elif observed.datastream is not None:
        series = observed.datastream.id
    else:
        raise lacks("Observation", "Datastream")
    take_of(writer, series, [(observed, feature)], now)
    if made.count:
        facts: dict[str, Fact] = {"made": dict(made.count), "by": writer.account_id}
        record("sensing.created", f"datastream:{series}", facts)
    return series
