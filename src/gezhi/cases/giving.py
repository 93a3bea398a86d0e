"""Whether a case may be put on a unit, and under which contract. Pure."""

from gezhi.cases.case_row import CaseRow, Setting
from gezhi.cases.procedure import Refused
from gezhi.people.giving import Matter, why_not_give


def matter_of(row: CaseRow, setting: Setting) -> Matter:
    kind = setting.catalogue.category(row.category)
    return Matter(row.category, row.function or kind.function, kind.grids, row.place_code)


def require_may_have(row: CaseRow, unit_id: int, setting: Setting) -> None:
    """Raises Refused: not admitted to villages and grids, or outside the contractor's contracts."""
    why = why_not_give(setting.directory, unit_id, matter_of(row, setting))
    if why is not None:
        raise Refused(why.code, why.zh, why.en)


def contract_of(row: CaseRow, setting: Setting) -> int | None:
    """The contract under which the case's unit has it; None: it is no contractor."""
    matter = matter_of(row, setting)
    found = setting.directory.contract_for(
        row.unit_id or 0, matter.category, matter.function, matter.place_code
    )
    return found.id if found else None
