"""Forms: a JSON Schema that says what is right, and a layout that says how it is asked."""

from typing import Literal

from pydantic import Field, JsonValue

from gezhi.packs.shapes.base import Key, Shape, Words

FIELD_KEY = r"^[a-z][a-z0-9_]*$"


class Items(Shape):
    """The answers of a list of which several may be chosen."""

    type: Literal["string"]
    enum: tuple[str, ...] = Field(min_length=1, max_length=60)


class Property(Shape):
    """One property of a form's schema, in JSON Schema's own words (2020-12)."""

    type: Literal["string", "number", "integer", "boolean", "array"]
    format: Literal["date", "date-time"] | None = None
    enum: tuple[str, ...] | None = Field(default=None, min_length=1, max_length=60)
    pattern: str | None = Field(default=None, min_length=1, max_length=200)
    min_length: int | None = Field(default=None, alias="minLength", ge=1, le=4000)
    max_length: int | None = Field(default=None, alias="maxLength", ge=1, le=4000)
    minimum: int | float | None = Field(default=None, ge=-1e12, le=1e12, allow_inf_nan=False)
    maximum: int | float | None = Field(default=None, ge=-1e12, le=1e12, allow_inf_nan=False)
    items: Items | None = None
    min_items: int | None = Field(default=None, alias="minItems", ge=1, le=60)
    max_items: int | None = Field(default=None, alias="maxItems", ge=1, le=60)

    def plain(self) -> dict[str, JsonValue]:
        plain: dict[str, JsonValue] = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        return plain


class FormSchema(Shape):
    """One flat object. `additionalProperties` is always false, whether said or not."""

    type: Literal["object"]
    required: tuple[str, ...] = ()
    properties: dict[str, Property] = Field(min_length=1, max_length=60)
    additional_properties: Literal[False] | None = Field(default=None, alias="additionalProperties")

    def plain(self) -> dict[str, JsonValue]:
        """The schema as JSON Schema validators read it."""
        found: dict[str, JsonValue] = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        return {**found, "additionalProperties": False}


class ShowIf(Shape):
    """Asked only when another field has one of these values."""

    field: str
    one_of: tuple[str | bool | int, ...] = Field(alias="in", min_length=1)


class FormField(Shape):
    """How one property of the schema is asked. `element`: what is known of it already is shown, not asked."""

    key: str = Field(pattern=FIELD_KEY, max_length=40)
    title: Words
    hint: Words | None = None
    choices: dict[str, Words] = {}
    widget: Literal["", "lines", "radio", "select", "checks"] = ""
    show_if: ShowIf | None = None
    prefill: Literal["", "text", "address", "place", "reporter-name", "reporter-phone", "number", "today"] = (
        ""
    )
    element: Key | None = None


class FormGroup(Shape):
    title: Words
    fields: tuple[FormField, ...] = Field(min_length=1)
    show_if: ShowIf | None = None


class FormCheck(Shape):
    """What must be true of the answers together. `when`: an expression over the form's fields; unknown passes."""

    when: str = Field(min_length=1, max_length=500)
    why: Words


class Form(Shape):
    """`schema`: JSON Schema (2020-12) of one flat object."""

    key: Key
    title: Words
    form_schema: FormSchema = Field(alias="schema")
    layout: tuple[FormGroup, ...] = Field(min_length=1)
    checks: tuple[FormCheck, ...] = Field(default=(), max_length=30)

    def __hash__(self) -> int:
        """Cheap, so that what is derived from a form can be cached by it."""
        return hash(self.key)
