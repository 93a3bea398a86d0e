"""Files of reports, read and sorted without a database."""

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from gezhi.cases.intake.reading import Edge
from gezhi.exchange.files.mapping import Mapping, mapping_from_yaml
from gezhi.exchange.files.opening import opened
from gezhi.exchange.files.rows import FileUnreadable, Row
from gezhi.exchange.files.sorting import Sorted, open_with, sort_rows

PLAIN = mapping_from_yaml("{source: test, id: id, fields: {text: text}}")
EDGE = Edge(
    "file:test", datetime(2026, 7, 1, tzinfo=UTC), ZoneInfo("Asia/Shanghai"), {"part-01037"}, {"330203001001"}
)
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(content: bytes, name: str = "reports.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return put


def rows_of(path: Path) -> list[Row]:
    with opened(path) as table:
        return list(table.rows)


def sorted_rows(path: Path, mapping: Mapping = PLAIN) -> list[Sorted]:
    with open_with(path, mapping) as table:
        return list(sort_rows(table, mapping, EDGE))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_chinese_is_read_in_every_usual_encoding(write: Write, encoding: str) -> None:
    path = write("编号,内容\n1,路灯不亮了\n".encode(encoding))
    assert rows_of(path) == [Row(2, {"编号": "1", "内容": "路灯不亮了"})]


def test_a_line_in_another_encoding_is_one_named_fault(write: Write) -> None:
    lines = ["id,text", *(f"{n},井盖破损第{n}号" for n in range(10))]
    content = "\n".join(lines).encode() + b"\n" + "10,垃圾成堆".encode("gbk") + "\n11,路灯不亮".encode()
    *good, bad, last = sorted_rows(write(content))
    assert all(one.report for one in good)
    assert last.report is not None
    assert bad.row.number == 12
    assert [fault.field for fault in bad.faults] == ["text"]
    assert "another encoding" in bad.faults[0].problem


def test_an_unclosed_quote_costs_its_own_row_only(write: Write) -> None:
    content = b'id,text\n1,one\n2,"two\n3,three\n4,"four, with comma"\n5,five\n'
    found = sorted_rows(write(content))
    assert [one.report.source_id for one in found if one.report] == ["1", "3", "4", "5"]
    assert [(one.row.number, one.faults[0].field) for one in found if one.faults] == [(3, "row")]


def test_quoted_line_breaks_stay_inside_their_cell(write: Write) -> None:
    found = sorted_rows(write(b'id,text\r\n1,"two\r\nlines"\r\n2,next\r\n'))
    assert [one.report.text for one in found if one.report] == ["two\r\nlines", "next"]


def test_nul_bytes_long_lines_and_wrong_widths_are_named(write: Write) -> None:
    content = b"id,text\n1,a\0b\n2,x,y\n3," + b"z" * 2_000_000 + b"\n4,good\n"
    found = sorted_rows(write(content))
    assert [one.row.number for one in found if one.faults] == [2, 3, 4]
    assert found[-1].report is not None
    assert "NUL" in found[0].faults[0].problem
    assert "3 cells, the header has 2" in found[1].faults[0].problem
    assert "longer than" in found[2].faults[0].problem


def test_a_missing_column_is_told_with_those_that_are_there(write: Write) -> None:
    with pytest.raises(FileUnreadable, match=r"no column text; it has id, words"):
        sorted_rows(write(b"id,words\n1,a\n"))


@pytest.mark.parametrize("content", [b"", b"\n", b",,\n1,2,3\n"])
def test_a_file_without_a_header_is_refused(write: Write, content: bytes) -> None:
    with pytest.raises(FileUnreadable):
        rows_of(write(content))


def test_utf16_is_refused_with_advice(write: Write) -> None:
    with pytest.raises(FileUnreadable, match="save it as UTF-8"):
        rows_of(write("id,text\n1,a\n".encode("utf-16")))


def test_jsonl_names_its_broken_lines(write: Write) -> None:
    content = (
        '{"id": 1, "text": "路灯"}\n{"id": 2\n[1]\n\n{"id": 5, "text": "\\ud800"}\n' + "[" * 100_000 + "\n"
    )
    found = sorted_rows(write(content.encode(), "reports.jsonl"))
    assert [one.row.number for one in found] == [1, 2, 3, 5, 6]
    assert [bool(one.faults) for one in found] == [False, True, True, True, True]


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_workbook_gives_numbers_and_times_as_people_see_them(tmp_path: Path) -> None:
    rows = [["id", "text", "time"], [101.0, "路灯不亮", datetime(2026, 6, 1, 8, 30)], [None, None, None]]  # noqa: DTZ001
    path = workbook(tmp_path / "a.xlsx", rows)
    mapping = mapping_from_yaml("{source: t, id: id, fields: {text: text, occurred_at: time}}")
    (only,) = sorted_rows(path, mapping)
    assert only.report is not None
    assert only.report.source_id == "101"
    assert only.report.occurred_at == datetime(2026, 6, 1, 8, 30, tzinfo=EDGE.zone)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["id", "text"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b"\0" * 50_000_000)
    with pytest.raises(FileUnreadable, match="packed over"):
        rows_of(path)


def test_an_entity_bomb_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["id", "text"], ["1", "a"]])
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    repacked = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(repacked, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, bomb if entry.filename.endswith("sheet1.xml") else old.read(entry))
    with pytest.raises(FileUnreadable):
        rows_of(repacked)


