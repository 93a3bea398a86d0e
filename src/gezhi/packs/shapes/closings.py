"""What must be true before a case is closed."""

from typing import Literal

from pydantic import Field

from gezhi.packs.shapes.base import Key, Shape, Words


class Closing(Shape):
    """`least` pieces of evidence of these kinds; a photo taken `within_metres` of the case's place and between its
    opening and the step; `fresh`: not the picture of an earlier step or of another case; `other_person`: whoever
    verifies has handled nothing of it; `answered`: every reporter was told what was done.
    """

    key: Key
    title: Words
    kinds: tuple[Literal["photo", "file"], ...] = ("photo",)
    least: int = Field(default=1, ge=0, le=9)
    within_metres: int | None = Field(default=None, ge=10, le=5000)
    in_time: bool = True
    fresh: bool = True
    other_person: bool = True
    answered: bool = True
