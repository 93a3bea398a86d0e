"""Files from outside: tables, workbooks, mappings, layers, photos, archives, backups."""

# ruff: noqa: E501 - a table with a parser in each row
import io
import json
import tempfile
import zipfile
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from openpyxl import Workbook
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from gezhi.cases.cli_calendar import _read as read_calendar
from gezhi.cases.cli_classify import FileRefused, read_examples
from gezhi.cases.intake.reading import Edge, read_report
from gezhi.cases.intake.shapes import Unreadable
from gezhi.cases.photos import BadPhoto, small_picture, store_photo
from gezhi.exchange.backfill.layout import BadLayout, checked, layout_of, readings_in
from gezhi.exchange.files.mapping import mapped, mapping_from, mapping_from_yaml
from gezhi.exchange.files.opening import opened
from gezhi.exchange.files.rows import FileUnreadable
from gezhi.people import staffing
from gezhi.places import layer, points
from gezhi.places.locate import Locator
from gezhi.rounds.book import Book
from gezhi.rounds.reading import Ground, decoded, read_subjects
from gezhi.security.cells import told
from gezhi.security.leaks import NoTable, lines_of
from tests.fuzz.parser import Parser, text_of
from tests.fuzz.shapes import bent, bent_json, bent_text, long_ones

FOLDER = Path(tempfile.mkdtemp(prefix="gezhi-fuzz-"))
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)
EDGE = Edge("file", NOW, ZONE, {"lamp"}, {"330203001001"})
MAPPING = """\
source: hotline
id: 编号
fields:
  text: [标题, 内容]
  occurred_at: 时间
  lon: 经度
  lat: {column: 纬度}
  category: {column: 类别, values: {路灯: lamp}, otherwise: ""}
  form.lamps: 数量
attributes: {处理: 结果}
time: {format: "%Y/%m/%d %H:%M", zone: Asia/Shanghai}
crs: gcj02
long_text: continue
"""
HEAD = "编号,标题,内容,时间,经度,纬度,类别,数量,结果"
ROWS = f'{HEAD}\n1,灯,"路灯\n不亮",2026/7/1 8:30,121.5,29.8,路灯,2,好\n2,"a,b",c,,,,,,\n'
MOST_ROWS = 2_000
TEXT_TABLE = (",", ";", "\t", '"', '""', "\n", "\r", "\r\n", "=", "1e5", HEAD)


def file_of(data: bytes, name: str) -> Path:
    path = FOLDER / name
    path.write_bytes(data)
    return path


def intake(data: bytes, name: str, sheet: str = "") -> int:
    """A file of reports, as far as the door."""
    mapping, count = mapping_from_yaml(MAPPING), 0
    with opened(file_of(data, name), sheet=sheet) as table:
        for row in islice(table.rows, MOST_ROWS):
            count += 1
            fields, _faults = mapped(row, mapping)
            try:
                read_report(fields, EDGE)
            except Unreadable:
                continue
    return count


def past(data: bytes) -> int:
    """A file of readings, as far as the door."""
    layout = layout_of("at", "series", "value", "mark", [], "+08:00")
    with opened(file_of(data, "past.csv")) as table:
        checked(table, layout)
        return sum(1 for _ in readings_in(islice(table.rows, MOST_ROWS), layout))


def columns_told(text: str) -> object:
    return layout_of(text, "series", "value", "", [text], text)


@cache
def workbook() -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for line in ROWS.splitlines():
        sheet.append(line.split(","))
    sheet.append([1, 2.5, datetime(2026, 7, 1), None, True, "=1+1"])  # noqa: DTZ001 - a workbook knows no zone
    book.save(out)
    return out.getvalue()


def workbook_bombs() -> list[bytes]:
    """A sheet of nothing but zeros, one that says it is wider and longer than it is, and entities within entities."""
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol" * 10}">' for n in range(9))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [{laughs}]><worksheet><sheetData>&a8;</sheetData></worksheet>'
    huge = b'<worksheet><dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="XFD1048576"/></row></sheetData></worksheet>'
    return [
        changed(workbook(), "xl/worksheets/sheet1.xml", part)
        for part in (bytes(64 << 20), bomb.encode(), huge)
    ]


def changed(data: bytes, name: str, part: bytes) -> bytes:
    """The ZIP file with one part exchanged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            new.writestr(one, part if one == name else old.read(one))
    return out.getvalue()


@cache
def workbook_parts() -> tuple[bytes, ...]:
    with zipfile.ZipFile(io.BytesIO(workbook())) as book:
        return tuple(book.read(name) for name in sorted(book.namelist()))


def bent_workbook() -> Any:
    """Bytes of the file changed; or of one of the parts within, packed again."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as book:
        names = sorted(book.namelist())
    whole = bent([workbook()])
    part = bent(
        [*workbook_parts()], [b"<row", b"<c ", b'r="A1"', b't="s"', b"<v>", b"</v>", b'r="XFD99999999"']
    )
    from hypothesis import strategies as st

    return whole | st.tuples(st.sampled_from(names), part).map(lambda two: changed(workbook(), *two))


