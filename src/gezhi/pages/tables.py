"""A table as a file: a workbook, or CSV that a spreadsheet opens as it is.

The one place through which rows leave: each file is numbered and marked, and who took it is kept before they get it.
"""

import csv
import hashlib
import io
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from gezhi.cases.issuing import spaced
from gezhi.lib.readable import readable_code
from gezhi.pages.showing import english
from gezhi.people.access import Actor, ActorRequest
from gezhi.people.duty import purposes_of
from gezhi.people.purposes import PURPOSES
from gezhi.security.actions import record_export
from gezhi.security.fingerprints import Taker
from gezhi.security.leaving import File, Taken, filters_of
from gezhi.security.marked import Marked
from gezhi.security.rounding import new_key
from gezhi.security.secret import fingerprint_key

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Table:
    """What leaves. `name`: of the file, without number and ending. `exact`: columns whose values are never rounded.
    `signed`: the file ends in a line that says who took it; not where the file is read by machines again."""

    name: str
    title: str
    headings: Sequence[str]
    rows: Iterable[Row]
    exact: Collection[int] = ()
    signed: bool = True


def table_file(request: ActorRequest, table: Table, purpose: str = "", kind: str = "") -> HttpResponseBase:
    """`kind`: csv or xlsx; as `as=csv` asks for, else a workbook. `purpose`: where the request names none;
    "": what the person's posts are for first."""
    kind = kind or ("csv" if request.GET.get("as") == "csv" else "xlsx")
    number, mark = readable_code(), new_key()
    taken = taken_by(request, table.title, purpose)
    line = export_line(number, request.actor, taken.purpose) if table.signed else ""
    marked = Marked(mark, fingerprint_key(), timezone.get_current_timezone(), table.exact)
    lines = marked.lines([_plain(value) for value in row] for row in table.rows)
    file = _csv(table, lines, line) if kind == "csv" else _workbook(table, lines, line, number)
    size, digest = _measured(file)
    record_export(taken, File(number, kind, table.headings, size, digest, mark, marked.fingerprint()))
    name, content_type = f"{table.name}-{number}.{kind}", CSV if kind == "csv" else XLSX
    if kind == "csv":
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        with file:
            return HttpResponse(file.read(), content_type=content_type, headers=disposition)
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


def keep_file(
    request: ActorRequest,
    title: str,
    kind: str,
    data: bytes,
    rows: Iterable[Row],
    *,
    purpose: str,
    number: str = "",
) -> str:
    """A file that leaves as it is, since its bytes are signed or published: kept with what it says, and numbered."""
    number = number or readable_code()
    taker = Taker(fingerprint_key(), timezone.get_current_timezone())
    for row in rows:
        taker.add(row)
    digest = hashlib.sha256(data).hexdigest()
    file = File(number, kind, (), len(data), digest, new_key(), taker.taken())
    record_export(taken_by(request, title, purpose), file)
    return number


def taken_by(request: ActorRequest, title: str, purpose: str) -> Taken:
    asked = request.POST.get("purpose") or request.GET.get("purpose") or ""
    chosen = len(request.POST.getlist("case"))
    filters = filters_of({**request.GET.dict(), "chosen": str(chosen) if chosen else ""})
    return Taken(
        account_id=request.actor.account_id,
        route=route_of(request),
        title=title,
        purpose=asked if asked in PURPOSES else purpose or purposes_for(request.actor)[0],
        address=address_of(request),
        filters=filters,
    )


def purposes_for(actor: Actor) -> list[str]:
    """What the person's posts are for first, then everything else on the list."""
    return list(dict.fromkeys([*purposes_of([post.role for post in actor.posts]), *PURPOSES]))


def route_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name[:60] if request.resolver_match else ""


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def export_line(number: str, actor: Actor, purpose: str) -> str:
    """Who took it, when, for what: the visible mark."""
    unit = f"（{actor.posts[0].unit_name}）" if actor.posts else ""
    told = {
        "number": spaced(number),
        "who": actor.name + unit,
        "at": timezone.localtime().strftime("%Y-%m-%d %H:%M"),
        "purpose": PURPOSES[purpose].en if english() else PURPOSES[purpose].zh,
    }
    return (
        _(
            "导出编号 %(number)s · 导出人 %(who)s · %(at)s · 用途：%(purpose)s · 时间取整到秒，向上或向下每份不同"
        )
        % told
    )


def harmless(text: str) -> str:
    """A spreadsheet runs what looks like a formula, and its XML holds no control characters."""
    plain = _NOT_IN_XML.sub("", text)
    return "'" + plain if plain.startswith(_FORMULA) else plain


def _plain(value: object) -> object:
    """Times by the city's clock and without a zone, as workbooks hold them."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if value.tzinfo else value
    return value if isinstance(value, int | float) else harmless("" if value is None else str(value))


def _csv(table: Table, lines: Iterator[list[object]], line: str) -> IO[bytes]:
    file = tempfile.TemporaryFile(suffix=".csv")  # noqa: SIM115 - closed when it is read to the end or dropped
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(table.headings)
    writer.writerows(lines)
    if line:
        writer.writerow([line])
    text.detach()
    return file


def _workbook(table: Table, lines: Iterator[list[object]], line: str, number: str) -> IO[bytes]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", table.title)[:31])
    book.properties.title, book.properties.creator = table.title, "格治"
    book.properties.keywords, book.properties.description = number, line
    sheet.oddFooter.center.text = line.replace("&", "&&")[:200]
    for row in (table.headings, *lines, *([[], [line]] if line else ())):
        sheet.append(list(row))
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it
    book.save(file)
    return file


def _measured(file: IO[bytes]) -> tuple[int, str]:
    """Bytes and SHA-256; afterwards the file is read from its beginning."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return size, digest
