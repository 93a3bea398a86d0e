"""A document as data for the typesetter, and the typesetter (Typst) itself."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final, Literal

import segno
import typst

from gezhi.lib.pdf.glyphs import FONTS, written
from gezhi.lib.pdf.shapes import (
    Bars,
    Block,
    Doc,
    Facts,
    Heading,
    Note,
    Paragraph,
    Picture,
    Signatures,
    Table,
)

_SHEET: Final = Path(__file__).parent / "data" / "sheet.typ"
_NO_DAY: Final = datetime(2000, 1, 1, tzinfo=UTC)

Json = str | float | bool | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Footer:
    """`text` at the left of every page; `code` in words and `address` as a QR code where they are given."""

    text: str = ""
    code: str = ""
    address: str = ""


def render_pdf(
    doc: Doc, *, language: str = "zh", footer: Footer | None = None, at: datetime | None = None
) -> bytes:
    """PDF with tags. `at`: the day of the facts, kept in the file; nothing of the present enters."""
    made = _compiled(doc, language, footer or Footer(), "pdf", at or _NO_DAY)
    assert isinstance(made, bytes)
    return made


def render_pages(doc: Doc, *, language: str = "zh", footer: Footer | None = None) -> list[bytes]:
    """The pages as PNG, as a person would see them."""
    made = _compiled(doc, language, footer or Footer(), "png", _NO_DAY)
    return made if isinstance(made, list) else [made]


def _compiled(
    doc: Doc, language: str, footer: Footer, form: Literal["pdf", "png"], at: datetime
) -> bytes | list[bytes]:
    given = json.dumps(_data(doc, language, footer), ensure_ascii=False)
    compiler = typst.Compiler(_SHEET, root=_SHEET.parent, font_paths=_fonts(), sys_inputs={"doc": given})
    made = compiler.compile(format=form, ppi=110, timestamp=int(at.timestamp()))
    assert made is not None
    return made


@cache
def _fonts() -> typst.Fonts:
    folders = [str(path.parent) for path in FONTS]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders[:1])


def _data(doc: Doc, language: str, footer: Footer) -> dict[str, Json]:
    texts = ("title", "subtitle", "number", "issuer", "date")
    return {
        **{name: written(getattr(doc, name)) for name in texts},
        "language": "en" if language == "en" else "zh",
        "sealed": doc.sealed,
        "landscape": doc.landscape,
        "dense": doc.dense,
        "footer": written(footer.text),
        "code": written(footer.code),
        "qr": _qr(footer.address) if footer.address else "",
        "blocks": [_block(block) for block in doc.blocks],
    }


def _block(block: Block) -> Json:
    """The kind, and what the sheet draws of it."""
    match block:
        case Heading(text, level):
            return {"kind": "heading", "text": written(text), "level": level}
        case Paragraph(text, indent):
            return {"kind": "paragraph", "lines": _lines(text), "indent": indent}
        case Facts(rows):
            return {"kind": "facts", "rows": _cells(rows)}
        case Bars(bars, caption):
            return {"kind": "bars", "rows": _bars(bars), "caption": written(caption)}
        case Signatures(labels):
            return {"kind": "signatures", "labels": [written(label) for label in labels]}
        case Note(text):
            return {"kind": "note", "lines": _lines(text)}
        case Table():
            return {"kind": "table", **_table(block)}
        case Picture():
            return {"kind": "picture", **_picture(block)}


def _lines(text: str) -> Json:
    return [line.strip() for line in written(text).split("\n") if line.strip()]


def _cells(rows: Sequence[Sequence[str]]) -> Json:
    return [[written(cell) for cell in row] for row in rows]


def _bars(bars: Sequence[tuple[str, float, str]]) -> Json:
    """Label, share of the longest bar, words."""
    most = max((value for _label, value, _words in bars), default=0) or 1
    return [[written(label), max(0.0, value / most), written(words)] for label, value, words in bars]


def _table(table: Table) -> Mapping[str, Json]:
    """Rows are cut or filled to the header's columns."""
    columns = len(table.header)
    rows = [[*row[:columns], *[""] * (columns - len(row))] for row in table.rows]
    return {
        "header": [written(cell) for cell in table.header],
        "rows": _cells(rows),
        "align": [*table.align[:columns], *["left"] * (columns - len(table.align))],
        "widths": list(table.widths) if len(table.widths) == columns else [],
        "caption": written(table.caption),
    }


def _picture(picture: Picture) -> Mapping[str, Json]:
    return {
        "data": list(picture.data),
        "caption": written(picture.caption),
        "width": min(1.0, max(0.05, picture.width)) * 100,
    }


def _qr(address: str) -> str:
    """SVG."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()
