"""What paper can hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Side = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`indent`: two characters, as Chinese letters are written; a salutation has none."""

    text: str
    indent: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """A table of label and value."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table whose header is repeated on every page. `align`: one for each column, left where it is
    missing. `widths`: shares of the page's width; without them columns are as wide as they need."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    align: Sequence[Side] = ()
    widths: Sequence[float] = ()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar chart: label, value (0 or more), and the words that stand for the value."""

    rows: Sequence[tuple[str, float, str]]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    labels: Sequence[str]


@dataclass(frozen=True, slots=True)
class Note:
    """Small words in a frame."""

    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """JPEG, PNG or WebP bytes. `width`: share of the text's width."""

    data: bytes
    caption: str = ""
    width: float = 0.5


Block = Heading | Paragraph | Facts | Table | Bars | Signatures | Note | Picture


@dataclass(frozen=True, slots=True)
class Doc:
    """`issuer` and `date` close the document at the right, with room for a seal where `sealed`.

    `dense`: smaller type and margins, for reports full of tables.
    """

    title: str
    blocks: Sequence[Block]
    subtitle: str = ""
    number: str = ""
    issuer: str = ""
    date: str = ""
    sealed: bool = False
    landscape: bool = False
    dense: bool = False