KNOWN = staffing.Known(
    frozenset({"sanitation"}), frozenset({"lamp"}), frozenset({"330203001001"}), frozenset({"centre"}),
    ("operator",), ("office",),
)  # fmt: skip
KINDS = (staffing.UNITS, staffing.POSTS, staffing.DUTIES, staffing.ADMISSIONS)
SHEETS = (
    "code,name,place_code,name_en,functions,kind\ncentre,中心,330203001001,Centre,sanitation;x,office\n",
    "username,name,unit_code,role,place_code,valid_from,valid_to\nli,李,centre,operator,330203001001,2026-01-01,\n",
    "category,level,function,valid_from,source,valid_to,law,article\nlamp,county,sanitation,2026-01-01,a,,b,1\n",
    "category,place_code,admitted,valid_from,source\nlamp,330203001001,是,2026-01-01,a\n",
)


def sheets(data: bytes) -> int:
    found = 0
    for kind in KINDS:
        try:
            sheet = staffing.read_sheet(data, kind.columns, kind.optional)
        except staffing.Unreadable:
            continue
        rows, _faults = staffing.read_rows(kind, sheet, KNOWN)  # type: ignore[var-annotated]
        found += len(rows)
    return found


GROUND = Ground(Book({}, {}, {}), {"330203001001001"}, lambda lon, lat: "330203001001001", lambda code: True)
SUBJECTS = (
    "类型,编号,名称,地址,网格编码,经度,纬度\n房屋,1,1 号,南门,330203001001001,,\nhouse,2,二,,,121.5,29.8\n"
)
HTML = "<table><tr><th>编号<td>时间</tr><tr><td>1<td>2026-07-01 08:30:01</table>"
LEAKS = (
    ROWS,
    HTML,
    '[{"a": 1, "b": {"c": ["x"]}}]',
    '{"a": 1}\n{"a": 2}\n',
    "一  二\n三\t四\n",
    "a|b\n1|2\n",
)


def leaked(data: bytes) -> int:
    cells = 0
    for line in islice(lines_of(data), MOST_ROWS):
        for cell in line:
            cells += bool(told(cell, ZONE).exact)
    return cells


RING = [[121.5, 29.8], [121.6, 29.8], [121.6, 29.9], [121.5, 29.9], [121.5, 29.8]]
LAYER = {
    "type": "FeatureCollection",
    "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
    "features": [
        {"type": "Feature", "properties": {"c": "1", "n": "万安"}, "geometry": {"type": "Polygon", "coordinates": [RING]}},
        {"type": "Feature", "properties": {"c": 2.0, "n": "二", "h": "30"},
         "geometry": {"type": "MultiPolygon", "coordinates": [[RING, RING[::-1]]]}},
    ],
}  # fmt: skip
MAPPED = {"code": "c", "name": "n", "households": "h"}


def layer_of(data: bytes) -> int:
    return len(layer.read_layer(data, MAPPED, "gcj02").features)


@cache
def locator() -> Locator:
    return Locator.of(["330203001001001"], [5], [shapely.box(121.5, 29.8, 121.6, 29.9)])


def located(text: str) -> int:
    import csv

    rows = csv.reader(io.StringIO(text.replace("\0", "")))
    return sum(len(batch.rows) for batch in points.locate_rows(locator(), islice(rows, 500), "bd09", 100))


