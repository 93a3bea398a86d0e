"""Who answers for a thing, and when it was last calibrated and serviced."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.lib.refused import Refused
from gezhi.people.access import Actor
from gezhi.people.models import Unit
from gezhi.sensing.drafts import unknown
from gezhi.sensing.models import Datastream, Thing
from gezhi.sensing.queries.scope import acts_at, may_keep, things_in_sight

OLDEST: Final = date(2000, 1, 1)
MOST_DAYS: Final = 3650
_COLUMNS: Final = ("unit_id", "calibrate_days", "calibrated_on", "service_days", "serviced_on")


@dataclass(frozen=True, slots=True)
class Care:
    """The plan is in days, None: none; the dates say when it was last done."""

    unit_id: int | None = None
    calibrate_days: int | None = None
    calibrated_on: date | None = None
    service_days: int | None = None
    serviced_on: date | None = None


def care_of(thing: Thing) -> Care:
    return Care(*(getattr(thing, name) for name in _COLUMNS))


@transaction.atomic
def look_after(actor: Actor, thing_id: int, care: Care, today: date) -> Thing:
    """Datastreams go with their thing to another unit; who it is, says whoever watches over the place. Raises
    Refused."""
    sight = Thing.objects.filter(things_in_sight(actor), pk=thing_id).values("pk")
    thing = Thing.objects.select_for_update().filter(pk__in=sight).first()
    if thing is None:
        raise unknown("Thing", thing_id)
    if not may_keep(actor, thing):
        raise Refused(
            "not-your-place",
            "只有设备的责任单位，或负责该区域的岗位可以修改。",
            "Its unit keeps a thing, or a post that watches over its place.",
        )
    changed = [name for name in _COLUMNS if getattr(care, name) != getattr(thing, name)]
    _check(actor, thing, care, changed, today)
    for name in changed:
        setattr(thing, name, getattr(care, name))
    thing.save(update_fields=changed)
    if "unit_id" in changed:
        Datastream.objects.filter(thing=thing).update(unit_id=care.unit_id)
    facts: list[Fact] = [*changed]
    record("sensing.looked-after", f"thing:{thing.pk}", {"changed": facts, "by": actor.account_id})
    return thing


def _check(actor: Actor, thing: Thing, care: Care, changed: list[str], today: date) -> None:
    """Raises Refused."""
    if "unit_id" in changed and not acts_at(actor, thing.place_code):
        raise Refused(
            "not-your-place",
            "责任单位由负责该区域的岗位指定。",
            "Which unit answers for it, says a post that watches over its place.",
        )
    if "unit_id" in changed and not Unit.objects.filter(pk=care.unit_id or 0, is_active=True).exists():
        raise Refused("no-unit", "没有这个单位，或它已停用。", "There is no such unit, or it is closed.")
    if any(on is not None and not OLDEST <= on <= today for on in (care.calibrated_on, care.serviced_on)):
        raise Refused(
            "bad-day",
            "日期须在 2000 年之后、不晚于今天。",
            "The day must lie after 1999 and not after today.",
        )
    if any(
        days is not None and not 1 <= days <= MOST_DAYS for days in (care.calibrate_days, care.service_days)
    ):
        raise Refused(
            "bad-days", "周期须为 1 至 3650 天，不设则留空。", "The plan is 1 to 3650 days, or none at all."
        )
