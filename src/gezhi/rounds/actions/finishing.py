"""Doing a round: begun, finished with what was seen, or skipped with a reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from gezhi.cases.intake.door import accept
from gezhi.cases.intake.shapes import NewReport, Receipt
from gezhi.cases.queries.around import used_photos
from gezhi.cases.world import world
from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.lib.codes import is_within
from gezhi.packs.forms import Value
from gezhi.people.access import Actor, HeldPost
from gezhi.rounds.book import Book
from gezhi.rounds.knowing import Learned, by_element, learn
from gezhi.rounds.models import Known, Round, Subject
from gezhi.rounds.queries import book, held_of, walked_places
from gezhi.rounds.queries.rounds import OPEN_LATE, within_places
from gezhi.rounds.refusing import (
    needs_reason,
    not_due,
    not_found_here,
    not_together,
    unknown_round,
    used_photo,
)
from gezhi.rounds.walking import Track

MOST_TOGETHER = 20  # plans of one subject


@dataclass(frozen=True, slots=True)
class Findings:
    """What a worker brings back. `values`: checked answers to the unified form of the rounds' plans.

    `confirmed`: elements that are still so; `reports`: read for the source "field", each with its category;
    `photos`: stored keys of the round itself. `seen_at`: when the worker was there, if it arrives later.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    confirmed: Collection[str] = ()
    reports: Sequence[NewReport] = ()
    track: Track = field(default_factory=Track)
    photos: Sequence[str] = ()
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """`known`: how many elements are new or changed; `same`: how many were seen to hold."""

    rounds: tuple[int, ...]
    known: int
    same: int
    receipts: tuple[Receipt, ...]


@transaction.atomic
def begin(actor: Actor, round_id: int, now: datetime | None = None) -> Round:
    """The patrol or visit starts; again changes nothing. Raises Refused."""
    at = now or timezone.now()
    found = _locked(actor, [round_id], at)[0]
    if found.begun_at is None:
        Round.objects.filter(pk=found.pk).update(begun_at=at, account_id=actor.account_id)
        record("rounds.begun", f"round:{found.pk}", {"plan": found.plan, "by": actor.account_id})
        found.begun_at = at
    return found


@transaction.atomic
def skip(actor: Actor, round_id: int, reason: str, now: datetime | None = None) -> Round:
    """The round will not be done, for a reason. Raises Refused."""
    at = now or timezone.now()
    words = reason.strip()[:300]
    if not words:
        raise needs_reason()
    found = _locked(actor, [round_id], at)[0]
    post = _post_for(actor, found.place_code)
    Round.objects.filter(pk=found.pk).update(
        state="skipped", reason=words, ended_at=at, account_id=actor.account_id, post_id=post.id
    )
    record("rounds.skipped", f"round:{found.pk}", {"plan": found.plan, "by": actor.account_id})
    return found


@transaction.atomic
def finish(
    actor: Actor, round_ids: Sequence[int], findings: Findings, now: datetime | None = None
) -> Finished:
    """One visit does all due rounds of its subject: what was learned is kept, each finding is reported, the rounds
    are done; all of it or nothing. What was seen in time counts, though it arrives late. Raises Refused."""
    at = now or timezone.now()
    seen_at = findings.seen_at or at
    current = book(world().stamp)
    rounds = _locked(actor, list(dict.fromkeys(round_ids))[:MOST_TOGETHER], seen_at, late=seen_at < at)
    if len({(one.subject_id, one.place_code) for one in rounds}) > 1 or (
        len(rounds) > 1 and rounds[0].subject_id is None
    ):
        raise not_together()
    _check(rounds, findings, current)
    learned = _learn(rounds, findings, current, actor, at)
    receipts = accept(_named(rounds[0], findings.reports), at) if findings.reports else []
    _end(rounds, findings, current, actor, receipts, seen_at)
    _record(rounds, learned, receipts, actor)
    return Finished(tuple(one.pk for one in rounds), len(learned.fresh), len(learned.same), tuple(receipts))