def picture(kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((64, 48), 60).convert("RGB").save(out, kind, **more)
    return out.getvalue()


@cache
def pictures() -> tuple[bytes, ...]:
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2026:07:01 08:30:00"
    exif.get_ifd(IFD.GPSInfo).update({
        GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (29.0, 48.0, 1.5), GPS.GPSLongitudeRef: "E",
        GPS.GPSLongitude: (121.0, 30.0, 1.5),
    })  # fmt: skip
    with_exif = [picture(kind, exif=exif) for kind in ("JPEG", "PNG", "WEBP")]
    return (*with_exif, picture("JPEG", progressive=True), picture("JPEG", xmp=b"<x/>"), picture("GIF"))


def photo(data: bytes) -> int:
    stored = store_photo(data)
    small_picture(stored.key)
    return stored.size


def photo_bombs() -> list[bytes]:
    """Pictures of very many pixels in few bytes, and a text chunk that unpacks to a gigabyte."""
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    wide = io.BytesIO()
    Image.new("L", (60_000, 900)).save(wide, "PNG")
    return [out.getvalue(), wide.getvalue(), _long_text()]


def _long_text() -> bytes:
    import struct
    import zlib

    body = b"Comment\0\0" + zlib.compress(bytes(256 << 20))
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    plain = picture("PNG")
    return plain[:33] + chunk + plain[33:]


def long_rows(separator: str = ",") -> list[bytes]:
    few = ("\n", "a,", '"', '"a\n', "1\n", f"{HEAD}\n", ROWS)
    return [(f"{HEAD}\n" + text).encode() for text in long_ones(400_000, few)]


def parsers() -> list[Parser]:
    return [
        Parser("reports as CSV", ("exchange.files.csv_rows", "exchange.files.decoding", "exchange.files.opening",
               "exchange.files.rows", "exchange.files.mapping", "cases.intake.reading", "exchange.files.sorting"),
               lambda data: intake(data, "a.csv"), bent([ROWS.encode(), ROWS.encode("gb18030")], [one.encode() for one in TEXT_TABLE]),
               (FileUnreadable,), long_rows, raw=bytes),
        Parser("reports as JSON lines", ("exchange.files.jsonl_rows",), lambda data: intake(data, "a.jsonl"),
               bent_json({"编号": 1, "标题": "灯", "时间": "2026/7/1 8:30", "经度": 121.5, "纬度": "29.8"}).map(
                   lambda one: json.dumps(one).encode()) | bent([b'{"a": 1}\n{"b": [2]}\n']),
               (FileUnreadable,), lambda: [text.encode() for text in long_ones(900_000, ('{"', "[1,", "1e9"))], raw=bytes),
        Parser("reports as XLSX", ("exchange.files.xlsx_rows",), lambda data: intake(data, "a.xlsx"), bent_workbook(),
               (FileUnreadable,), workbook_bombs, raw=bytes),
        Parser("what columns mean (YAML)", ("exchange.files.mapping",), mapping_from_yaml,
               bent_text(MAPPING, pieces=("source: a", "fields:", "  text: a", "- ", ": ", "? ", "| ", "[", "{", "!!", "&a ", "*a")),
               (FileUnreadable,), lambda: long_ones(300_000, ("- ", "a: \n ", "? ", "[[", "{a: ", "&a ", "!!map ", "# ")), raw=text_of),
        Parser("what columns mean (JSON)", ("exchange.files.mapping",), mapping_from,
               bent_json({"source": "a", "fields": {"text": "a", "lon": {"column": "x", "values": {"a": "b"}}}, "time": {"zone": "UTC"}}),
               (FileUnreadable,)),
        Parser("sheets of units, posts, duties", ("people.staffing",), sheets, bent([one.encode() for one in SHEETS]), (staffing.Unreadable,),
               lambda: [(SHEETS[0] + one).encode() for one in long_ones(300_000, ("a,", '"a', "a\n", "330203001001,"))], raw=bytes),
        Parser("sheet of subjects", ("rounds.reading",), lambda data: read_subjects(decoded(data), GROUND), bent([SUBJECTS.encode()]),
               (), lambda: [(SUBJECTS + one).encode() for one in long_ones(300_000, ("a,", '"a', "房屋,a\n"))], raw=bytes),
        Parser("a leaked file", ("security.leaks", "security.cells"), leaked, bent([workbook(), *(one.encode() for one in LEAKS)],
               [b"<td>", b"<tr>", b"<!--", b"<![CDATA[", b"&#", b"</"]), (NoTable,),
               lambda: [one.encode() for one in long_ones(200_000, ("<td>", "<tr><td>a", "<!--", "<a b='", "<![", "&#x", "</", "{\"a\":[", "  "))],
               raw=bytes),
        Parser("map layer (GeoJSON)", ("places.layer", "places.coordinates"), layer_of,
               bent_json(LAYER).map(lambda one: json.dumps(one).encode()) | bent([json.dumps(LAYER).encode()]), (),
               lambda: [one.encode() for one in long_ones(300_000, ('{"features":[', "[[1,2],"))], raw=bytes),
        Parser("points as CSV", ("places.points",), located, bent_text("lon,lat\n121.55,29.85\n1,\n", pieces=("lon", "lat", ",", "\n")),
               (points.PointsRefused,), raw=text_of),
        Parser("readings of the past", ("exchange.backfill.layout",), past,
               bent([b"at,series,value,mark\n2026-11-22T08:00:00+08:00,a/pm25,12.5,0\n1790000000,a/pm25,-,\n"], [b"1e400", b"nan", b"9" * 400, b"0000-00-00", b"\n", b","]),
               (FileUnreadable,), lambda: [b"at,series,value,mark\n" + b"1,a,1,0\n" * 20_000], raw=bytes),
        Parser("columns of the past", ("exchange.backfill.layout",), columns_told, bent_text("year,month=a/b", "+08:00", pieces=("=", ",", "+", ":", "Z")), (BadLayout,), raw=text_of),
        Parser("holidays as CSV", ("cases.cli_calendar",), lambda data: read_calendar(file_of(data, "calendar.csv")),
               bent([b"day,kind\n2027-01-01,rest\n2027-01-03,\xe7\x8f\xad\n"]), (UnicodeDecodeError, __import__("csv").Error), raw=bytes),
        Parser("examples to learn from", ("cases.cli_classify",), lambda data: read_examples(file_of(data, "examples.csv")),
               bent(["text,label\n路灯,lamp\n".encode(), "label,text\na,b\n".encode("gb18030")]), (FileRefused,), raw=bytes),
        Parser("photos and their EXIF", ("cases.photos", "cases.likeness"), photo, bent(pictures(), [b"\xff\xd8", b"\xff\xe1", b"Exif\0\0", b"MM\0*", b"II*\0"]),
               (BadPhoto,), photo_bombs, raw=bytes),
    ]  # fmt: skip
