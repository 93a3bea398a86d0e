"""Warnings, signals and exports as the pages show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezhi.cases.issuing import spaced
from gezhi.cases.models import Case
from gezhi.cases.queries import visible
from gezhi.packs.shapes import WarningRule
from gezhi.pages.showing import english, said
from gezhi.people.access import Actor
from gezhi.people.models import Account, Signal
from gezhi.people.purposes import PURPOSES
from gezhi.people.signals import SIGNALS
from gezhi.security.models import Export, RaisedWarning
from gezhi.security.queries.counting import rules

LEVEL_NAMES: Final = {
    1: gettext_lazy("蓝色"),
    2: gettext_lazy("黄色"),
    3: gettext_lazy("橙色"),
    4: gettext_lazy("红色"),
}
LEVEL_LOOKS: Final = {1: "blue", 2: "yellow", 3: "orange", 4: "red"}
BY_WORDS: Final = {
    "account": gettext_lazy("账户"),
    "address": gettext_lazy("网络地址"),
    "node": gettext_lazy("整个系统"),
}
FORMATS: Final = {"xlsx": "Excel", "csv": "CSV", "json": "JSON", "pdf": "PDF", "print": gettext_lazy("打印")}


_FACTS: Final = {
    "rows": gettext_lazy("行数"),
    "count": gettext_lazy("次数"),
    "percent": gettext_lazy("百分比"),
    "minutes": gettext_lazy("分钟"),
    "behind": gettext_lazy("落后秒数"),
    "number": gettext_lazy("编号"),
    "format": gettext_lazy("格式"),
    "purpose": gettext_lazy("用途"),
    "status": gettext_lazy("状态"),
    "text": gettext_lazy("内容"),
    "role": gettext_lazy("岗位"),
    "place": gettext_lazy("区域"),
    "case": gettext_lazy("案件"),
}


@dataclass(frozen=True, slots=True)
class CaseLink:
    """`number` is a link where the person may see the case."""

    number: str
    title: str
    visible: bool


@dataclass(frozen=True, slots=True)
class WarningView:
    """`todo`: what whoever is on duty should do. `group`: the account's name, the address or the node."""

    row: RaisedWarning
    title: str
    todo: str
    level: str
    look: str
    by: str
    group: str
    muted: bool
    acknowledged_by: str
    muted_by: str
    case: CaseLink | None

    @property
    def stands(self) -> bool:
        return self.row.ended_at is None


@dataclass(frozen=True, slots=True)
class SignalView:
    at: datetime
    name: str
    account: str
    address: str
    facts: str


@dataclass(frozen=True, slots=True)
class ExportView:
    row: Export
    number: str
    who: str
    format: str
    purpose: str


def level_name(level: int) -> str:
    return str(LEVEL_NAMES[level])


def signal_name(kind: str) -> str:
    known = SIGNALS.get(kind)
    return kind if known is None else known.en if english() else known.zh


def purpose_name(key: str) -> str:
    known = PURPOSES.get(key)
    return key if known is None else known.en if english() else known.zh


def warning_views(rows: Sequence[RaisedWarning], actor: Actor, now: datetime) -> list[WarningView]:
    """Two statements: names, cases."""
    known = rules()
    accounts = [int(one.group) for one in rows if one.by == "account" and one.group.isdecimal()]
    accounts += [who for one in rows for who in (one.acknowledged_by, one.muted_by) if who]
    names, cases = account_names(accounts), case_links([one.case_id for one in rows if one.case_id], actor)
    return [_warning(one, known.get(one.rule), names, cases, now) for one in rows]


def _warning(
    one: RaisedWarning,
    rule: WarningRule | None,
    names: Mapping[int, str],
    cases: Mapping[int, CaseLink],
    now: datetime,
) -> WarningView:
    account = int(one.group) if one.by == "account" and one.group.isdecimal() else 0
    return WarningView(
        row=one,
        title=said(rule.title) if rule else one.rule,
        todo=said(rule.todo) if rule else "",
        level=level_name(one.level),
        look=LEVEL_LOOKS[one.level],
        by="" if one.by == "node" else str(BY_WORDS.get(one.by, one.by)),
        group=names.get(account, one.group) or str(BY_WORDS["node"]),
        muted=one.muted_until is not None and one.muted_until > now,
        acknowledged_by=names.get(one.acknowledged_by or 0, ""),
        muted_by=names.get(one.muted_by or 0, ""),
        case=cases.get(one.case_id or 0),
    )


def account_names(ids: Iterable[int]) -> dict[int, str]:
    return dict(Account.objects.filter(id__in=set(ids)).values_list("id", "name"))


def case_links(ids: Iterable[int], actor: Actor) -> dict[int, CaseLink]:
    wanted = set(ids)
    if not wanted:
        return {}
    seen = set(Case.objects.filter(visible(actor), id__in=wanted).values_list("id", flat=True))
    rows = Case.objects.filter(id__in=wanted).values_list("id", "number", "title")
    return {pk: CaseLink(number, title, pk in seen) for pk, number, title in rows}


def signal_views(rows: Sequence[Signal]) -> list[SignalView]:
    names = account_names(one.account_id for one in rows if one.account_id)
    return [
        SignalView(
            at=one.at,
            name=signal_name(one.kind),
            account=names.get(one.account_id or 0, str(one.account_id or "")),
            address=one.address,
            facts=_("，").join(f"{_FACTS.get(key, key)} {_plain(value)}" for key, value in one.facts.items()),
        )
        for one in rows
    ]


def _plain(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def export_views(rows: Sequence[Export]) -> list[ExportView]:
    names = account_names(one.account_id for one in rows if one.account_id)
    return [
        ExportView(
            row=one,
            number=spaced(one.number),
            who=names.get(one.account_id or 0, _("系统")),
            format=str(FORMATS.get(one.format, one.format)),
            purpose=purpose_name(one.purpose),
        )
        for one in rows
    ]
