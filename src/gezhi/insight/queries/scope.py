"""Whose figures a person may see: supervisors those of their places, everybody else those of the own unit and grid."""

from dataclasses import replace

from gezhi.insight.queries.figures import Within
from gezhi.people.access import APPRAISE, PERMISSIONS, Actor
from gezhi.people.models import Role


def sight(actor: Actor) -> Within:
    """Nothing without a post."""
    places = {
        post.place_code
        for post in actor.posts
        if APPRAISE in PERMISSIONS.get(post.role, frozenset()) or post.role == Role.GRID_WORKER
    }
    return Within(units=sorted({post.unit_id for post in actor.posts}), places=sorted(places))


def sight_at_desk(actor: Actor) -> Within:
    """What the person's posts let them see of cases: counts of these tell nothing that the list does not."""
    return Within(units=sorted(actor.handling_units), places=sorted(actor.seen_places))


def sees_all_units(actor: Actor) -> bool:
    return actor.may(APPRAISE)


def narrowed(within: Within, unit: int | None = None, place: str = "", category: str = "") -> Within:
    return replace(within, unit=unit, place=place, category=category)
