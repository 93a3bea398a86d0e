"""Rows of the first or a named sheet of an XLSX workbook. Bombs are refused before they are unpacked. Pure."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from openpyxl import load_workbook

from gezhi.exchange.files.rows import (
    MAX_CELL,
    MAX_COLUMNS,
    FileUnreadable,
    Row,
    Table,
    broken,
    checked_header,
)

MAX_ENTRIES = 2_000
MAX_UNPACKED = 1024**3  # bytes; a full sheet of 1,048,576 rows has about half
MAX_STRINGS = 256 * 1024**2  # bytes; the shared strings are held in memory
MAX_RATIO = 200
SMALL = 1024**2  # below, no ratio is harmful


def xlsx_table(path: Path, sheet: str = "") -> Table:
    """Raises FileUnreadable: not a workbook, a bomb, no such sheet, no header."""
    _refuse_bombs(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        if sheet and sheet not in book.sheetnames:
            raise FileUnreadable(f"The workbook has no sheet {sheet!r}; it has {', '.join(book.sheetnames)}.")
        found = book[sheet] if sheet else book.worksheets[0]
        header = checked_header(
            _header_cells(next(found.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True), ()))
        )
        cells = found.iter_rows(min_row=2, max_col=len(header) + 1, values_only=True)
    except FileUnreadable:
        raise
    except Exception as error:  # whatever a broken or hostile workbook makes of its reader
        raise FileUnreadable(f"The file is not a readable XLSX workbook ({type(error).__name__}).") from error
    return Table(header, _rows(header, cells), max((found.max_row or 1) - 1, 0))


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise FileUnreadable(f"The file is not an XLSX workbook ({error}).") from error
    if len(entries) > MAX_ENTRIES:
        raise FileUnreadable(f"The workbook holds {len(entries)} parts; at most {MAX_ENTRIES} are read.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise FileUnreadable(
            f"The workbook unpacks to {unpacked:,} bytes; at most {MAX_UNPACKED:,} are read."
        )
    for entry in entries:
        _refuse_bomb(entry)


def _refuse_bomb(entry: zipfile.ZipInfo) -> None:
    if entry.file_size > SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise FileUnreadable(
            f"The workbook's part {entry.filename[:80]} is packed over {MAX_RATIO} times: refused."
        )
    if entry.filename.endswith("sharedStrings.xml") and entry.file_size > MAX_STRINGS:
        raise FileUnreadable(
            f"The workbook's texts are over {MAX_STRINGS:,} bytes; send the rows as CSV instead."
        )


def _header_cells(cells: tuple[object, ...]) -> list[str]:
    """Without the empty cells at the end."""
    names = [_text(cell) for cell in cells]
    while names and not names[-1].strip():
        names.pop()
    return names


def _rows(header: tuple[str, ...], cells: Iterator[tuple[object, ...]]) -> Iterator[Row]:
    number = 1
    while True:
        number += 1
        try:
            values = next(cells, None)
        except Exception as error:  # as above
            yield broken(
                number, "", f"the sheet breaks off here and cannot be read on ({type(error).__name__})"
            )
            return
        if values is None:
            return
        if any(value not in (None, "") for value in values):
            yield _row(number, header, values)


def _row(number: int, header: tuple[str, ...], values: tuple[object, ...]) -> Row:
    beyond = [value for value in values[len(header) :] if value not in (None, "")]
    if beyond:
        return broken(
            number, _text(beyond[0]), f"the row has cells beyond the header's {len(header)} columns"
        )
    if any(isinstance(value, str) and len(value) > MAX_CELL for value in values):
        return broken(number, "", f"a cell is longer than {MAX_CELL} characters")
    padded = [*values, *[None] * (len(header) - len(values))]
    return Row(number, {name: _plain(value) for name, value in zip(header, padded, strict=False)})


def _plain(value: object) -> object:
    """Numbers as people see them: an id 101.0 is 101."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the mapping's zone is set later
    return value


def _text(value: object) -> str:
    return "" if value is None else str(value)
