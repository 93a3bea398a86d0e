"""Contracts as pages show them, and a new one as its form gives it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezhi.cases.queries.costs import Cost
from gezhi.cases.world import World
from gezhi.pages.acting import category_key, unit_named
from gezhi.pages.asked import number
from gezhi.pages.duty_lists import category_name, function_name, listed
from gezhi.pages.place_choice import place_of
from gezhi.pages.showing import english
from gezhi.people.contracts import Fault, Known, Terms, faults_of
from gezhi.people.directory import CONTRACTOR
from gezhi.people.models import Contract, PriceKind, Purchase, Unit
from gezhi.people.queries.contracts import SOON

PRICES: Final[Mapping[str, Promise]] = {
    PriceKind.PER_MATTER: gettext_lazy("按件计价"),
    PriceKind.LUMP_SUM: gettext_lazy("总价包干"),
}
METHODS: Final[Mapping[str, Promise]] = {
    Purchase.OPEN_TENDER: gettext_lazy("公开招标"),
    Purchase.INVITED_TENDER: gettext_lazy("邀请招标"),
    Purchase.NEGOTIATION: gettext_lazy("竞争性谈判"),
    Purchase.CONSULTATION: gettext_lazy("竞争性磋商"),
    Purchase.INQUIRY: gettext_lazy("询价"),
    Purchase.SINGLE_SOURCE: gettext_lazy("单一来源采购"),
    Purchase.FRAMEWORK: gettext_lazy("框架协议采购"),
    Purchase.BELOW_THRESHOLD: gettext_lazy("限额以下采购"),
}
FIELDS: Final = (
    *("number", "title", "unit", "ordered_by", "valid_from", "last_day", "places", "categories"),
    *("price_kind", "yuan", "quality", "method", "candidates", "reason"),
)
_PROBLEMS: Final[Mapping[str, Promise]] = {
    "number": gettext_lazy("请写合同编号；已签的编号不能再用。"),
    "title": gettext_lazy("请写合同名称。"),
    "unit": gettext_lazy("请选外包单位。单位导入时种类写 contractor。"),
    "ordered_by": gettext_lazy("没有找到订立单位，请写全称；外包单位不能订立。"),
    "valid_from": gettext_lazy("请写起始日期。"),
    "valid_to": gettext_lazy("截止日期不能早于起始日期。"),
    "places": gettext_lazy("请每行写一个区域，名称或编码；有的没有找到。"),
    "categories": gettext_lazy("请选职责，或每行写一个类别；有的没有找到。"),
    "functions": gettext_lazy("有的职责不在目录中。"),
    "price_kind": gettext_lazy("请选计价方式。"),
    "cents": gettext_lazy("请写大于零的金额，最多两位小数。"),
    "method": gettext_lazy("请选采购方式。"),
    "candidates": gettext_lazy("请每行写一个参与者和报价；单一来源以外至少两个。"),
    "reason": gettext_lazy("请写明为什么选中这一家。"),
}
_LONGEST: Final = {"number": 60, "title": 200}


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it came: terms when it can be signed, else what is wrong by field."""

    typed: dict[str, str]
    functions: list[str]
    terms: Terms | None = None
    faults: dict[str, str] = field(default_factory=dict)


def draft_of(form: QueryDict, world: World, numbers: Sequence[str]) -> Draft:
    typed = {name: form.get(name, "").replace("\0", "").strip()[:4000] for name in FIELDS}
    functions = form.getlist("functions")[:60]
    terms, faults = _terms(typed, functions, world)
    found = [*faults, *faults_of(terms, _known(world, numbers))]
    told = {one.field: str(_PROBLEMS[one.field]) for one in found}
    return Draft(typed, functions, None if told else terms, told)


def _terms(typed: Mapping[str, str], functions: Sequence[str], world: World) -> tuple[Terms, list[Fault]]:
    begin, last = _day(typed["valid_from"]), _day(typed["last_day"])
    faults = [] if begin else [Fault("valid_from", "")]
    faults += [Fault(name, "") for name, most in _LONGEST.items() if len(typed[name]) > most]
    faults += [Fault("candidates", "") for one in _lines(typed["candidates"]) if len(one) > 200]
    begin = begin or date.min
    terms = Terms(
        number=typed["number"],
        title=typed["title"],
        unit_id=number(typed["unit"]) or 0,
        ordered_by_id=unit_named(typed["ordered_by"], world) or 0,
        valid_from=begin,
        valid_to=last + timedelta(days=1) if last else begin,
        places=tuple(place_of(one, world) or one for one in _lines(typed["places"])),
        categories=tuple(category_key(one, world) or one for one in _lines(typed["categories"])),
        functions=tuple(functions),
        price_kind=typed["price_kind"],
        cents=_cents(typed["yuan"]),
        quality=typed["quality"],
        method=typed["method"],
        candidates=tuple(_lines(typed["candidates"])),
        reason=typed["reason"],
    )
    return terms, faults


