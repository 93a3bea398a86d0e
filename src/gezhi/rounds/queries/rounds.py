"""Rounds: what is due on a worker's grids, what belongs together, the desk's list."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from gezhi.lib.codes import place_range
from gezhi.people.access import PERMISSIONS, REPORT_FROM_FIELD, UNIT_ROLES, Actor
from gezhi.people.models import Role
from gezhi.rounds.listing import RoundFilters
from gezhi.rounds.models import Round

OPEN_LATE: Final = ("due", "missed")  # what was seen in time may arrive after it was given up


def walked_places(actor: Actor) -> list[str]:
    """The places whose rounds this person may walk: of the grid posts, or else of other posts in the field."""
    field = [p for p in actor.posts if REPORT_FROM_FIELD in PERMISSIONS.get(p.role, ())]
    own = [p for p in field if p.role == Role.GRID_WORKER] or [p for p in field if p.role not in UNIT_ROLES]
    return list(dict.fromkeys(post.place_code for post in own))


def seen_places(actor: Actor) -> list[str]:
    """The places whose rounds this person may look at."""
    return list(actor.seen_places)


def within_places(codes: Iterable[str]) -> Q:
    found = Q(pk__in=())
    for code in codes:
        low, high = place_range(code)
        found |= Q(place_code__gte=low, place_code__lt=high)
    return found


def due_here(actor: Actor, now: datetime, limit: int = 200, until: datetime | None = None) -> list[Round]:
    """What may be done now (or by `until`) on this person's grids, soonest due first."""
    mine = Round.objects.filter(within_places(walked_places(actor)))
    due = mine.filter(state="due", opens_at__lte=until or now, due_at__gt=now)
    return list(due.select_related("subject").order_by("due_at", "id")[:limit])


def rounds_in_sight(actor: Actor) -> QuerySet[Round]:
    return Round.objects.filter(within_places(seen_places(actor))).select_related("subject")


def rounds_together(actor: Actor, pk: int, now: datetime) -> list[Round]:
    """The round, first, and what else is due now of the same subject: one visit does them all."""
    mine = Round.objects.filter(within_places(walked_places(actor))).select_related("subject")
    first = mine.filter(pk=pk).first()
    if first is None or first.subject_id is None or first.state != "due":
        return [first] if first else []
    others = mine.filter(subject=first.subject_id, state="due", opens_at__lte=now, due_at__gt=now)
    return [first, *others.exclude(pk=pk).order_by("due_at", "id")]


def rounds_named(actor: Actor, pk: int, others: Iterable[int]) -> list[Round]:
    """The round, first, and those of the others that are of the same subject and not done: a phone that was away
    names what it did together."""
    mine = Round.objects.filter(within_places(walked_places(actor))).select_related("subject")
    found = {one.pk: one for one in mine.filter(pk__in=[pk, *others])}
    first = found.pop(pk, None)
    if first is None or first.subject_id is None or first.state not in OPEN_LATE:
        return [first] if first else []
    same = (one for one in found.values() if one.subject_id == first.subject_id and one.state in OPEN_LATE)
    return [first, *sorted(same, key=lambda one: (one.due_at, one.pk))]


def rounds_matching(actor: Actor, asked: RoundFilters) -> QuerySet[Round]:
    """Newest due first."""
    found = rounds_in_sight(actor)
    if asked.plan:
        found = found.filter(plan=asked.plan)
    if asked.place:
        found = found.filter(within_places([asked.place]))
    if asked.state:
        found = found.filter(state=asked.state)
    if asked.subject is not None:
        found = found.filter(subject=asked.subject)
    if asked.since:
        found = found.filter(due_at__gt=start_of(asked.since))
    if asked.until:
        found = found.filter(due_at__lte=start_of(asked.until + timedelta(days=1)))
    return found.order_by("-due_at", "-id")


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())


def my_week(account_id: int, today: date) -> Sequence[Round]:
    """What this person did since Monday, newest first."""
    monday = start_of(today - timedelta(days=today.weekday()))
    done = Round.objects.filter(account_id=account_id, ended_at__gte=monday)
    return list(done.select_related("subject").order_by("-ended_at")[:300])
