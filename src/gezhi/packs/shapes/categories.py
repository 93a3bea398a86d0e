"""Categories, the duties that answer for them, dated parameters, and what reporters are told."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from gezhi.packs.shapes.base import Key, Length, Shape, Words

REPORT_IN_LIMIT, ORDER_LIMIT, CALLBACK_LIMIT = "report-in", "order", "callback"
ENGINE_LIMITS = (REPORT_IN_LIMIT, ORDER_LIMIT, CALLBACK_LIMIT)  # parameters that no state names

Public = Literal["places", "numbers", "nothing"]  # what anybody may see of cases

PARAMETER_KEY = r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)?$"


class Attribute(Shape):
    """A question asked with a category (Open311's service definition attribute)."""

    code: Key
    title: Words
    datatype: Literal["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
    required: bool = False
    values: dict[str, Words] = {}


class Category(Shape):
    """What kind of matter. `function` is the duty that answers for it; `limits` picks the handling limit.

    `part` and `matter` are the standard's; `local` is a city's own addition. Reports are never about a
    `part`: the standard has a matter for the fault of each. `procedure`, `closing` and `form` may be those of
    a needed pack. `form`: what is asked with a report. `internal`: staff alone report it, by name.
    `confidential`: seen by posts for security alone, and counted in no figure.
    `public`: None for what the group says. `hides_reporter`: who reported is hidden from whoever handles it.
    """

    key: Key
    kind: Literal["part", "matter", "local"]
    code: str = Field(pattern=r"^[0-9]{5}$")
    name: Words
    group: Key
    procedure: Key
    function: Key
    limits: Key
    grids: bool = True
    internal: bool = False
    confidential: bool = False
    public: Public | None = None
    hides_reporter: bool = False
    words: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    form: Key | None = None
    closing: Key | None = None


class Group(Shape):
    key: Key
    name: Words
    public: Public = "nothing"


class Function(Shape):
    """A duty that units hold and categories ask for."""

    key: Key
    name: Words


class Limit(Shape):
    """A length of working or calendar time, or a number, in force from a day on, with where it comes from."""

    since: date
    length: Length | None = None
    number: float | None = None
    source: str = Field(min_length=3)

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        if (self.length is None) == (self.number is None):
            raise ValueError("give one of 'length' and 'number'")
        return self


class Parameter(Shape):
    """A dated value. Keys: `filing`, or `handling.normal` where `normal` is a category's `limits`. `unit`: of a number
    that rules of monitors compare readings with (packs/units.py)."""

    key: str = Field(pattern=PARAMETER_KEY)
    title: Words
    unit: str = Field(default="", max_length=20)
    values: tuple[Limit, ...] = Field(min_length=1)


def in_force(parameter: Parameter, on: date) -> Limit:
    """On that day; before the first day, the first."""
    begun = (limit for limit in reversed(parameter.values) if limit.since <= on)
    return next(begun, parameter.values[0])


class Message(Shape):
    """What a reporter is told. Placeholders: {number} {category} {unit} {place} {text} {due}."""

    key: Key
    text: Words


class Rule(Shape):
    """Decided when a case opens: where `when` is true of the report, the case gets what is set.

    `when` is an expression over the report's form: `trapped == true && storeys > 3`. Empty `categories`: all of
    the pack. The first rule that sets a thing wins.
    """

    key: Key
    title: Words
    when: str = Field(min_length=1, max_length=500)
    categories: tuple[Key, ...] = ()
    limits: Key | None = None
    function: Key | None = None
