"""Who else takes part in a case, what was asked for, who was carded, and its family of cases, as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezhi.cases.models import Assignment, Case
from gezhi.cases.queries import CasePage
from gezhi.cases.world import World
from gezhi.pages.acting import unit_name
from gezhi.pages.lengths import length_words
from gezhi.pages.lines import tag_of
from gezhi.pages.showing import StateTag, role_name, said

_KINDS = {
    "lead": gettext_lazy("主办"),
    "whistle": gettext_lazy("吹哨"),
    "joint": gettext_lazy("联办"),
}
_STATES = {
    "open": gettext_lazy("待接收"),
    "received": gettext_lazy("办理中"),
    "finished": gettext_lazy("已完成"),
    "returned": gettext_lazy("已退回"),
    "cancelled": gettext_lazy("已结束"),
}
_CARDS = {
    "yellow": gettext_lazy("黄牌"),
    "red": gettext_lazy("红牌"),
    "order": gettext_lazy("督办令"),
}


@dataclass(frozen=True, slots=True)
class AskedView:
    title: str
    who: str
    at: datetime
    reason: str
    length: str
    unit: str
    waits_for: str


@dataclass(frozen=True, slots=True)
class PartnerView:
    unit: str
    kind: str
    state: str
    look: str
    due_at: datetime | None
    absent: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class CardView:
    title: str
    look: str
    unit: str
    reason: str
    at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    answer: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class RelativeView:
    number: str
    title: str
    state: StateTag
    is_open: bool


@dataclass(frozen=True, slots=True)
class FamilyView:
    parent: RelativeView | None
    children: Sequence[RelativeView]


def asked_view(found: CasePage) -> AskedView | None:
    asked = found.asked
    if asked is None:
        return None
    return AskedView(
        title=said(asked.step.title),
        who="、".join(asked.who),
        at=asked.at,
        reason=asked.given.reason or asked.given.text,
        length=length_words(asked.given.length) if asked.given.length else "",
        unit=_unit(asked.given.unit_id, found.world),
        waits_for=role_name(asked.waits_for),
    )


def partner_views(found: CasePage) -> list[PartnerView]:
    """The shares of all units, once more than the lead takes part; the lead's last one first."""
    partners = [one for one in found.assignments if one.kind != "lead"]
    leads = [one for one in found.assignments if one.kind == "lead"]
    return [_partner(one, found.world) for one in (*leads[-1:], *partners)] if partners else []


def _partner(one: Assignment, world: World) -> PartnerView:
    absent = one.absent_at is not None and one.received_at is None
    waits = one.state == "open" and one.kind != "lead"
    state = _("未按时报到") if absent else _("待报到") if waits else str(_STATES[one.state])
    return PartnerView(
        unit=_unit(one.unit_id, world),
        kind=str(_KINDS[one.kind]),
        state=state,
        look="late" if absent else one.state,
        due_at=one.due_at if waits else None,
        absent=absent,
        outcome=one.outcome,
    )


def card_views(found: CasePage) -> list[CardView]:
    """Newest first."""
    return [
        CardView(
            title=str(_CARDS[one.level]),
            look=one.level,
            unit=_unit(one.unit_id, found.world) or _("派遣岗位"),
            reason=one.reason,
            at=one.at,
            due_at=one.due_at,
            answered_at=one.answered_at,
            answer=one.answer,
            overdue=one.overdue_at is not None,
        )
        for one in reversed(found.supervisions)
    ]


def family_view(found: CasePage) -> FamilyView | None:
    if found.parent is None and not found.children:
        return None
    parent = _relative(found.parent, found.world) if found.parent else None
    return FamilyView(parent, [_relative(child, found.world) for child in found.children])


def _relative(case: Case, world: World) -> RelativeView:
    return RelativeView(
        case.number, case.title, tag_of(world.catalogue, case.category, case.state), case.is_open
    )


def _unit(unit_id: int | None, world: World) -> str:
    unit = world.directory.units.get(unit_id or 0)
    return unit_name(unit) if unit else ""
