"""Callbacks and circling cases as the pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezhi.cases.models import Callback
from gezhi.cases.queries.circles import Circling
from gezhi.cases.world import World
from gezhi.pages.acting import unit_name
from gezhi.pages.lines import tag_of
from gezhi.pages.showing import Due, StateTag, due_of
from gezhi.places.queries import place_names

REASON_WORDS: Final[Mapping[str, Promise]] = {"sample": _("抽样"), "bad-rating": _("差评")}
OUTCOME_WORDS: Final[Mapping[str, Promise]] = {
    "resolved": _("已解决"),
    "not-resolved": _("未解决"),
    "unreachable": _("联系不上"),
    "reopened": _("已先行重办"),
}
STANDING_WORDS: Final[Mapping[str, Promise]] = {
    "open": _("待回访"),
    "overdue": _("超期未回访"),
    "done": _("已办结"),
    "resolved": _("已解决"),
    "not-resolved": _("未解决"),
    "unreachable": _("联系不上"),
}
WHY_WORDS: Final[Mapping[str, Promise]] = {
    "sent-on": _("多次退回、流转"),
    "same-unit": _("重复派给同一单位"),
    "joined-and-split": _("反复并案、拆分"),
}


@dataclass(frozen=True, slots=True)
class CallLine:
    pk: int
    number: str
    title: str
    place: str
    unit: str
    reason: str
    bad: bool
    due: Due | None
    tries: int
    outcome: str
    rating: int | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class CircleLine:
    """`path`: the names of the units, in the order in which they had the case."""

    number: str
    title: str
    place: str
    state: StateTag
    due: Due | None
    whys: list[str]
    path: list[str]
    sent_on: int
    since: datetime


def call_lines(found: Sequence[Callback], world: World, now: datetime) -> list[CallLine]:
    """One statement, for the names of the places."""
    places = place_names({one.place_code for one in found})
    return [_call_line(one, places.get(one.place_code, one.place_code), world, now) for one in found]


def _call_line(one: Callback, place: str, world: World, now: datetime) -> CallLine:
    return CallLine(
        pk=one.pk,
        number=one.case.number,
        title=one.case.title,
        place=place,
        unit=name_of(one.unit_id, world),
        reason=str(REASON_WORDS[one.reason]),
        bad=one.reason == "bad-rating",
        due=due_of(one.due_at, now) if one.done_at is None else None,
        tries=one.tries,
        outcome=str(OUTCOME_WORDS.get(one.outcome, "")) if one.done_at or one.tries else "",
        rating=one.rating,
        done_at=one.done_at,
    )


def circle_lines(found: Sequence[Circling], world: World, now: datetime) -> list[CircleLine]:
    """One statement, for the names of the places."""
    places = place_names({one.case.place_code for one in found})
    return [
        CircleLine(
            number=one.case.number,
            title=one.case.title,
            place=places.get(one.case.place_code, one.case.place_code),
            state=tag_of(world.catalogue, one.case.category, one.case.state),
            due=due_of(one.case.due_at, now),
            whys=[str(WHY_WORDS[why]) for why in one.circle.whys],
            path=[name_of(unit, world) for unit in one.circle.path],
            sent_on=one.circle.sent_on,
            since=one.circle.since,
        )
        for one in found
    ]


def name_of(unit_id: int | None, world: World) -> str:
    unit = world.directory.units.get(unit_id or 0)
    return unit_name(unit) if unit else ""
