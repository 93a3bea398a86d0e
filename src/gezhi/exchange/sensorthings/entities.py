"""The entities of SensorThings as our tables hold them: each property and link with its SQL. Pure.

`{t}` stands for the alias of an entity's rows. The words are those of version 1.1; the tables know neither them nor
their version, so that another version is another list like this one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from gezhi.exchange.sensorthings.expressions import Kind

SINCE_2000: Final = 946_684_800_000  # ms; an observation's id counts from there
TIME_BITS: Final = 41  # of an observation's id; above them the series
_TIME_MASK: Final = (1 << TIME_BITS) - 1
READINGS: Final = "sensing_reading {t}"  # of the rows of observations: what files hold may stand here, too
_MS: Final = "(extract(epoch from {at}) * 1000)::bigint"
_FROM_MS: Final = "timestamptz 'epoch' + ({ms})::bigint * interval '1 millisecond'"


@dataclass(frozen=True, slots=True)
class Property:
    """`sql`: its value, of a PERIOD its start; `end`: of a PERIOD. `text`: of a RESULT as text. `json`: of a RESULT
    that is no number. `shown`: whether an entity shows it without being asked; an optional one only with a value."""

    name: str
    kind: Kind
    sql: str
    end: str = ""
    text: str = ""
    json: str = ""
    shown: bool = True
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """To entities called `target`. One: `one` is the SQL of its id. Many: `many` is true of a row {b} whose parent has
    the id {a}. `proven`: whoever reaches the parent reaches these."""

    name: str
    target: str
    one: str = ""
    many: str = ""
    proven: bool = False


@dataclass(frozen=True)
class Entity:
    """`rows`: what stands after FROM. `reach`: the columns that say who reaches it, as place and unit; or, of what has
    none, the SQL whose {reach} is that of its owner; "": everybody with a key."""

    name: str
    plural: str
    rows: str
    id: str
    properties: tuple[Property, ...]
    links: tuple[Link, ...]
    order: tuple[str, ...]
    reach: str = ""
    owner: str = ""
    shape: str = ""  # the property that holds its geometry
    at_home: str = ""  # true of rows that tell of a thing of the kinds %s
    named: Mapping[str, Property] = field(init=False)
    linked: Mapping[str, Link] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "named", {one.name: one for one in self.properties})
        object.__setattr__(self, "linked", {one.name: one for one in self.links})

    @cached_property
    def is_reading(self) -> bool:
        return self.name == "Observation"


def reading_id(series: int, ms: int) -> int:
    """Of an observation of a series at an instant, in ms since 1970."""
    return (series << TIME_BITS) | (ms - SINCE_2000)


def reading_of(number: int) -> tuple[int, int]:
    """Series and ms since 1970 of an observation's id."""
    return number >> TIME_BITS, (number & _TIME_MASK) + SINCE_2000


def instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms // 1000, UTC).replace(microsecond=ms % 1000 * 1000)


def _text(name: str, column: str = "") -> Property:
    return Property(name, Kind.TEXT, f"{{t}}.{column or name}")


def _json(name: str, column: str = "", optional: bool = False) -> Property:
    return Property(name, Kind.JSON, f"{{t}}.{column or name}", optional=optional)


_PROPERTIES: Final = Property("properties", Kind.JSON, "{t}.properties", optional=True)
_NAMED: Final = (_text("name"), _text("description"))
_SHAPED: Final = ("Location", "FeatureOfInterest")


def _geometry(name: str) -> Property:
    return Property(name, Kind.GEOMETRY, f"{{t}}.{name}")


