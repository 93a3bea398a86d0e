"""Paper: a document of headings, paragraphs, tables and pictures becomes a PDF of A4 pages, fonts embedded.

What a document says goes to the typesetter as data and is never read as markup. The same document gives the same
bytes.
"""

from gezhi.lib.pdf.glyphs import written
from gezhi.lib.pdf.rendering import Footer, render_pages, render_pdf
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

__all__ = [
    "Bars",
    "Block",
    "Doc",
    "Facts",
    "Footer",
    "Heading",
    "Note",
    "Paragraph",
    "Picture",
    "Signatures",
    "Table",
    "render_pages",
    "render_pdf",
    "written",
]
