"""Rows into a table: one statement whatever their number."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

COPY_FROM = 30  # rows; below, one INSERT is faster than COPY's extra round trips


def insert_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
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
        with (
            connection.wrap_database_errors,
            cursor.cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy,
        ):
            for row in rows:
                copy.write_row(row)


def insert_arrays(table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert `rows` (in the order of `columns`: name -> SQL type) into a table with row-level security, for which
    PostgreSQL has no COPY: one statement with an array for each column."""
    if not rows:
        return
    names = ", ".join(f'"{column}"' for column in columns)
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({names}) SELECT * FROM unnest({arrays})',
            [list(column) for column in zip(*rows, strict=True)],
        )


def update_rows(table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """Set `columns` (name -> SQL type; the first names the key) of many rows to their own values, in one statement."""
    if not rows:
        return
    key, *others = columns
    sets = ", ".join(f'"{name}" = n."{name}"' for name in others)
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" AS t SET {sets} FROM unnest({arrays}) AS n({names}) WHERE t."{key}" = n."{key}"',
            [list(column) for column in zip(*rows, strict=True)],
        )