def _locked(actor: Actor, ids: Sequence[int], now: datetime, *, late: bool = False) -> list[Round]:
    """In the order of the ids. `late`: one may have been given up meanwhile. Raises Refused where one is out of reach
    or not due then."""
    mine = Round.objects.select_for_update().filter(within_places(walked_places(actor)), pk__in=ids)
    found = {one.pk: one for one in mine.order_by("pk")}
    if not ids or len(found) != len(ids):
        raise unknown_round()
    for one in found.values():
        if one.state not in (OPEN_LATE if late else ("due",)):
            raise not_due(one.state)
        if not one.opens_at <= now < one.due_at:
            raise not_due("missed" if one.due_at <= now else "later")
    return [found[pk] for pk in ids]


def _check(rounds: Sequence[Round], findings: Findings, current: Book) -> None:
    allowed = set(current.finds_of([one.plan for one in rounds]))
    for report in findings.reports:
        if report.category not in allowed:
            raise not_found_here(report.category)
    photos = list(findings.photos)
    if photos and (used_photos(photos) or Round.objects.filter(photos__overlap=photos).exists()):
        raise used_photo()


def _learn(rounds: Sequence[Round], findings: Findings, current: Book, actor: Actor, at: datetime) -> Learned:
    form = current.form_for([one.plan for one in rounds])
    said = by_element(form.form, findings.values) if form else {}
    if not said and not findings.confirmed:
        return Learned({}, ())
    subject = rounds[0].subject_id or grid_subject(rounds[0].place_code, at)
    learned = learn(said, findings.confirmed, held_of(subject))
    keep(subject, learned, f"round:{rounds[0].pk}", actor.account_id, at)
    return learned


def grid_subject(place_code: str, at: datetime) -> int:
    """The grid as a subject of its own, for what patrols learn of it."""
    found, _made = Subject.objects.get_or_create(
        kind="grid", place_code=place_code, defaults={"name": place_code, "added_at": at}
    )
    return found.pk


def keep(subject_id: int, learned: Learned, source: str, account_id: int | None, at: datetime) -> None:
    """The last value of each element holds; those before it stay as history."""
    Known.objects.filter(pk__in=learned.same).update(confirmed_at=at)
    Known.objects.filter(subject=subject_id, element__in=learned.fresh, until=None).update(until=at)
    Known.objects.bulk_create(
        Known(
            subject_id=subject_id,
            element=element,
            value=value,
            since=at,
            confirmed_at=at,
            source=source,
            account_id=account_id,
        )
        for element, value in learned.fresh.items()
    )


def _named(first: Round, reports: Sequence[NewReport]) -> list[NewReport]:
    """Sent twice, a finding is taken once."""
    return [
        replace(report, source="field", source_id=f"round:{first.pk}:{number}")
        for number, report in enumerate(reports, 1)
    ]


def _end(
    rounds: Sequence[Round],
    findings: Findings,
    current: Book,
    actor: Actor,
    receipts: Sequence[Receipt],
    at: datetime,
) -> None:
    """The way, the photos and the findings stand with the first round."""
    unified = current.form_for([one.plan for one in rounds])
    post = _post_for(actor, rounds[0].place_code)
    for index, one in enumerate(rounds):
        card = current.plans.get(one.plan)
        one.state, one.ended_at, one.begun_at = "done", at, one.begun_at or at
        one.account_id, one.post_id = actor.account_id, post.id
        one.pack_version_id = card.version_id if card else one.pack_version_id
        one.answers = unified.answers_of(one.plan, findings.values) if unified else {}
        if index == 0:
            one.points, one.metres = findings.track.points, findings.track.metres
            one.photos = list(findings.photos)
            one.found = [receipt.case_number for receipt in receipts]
    Round.objects.bulk_update(rounds, _ENDING)


_ENDING = (
    *("state", "ended_at", "begun_at", "account_id", "post_id", "pack_version_id", "answers"),
    *("points", "metres", "photos", "found"),
)


def _record(rounds: Sequence[Round], learned: Learned, receipts: Sequence[Receipt], actor: Actor) -> None:
    facts: dict[str, Fact] = {
        "rounds": [one.pk for one in rounds],
        "plans": [one.plan for one in rounds],
        "learned": sorted(learned.fresh),
        "same": len(learned.same),
        "found": [receipt.case_number for receipt in receipts],
        "by": actor.account_id,
    }
    record("rounds.done", f"round:{rounds[0].pk}", facts)


def _post_for(actor: Actor, place_code: str) -> HeldPost:
    walked = set(walked_places(actor))
    return next(p for p in actor.posts if p.place_code in walked and is_within(place_code, p.place_code))
