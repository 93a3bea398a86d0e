"""Kinds of things in the city that sense, and what each of them measures."""

from typing import Final, Literal, Self

from pydantic import Field, model_validator

from gezhi.packs.shapes.base import Key, Shape, Words
from gezhi.packs.shapes.monitors import Timespan, seconds_of

PROPERTY: Final = r"^[a-z][a-z0-9]*$"
# What a thing inside a home may sense: danger, and its own state. Nothing from which the life in it can be read.
AT_HOME: Final = ("smoke", "monoxide", "combustible", "leak", "muted", "battery", "soiled", "fault")
LONGEST_AT_HOME: Final = "30 days"
SHORTEST_ALIVE: Final = "12 hours"

Gives = Literal["number", "truth"]


class Forecasting(Shape):
    """What comes of a property is forecast 1, 6 and 24 hours ahead, for all things of the kind together.

    `above`: in its unit; that this is going to be passed is warned of. `with`: other properties of the kind that are
    looked at too.
    """

    above: float = Field(ge=-1e9, le=1e9, allow_inf_nan=False)
    with_: tuple[str, ...] = Field(default=(), max_length=20, alias="with")


class DatastreamKind(Shape):
    """One thing measured. `property`: its name, in one word, so that monitors may ask `other.NAME`.

    `low`, `high`: what can be at all, in `unit`; a reading outside is marked, never believed. `step`: the most that it
    can change in a minute. `stuck`: unchanged for so long, it is marked. `every`: how often one is expected; of things
    that speak when something happens, how often they say that they are alive. `silent`: without a reading for so long,
    it is silent. `keep`: how long readings are kept. `code`: the factor of HJ 212; `sent_in`: the unit in which senders
    of that code give it, where it is another. `gives`: a number, or a truth that is 0 or 1.
    """

    property: str = Field(pattern=PROPERTY, max_length=40)
    title: Words
    unit: str = Field(min_length=1, max_length=10)
    gives: Gives = "number"
    low: float = Field(default=0.0, ge=-1e9, le=1e9, allow_inf_nan=False)
    high: float = Field(default=1.0, ge=-1e9, le=1e9, allow_inf_nan=False)
    step: float | None = Field(default=None, gt=0, le=1e9, allow_inf_nan=False)
    stuck: Timespan | None = None
    every: Timespan
    silent: Timespan
    keep: Timespan
    code: str = Field(default="", pattern=r"^([a-z][0-9]{4}[0-9a-z]|L[A-Za-z0-9]{1,3})?$")
    sent_in: str = Field(default="", max_length=10)
    forecast: Forecasting | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.low >= self.high:
            raise ValueError("'low' must be below 'high'")
        if self.gives == "truth" and (self.unit, self.low, self.high) != ("1", 0.0, 1.0):
            raise ValueError("a truth has the unit '1' and is 0 or 1")
        if seconds_of(self.silent) <= seconds_of(self.every):
            raise ValueError("'silent' must be longer than 'every'")
        if self.stuck and seconds_of(self.stuck) <= seconds_of(self.every):
            raise ValueError("'stuck' must be longer than 'every'")
        if self.sent_in and not self.code:
            raise ValueError("'sent_in' is about a 'code'")
        if self.forecast and self.gives == "truth":
            raise ValueError("'forecast' is of numbers")
        return self


class ThingKind(Shape):
    """A kind of thing: a rain gauge, a manhole's level meter, an air station.

    `stands`: in public, on the premises of whoever answers for them, or in the home of somebody who asked for it.
    `function`: the duty whose unit keeps it working. `parts`: the national codes of the parts that it may be fixed to.
    `calibrate`, `service`: how often it is calibrated and looked after.
    """

    key: Key
    title: Words
    stands: Literal["public", "premises", "home"] = "public"
    function: Key
    parts: tuple[str, ...] = ()
    calibrate: Timespan | None = None
    service: Timespan | None = None
    datastreams: tuple[DatastreamKind, ...] = Field(min_length=1, max_length=40)
    source: str = Field(min_length=3)

    def datastream(self, name: str) -> DatastreamKind | None:
        return next((one for one in self.datastreams if one.property == name), None)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        names = [one.property for one in self.datastreams]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"the property '{twice[0]}' stands twice")
        for one in self.datastreams:
            strange = sorted(set(one.forecast.with_ if one.forecast else ()) - (set(names) - {one.property}))
            if strange:
                raise ValueError(
                    f"'{one.property}' is forecast with '{strange[0]}', which is no other property here"
                )
        for one in self.datastreams if self.stands == "home" else ():
            _fits_a_home(one)
        return self


def _fits_a_home(one: DatastreamKind) -> None:
    if one.property not in AT_HOME or one.gives != "truth":
        allowed = ", ".join(AT_HOME)
        raise ValueError(f"a thing in a home may not tell '{one.property}'; it tells whether: {allowed}")
    if seconds_of(one.keep) > seconds_of(LONGEST_AT_HOME):
        raise ValueError(f"readings of a home are kept for at most {LONGEST_AT_HOME}")
    if seconds_of(one.every) < seconds_of(SHORTEST_ALIVE):
        raise ValueError("a thing in a home says that it is alive at most twice a day")
