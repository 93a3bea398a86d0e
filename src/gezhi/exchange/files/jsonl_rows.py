"""Rows of a file with one JSON object on each line. Pure."""

import json
from collections.abc import Iterator
from typing import TextIO

from gezhi.exchange.files.csv_rows import Lines
from gezhi.exchange.files.rows import MAX_COLUMNS, MAX_LINE, Row, broken


def jsonl_rows(stream: TextIO) -> Iterator[Row]:
    lines, number = Lines(stream), 0
    while line := lines.next():
        number += 1
        if line.strip():
            yield _row(number, line)


def _row(number: int, line: str) -> Row:
    if len(line) >= MAX_LINE:
        return broken(number, line, f"the line is longer than {MAX_LINE} characters")
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return broken(number, line, f"the line is not JSON ({str(error)[:120]})")
    if not isinstance(value, dict) or len(value) > MAX_COLUMNS:
        return broken(number, line, f"the line is not an object of at most {MAX_COLUMNS} members")
    return Row(number, value)
