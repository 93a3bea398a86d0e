"""Rows of a CSV file, in constant memory. One broken row never takes its neighbours with it. Pure.

A row with an opened and never closed quote would swallow all that follows. So a record of several lines
that does not fit the header is refused line by line: its first line is named, the others are read again.
"""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from gezhi.exchange.files.rows import MAX_LINE, FileUnreadable, Row, broken, checked_header

MAX_LINES = 500  # of one record


@dataclass(frozen=True, slots=True)
class Record:
    """`cells` None: `problem` says why the text is no record."""

    text: str
    cells: list[str] | None
    problem: str = ""


class Lines:
    """Lines of a file, some of which are taken back to be read again."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.waiting = stream, deque[str]()

    def next(self) -> str:
        """The next line with its end; "" at the end. A line that is too long comes cut, without an end."""
        if self.waiting:
            return self.waiting.popleft()
        line = self.stream.readline(MAX_LINE)
        if len(line) == MAX_LINE and not line.endswith("\n"):
            self._skip_line()
        return line

    def give_back(self, lines: list[str]) -> None:
        self.waiting.extendleft(reversed(lines))

    def _skip_line(self) -> None:
        while (rest := self.stream.readline(MAX_LINE)) and not rest.endswith("\n"):
            pass


class CsvRows:
    def __init__(self, stream: TextIO, delimiter: str) -> None:
        self.lines, self.delimiter = Lines(stream), delimiter
        header = self.record(0)
        if header is None:
            raise FileUnreadable("The file is empty; its first row must name the columns.")
        if header.cells is None:
            raise FileUnreadable(f"The first row cannot be read as column names: {header.problem}.")
        self.columns = checked_header(header.cells)

    def __iter__(self) -> Iterator[Row]:
        number = 1
        while (record := self.record(len(self.columns))) is not None:
            number += 1
            if record.cells is None:
                yield broken(number, record.text, record.problem)
            elif record.cells:
                yield Row(number, dict(zip(self.columns, record.cells, strict=True)))

    def record(self, width: int) -> Record | None:
        """The next record of `width` cells (0: any number); no cells for a blank line."""
        first = self.lines.next()
        if not first:
            return None
        if len(first) >= MAX_LINE:
            return Record(first, None, f"the line is longer than {MAX_LINE} characters")
        taken = [first, *self._until_quotes_close(first)]
        text = "".join(taken)
        cells, problem = self._cells(text, width)
        if cells is None and len(taken) > 1:
            self.lines.give_back(taken[1:])
            return Record(first, None, f"a quote is opened and not closed, or {problem}")
        return Record(text, cells, problem)

    def _until_quotes_close(self, first: str) -> list[str]:
        more: list[str] = []
        size, is_open = len(first), first.count('"') % 2 == 1
        while is_open and len(more) < MAX_LINES and size < MAX_LINE:
            line = self.lines.next()
            if not line:
                break
            more.append(line)
            size += len(line)
            is_open ^= line.count('"') % 2 == 1
        return more

    def _cells(self, text: str, width: int) -> tuple[list[str] | None, str]:
        if not text.strip("\r\n"):
            return [], ""
        try:
            parsed = list(csv.reader([text], delimiter=self.delimiter, strict=True))
        except csv.Error as error:
            return None, f"the line is not CSV ({error})"
        if len(parsed) != 1:
            return None, "the line holds a line break outside quotes"
        if width and len(parsed[0]) != width:
            return None, f"the row has {len(parsed[0])} cells, the header has {width}"
        return parsed[0], ""