@pytest.mark.parametrize("content", [b"PK\x03\x04 no", b"", b"plain text"])
def test_what_is_no_workbook_is_refused(write: Write, content: bytes) -> None:
    with pytest.raises(FileUnreadable):
        rows_of(write(content, "a.xlsx"))


def test_columns_are_joined_looked_up_and_kept(write: Write) -> None:
    mapping = mapping_from_yaml(
        """
        source: t
        id: [area, nr]
        crs: gcj02
        time: {format: "%d.%m.%Y %H:%M", zone: Europe/Berlin}
        attributes: {office: dept}
        fields:
          text: {columns: [title, more], join: "："}
          category: {column: type, values: {lamp: part-01037}}
          occurred_at: at
          language: {value: en}
        """
    )
    header = "area,nr,title,more,type,at,dept\n"
    found = sorted_rows(
        write((header + "N,1,路灯,不亮,lamp,01.06.2026 08:30,w\nN,,a,,tree,yesterday,\n").encode()), mapping
    )
    report = found[0].report
    assert report is not None
    assert (report.source_id, report.text, report.category, report.language) == (
        "N/1",
        "路灯：不亮",
        "part-01037",
        "en",
    )
    assert report.occurred_at == datetime(2026, 6, 1, 8, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert report.attributes == {"office": "w"}
    assert {fault.field for fault in found[1].faults} == {"source_id", "category", "occurred_at"}


def test_without_an_id_the_content_makes_a_row_the_same_row(write: Write) -> None:
    mapping = mapping_from_yaml("{source: t, fields: {text: text}}")
    one, other, again = sorted_rows(write(b"text\na\nb\na\n"), mapping)
    assert one.report and other.report and again.report
    assert one.report.source_id == again.report.source_id != other.report.source_id


def test_a_long_text_continues_in_attributes_when_the_mapping_says_so(write: Write) -> None:
    text = "长" * 5500
    refused = sorted_rows(write(f"id,text\n1,{text}\n".encode()))
    assert refused[0].faults
    mapping = mapping_from_yaml("{source: t, id: id, long_text: continue, fields: {text: text}}")
    (taken,) = sorted_rows(write(f"id,text\n1,{text}\n".encode()), mapping)
    assert taken.report is not None
    assert taken.report.text + "".join(taken.report.attributes.values()) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [", "not YAML"),
        ("source: t\nfields: {txt: a, text: b}", "unknown field 'txt'"),
        ("source: t\nfields: {lon: a}", "'text' is missing"),
        ("source: t\nfields: {text: a}\ntime: {zone: Mars}", "no time zone"),
        ("source: t\nfields: {text: a}\ncolour: red", "colour"),
        ("a: &a [1]\nb: *a", "aliases"),
        ("- 1", "not usable"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(FileUnreadable, match=says):
        mapping_from_yaml(text)
