"""Rows into a table: one statement whatever their number."""

from collections.abc import Sequence

from django.db import connection

COPY_FROM = 30  # rows; below, one INSERT is faster than COPY's extra round trips


def insert_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Insert `rows` (each in the order of `columns`). Defaults of the table do not apply to named columns."""
    if not rows:
        return
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if len(rows) < COPY_FROM:
            one = f"({', '.join(['%s'] * len(columns))})"
            values = [value for row in rows for value in row]
            cursor.execute(f'INSERT INTO "{table}" ({names}) VALUES {", ".join([one] * len(rows))}', values)
            return
        with cursor.cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
