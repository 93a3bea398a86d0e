"""Whether a case may be put on a unit, and under which contract. Pure."""

from gezhi.cases.case_row import CaseRow, Setting
from gezhi.cases.procedure import Refused
from gezhi.packs.catalogue import Catalogue
from gezhi.people.directory import Directory
from gezhi.people.giving import Matter, why_not_give


def matter_of(row: CaseRow, catalogue: Catalogue) -> Matter:
    kind = catalogue.category(row.category)
    return Matter(row.category, row.function or kind.function, kind.grids, row.place_code)


def require_may_have(row: CaseRow, unit_id: int, setting: Setting) -> None:
    """Raises Refused: not admitted to villages and grids, or outside the contractor's contracts."""
    why = why_not_give(setting.directory, unit_id, matter_of(row, setting.catalogue))
    if why is not None:
        raise Refused(why.code, why.zh, why.en)


def contract_of(row: CaseRow, catalogue: Catalogue, directory: Directory) -> int | None:
    """The contract under which the case's unit has it; None: it is no contractor."""
    one = matter_of(row, catalogue)
    found = directory.contract_for(row.unit_id or 0, one.category, one.function, one.place_code)
    return found.id if found else None
