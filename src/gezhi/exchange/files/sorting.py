"""Rows of a file, sorted into reports that can be taken and faults that name what cannot. Pure."""

from collections.abc import Iterator
from collections.abc import Mapping as Reading
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from gezhi.cases.intake.reading import Edge, read_report
from gezhi.cases.intake.shapes import Fault, NewReport, Unreadable
from gezhi.exchange.files.mapping import Mapping, check_columns, mapped
from gezhi.exchange.files.opening import opened
from gezhi.exchange.files.rows import Row, Table
from gezhi.packs.forms import read_values


@dataclass(frozen=True, slots=True)
class Sorted:
    """One row: its report, or its faults."""

    row: Row
    report: NewReport | None
    faults: tuple[Fault, ...] = ()


def open_with(path: Path, mapping: Mapping) -> AbstractContextManager[Table]:
    """Raises FileUnreadable on entering."""
    return opened(path, encoding=mapping.encoding, delimiter=mapping.delimiter, sheet=mapping.sheet)


def sort_rows(table: Table, mapping: Mapping, edge: Edge) -> Iterator[Sorted]:
    """Raises FileUnreadable when the mapping names columns that the file does not have."""
    if table.columns:
        check_columns(mapping, table.columns)
    return _sort(table, mapping, _edge_of(mapping, edge))


def _edge_of(mapping: Mapping, edge: Edge) -> Edge:
    zone = ZoneInfo(mapping.time.zone) if mapping.time.zone else edge.zone
    return replace(edge, zone=zone, strict=mapping.answers_forms)


def _sort(table: Table, mapping: Mapping, edge: Edge) -> Iterator[Sorted]:
    for row in table.rows:
        if row.fault is not None:
            yield Sorted(row, None, (row.fault,))
        else:
            yield _sorted(row, mapping, edge)


def _sorted(row: Row, mapping: Mapping, edge: Edge) -> Sorted:
    raw, faults = mapped(row, mapping)
    raw["attributes"] = _answered(raw, edge)
    try:
        report = read_report(raw, edge)
    except Unreadable as unreadable:
        named = {fault.field for fault in faults}
        faults += [fault for fault in unreadable.faults if fault.field not in named]
        return Sorted(row, None, tuple(_with_column(fault, mapping) for fault in faults))
    return Sorted(row, None if faults else report, tuple(_with_column(fault, mapping) for fault in faults))


def _answered(raw: Reading[str, object], edge: Edge) -> dict[str, object]:
    """Cells that answer the category's form as values, yet unchecked."""
    held = raw["attributes"]
    assert isinstance(held, dict)
    form = edge.forms.get(str(raw.get("category") or "").strip())
    if form is None:
        return held
    return held | read_values(form, {name: [text] for name, text in held.items()})


def _with_column(fault: Fault, mapping: Mapping) -> Fault:
    field = fault.field.removeprefix("attributes.")
    if f"form.{field}" in mapping.fields or (mapping.answers_forms and field != fault.field):
        fault = replace(fault, field=f"form.{field}")
    source = mapping.fields.get(fault.field)
    if source is None or not source.columns or fault.problem.startswith("column "):
        return fault
    return replace(fault, problem=f"column {', '.join(source.columns)}: {fault.problem}")
