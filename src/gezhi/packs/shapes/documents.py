"""Documents: what a city writes from the facts of a case."""

from typing import Literal

from pydantic import Field

from gezhi.packs.shapes.base import Key, Role, Shape, Words


class Block(Shape):
    """One part of a document. What stands in it is drawn in the order of these keys.

    `text`: paragraphs, one a line. `rows`: a table of label and value. `steps`: the table of what was done.
    `sign`: lines for signatures. `only_with`: drawn only where this placeholder has words: `form.appeal`.
    """

    heading: Words | None = None
    text: Words | None = None
    rows: tuple[tuple[Words, str], ...] = ()
    steps: bool = False
    sign: tuple[Words, ...] = ()
    only_with: str = Field(default="", max_length=60)


class DocumentTemplate(Shape):
    """Texts hold placeholders: {number} {place} {reason} {form.parties}; docs/reference/documents.md lists them.

    `word` stands before the document's number: 甬治告. `to`: whoever it is written to; only what goes to the
    reporter may name the reporter, and only that is shown to the reporter. `by`: who may issue it from the
    page of a case; empty: only a transition's `document` issues it. `procedures`: the cases that it is offered
    for; empty: all of the pack.
    """

    key: Key
    title: Words
    word: str = Field(pattern=r"^\w{1,12}$")
    to: Literal["reporter", "unit", "file"] = "file"
    by: tuple[Role, ...] = ()
    procedures: tuple[Key, ...] = ()
    blocks: tuple[Block, ...] = Field(min_length=1)
