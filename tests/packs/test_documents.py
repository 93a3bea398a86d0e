"""Plain YAML in, values with lines out; whatever else comes in is told, never a crash."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.packs.documents import Unreadable, read_document


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("01001", "01001"),
        ("12", 12),
        ("-1.5", -1.5),
        ("true", True),
        ("'true'", "true"),
        ("null", None),
        ("2026-07-01", date(2026, 7, 1)),
        ('"2026-07-01"', "2026-07-01"),
        ("2026-07-06 09:00", "2026-07-06 09:00"),
        ("12:30", "12:30"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
    ],
)
def test_a_plain_word_means_what_is_written(text: str, value: object) -> None:
    assert read_document(f"a: {text}".encode()).value == {"a": value}


def test_every_value_knows_its_line() -> None:
    document = read_document(b"a:\n  - b: 1\n    c: 2\n  -\n    b: 3\n")
    assert [document.line_of(at) for at in (("a",), ("a", 0, "c"), ("a", 1, "b"), ("a", 1, "x"))] == [
        1,
        3,
        5,
        5,
    ]


def test_a_byte_order_mark_is_no_text() -> None:
    assert read_document("\ufeffa: 1".encode()).value == {"a": 1}


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(Unreadable):
        read_document(content)


@given(st.text(alphabet="ab:-{}[],&*!|>'\"#?%@` \n\t\\01", max_size=60))
def test_any_marks_are_read_or_refused(text: str) -> None:
    with suppress(Unreadable):
        read_document(text.encode())
