"""Reading accounts, units, posts and keys."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from gezhi.people.models import Account, ApiToken, Post, Unit, UnitKind
from gezhi.people.staffing import Changes, PostRow, UnitRow, changes_between


def in_force(today: date) -> Q:
    return Q(valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gt=today))


def token_with(key_hash: str) -> ApiToken | None:
    return ApiToken.objects.select_related("account").filter(key_hash=key_hash).first()


def unit_ids() -> dict[str, int]:
    return dict(Unit.objects.values_list("code", "id"))


def unit_changes(rows: Sequence[UnitRow]) -> Changes[UnitRow]:
    """What importing these rows would do; the same for the other lists."""
    columns = ("code", "name", "name_en", "place_code", "functions", "kind")
    held = {
        code: UnitRow(code, name, name_en, place, tuple(sorted(functions)), kind)
        for code, name, name_en, place, functions, kind in Unit.objects.values_list(*columns)
    }
    wanted = [row if row.kind else replace(row, kind=_kind_of(held.get(row.code))) for row in rows]
    return changes_between({row.key: row for row in held.values()}, wanted)


def _kind_of(held: UnitRow | None) -> str:
    return held.kind if held else str(UnitKind.OFFICE)


def posts_of(usernames: Iterable[str]) -> list[PostRow]:
    columns = (
        "account__username", "account__name", "unit__code", "role", "place_code", "valid_from", "valid_to",
    )  # fmt: skip
    posts = Post.objects.filter(account__username__in=set(usernames)).order_by("id")
    return [PostRow(*row) for row in posts.values_list(*columns)]


def post_changes(rows: Sequence[PostRow]) -> Changes[PostRow]:
    return changes_between({row.key: row for row in posts_of(row.username for row in rows)}, rows)


def post_ids(username: str, unit_code: str, role: str, day: date) -> list[int]:
    """Posts of this role at this unit that are held on the day or later, at whatever place."""
    posts = Post.objects.filter(account__username=username, unit__code=unit_code, role=role)
    return list(posts.exclude(valid_to__lte=day).order_by("id").values_list("id", flat=True))


def people_like(text: str, day: date) -> QuerySet[Account]:
    """Accounts whose username or name holds the text, each with the posts of that day."""
    posts = Post.objects.filter(in_force(day)).select_related("unit").order_by("id")
    named = Account.objects.filter(Q(username__icontains=text) | Q(name__icontains=text))
    return named.order_by("username").prefetch_related(Prefetch("posts", posts))


def tokens() -> QuerySet[ApiToken]:
    return ApiToken.objects.select_related("account").order_by("id")
