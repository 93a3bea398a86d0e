"""Reading people."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from gezhi.people.directory import Directory, UnitCard
from gezhi.people.models import Account, Admission, ApiToken, Post, Responsibility, Unit
from gezhi.people.staffing import AdmissionRow, Changes, DutyRow, PostRow, UnitRow, changes_between

_cached: tuple[tuple[int, date], Directory] | None = None


def directory(stamp: int, today: date) -> Directory:
    """The directory of the day; read again only when the configuration's stamp or the day changes."""
    global _cached
    if _cached is None or _cached[0] != (stamp, today):
        _cached = ((stamp, today), _read_directory(today))
    return _cached[1]


def _read_directory(today: date) -> Directory:
    columns = ("id", "code", "name", "name_en", "place_code", "functions")
    units = [
        UnitCard(pk, code, name, name_en, place, frozenset(functions))
        for pk, code, name, name_en, place, functions in Unit.objects.filter(is_active=True).values_list(
            *columns
        )
    ]
    duties = Responsibility.objects.filter(_in_force(today)).order_by("valid_from")
    admissions = Admission.objects.filter(_in_force(today)).order_by("valid_from")
    return Directory(
        units={unit.id: unit for unit in units},
        duty={(row.category, row.level): row.function for row in duties},
        admission={(row.category, row.place_code): row.admitted for row in admissions},
    )


def _in_force(today: date) -> Q:
    return Q(valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gt=today))


def token_with(key_hash: str) -> ApiToken | None:
    return ApiToken.objects.select_related("account").filter(key_hash=key_hash).first()


def unit_ids() -> dict[str, int]:
    return dict(Unit.objects.values_list("code", "id"))


def unit_changes(rows: Sequence[UnitRow]) -> Changes[UnitRow]:
    """What importing these rows would do; the same for the other lists."""
    columns = ("code", "name", "name_en", "place_code", "functions")
    held = (
        UnitRow(code, name, name_en, place, tuple(sorted(functions)))
        for code, name, name_en, place, functions in Unit.objects.values_list(*columns)
    )
    return changes_between({row.key: row for row in held}, rows)


def posts_of(usernames: Iterable[str]) -> list[PostRow]:
    columns = (
        "account__username", "account__name", "unit__code", "role", "place_code", "valid_from", "valid_to",
    )  # fmt: skip
    posts = Post.objects.filter(account__username__in=set(usernames)).order_by("id")
    return [PostRow(*row) for row in posts.values_list(*columns)]


def post_changes(rows: Sequence[PostRow]) -> Changes[PostRow]:
    return changes_between({row.key: row for row in posts_of(row.username for row in rows)}, rows)


def duty_changes(rows: Sequence[DutyRow]) -> Changes[DutyRow]:
    columns = ("category", "level", "function", "valid_from", "valid_to", "source")
    held = (DutyRow(*row) for row in Responsibility.objects.values_list(*columns))
    return changes_between({row.key: row for row in held}, rows)


def admission_changes(rows: Sequence[AdmissionRow]) -> Changes[AdmissionRow]:
    columns = ("category", "place_code", "admitted", "valid_from", "valid_to", "source")
    held = (AdmissionRow(*row) for row in Admission.objects.values_list(*columns))
    return changes_between({row.key: row for row in held}, rows)


def post_ids(username: str, unit_code: str, role: str, day: date) -> list[int]:
    """Posts of this role at this unit that are held on the day or later, at whatever place."""
    posts = Post.objects.filter(account__username=username, unit__code=unit_code, role=role)
    return list(posts.exclude(valid_to__lte=day).order_by("id").values_list("id", flat=True))


def people_like(text: str, day: date) -> QuerySet[Account]:
    """Accounts whose username or name holds the text, each with the posts of that day."""
    posts = Post.objects.filter(_in_force(day)).select_related("unit").order_by("id")
    named = Account.objects.filter(Q(username__icontains=text) | Q(name__icontains=text))
    return named.order_by("username").prefetch_related(Prefetch("posts", posts))


def tokens() -> QuerySet[ApiToken]:
    return ApiToken.objects.select_related("account").order_by("id")
