"""Notes of a case, the colleagues who can read them, and ready answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from gezhi.cases.models import Assignment, Case, Mention, Note, Phrase
from gezhi.cases.talking import Colleague, is_changeable
from gezhi.people.access import BLIND_ROLES, DESK, PARAMETERS, PERMISSIONS, UNIT_ROLES, Actor
from gezhi.people.directory import Directory, chain_of
from gezhi.people.models import Account, Post
from gezhi.people.queries.staff import in_force

NOTES = 100
COLLEAGUES = 200
_AT_DESK = frozenset(role for role, permissions in PERMISSIONS.items() if DESK in permissions) - BLIND_ROLES


@dataclass(frozen=True, slots=True)
class NoteLine:
    """`mine`: it may still be changed by whoever reads; `new`: it names the reader, who had not read it."""

    id: int
    at: datetime
    account_id: int
    who: str
    text: str
    edited_at: datetime | None
    deleted_at: datetime | None
    new: bool
    mine: bool


def notes_of(case_id: int, account_id: int, now: datetime) -> list[NoteLine]:
    """The newest 100, oldest first; for those who see the case. One statement."""
    unread = Mention.objects.filter(note_id=OuterRef("id"), account_id=account_id, read_at=None)
    names = Account.objects.filter(id=OuterRef("account_id")).values("name")
    found = Note.objects.filter(case_id=case_id).order_by("-id")
    columns = ("id", "at", "account_id", "who", "text", "edited_at", "deleted_at", "new")
    rows = found.annotate(who=Subquery(names), new=Exists(unread)).values_list(*columns)[:NOTES]
    return [
        NoteLine(*row, mine=_is_mine(row[1], row[2], row[6], account_id, now))  # type: ignore[misc]
        for row in reversed(rows)
    ]


def _is_mine(at: datetime, by: int, deleted_at: datetime | None, account_id: int, now: datetime) -> bool:
    return deleted_at is None and is_changeable(by, at, account_id, now)


def colleagues_of(case: Case, today: date) -> list[Colleague]:
    """Who may see the case at the desk: posts of its place and above, and handlers of its units; those of its unit
    first, then the nearest. One statement."""
    units = Assignment.objects.filter(case_id=case.pk, state__in=("open", "received")).values("unit_id")
    handlers = Q(role__in=UNIT_ROLES) & (Q(unit_id__in=units) | Q(unit_id=case.unit_id))
    over = Q(place_code__in=list(chain_of(case.place_code))) & ~Q(role__in=UNIT_ROLES)
    posts = Post.objects.filter(in_force(today), handlers | over, role__in=_AT_DESK)
    columns = ("account_id", "account__username", "account__name", "account__name_en", "unit_id")
    able = posts.filter(account__is_active=True, account__is_system=False)
    rows = able.order_by("-place_code", "account_id").values_list(*columns)[: 4 * COLLEAGUES]
    found = {row[0]: Colleague(*row) for row in sorted(rows, key=lambda row: row[4] != case.unit_id)}
    return list(found.values())[:COLLEAGUES]


def note_of(pk: int, case_id: int) -> Note | None:
    return Note.objects.filter(id=pk, case_id=case_id).first()


def phrases_of(units: Sequence[int]) -> QuerySet[Phrase]:
    """Ready answers of these units and of all."""
    return all_phrases().filter(Q(unit_id=None) | Q(unit_id__in=units))


def all_phrases() -> QuerySet[Phrase]:
    return Phrase.objects.filter(ended_at=None).order_by("kind", "title", "id")


def phrases_kept_by(actor: Actor, directory: Directory) -> QuerySet[Phrase]:
    """Those of all, of this person's units, and of the units whose ready answers the person may change."""
    return phrases_of([pk for pk in directory.units if may_keep(actor, pk, directory)] + units_of(actor))


def may_keep(actor: Actor, unit_id: int | None, directory: Directory) -> bool:
    """Ready answers of the own unit, and of units in the places of posts that set parameters; those of all units only
    with such a post of the whole node."""
    if unit_id is not None and unit_id in units_of(actor):
        return True
    unit = directory.units.get(unit_id) if unit_id is not None else None
    if unit_id is not None and unit is None:
        return False
    return actor.may_at(PARAMETERS, unit.place_code if unit else settings.NODE_PLACE)


def units_of(actor: Actor) -> list[int]:
    return sorted({post.unit_id for post in actor.posts})
