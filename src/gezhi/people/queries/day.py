"""The directory of a day: units, lists and contracts in force."""

from datetime import date

from django.db.models import Q

from gezhi.people.contracts import ContractCard
from gezhi.people.directory import Directory, UnitCard
from gezhi.people.models import Contract, Post, Role, Unit
from gezhi.people.queries.lists import admissions_on, duties_on
from gezhi.people.queries.staff import in_force

_cached: tuple[tuple[int, date], Directory] | None = None


def directory(stamp: int, today: date) -> Directory:
    """The directory of the day; read again only when the configuration's stamp or the day changes."""
    global _cached
    if _cached is None or _cached[0] != (stamp, today):
        _cached = ((stamp, today), directory_on(today))
    return _cached[1]


def directory_on(day: date, edition: int | None = None) -> Directory:
    """Five statements. `edition`: lists as that edition had them; None: the newest."""
    columns = ("id", "code", "name", "name_en", "place_code", "functions", "kind")
    units = [
        UnitCard(pk, code, name, name_en, place, frozenset(functions), kind)
        for pk, code, name, name_en, place, functions, kind in Unit.objects.filter(
            is_active=True
        ).values_list(*columns)
    ]
    return Directory(
        units={unit.id: unit for unit in units},
        duty={(row.category, row.level): row.function for row in duties_on(day, edition)},
        admission={(row.category, row.place_code): row.admitted for row in admissions_on(day, edition)},
        contracts=tuple(_contracts(day)),
        centres=_centres(day),
    )


def _centres(day: date) -> frozenset[str]:
    posts = Post.objects.filter(in_force(day), role=Role.DISPATCHER)
    return frozenset(str(place) for place in posts.values_list("place_code", flat=True).distinct())


def _contracts(day: date) -> list[ContractCard]:
    columns = (
        "id", "number", "unit_id", "ordered_by_id", "valid_from", "valid_to", "places", "categories",
        "functions", "ended_on",
    )  # fmt: skip
    rows = Contract.objects.filter(contract_in_force(day)).order_by("id").values_list(*columns)
    return [
        ContractCard(
            pk,
            number,
            unit,
            by,
            begin,
            ended or end,
            tuple(places),
            frozenset(categories),
            frozenset(functions),
        )
        for pk, number, unit, by, begin, end, places, categories, functions, ended in rows
    ]


def contract_in_force(day: date) -> Q:
    running = Q(ended_on=None) | Q(ended_on__gt=day)
    return Q(valid_from__lte=day, valid_to__gt=day) & running
