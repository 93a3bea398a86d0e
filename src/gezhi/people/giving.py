"""Whether a unit may be given a matter: admission to villages and grids, the scope of contracts. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from gezhi.lib.codes import VILLAGE, is_within, level_of
from gezhi.people.contracts import ContractCard
from gezhi.people.directory import CONTRACTOR, Directory, UnitCard


@dataclass(frozen=True, slots=True)
class Matter:
    """`function`: the duty that answers for it; `grids`: whether its category may be put on grids by default."""

    category: str
    function: str
    grids: bool
    place_code: str


@dataclass(frozen=True, slots=True)
class WhyNot:
    """`code` is stable; the words say what, in what, and what is possible instead."""

    code: str
    zh: str
    en: str


def why_not_give(directory: Directory, unit_id: int, matter: Matter) -> WhyNot | None:
    """None: the unit may have it. The unit must be one of the directory."""
    unit = directory.units[unit_id]
    if unit.kind == CONTRACTOR:
        found = directory.contract_for(unit.id, matter.category, matter.function, matter.place_code)
        return None if found else _outside(directory, unit)
    return None if _admitted(directory, unit, matter) else _not_admitted(directory, unit, matter)


def _admitted(directory: Directory, unit: UnitCard, matter: Matter) -> bool:
    if level_of(unit.place_code) < VILLAGE:
        return True
    inside = bool(matter.place_code) and is_within(matter.place_code, unit.place_code)
    place = matter.place_code if inside else unit.place_code
    return directory.admitted(matter.category, matter.grids, place)


def _not_admitted(directory: Directory, unit: UnitCard, matter: Matter) -> WhyNot:
    instead = directory.responsible(matter.category, matter.function, matter.place_code, grids=matter.grids)
    zh = f"派给承担该职责的“{instead.name}”" if instead else "派给承担该职责的部门"
    en = f"dispatch it to {instead.code}" if instead else "dispatch it to the department that holds the duty"
    return WhyNot(
        "not-admitted",
        f"类别“{matter.category}”未准入村（社区）和网格，不能派给“{unit.name}”。"
        f"可以{zh}，或在权责清单中申请准入。",
        f"Category '{matter.category}' is not admitted to villages and grids, so '{unit.code}' cannot have it. "
        f"You may {en}, or propose its admission in the lists.",
    )


def _outside(directory: Directory, unit: UnitCard) -> WhyNot:
    held = [card for card in directory.contracts if card.unit_id == unit.id]
    if not held:
        return WhyNot(
            "outside-contract",
            f"“{unit.name}”今天没有生效的合同，不能承接。请派给责任单位，或先签订合同。",
            f"'{unit.code}' has no contract in force today. Dispatch to the responsible unit, or sign a contract.",
        )
    return WhyNot(
        "outside-contract",
        f"此事项不在“{unit.name}”的合同范围内：{'；'.join(_scope(card, '、') for card in held)}。请派给责任单位。",
        f"The matter is outside the contracts of '{unit.code}': {'; '.join(_scope(card, ', ') for card in held)}. "
        "Dispatch to the responsible unit.",
    )


def _scope(card: ContractCard, comma: str) -> str:
    named: Sequence[str] = sorted(card.categories) + sorted(card.functions)
    return (
        f"{card.number} {card.valid_from}–{card.last_day} {comma.join(card.places)} {comma.join(named[:8])}"
        f"{' …' if len(named) > 8 else ''}"
    )
