"""A table as a file: a workbook, or CSV that a spreadsheet opens as it is."""

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Sequence
from typing import Final

from django.http import FileResponse, HttpResponse, HttpResponseBase
from openpyxl import Workbook

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Row = Sequence[object]


def table_file(name: str, kind: str, headings: Sequence[str], rows: Iterable[Row]) -> HttpResponseBase:
    """`name` without its ending; `kind`: csv, or anything else for xlsx."""
    lines = [headings, *([_cell(value) for value in row] for row in rows)]
    return _as_csv(name, lines) if kind == "csv" else _as_workbook(name, lines)


def harmless(text: str) -> str:
    """A spreadsheet runs what looks like a formula, and its XML holds no control characters."""
    plain = _NOT_IN_XML.sub("", text)
    return "'" + plain if plain.startswith(_FORMULA) else plain


def _cell(value: object) -> object:
    return value if isinstance(value, int | float) else harmless("" if value is None else str(value))


def _as_csv(name: str, lines: Iterable[Row]) -> HttpResponse:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    content = out.getvalue().encode("utf-8-sig")
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _as_workbook(name: str, lines: Iterable[Row]) -> FileResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    for line in lines:
        sheet.append(list(line))
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
