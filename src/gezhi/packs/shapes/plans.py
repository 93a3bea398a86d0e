"""Grid work: patrols and visits, and the elements that a collection form asks for."""

from typing import Literal

from pydantic import Field

from gezhi.packs.shapes.base import Key, Shape, Words

About = Literal["house", "household", "shop", "site", "grid"]


class Element(Shape):
    """A thing that is known once and used by many. `about`: what it is a property of.

    `purpose`: what it is collected for, shown to those who are asked. `readers`: the duties whose units read it.
    """

    key: Key
    title: Words
    about: About
    purpose: Words
    readers: tuple[Key, ...] = ()
    standard: str = ""


class ElementIs(Shape):
    """True of a subject whose element is known to have one of these values."""

    element: Key
    one_of: tuple[str | bool | int, ...] = Field(alias="in", min_length=1)


class RoundPlan(Shape):
    """A patrol walks a grid, a visit calls at its houses, households, shops or sites.

    `times` in each `period`, spread evenly over its days, or with `workdays` over its working days; `only`: of
    subjects of which this is known; `form`: what is collected; `finds`: categories that may be reported from it.
    """

    key: Key
    title: Words
    kind: Literal["patrol", "visit"]
    about: About = "grid"
    times: int = Field(default=1, ge=1, le=31)
    period: Literal["day", "week", "month", "quarter", "year"] = "month"
    workdays: bool = False
    only: ElementIs | None = None
    form: Key | None = None
    finds: tuple[Key, ...] = ()
    source: str = Field(min_length=3)
