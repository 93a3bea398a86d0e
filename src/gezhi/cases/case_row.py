"""A case as decisions read and write it. Pure."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime

from gezhi.cases.deadlines import Office
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.shapes import Procedure
from gezhi.people.directory import Directory


@dataclass(frozen=True, slots=True)
class CaseRow:
    """The columns of a case that steps read and write."""

    id: int
    number: str
    pack_version_id: int
    procedure: str
    category: str
    state: str
    is_open: bool
    place_code: str
    unit_id: int | None
    suggested_unit_id: int | None
    opened_at: datetime
    state_at: datetime
    due_at: datetime | None
    overdue_at: datetime | None
    closed_at: datetime | None
    reopen_count: int
    rating: int | None
    report_count: int
    version: int
    held_code: str = ""
    limits: str = ""
    function: str = ""
    parent_id: int | None = None
    open_children: int = 0
    clock_left: int | None = None
    wake_at: datetime | None = None
    watched: int = 0
    card: int = 0
    ordered: bool = False
    asked: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """The configuration that decisions use. `root`: the node's own jurisdiction."""

    catalogue: Catalogue
    directory: Directory
    office: Office
    places: Container[str]
    root: str


def procedure_of(row: CaseRow, catalogue: Catalogue) -> Procedure:
    """The procedure that the case was opened with, whatever was published since."""
    return catalogue.procedure(row.pack_version_id, row.procedure)