def _known(world: World, numbers: Sequence[str]) -> Known:
    units = world.directory.units.values()
    return Known(
        contractors={unit.id for unit in units if unit.kind == CONTRACTOR},
        units={unit.id for unit in units},
        places=world.places,
        categories=world.catalogue.reportable_keys,
        functions=set(world.catalogue.functions),
        methods=Purchase.values,
        numbers=numbers,
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()][:200]


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _cents(typed: str) -> int:
    """0 for what is no amount of yuan with at most two decimals."""
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,2})?", typed):
        return 0
    try:
        return int(Decimal(typed) * 100)
    except InvalidOperation:
        return 0


def yuan(cents: int | None) -> str:
    return "—" if cents is None else f"{cents / 100:,.2f}"


@dataclass(frozen=True, slots=True)
class ContractLine:
    """`warnings`: what whoever answers for the contract should know today."""

    pk: int
    number: str
    title: str
    unit: str
    ordered_by: str
    since: date
    last_day: date
    price: str
    price_kind: str
    cost: str
    cases: int
    per_case: str
    mark: str
    warnings: list[str]


def contract_line(contract: Contract, cost: Cost, today: date) -> ContractLine:
    return ContractLine(
        pk=contract.pk,
        number=contract.number,
        title=contract.title,
        unit=_name(contract.unit),
        ordered_by=_name(contract.ordered_by),
        since=contract.valid_from,
        last_day=last_day(contract),
        price=yuan(contract.cents),
        price_kind=str(PRICES[contract.price_kind]),
        cost=yuan(cost.cents),
        cases=cost.cases,
        per_case=yuan(cost.per_case),
        mark=f"{cost.mark:.1f}" if cost.mark is not None else "—",
        warnings=warnings_of(contract, cost, today),
    )


@dataclass(frozen=True, slots=True)
class UnitLine:
    """All contracts of one contractor together."""

    unit: str
    cost: str
    cases: int
    per_case: str
    reopened: int
    mark: str


def unit_line(unit: Unit, cost: Cost) -> UnitLine:
    mark = f"{cost.mark:.1f}" if cost.mark is not None else "—"
    return UnitLine(_name(unit), yuan(cost.cents), cost.cases, yuan(cost.per_case), cost.reopened, mark)


def last_day(contract: Contract) -> date:
    end = min(contract.valid_to, contract.ended_on or contract.valid_to)
    return max(end - timedelta(days=1), contract.valid_from)


def warnings_of(contract: Contract, cost: Cost, today: date) -> list[str]:
    found = []
    if contract.ended_on:
        found.append(_("已提前终止"))
    elif contract.valid_to <= today:
        found.append(_("已到期"))
    elif contract.valid_to <= today + SOON:
        found.append(_("%(n)s 天后到期") % {"n": (contract.valid_to - today).days})
    if not contract.published_at:
        found.append(_("采购未公示"))
    if cost.mark is not None and cost.mark < 3:
        found.append(_("质量评分偏低"))
    return found


def _name(unit: Unit) -> str:
    return unit.name_en if english() and unit.name_en else unit.name


@dataclass(frozen=True, slots=True)
class ContractView:
    """A contract in full, for staff and for everybody: it holds no personal data."""

    line: ContractLine
    places: str
    matters: str
    quality: str
    method: str
    candidates: list[str]
    reason: str
    published: str
    end_reason: str


def contract_view(
    contract: Contract, cost: Cost, today: date, world: World, names: Mapping[str, str]
) -> ContractView:
    catalogue = world.catalogue
    return ContractView(
        line=contract_line(contract, cost, today),
        places=listed(names.get(code, code) for code in contract.places),
        matters=listed(
            [
                *(function_name(catalogue, key) for key in contract.functions),
                *(category_name(catalogue, key) for key in contract.categories),
            ]
        ),
        quality=contract.quality,
        method=str(METHODS[contract.method]),
        candidates=list(contract.candidates),
        reason=contract.reason,
        published=f"{localtime(contract.published_at):%Y-%m-%d}" if contract.published_at else "",
        end_reason=contract.end_reason,
    )
