"""Documents: what a city writes from the facts of a case."""

from pydantic import Field

from gezhi.packs.shapes.base import Key, Shape, Words


class Block(Shape):
    """One part of a document: a heading, a paragraph, a table of label and value, or lines for signatures."""

    heading: Words | None = None
    text: Words | None = None
    rows: tuple[tuple[Words, str], ...] = ()
    sign: tuple[Words, ...] = ()


class DocumentTemplate(Shape):
    """`text` holds placeholders of the case's facts and form: {number} {parties} {agreement}."""

    key: Key
    title: Words
    blocks: tuple[Block, ...] = Field(min_length=1)