_HELD: Final = "{t}.place_code|{t}.unit_id"
_READING_ID: Final = (
    f"(({{t}}.datastream_id::bigint << {TIME_BITS}) | ({_MS.format(at='{t}.at')} - {SINCE_2000}))"
)
_MOVED_FROM: Final = "({t}_x.body->>'from')::bigint"
_OBSERVATION_ID: Final = (  # a reading whose time was corrected keeps its id while nobody else has it
    f"CASE WHEN {{t}}_x.body ? 'from' AND NOT EXISTS (SELECT FROM sensing_reading o WHERE o.datastream_id ="
    f" {{t}}.datastream_id AND o.at = {_FROM_MS.format(ms=_MOVED_FROM)})"
    f" THEN ({{t}}.datastream_id::bigint << {TIME_BITS}) | ({_MOVED_FROM} - {SINCE_2000}) ELSE {_READING_ID} END"
)
_FEATURE: Final = (
    "coalesce(({t}_x.body->>'feature')::bigint, (SELECT s.feature_id FROM sensing_featurespan s WHERE"
    " s.datastream_id = {t}.datastream_id AND s.since <= {t}.at AND s.until > {t}.at LIMIT 1))"
)
_OF_FEATURE: Final = (
    "{b}.datastream_id IN (SELECT datastream_id FROM sensing_featurespan WHERE feature_id = {a} UNION"
    " SELECT datastream_id FROM sensing_extra WHERE (body->>'feature')::bigint = {a}) AND "
    + _FEATURE.replace("{t}", "{b}")
    + " = {a}"
)


def _extra_time(name: str) -> str:
    return _FROM_MS.format(ms=f"{{t}}_x.body->>'{name}'")


