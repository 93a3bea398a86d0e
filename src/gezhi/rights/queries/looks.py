"""Who looked: the role, the unit, the purpose and the time; never the name of an employee."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from gezhi.people.models import Lookup, Post
from gezhi.rights.person import Person

SHOWN = 200


@dataclass(frozen=True, slots=True)
class LookLine:
    """`role`, `unit`: of the post that looked; "" where none says. `unit`: in Chinese and English."""

    at: datetime
    role: str
    unit: tuple[str, str]
    purpose: str
    fields: tuple[str, ...]
    way: str
    case_id: int | None


def looks_of(person: Person, most: int = SHOWN) -> list[LookLine]:
    """The newest first. Two statements."""
    of_reports = Q(subject_kind="report", subject_id__in=person.reports)
    of_cases = Q(case_id__in=person.cases) & ~Q(subject_kind="report")
    columns = ("at", "account_id", "post_id", "purpose", "fields", "way", "case_id")
    found = list(
        Lookup.objects.filter(of_reports | of_cases).order_by("-at", "-id").values_list(*columns)[:most]
    )
    posts = _posts({row[1] for row in found}, {row[2] for row in found if row[2]})
    return [_line(row, posts) for row in found]


def _posts(accounts: set[int], posts: set[int]) -> list[tuple[int, int, str, str, str]]:
    held = Post.objects.filter(Q(id__in=posts) | Q(account_id__in=accounts)).order_by("id")
    columns = ("id", "account_id", "role", "unit__name", "unit__name_en")
    return list(held.values_list(*columns))


def _line(row: tuple[object, ...], posts: list[tuple[int, int, str, str, str]]) -> LookLine:
    at, account, post, purpose, fields, way, case = row
    own = next((one for one in posts if one[0] == post), None)
    held = own or next((one for one in posts if one[1] == account), None)
    role, unit, unit_en = held[2:] if held else ("", "", "")
    return LookLine(
        at=at,  # type: ignore[arg-type]
        role=role,
        unit=(unit, unit_en or unit),
        purpose=str(purpose),
        fields=tuple(fields),  # type: ignore[arg-type]
        way=str(way),
        case_id=case,  # type: ignore[arg-type]
    )
