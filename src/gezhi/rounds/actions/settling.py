"""Putting plans in force, and out of it."""

from datetime import date, datetime

from django.db import transaction

from gezhi.cases.world import world
from gezhi.ledger.actions import record
from gezhi.lib.codes import is_within
from gezhi.people.access import PERMISSIONS, PLAN, UNIT_ROLES, Actor
from gezhi.rounds.actions.generating import generate
from gezhi.rounds.models import PlanSetting
from gezhi.rounds.queries import book
from gezhi.rounds.refusing import not_your_place, unknown_plan


def may_plan(actor: Actor, place_code: str) -> bool:
    return any(
        PLAN in PERMISSIONS.get(post.role, ())
        and post.role not in UNIT_ROLES
        and is_within(place_code, post.place_code)
        for post in actor.posts
    )


@transaction.atomic
def set_plan(
    actor: Actor, plan: str, place_code: str, is_on: bool, since: date, now: datetime | None = None
) -> None:
    """The plan is on, or off, in the place from that day; its rounds follow at once.

    Raises Refused: for a plan that no pack has, or a place outside of the actor's posts.
    """
    current = world()
    if plan not in book(current.stamp).plans:
        raise unknown_plan(plan)
    if place_code not in current.places or not may_plan(actor, place_code):
        raise not_your_place()
    PlanSetting.objects.update_or_create(
        plan=plan,
        place_code=place_code,
        defaults={"is_on": is_on, "since": since, "account_id": actor.account_id},
    )
    record(
        "rounds.plan-set",
        f"plan:{plan}",
        {"place": place_code, "on": is_on, "since": since.isoformat(), "by": actor.account_id},
    )
    generate(now, [plan])
