"""A leaked file is read whatever it was saved as."""

import io
import json
from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from gezhi.security.leaks import NoTable, lines_of, text_lines

ROWS = [["编号", "事由"], ["GZ1", "路灯不亮, 晚上"], ["GZ2", "垃圾满了"]]


def workbook(*sheets: list[list[object]]) -> bytes:
    book = Workbook(write_only=True)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_of(separator: str) -> str:
    return "".join(separator.join(f'"{cell}"' for cell in row) + "\n" for row in ROWS)


@pytest.mark.parametrize(
    "data",
    [
        *(csv_of(separator).encode() for separator in ",;\t|"),
        csv_of(",").encode("gb18030"),
        csv_of(",").encode("utf-16"),
        b"\xef\xbb\xbf" + csv_of(",").encode(),
        workbook(ROWS),  # type: ignore[arg-type]
        "".join(f"<tr><td>{a}</td><td><b>{b}</b></td></tr>" for a, b in ROWS)
        .join(("<table>", "</table>"))
        .encode(),
        json.dumps([{"a": a, "b": b} for a, b in ROWS]).encode(),
        json.dumps({"count": 3, "rows": [{"a": a, "b": {"c": b}} for a, b in ROWS]}).encode(),
        "\n".join(json.dumps({"a": a, "b": b}) for a, b in ROWS).encode(),
    ],
)
def test_every_format_gives_the_same_cells(data: bytes) -> None:
    assert [list(line) for line in lines_of(data)] == ROWS


def test_pasted_columns_are_parted_by_gaps() -> None:
    assert list(text_lines("GZ1   路灯不亮\nGZ2  垃圾满了\n")) == [["GZ1", "路灯不亮"], ["GZ2", "垃圾满了"]]


def test_every_sheet_is_read() -> None:
    at = datetime(2026, 7, 6, 9, 0, 23)  # noqa: DTZ001
    assert [list(line) for line in lines_of(workbook([["a", at]], [["b", 3]]))] == [["a", at], ["b", 3]]


@pytest.mark.parametrize("data", [b"%PDF-1.7 ...", b"PK\x03\x04 no workbook"])
def test_what_holds_no_rows_is_refused_with_a_way_out(data: bytes) -> None:
    with pytest.raises(NoTable):
        list(lines_of(data))


@given(
    st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(NoTable):
        assert all(hasattr(line, "__iter__") for line in lines_of(data))
