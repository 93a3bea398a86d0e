"""Rows of a Parquet file, a group at a time. Pure."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from gezhi.exchange.files.opening import opened
from gezhi.exchange.files.rows import FileUnreadable, Row, Table, checked_header

SUFFIX: Final = ".parquet"
_AT_ONCE: Final = 20_000  # rows
_PLAIN: Final = (pa.types.is_nested, pa.types.is_binary, pa.types.is_large_binary)


@contextmanager
def opened_readings(path: Path, columns: list[str]) -> Iterator[Table]:
    """CSV, XLSX, JSONL or Parquet. `columns`: those that are asked for. Raises FileUnreadable."""
    if path.suffix.lower() != SUFFIX:
        with opened(path) as table:
            yield table
        return
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise FileUnreadable(f"{path.name} is no Parquet file: {str(error)[:200]}") from error
    with file:
        names = checked_header(list(file.schema_arrow.names))
        wanted = [name for name in columns if name in names]
        yield Table(names, _rows(file, _readable(file, wanted)), file.metadata.num_rows)


def _readable(file: pq.ParquetFile, names: list[str]) -> list[str]:
    for name in names:
        if any(is_of(file.schema_arrow.field(name).type) for is_of in _PLAIN):
            raise FileUnreadable(
                f"Column '{name}' holds no plain values, but {file.schema_arrow.field(name).type}."
            )
    return names


def _rows(file: pq.ParquetFile, names: list[str]) -> Iterator[Row]:
    """The first row is number 1."""
    number = 0
    try:
        for batch in file.iter_batches(_AT_ONCE, columns=names):
            for values in batch.to_pylist():
                number += 1
                yield Row(number, values)
    except (pa.ArrowException, OSError) as error:
        raise FileUnreadable(f"The file breaks off after row {number}: {str(error)[:200]}") from error
