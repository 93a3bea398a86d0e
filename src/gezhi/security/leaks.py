"""A leaked file as lines of cells. Nothing is taken for a heading and nothing is refused but what is no table. Pure.

Workbooks (every sheet), CSV with any common separator, JSON and JSON lines, HTML tables, and pasted text.
"""

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Final

from openpyxl import load_workbook

from gezhi.security.cells import leaves

LARGEST: Final = 64 * 1024**2  # bytes of a file
_UNPACKED: Final = 512 * 1024**2  # bytes of a workbook's parts
_PARTS: Final = 2000
_COLUMNS: Final = 500
_SEPARATORS: Final = ",;\t|"
_ENCODINGS: Final = ("utf-8-sig", "utf-16", "gb18030")
_MARK: Final = re.compile(r"<(/?)(td|th|tr|table)(?![a-z0-9])[^<>]*>?", re.IGNORECASE)
_ANY_MARK: Final = re.compile(r"<[^<>]*>?")
_GAP: Final = re.compile(r"\t|\s{2,}|　")
Line = Sequence[object]


class NoTable(Exception):
    """Nothing in the file can be read as rows; says why."""


def lines_of(data: bytes) -> Iterator[Line]:
    """By what the file is, not by what it is called. Raises NoTable, also while it is read."""
    if len(data) > LARGEST:
        raise NoTable(f"The file has {len(data):,} bytes; at most {LARGEST:,} are read. Send a part of it.")
    if data.startswith(b"PK"):
        return _workbook(data)
    if data.startswith(b"%PDF"):
        raise NoTable("The text of a PDF is not read. Open it, copy the table and paste it as text.")
    return text_lines(_decoded(data))


def text_lines(text: str) -> Iterator[Line]:
    """Lines of JSON, HTML, CSV or plain text."""
    start = text.lstrip()[:1]
    if start in ("[", "{"):
        found = _json(text)
        if found is not None:
            return found
    if start == "<":
        return iter(_table_cells(text))
    return _separated(text)


def _decoded(data: bytes) -> str:
    """UTF-16 only where its mark says so: it would read anything."""
    for encoding in _ENCODINGS:
        if encoding == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def _workbook(data: bytes) -> Iterator[Line]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
        if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED:
            raise NoTable("The workbook unpacks to more than is read. Send a part of it.")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what the file says of its own size is not believed
            for row in sheet.iter_rows(values_only=True):
                yield row[:_COLUMNS]
    except NoTable:
        raise
    except Exception as error:  # whatever a broken or hostile workbook makes of its reader
        raise NoTable(f"The file is not a readable workbook ({type(error).__name__}).") from error


def _json(text: str) -> Iterator[Line] | None:
    """None: no JSON after all."""
    try:
        return _objects(json.loads(text))
    except (ValueError, RecursionError):
        pass
    try:
        values = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None
    return ([*leaves(value)] for value in values)


def _objects(value: object) -> Iterator[Line]:
    """The longest list in it, one line for each of its members."""
    lists, waiting = [], [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            lists.append(one)
            waiting += [inner for inner in one if isinstance(inner, dict)]
    rows = max(lists, key=len, default=[value])
    return ([*leaves(row)] for row in rows)


def _separated(text: str) -> Iterator[Line]:
    sample = text[:4096]
    separator = max(_SEPARATORS, key=sample.count)
    if sample.count(separator) < sample.count("\n") / 2:
        return (_GAP.split(line.strip()) for line in text.splitlines() if line.strip())
    return _csv(text, separator)


def _csv(text: str, separator: str) -> Iterator[Line]:
    rows = csv.reader(io.StringIO(text.replace("\0", "")), delimiter=separator)
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error:  # a cell beyond csv's limit: the rows after it are read on
            continue


def _table_cells(text: str) -> list[list[str]]:
    """The cells of all tables of a page, row by row. Marks are looked for one after another and never matched across
    the next: the standard library's reader takes the square of the time where marks are opened and not closed."""
    rows: list[list[str]] = []
    inside, at = False, 0
    for mark in _MARK.finditer(text):
        if inside:
            rows[-1][-1] += _words(text[at : mark.start()])
        closes, tag, at = bool(mark[1]), mark[2].lower(), mark.end()
        if not closes and (tag == "tr" or (tag in ("td", "th") and not rows)):
            rows.append([])
        inside = not closes and tag in ("td", "th")
        if inside:
            rows[-1].append("")
    if inside:
        rows[-1][-1] += _words(text[at:])
    return rows


def _words(piece: str) -> str:
    return html.unescape(_ANY_MARK.sub("", piece))
