"""Forms and answers, as the OpenAPI document shows them. Pure."""

from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

Answer = Annotated[
    str | bool | int | float | list[str],
    Field(description="Text, number, true or false, or the keys that were chosen."),
]


class FormOut(BaseModel):
    """`schema`: JSON Schema 2020-12 of the answers. `layout`: groups and fields in order, in two languages.

    `checks`: what must be true of the answers together, each with `when` (a rule over the fields) and `why`.
    """

    key: str
    title_zh: str
    title_en: str
    form_schema: dict[str, JsonValue] = Field(alias="schema")
    layout: list[dict[str, JsonValue]]
    checks: list[dict[str, JsonValue]]
