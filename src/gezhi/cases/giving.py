"""Whether a case may be put on a unit, and under which contract. Pure."""

from gezhi.cases.case_row import CaseRow, Setting
from gezhi.cases.procedure import Refused
from gezhi.packs.catalogue import Catalogue
from gezhi.people.directory import Directory
from gezhi.people.giving import Matter, WhyNot, why_not_give


def matter_of(row: CaseRow, catalogue: Catalogue) -> Matter:
    kind = catalogue.category(row.category)
    return Matter(row.category, row.function or kind.function, kind.grids, row.place_code)


def require_may_have(row: CaseRow, unit_id: int, setting: Setting) -> None:
    """Raises Refused: not admitted to villages and grids, or outside the contractor's contracts."""
    why = why_not_give(setting.directory, unit_id, matter_of(row, setting.catalogue))
    if why is not None:
        raise Refused(why.code, why.zh, why.en)


def require_may_keep(row: CaseRow, setting: Setting) -> None:
    """Raises Refused when the unit that leads could not be given the case as it is now."""
    if row.unit_id is None:
        return
    units, may = setting.directory.units, matter_of(row, setting.catalogue)
    why = why_not_give(setting.directory, row.unit_id, may) if row.unit_id in units else _GONE
    if why is not None:
        raise Refused(
            why.code,
            f"{why.zh}请先退回或改派，由派遣员重新派遣。",
            f"{why.en} Return the case or dispatch it anew.",
        )


_GONE = WhyNot("unknown-unit", "承办单位已停用。", "The unit that leads is no longer in force.")


def contract_of(row: CaseRow, catalogue: Catalogue, directory: Directory) -> int | None:
    """The contract under which the case's unit has it; None: it is no contractor."""
    one = matter_of(row, catalogue)
    found = directory.contract_for(row.unit_id or 0, one.category, one.function, one.place_code)
    return found.id if found else None
