"""Grid work: patrols and visits, and the elements that a collection form asks for."""

from typing import Literal

from pydantic import Field

from gezhi.packs.shapes.base import Key, Shape, Words


class Element(Shape):
    """A thing that is known once and used by many. `about`: what it is a property of."""

    key: Key
    title: Words
    about: Literal["house", "household", "shop", "site", "grid"]
    standard: str = ""


class RoundPlan(Shape):
    """A patrol walks a grid, a visit calls at its houses, households, shops or sites.

    `times` in each `period`; `form`: what is collected; `finds`: categories that may be reported from it.
    """

    key: Key
    title: Words
    kind: Literal["patrol", "visit"]
    about: Literal["house", "household", "shop", "site", "grid"] = "grid"
    times: int = Field(default=1, ge=1, le=31)
    period: Literal["day", "week", "month", "quarter", "year"] = "month"
    form: Key | None = None
    finds: tuple[Key, ...] = ()
    source: str = Field(min_length=3)
