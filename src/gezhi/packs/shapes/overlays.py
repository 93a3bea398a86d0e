"""Overlays: what one pack may set in another that it needs. Nothing else of it can be changed from outside."""

from typing import Self

from pydantic import Field, model_validator

from gezhi.packs.shapes.base import Key, Shape
from gezhi.packs.shapes.categories import PARAMETER_KEY, Limit, Message


class OverlaidParameter(Shape):
    """`values`: they hold from the first of their days on; the owner's stay for the days before."""

    key: str = Field(pattern=PARAMETER_KEY)
    values: tuple[Limit, ...] = Field(min_length=1)


class OverlaidCategory(Shape):
    """Another limit class, other everyday words, or both."""

    key: Key
    limits: Key | None = None
    words: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.limits is None and self.words is None:
            raise ValueError("give 'limits', 'words' or both")
        return self


class Overlay(Shape):
    """`pack`: whose things these are; one of this pack's `needs`."""

    pack: Key
    parameters: tuple[OverlaidParameter, ...] = ()
    categories: tuple[OverlaidCategory, ...] = ()
    messages: tuple[Message, ...] = ()
