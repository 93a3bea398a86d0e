"""What lies beside a case: the same kind of matter at its place, and what is open within a few minutes' walk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import IntegerField, Q, QuerySet, Value

from gezhi.cases.matching import distance, keys_within
from gezhi.cases.models import Case
from gezhi.cases.queries.scope import visible
from gezhi.people.access import Actor

NEAR: Final = 300.0  # metres
LOOKED_AT: Final = 200  # newest open cases around; after a storm there are more than anyone reads
COLUMNS: Final = ("id", "number", "title", "category", "state", "opened_at", "lon", "lat")


@dataclass(frozen=True, slots=True)
class Neighbour:
    id: int
    number: str
    title: str
    category: str
    state: str
    opened_at: datetime
    lon: float | None
    lat: float | None
    metres: int | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """`similar`: of the same category at the same place, newest first; `near`: open and near, nearest first, without
    the similar ones."""

    similar: Sequence[Neighbour]
    near: Sequence[Neighbour]


def beside(actor: Actor, case: Case, limit: int = 8) -> Beside:
    """One statement."""
    mine = Case.objects.filter(visible(actor)).exclude(id=case.pk)
    same = mine.filter(category=case.category, place_code=case.place_code)
    parts = [_marked(same, 0, limit), _marked(mine.filter(_around(case), is_open=True), 1, LOOKED_AT)]
    rows = list(parts[0].union(parts[1], all=True))
    similar = [Neighbour(*row) for mark, *row in rows if mark == 0]
    near = (Neighbour(*row) for mark, *row in rows if mark == 1)
    return Beside(similar, _nearest(near, case, {one.id for one in similar})[:limit])


def _marked(cases: QuerySet[Case], mark: int, most: int) -> QuerySet[Case, tuple[Any, ...]]:
    marked = cases.annotate(mark=Value(mark, IntegerField())).order_by("-opened_at")
    return marked.values_list("mark", *COLUMNS)[:most]


def _around(case: Case) -> Q:
    if case.lon is None or case.lat is None:
        return Q(place_code=case.place_code)
    return Q(match_key__in=keys_within(case.lon, case.lat, NEAR))


def _nearest(found: Iterable[Neighbour], case: Case, known: set[int]) -> list[Neighbour]:
    """Those without a point keep their order."""
    apart = [replace(one, metres=_metres(one, case)) for one in found if one.id not in known]
    near = [one for one in apart if one.metres is None or one.metres <= NEAR]
    return sorted(near, key=lambda one: one.metres or 0)


def _metres(one: Neighbour, case: Case) -> int | None:
    if one.lon is None or one.lat is None or case.lon is None or case.lat is None:
        return None
    return round(distance(one.lon, one.lat, case.lon, case.lat))
