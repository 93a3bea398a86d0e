"""The lists of what is visited: by hand, or from a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from gezhi.cases.world import world
from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.lib.reach import EVERYTHING, within
from gezhi.people.access import Actor
from gezhi.rounds.actions.finishing import keep
from gezhi.rounds.actions.generating import generate
from gezhi.rounds.actions.settling import may_plan
from gezhi.rounds.book import Book
from gezhi.rounds.knowing import Held, Learned, learn
from gezhi.rounds.models import Known, Round, Subject
from gezhi.rounds.queries import book, held_of, known_of
from gezhi.rounds.reading import SubjectRow
from gezhi.rounds.refusing import code_taken, not_your_place, unknown_subject

_COLUMNS = ("name", "address", "place_code", "lon", "lat", "is_active")


@dataclass(frozen=True, slots=True)
class Imported:
    added: int
    changed: int


@within(EVERYTHING)  # of doors: numbers are given once in the whole city, and rounds are made for all
@transaction.atomic
def save_subject(
    actor: Actor, row: SubjectRow, subject_id: int | None = None, now: datetime | None = None
) -> Subject:
    """A subject by hand: a new one, or one changed. What it says of elements is known from now on.

    Raises Refused: for a place outside of the actor's posts, or a subject that is not there.
    """
    at = now or timezone.now()
    if not may_plan(actor, row.place_code):
        raise not_your_place()
    found = Subject(added_at=at) if subject_id is None else _own(actor, subject_id)
    found.kind, found.code = row.kind, row.code
    _fill(found, row)
    _once(found)
    found.save()
    Round.objects.filter(subject=found, state="due").update(place_code=found.place_code)
    keep(found.pk, learn(row.known, (), held_of(found.pk)), "desk", actor.account_id, at)
    kind = "rounds.subject-added" if subject_id is None else "rounds.subject-changed"
    record(kind, f"subject:{found.pk}", {"kind": found.kind, "by": actor.account_id})
    generate(at, _plans_about({row.kind}, book(world().stamp)))
    return found


@within(EVERYTHING)
@transaction.atomic
def move_subject(actor: Actor, subject_id: int, is_active: bool, now: datetime | None = None) -> None:
    """Visited no longer (pulled down, closed, moved away), or visited again. Raises Refused."""
    found = _own(actor, subject_id)
    if found.is_active != is_active:
        Subject.objects.filter(pk=found.pk).update(is_active=is_active)
        record("rounds.subject-moved", f"subject:{found.pk}", {"active": is_active, "by": actor.account_id})
        generate(now, _plans_about({found.kind}, book(world().stamp)))


def _once(subject: Subject) -> None:
    same = Subject.objects.filter(kind=subject.kind, code=subject.code).exclude(pk=subject.pk)
    if subject.code and same.exists():
        raise code_taken(subject.code)


def _own(actor: Actor, subject_id: int) -> Subject:
    found = Subject.objects.select_for_update().filter(pk=subject_id).exclude(kind="grid").first()
    if found is None or not may_plan(actor, found.place_code):
        raise unknown_subject()
    return found


@within(EVERYTHING)
@transaction.atomic
def import_subjects(
    actor: Actor, rows: Sequence[SubjectRow], name: str, now: datetime | None = None
) -> Imported:
    """A list that was read without faults; subjects with a number that is known are changed, not doubled.

    Raises Refused for a place outside of the actor's posts. Six statements, whatever the number of rows.
    """
    at = now or timezone.now()
    known = _numbered(rows)
    places = {row.place_code for row in rows} | {subject.place_code for subject in known.values()}
    if not all(may_plan(actor, place) for place in places):
        raise not_your_place()
    pairs = [(row, known.get((row.kind, row.code)) or _fresh(row, at)) for row in rows]
    for row, subject in pairs:
        _fill(subject, row)
    old = [subject for _row, subject in pairs if subject.pk]
    Subject.objects.bulk_update(old, _COLUMNS, batch_size=2000)
    Subject.objects.bulk_create([subject for _row, subject in pairs if not subject.pk], batch_size=2000)
    _keep_all(pairs, name, actor.account_id, at)
    facts: dict[str, Fact] = {
        "name": name[:60],
        "added": len(rows) - len(old),
        "changed": len(old),
        "by": actor.account_id,
    }
    record("rounds.subjects-imported", "subjects", facts)
    generate(at, _plans_about({row.kind for row in rows}, book(world().stamp)))
    return Imported(len(rows) - len(old), len(old))


def _numbered(rows: Sequence[SubjectRow]) -> dict[tuple[str, str], Subject]:
    codes = [row.code for row in rows if row.code]
    found = Subject.objects.select_for_update().filter(code__in=codes)
    return {(one.kind, one.code): one for one in found}


def _fresh(row: SubjectRow, at: datetime) -> Subject:
    return Subject(kind=row.kind, code=row.code, added_at=at)


def _fill(subject: Subject, row: SubjectRow) -> None:
    subject.name, subject.address, subject.place_code = row.name, row.address, row.place_code
    subject.lon, subject.lat, subject.is_active = row.lon, row.lat, True


def _keep_all(pairs: Sequence[tuple[SubjectRow, Subject]], name: str, account_id: int, at: datetime) -> None:
    """What the list says of elements; the last value of each holds."""
    telling = [(row, subject) for row, subject in pairs if row.known]
    before = known_of(subject.pk for _row, subject in telling)
    fresh: list[Known] = []
    same: list[int] = []
    ended: list[int] = []
    for row, subject in telling:
        rows = before.get(subject.pk, {})
        learned = learn(row.known, (), {key: Held(one.pk, one.value) for key, one in rows.items()})
        same += learned.same
        ended += [rows[key].pk for key in learned.fresh if key in rows]
        fresh += _values(subject, learned, f"list:{name}"[:60], account_id, at)
    Known.objects.filter(pk__in=same).update(confirmed_at=at)
    Known.objects.filter(pk__in=ended).update(until=at)
    Known.objects.bulk_create(fresh, batch_size=2000)


def _values(subject: Subject, learned: Learned, source: str, account_id: int, at: datetime) -> list[Known]:
    rest = {"since": at, "confirmed_at": at, "source": source, "account_id": account_id}
    return [
        Known(subject=subject, element=element, value=value, **rest)
        for element, value in learned.fresh.items()
    ]


def _plans_about(kinds: set[str], current: Book) -> list[str]:
    return [key for key, card in current.plans.items() if card.plan.about in kinds]
