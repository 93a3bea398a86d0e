"""Forms: a JSON Schema that says what is right, and a layout that says how it is asked."""

from typing import Literal

from pydantic import Field, JsonValue

from gezhi.packs.shapes.base import Key, Shape, Words


class ShowIf(Shape):
    """Asked only when another field has one of these values."""

    field: str
    one_of: tuple[str | bool | int, ...] = Field(alias="in", min_length=1)


class FormField(Shape):
    """How one property of the schema is asked. `element`: what is known of it already is shown, not asked."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)
    title: Words
    hint: Words | None = None
    choices: dict[str, Words] = {}
    widget: Literal["", "lines", "radio", "select", "checks"] = ""
    show_if: ShowIf | None = None
    prefill: Literal["", "text", "address", "place", "reporter-name", "reporter-phone", "number", "today"] = ""
    element: Key | None = None


class FormGroup(Shape):
    title: Words
    fields: tuple[FormField, ...] = Field(min_length=1)
    show_if: ShowIf | None = None


class Form(Shape):
    """`schema`: JSON Schema (2020-12) of one flat object."""

    key: Key
    title: Words
    form_schema: dict[str, JsonValue] = Field(alias="schema")
    layout: tuple[FormGroup, ...] = Field(min_length=1)
