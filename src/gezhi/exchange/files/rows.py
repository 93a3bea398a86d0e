"""A file as rows: what every reader of a format gives, and what it refuses. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gezhi.cases.intake.shapes import Fault

MAX_COLUMNS = 500
MAX_CELL = 100_000  # characters
MAX_LINE = 1_000_000  # characters


class FileUnreadable(Exception):
    """The file as a whole cannot be read; says what it holds and what is possible."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `number` is what a spreadsheet shows: the header is row 1 (JSONL: the line's number)."""

    number: int
    values: Mapping[str, object]
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` are empty for JSONL, where each row names its own. `expected`: about how many rows."""

    columns: tuple[str, ...]
    rows: Iterator[Row]
    expected: int


def broken(number: int, value: str, problem: str) -> Row:
    return Row(number, {}, Fault("row", value[:200].replace("\0", "\\0"), problem))


def checked_header(cells: list[str]) -> tuple[str, ...]:
    """Trimmed names. Raises FileUnreadable when there is no header that a mapping could name."""
    names = tuple(cell.strip() for cell in cells)
    if not any(names):
        raise FileUnreadable("The first row is empty; it must name the columns.")
    if len(names) > MAX_COLUMNS:
        raise FileUnreadable(f"The file has {len(names)} columns; at most {MAX_COLUMNS} are read.")
    return names
