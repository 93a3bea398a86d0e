"""Looking at files and imports without changing anything."""

import csv
import io
from collections.abc import Iterator
from collections.abc import Mapping as Reading
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from gezhi.cases.intake.edge import edge_for
from gezhi.cases.intake.shapes import Fault
from gezhi.cases.models import ImportRow, ImportRun
from gezhi.exchange.files.mapping import Mapping
from gezhi.exchange.files.opening import opened
from gezhi.exchange.files.rows import FileUnreadable
from gezhi.exchange.files.sorting import Sorted, open_with, sort_rows
from gezhi.exchange.files.suggesting import suggested
from gezhi.exchange.files.uploads import UNSAFE, stored
from gezhi.people.access import KEEPING, Actor

CHECKED = 1000
SHOWN = 20
SHOWN_FAULTS = 50
ERROR_COLUMNS = ("row", "field", "value", "problem")


@dataclass(frozen=True, slots=True)
class PreviewFault:
    row: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as they would be taken, and the faults of the first thousand. `expected`: about all rows."""

    columns: tuple[str, ...]
    rows: tuple[Sorted, ...]
    checked: int
    faulty: int
    faults: tuple[PreviewFault, ...]
    expected: int


@dataclass(frozen=True, slots=True)
class Checked:
    read: int
    refused: int


def upload_folder() -> Path:
    return Path(settings.DATA_DIR) / "uploads"


def preview(key: str, mapping: Mapping) -> Preview:
    """Raises FileUnreadable."""
    return preview_of(stored(upload_folder(), key), mapping)


def preview_of(path: Path, mapping: Mapping) -> Preview:
    with open_with(path, mapping) as table:
        rows = list(islice(sort_rows(table, mapping, edge_for(source_of(mapping))), CHECKED))
        columns = table.columns or tuple(rows[0].row.values if rows else ())
        expected = table.expected
    faults = [PreviewFault(one.row.number, fault) for one in rows for fault in one.faults]
    faulty = sum(bool(one.faults) for one in rows)
    return Preview(columns, tuple(rows[:SHOWN]), len(rows), faulty, tuple(faults[:SHOWN_FAULTS]), expected)


def check_file(path: Path, mapping: Mapping, errors: Path | None = None) -> Checked:
    """Every row read and checked, none taken; faults go to `errors` as CSV. Raises FileUnreadable."""
    read = refused = 0
    with ExitStack() as stack:
        table = stack.enter_context(open_with(path, mapping))
        out = stack.enter_context(errors.open("w", encoding="utf-8", newline="")) if errors else io.StringIO()
        out.write(csv_line(ERROR_COLUMNS))
        for one in sort_rows(table, mapping, edge_for(source_of(mapping))):
            read, refused = read + 1, refused + bool(one.faults)
            if errors:
                out.writelines(_fault_lines(one))
    return Checked(read, refused)


def _fault_lines(one: Sorted) -> list[str]:
    lines = [csv_line((one.row.number, fault.field, fault.value, fault.problem)) for fault in one.faults]
    return [line.encode("utf-8", "backslashreplace").decode() for line in lines]


def columns_of(key: str) -> tuple[str, ...]:
    """The columns of a stored file; for JSONL the members of its first row. Raises FileUnreadable."""
    with opened(stored(upload_folder(), key)) as table:
        if table.columns:
            return table.columns
        first = next((row.values for row in table.rows if not row.fault), {})
    if not first:
        raise FileUnreadable("The file has no readable row.")
    return tuple(map(str, first))


def suggest_mapping(key: str) -> Mapping:
    """A first mapping from the columns' names. Raises FileUnreadable."""
    name = UNSAFE.sub("-", stored(upload_folder(), key).stem)[:55].strip("-._") or "file"
    return suggested(columns_of(key), name)


def source_of(mapping: Mapping) -> str:
    return f"file:{mapping.source}"


def runs_of(actor: Actor) -> QuerySet[ImportRun]:
    """A person's own imports, since faults quote what reporters wrote; all for an administrator of the whole node."""
    if actor.may_at(KEEPING, settings.NODE_PLACE):
        return ImportRun.objects.all()
    return ImportRun.objects.filter(account_id=actor.account_id)


def errors_csv(run: ImportRun) -> Iterator[str]:
    """The faults of an import as CSV text."""
    yield csv_line(ERROR_COLUMNS)
    yield from map(csv_line, errors_of(run))


def errors_of(run: ImportRun) -> Iterator[tuple[object, ...]]:
    """The faults of an import as ERROR_COLUMNS, in the file's order."""
    faults = ImportRow.objects.filter(run=run).order_by("id").values_list("row", "field", "value", "problem")
    yield from faults.iterator(chunk_size=2000)


def csv_line(cells: tuple[object, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_harmless(str(cell)) for cell in cells])
    return out.getvalue()


def _harmless(cell: str) -> str:
    """Spreadsheets run cells that look like formulas."""
    is_number = cell.lstrip("+-").replace(".", "", 1).isdigit()
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not is_number else cell


def counts(run: ImportRun) -> Reading[str, int]:
    return {"read": run.read, "added": run.added, "known": run.known, "refused": run.refused}