_HOMES_AT: Final = (
    "SELECT l.location_id FROM sensing_thing_locations l JOIN sensing_thing h ON h.id = l.thing_id"
    " WHERE h.kind = ANY(%s::text[])"
)
THING: Final = Entity(
    "Thing", "Things", "sensing_thing {t}", "{t}.id",
    (*_NAMED, _PROPERTIES),
    (
        Link("Datastreams", "Datastream", many="{b}.thing_id = {a}"),
        Link("Locations", "Location",
             many="EXISTS (SELECT FROM sensing_thing_locations m WHERE m.thing_id = {a} AND m.location_id = {b}.id)"),
        Link("HistoricalLocations", "HistoricalLocation", many="{b}.thing_id = {a}", proven=True),
    ),
    ("{t}.id",), reach=_HELD,
    at_home="{t}.kind = ANY(%s::text[])",
)  # fmt: skip
LOCATION: Final = Entity(
    "Location", "Locations", "sensing_location {t}", "{t}.id",
    (*_NAMED, _text("encodingType", "encoding_type"), _geometry("location"), _PROPERTIES),
    (
        Link("Things", "Thing",
             many="EXISTS (SELECT FROM sensing_thing_locations m WHERE m.location_id = {a} AND m.thing_id = {b}.id)"),
        Link("HistoricalLocations", "HistoricalLocation",
             many="EXISTS (SELECT FROM sensing_historicallocation_locations m"
             " WHERE m.location_id = {a} AND m.historicallocation_id = {b}.id)"),
    ),
    ("{t}.id",), reach=_HELD, shape="location",
    at_home="{t}.id IN (" + _HOMES_AT + ")",
)  # fmt: skip
HISTORICAL_LOCATION: Final = Entity(
    "HistoricalLocation", "HistoricalLocations", "sensing_historicallocation {t}", "{t}.id",
    (Property("time", Kind.INSTANT, "{t}.time"),),
    (
        Link("Thing", "Thing", one="{t}.thing_id", proven=True),
        Link("Locations", "Location",
             many="EXISTS (SELECT FROM sensing_historicallocation_locations m"
             " WHERE m.historicallocation_id = {a} AND m.location_id = {b}.id)"),
    ),
    ("{t}.id",), owner="{t}.thing_id IN (SELECT o.id FROM sensing_thing o WHERE {reach})",
    at_home="{t}.thing_id IN (SELECT h.id FROM sensing_thing h WHERE h.kind = ANY(%s::text[]))",
)  # fmt: skip
SENSOR: Final = Entity(
    "Sensor", "Sensors", "sensing_sensor {t}", "{t}.id",
    (*_NAMED, _text("encodingType", "encoding_type"), _json("metadata"), _PROPERTIES),
    (Link("Datastreams", "Datastream", many="{b}.sensor_id = {a}"),),
    ("{t}.id",),
)  # fmt: skip
OBSERVED_PROPERTY: Final = Entity(
    "ObservedProperty", "ObservedProperties", "sensing_observedproperty {t}", "{t}.id",
    (_text("name"), _text("definition"), _text("description"), _PROPERTIES),
    (Link("Datastreams", "Datastream", many="{b}.observed_property_id = {a}"),),
    ("{t}.id",),
)  # fmt: skip
_LAST: Final = "(SELECT {end}(o.at) FROM sensing_reading o WHERE o.datastream_id = {t}.id)"
DATASTREAM: Final = Entity(
    "Datastream", "Datastreams", "sensing_datastream {t}", "{t}.id",
    (
        *_NAMED, _text("observationType", "observation_type"), _json("unitOfMeasurement", "unit"),
        _json("observedArea", "observed_area", optional=True),
        Property("phenomenonTime", Kind.PERIOD, _LAST.replace("{end}", "min"), end=_LAST.replace("{end}", "max"),
                 shown=False, optional=True),
        _PROPERTIES,
    ),
    (
        Link("Thing", "Thing", one="{t}.thing_id", proven=True),
        Link("Sensor", "Sensor", one="{t}.sensor_id", proven=True),
        Link("ObservedProperty", "ObservedProperty", one="{t}.observed_property_id", proven=True),
        Link("Observations", "Observation", many="{b}.datastream_id = {a}", proven=True),
    ),
    ("{t}.id",), reach=_HELD,
    at_home="{t}.thing_id IN (SELECT h.id FROM sensing_thing h WHERE h.kind = ANY(%s::text[]))",
)  # fmt: skip
OBSERVATION: Final = Entity(
    "Observation", "Observations",
    "(" + READINGS + " LEFT JOIN sensing_extra {t}_x ON {t}_x.datastream_id = {t}.datastream_id"
    " AND {t}_x.at = {t}.at)",
    _OBSERVATION_ID,
    (
        Property("phenomenonTime", Kind.PERIOD, "{t}.at", end=f"coalesce({_extra_time('end')}, {{t}}.at)"),
        Property("resultTime", Kind.INSTANT, f"({_extra_time('resultTime')})"),
        Property("result", Kind.RESULT, "CASE WHEN {t}_x.body ? 'result' THEN NULL ELSE {t}.value END",
                 text="coalesce({t}_x.body->>'result', {t}.value::text)", json="({t}_x.body->'result')"),
        Property("resultQuality", Kind.JSON, "({t}_x.body->'resultQuality')", optional=True),
        Property("validTime", Kind.PERIOD, f"({_extra_time('validFrom')})", end=f"({_extra_time('validTo')})",
                 optional=True),
        Property("parameters", Kind.JSON, "({t}_x.body->'parameters')", optional=True),
    ),
    (
        Link("Datastream", "Datastream", one="{t}.datastream_id", proven=True),
        Link("FeatureOfInterest", "FeatureOfInterest", one=_FEATURE),
    ),
    ("{t}.datastream_id", "{t}.at"),
    owner="{t}.datastream_id IN (SELECT o.id FROM sensing_datastream o WHERE {reach})",
    at_home="{t}.datastream_id IN (SELECT s.id FROM sensing_datastream s JOIN sensing_thing h ON h.id = s.thing_id"
    " WHERE h.kind = ANY(%s::text[]))",
)  # fmt: skip
FEATURE_OF_INTEREST: Final = Entity(
    "FeatureOfInterest", "FeaturesOfInterest", "sensing_featureofinterest {t}", "{t}.id",
    (*_NAMED, _text("encodingType", "encoding_type"), _geometry("feature"), _PROPERTIES),
    (Link("Observations", "Observation", many=_OF_FEATURE),),
    ("{t}.id",), reach=_HELD, shape="feature",
    at_home="coalesce({t}.location_id IN (" + _HOMES_AT + "), false)",
)  # fmt: skip

ENTITIES: Final[Mapping[str, Entity]] = {
    one.name: one
    for one in (
        THING, LOCATION, HISTORICAL_LOCATION, DATASTREAM, SENSOR, OBSERVATION, OBSERVED_PROPERTY, FEATURE_OF_INTEREST,
    )
}  # fmt: skip
BY_PLURAL: Final[Mapping[str, Entity]] = {one.plural: one for one in ENTITIES.values()}
