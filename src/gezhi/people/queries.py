"""Reading people."""

from datetime import date

from django.db.models import Q

from gezhi.people.directory import Directory, UnitCard
from gezhi.people.models import Admission, ApiToken, Responsibility, Unit

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
