"""What somebody may do today: posts of their own and of others, what is open in an emergency; and their history."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import F, Q, QuerySet

from gezhi.lib.codes import place_range
from gezhi.people.delegating import Seat
from gezhi.people.directory import chain_of
from gezhi.people.models import Account, BreakGlass, Delegation, Nomination, Post
from gezhi.people.queries.staff import in_force


@dataclass(frozen=True, slots=True)
class Power:
    """A post (`for_id`: whose, None: one's own) or, with `until`, a case or place open in an emergency."""

    id: int
    role: str
    unit_id: int
    unit_name: str
    place_code: str
    for_id: int | None
    for_name: str
    case_id: int | None
    until: datetime | None


_HELD: Final = """
(SELECT p.id, p.role, p.unit_id, u.name, p.place_code, NULL::bigint, '', NULL::bigint, NULL::timestamptz, 1 AS part
 FROM people_post p JOIN people_unit u ON u.id = p.unit_id
 WHERE p.account_id = %(account)s AND p.valid_from <= %(today)s
 AND (p.valid_to IS NULL OR p.valid_to > %(today)s))
UNION ALL
(SELECT p.id, p.role, p.unit_id, u.name, p.place_code, p.account_id, a.name, NULL, NULL, 2
 FROM people_delegation d JOIN people_post p ON p.id = d.post_id JOIN people_unit u ON u.id = p.unit_id
 JOIN people_account a ON a.id = p.account_id AND a.is_active
 WHERE d.to_id = %(account)s AND d.ended_at IS NULL AND d.valid_from <= %(today)s AND d.valid_to > %(today)s
 AND p.valid_from <= %(today)s
 AND (p.valid_to IS NULL OR p.valid_to > %(today)s))
UNION ALL
(SELECT g.id, '', 0, '', g.place_code, NULL, '', g.case_id, g.until, 3
 FROM people_breakglass g WHERE g.account_id = %(account)s AND g.ended_at IS NULL AND g.until > %(now)s)
ORDER BY part, 1
"""


def held_powers(account_id: int, today: date, now: datetime) -> Iterator[Power]:
    """One statement; own posts first."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"account": account_id, "today": today, "now": now})
        for *columns, _part in cursor.fetchall():
            yield Power(*columns)


@dataclass(frozen=True, slots=True)
class HeldSeat:
    account_id: int
    seat: Seat
    valid_to: date | None


def post_held(post_id: int, *, lock: bool = False) -> HeldSeat | None:
    """The post, where its days are not over."""
    rows = Post.objects.select_related("unit")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=post_id).first()
    if found is None:
        return None
    seat = Seat(found.role, found.unit_id, found.unit.place_code)
    return HeldSeat(found.account_id, seat, found.valid_to)


def seats_of(account_id: int, day: date) -> list[Seat]:
    """Own posts on a day."""
    rows = Post.objects.filter(in_force(day), account_id=account_id)
    return [Seat(*row) for row in rows.order_by("id").values_list("role", "unit_id", "unit__place_code")]


def roles_held(account_id: int, today: date) -> set[str]:
    """Of posts that are held today or will be."""
    rows = Post.objects.filter(account_id=account_id).exclude(valid_to__lte=today)
    return set(rows.values_list("role", flat=True))


def handed_days(post_id: int) -> list[tuple[date, date]]:
    """When the post is in another's hands."""
    rows = Delegation.objects.filter(post_id=post_id, ended_at=None)
    return list(rows.values_list("valid_from", "valid_to"))


def units_of(accounts: Iterable[int], since: date) -> set[int]:
    """Units at which any of these people has held a post of their own since a day."""
    rows = Post.objects.filter(account_id__in=set(accounts)).exclude(valid_to__lte=since)
    return set(rows.values_list("unit_id", flat=True))


def delegations_of(account_id: int) -> QuerySet[Delegation]:
    """Given or received, newest first."""
    mine = Q(post__account_id=account_id) | Q(to_id=account_id) | Q(made_by_id=account_id)
    return Delegation.objects.filter(mine).select_related("post__unit", "post__account", "to").order_by("-id")


def near_colleagues(account_id: int, today: date, limit: int = 300) -> list[tuple[str, str, str]]:
    """(user name, name, unit) of those to whom this person may hand a post: of the same units, and of units above."""
    seats = seats_of(account_id, today)
    units = {seat.unit_id for seat in seats}
    above = {code for seat in seats for code in chain_of(seat.unit_place)}
    near = Q(unit_id__in=units) | Q(unit__place_code__in=above)
    posts = Post.objects.filter(in_force(today), near, account__is_active=True, account__is_system=False)
    rows = posts.exclude(account_id=account_id).order_by("account__username", "id")
    columns = ("account__username", "account__name", "unit__name")
    return [tuple(row) for row in rows.distinct("account__username").values_list(*columns)[:limit]]


def nominations_in(places: Collection[str]) -> QuerySet[Nomination]:
    """Newest first; those that wait stand first."""
    here = Q(pk__in=())
    for place in places:
        low, high = place_range(place)
        here |= Q(place_code__gte=low, place_code__lt=high)
    found = Nomination.objects.filter(here).select_related("account", "unit")
    return found.order_by(F("decided_at").desc(nulls_first=True), "-asked_at", "-id")


def posts_in(places: Collection[str], text: str, today: date) -> QuerySet[Post]:
    """Posts held now or later, by name, user name or unit."""
    here = Q(pk__in=())
    for place in places:
        low, high = place_range(place)
        here |= Q(place_code__gte=low, place_code__lt=high)
    found = Post.objects.filter(here).exclude(valid_to__lte=today).select_related("account", "unit")
    if text:
        named = Q(account__name__icontains=text) | Q(account__username__icontains=text)
        found = found.filter(named | Q(unit__name__icontains=text))
    return found.order_by("account__username", "id")


def glass_of(account_id: int) -> QuerySet[BreakGlass]:
    return BreakGlass.objects.filter(account_id=account_id).order_by("-id")


def glass_in(places: Collection[str]) -> QuerySet[BreakGlass]:
    """Newest first; what waits for review stands first."""
    here = Q(pk__in=())
    for place in places:
        low, high = place_range(place)
        here |= Q(place_code__gte=low, place_code__lt=high) | Q(home_code__gte=low, home_code__lt=high)
    found = BreakGlass.objects.filter(here).select_related("account")
    return found.order_by(F("reviewed_at").desc(nulls_first=True), "-at", "-id")


def username_of(words: str) -> str:
    """Of a user name, or of the name of one person alone; what is nobody's stays as it was typed."""
    found = Account.objects.filter(Q(username=words) | Q(name=words), is_active=True, is_system=False)
    names = list(found.values_list("username", flat=True)[:2])
    return words if words in names or len(names) != 1 else names[0]
