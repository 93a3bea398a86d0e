"""Who looked at whose data, when and why: for auditors, for whoever looked, and of auditors for those who lead."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from gezhi.lib.codes import is_within, place_range
from gezhi.people.access import AUDIT, OVERSEE, PERMISSIONS, STAFFING, Actor
from gezhi.people.models import Account, Lookup, Post, Role
from gezhi.people.purposes import PURPOSES

WAYS = ("page", "api", "export", "print", "field")


@dataclass(frozen=True, slots=True)
class LookFilters:
    """`who`: part of a name or user name; `subject`: kind and id as in report:12; `case_id`: of a case that was
    named; `since` and `until`: days of the node's clock, both counted; `glass`: only what an emergency opened."""

    who: str = ""
    subject: str = ""
    case_id: int | None = None
    purpose: str = ""
    way: str = ""
    glass: bool = False
    since: datetime | None = None
    until: datetime | None = None

    def condition(self) -> Q:
        wanted = Q()
        if self.who:
            named = Account.objects.filter(Q(name__icontains=self.who) | Q(username__icontains=self.who))
            wanted &= Q(account_id__in=list(named.values_list("id", flat=True)[:200]))
        if self.subject:
            kind, _colon, number = self.subject.partition(":")
            whole = number.isascii() and number.isdigit() and len(number) < 19
            wanted &= Q(subject_kind=kind, subject_id=int(number)) if whole else Q(pk__in=())
        if self.case_id is not None:
            wanted &= Q(case_id=self.case_id)
        if self.purpose in PURPOSES:
            wanted &= Q(purpose=self.purpose)
        if self.way in WAYS:
            wanted &= Q(way=self.way)
        if self.glass:
            wanted &= Q(break_glass_id__isnull=False)
        if self.since is not None:
            wanted &= Q(at__gte=self.since)
        if self.until is not None:
            wanted &= Q(at__lt=self.until)
        return wanted


def looks_audited(actor: Actor, filters: LookFilters) -> QuerySet[Lookup]:
    """Newest first: of subjects in the places of auditors' posts; what has no place, for those of the whole node."""
    seen = Q(pk__in=())
    for place in audited_places(actor):
        low, high = place_range(place)
        seen |= Q(place_code__gte=low, place_code__lt=high)
        seen |= Q(place_code="") if is_within(settings.NODE_PLACE, place) else Q(pk__in=())
    return Lookup.objects.filter(seen, filters.condition()).order_by("-at", "-id")


def audited_places(actor: Actor) -> list[str]:
    return [post.place_code for post in actor.posts if AUDIT in PERMISSIONS.get(post.role, frozenset())]


def staffed_places(actor: Actor) -> list[str]:
    return [post.place_code for post in actor.posts if STAFFING in PERMISSIONS.get(post.role, frozenset())]


def looks_of_auditors(actor: Actor, today: date) -> QuerySet[Lookup]:
    """Newest first: what auditors in the places of leaders' posts looked at."""
    held = Q(pk__in=())
    for post in actor.posts:
        if OVERSEE in PERMISSIONS.get(post.role, frozenset()):
            low, high = place_range(post.place_code)
            held |= Q(place_code__gte=low, place_code__lt=high)
    auditors = Post.objects.filter(held, role=Role.AUDITOR).values("account_id")
    return Lookup.objects.filter(account_id__in=auditors).order_by("-at", "-id")


def own_looks(account_id: int) -> QuerySet[Lookup]:
    return Lookup.objects.filter(account_id=account_id).order_by("-at", "-id")


def names_of(accounts: Collection[int]) -> dict[int, str]:
    return dict(Account.objects.filter(id__in=set(accounts)).values_list("id", "name")) if accounts else {}


def posts_named(posts: Collection[int]) -> dict[int, tuple[str, str]]:
    """post -> (role, unit)."""
    rows = Post.objects.filter(id__in=set(posts)).values_list("id", "role", "unit__name") if posts else ()
    return {pk: (role, unit) for pk, role, unit in rows}
