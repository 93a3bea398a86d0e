"""Reading the duty and admission lists: of any edition, on any day."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from gezhi.people.lists import Difference, difference, in_force
from gezhi.people.models import Admission, ListEdition, Responsibility
from gezhi.people.staffing import AdmissionRow, Changes, DutyRow, changes_between

_SHARED = ("valid_from", "valid_to", "source", "law", "article")
DUTY_COLUMNS = ("category", "level", "function", *_SHARED)
ADMISSION_COLUMNS = ("category", "place_code", "admitted", *_SHARED)


def standing(edition: int | None) -> Q:
    """Rows that stand on an edition; None: the newest."""
    if edition is None:
        return Q(edition_to=None)
    return Q(edition_from__lte=edition) & (Q(edition_to=None) | Q(edition_to__gt=edition))


def duties(edition: int | None = None) -> dict[int, DutyRow]:
    """Whatever day they hold on; by id, in the order in which later ones rule."""
    rows = Responsibility.objects.filter(standing(edition)).order_by("valid_from", "id")
    return {pk: DutyRow(*row) for pk, *row in rows.values_list("id", *DUTY_COLUMNS)}


def admissions(edition: int | None = None) -> dict[int, AdmissionRow]:
    rows = Admission.objects.filter(standing(edition)).order_by("valid_from", "id")
    return {pk: AdmissionRow(*row) for pk, *row in rows.values_list("id", *ADMISSION_COLUMNS)}


def duties_on(day: date, edition: int | None = None) -> list[DutyRow]:
    return in_force(duties(edition).values(), day)


def admissions_on(day: date, edition: int | None = None) -> list[AdmissionRow]:
    return in_force(admissions(edition).values(), day)


def duty_changes(rows: Sequence[DutyRow]) -> Changes[DutyRow]:
    return changes_between({row.key: row for row in duties().values()}, rows)


def admission_changes(rows: Sequence[AdmissionRow]) -> Changes[AdmissionRow]:
    return changes_between({row.key: row for row in admissions().values()}, rows)


def editions() -> list[ListEdition]:
    """The newest first."""
    return list(ListEdition.objects.order_by("-number"))


def edition_on(day: date) -> int | None:
    """The number of the edition that stood at the end of a day; None: there was none yet."""
    made = ListEdition.objects.filter(made_at__date__lte=day).order_by("-number")
    return made.values_list("number", flat=True).first()


def edition_difference(before: int, after: int) -> tuple[Difference[DutyRow], Difference[AdmissionRow]]:
    return (
        difference(duties(before).values(), duties(after).values()),
        difference(admissions(before).values(), admissions(after).values()),
    )
