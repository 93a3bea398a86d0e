"""Changing the duty and admission lists. Every change is an edition; rows of earlier editions stay as they were."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.people import queries
from gezhi.people.actions.staff import take_turns
from gezhi.people.lists import ListChange, replacement
from gezhi.people.models import Admission, ListEdition, Responsibility
from gezhi.people.queries.lists import ADMISSION_COLUMNS, DUTY_COLUMNS
from gezhi.people.staffing import AdmissionRow, Changes, DutyRow, R


@dataclass(frozen=True)
class _Change:
    """What an edition does to one list: ids of the rows that leave it, and the rows that come."""

    table: type[Responsibility] | type[Admission]
    basis: str
    goes: Sequence[int]
    comes: Sequence[DutyRow | AdmissionRow]
    account_id: int | None = None
    case_number: str = ""


@transaction.atomic
def import_duties(rows: Sequence[DutyRow], source: str) -> Changes[DutyRow]:
    """A list that changes nothing makes no edition and leaves no entry; so with admissions."""
    take_turns("people_listedition")
    changes = queries.duty_changes(rows)
    if changes.rows:
        number = _write(_duties(changes.rows, source))
        _record("people.duties-imported", number, source, changes)
    return changes


@transaction.atomic
def import_admissions(rows: Sequence[AdmissionRow], source: str) -> Changes[AdmissionRow]:
    take_turns("people_listedition")
    changes = queries.admission_changes(rows)
    if changes.rows:
        number = _write(_admissions(changes.rows, source))
        _record("people.admissions-imported", number, source, changes)
    return changes


@transaction.atomic
def publish_duty_list(rows: Iterable[Responsibility], source: str) -> None:
    """Rows of one list; rows already known by (category, level, day) are replaced."""
    take_turns("people_listedition")
    said = [DutyRow(*(getattr(row, name) for name in DUTY_COLUMNS)) for row in rows]
    number = _write(_duties(said, source))
    record("people.duty-list", "people", {"source": source, "edition": number}, configures=True)


@transaction.atomic
def publish_admission_list(rows: Iterable[Admission], source: str) -> None:
    take_turns("people_listedition")
    said = [AdmissionRow(*(getattr(row, name) for name in ADMISSION_COLUMNS)) for row in rows]
    number = _write(_admissions(said, source))
    record("people.admission-list", "people", {"source": source, "edition": number}, configures=True)


@transaction.atomic
def apply_list_change(change: ListChange, account_id: int | None, case_number: str) -> int:
    """The number of the edition that an approved change made. Raises lists.NothingToEnd."""
    take_turns("people_listedition")
    number = _write(_replaced(change, account_id, case_number))
    facts: dict[str, Fact] = {
        "list": change.list,
        "category": change.row.category,
        "ends": change.ends,
        "from": change.row.valid_from.isoformat(),
        "law": change.row.law,
        "article": change.row.article,
        "case": case_number,
        "account": account_id,
    }
    record("people.list-changed", f"list-edition:{number}", facts, configures=True)
    return number


def _replaced(change: ListChange, account_id: int | None, case_number: str) -> _Change:
    row, basis = change.row, f"{change.row.law} {change.row.article}".strip()
    if isinstance(row, DutyRow):
        duties = queries.duties()
        duty = replacement(duties.values(), row, ends=change.ends)
        goes = [pk for pk, one in duties.items() if one in duty.goes]
        return _Change(Responsibility, basis, goes, duty.comes, account_id, case_number)
    admissions = queries.admissions()
    admission = replacement(admissions.values(), row, ends=change.ends)
    goes = [pk for pk, one in admissions.items() if one in admission.goes]
    return _Change(Admission, basis, goes, admission.comes, account_id, case_number)


def _duties(rows: Sequence[DutyRow], source: str) -> _Change:
    keys: Collection[object] = {row.key for row in rows}
    goes = [pk for pk, row in queries.duties().items() if row.key in keys]
    return _Change(Responsibility, source, goes, rows)


def _admissions(rows: Sequence[AdmissionRow], source: str) -> _Change:
    keys: Collection[object] = {row.key for row in rows}
    goes = [pk for pk, row in queries.admissions().items() if row.key in keys]
    return _Change(Admission, source, goes, rows)


def _write(change: _Change) -> int:
    number = (ListEdition.objects.aggregate(newest=Max("number"))["newest"] or 0) + 1
    ListEdition.objects.create(
        number=number,
        made_at=timezone.now(),
        basis=change.basis[:300],
        account_id=change.account_id,
        case_number=change.case_number,
        added=len(change.comes),
        ended=len(change.goes),
    )
    change.table.objects.filter(id__in=change.goes).update(edition_to=number)
    _add(change, number)
    return number


def _add(change: _Change, number: int) -> None:
    values = [{**asdict(row), "edition_from": number} for row in change.comes]
    if change.table is Responsibility:
        Responsibility.objects.bulk_create([Responsibility(**one) for one in values], batch_size=2000)
    else:
        Admission.objects.bulk_create([Admission(**one) for one in values], batch_size=2000)


def _record(kind: str, number: int, source: str, changes: Changes[R]) -> None:
    new, changed = len(changes.new), len(changes.changed)
    facts: dict[str, Fact] = {"source": source, "new": new, "changed": changed, "edition": number}
    record(kind, "people", facts, configures=True)
