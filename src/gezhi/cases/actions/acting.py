"""Taking steps. A batch of steps on different cases is decided and written at once; one step is a batch of one."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from gezhi.cases.actions import joint, writing
from gezhi.cases.intake.shapes import Photo
from gezhi.cases.models import Case
from gezhi.cases.photos import is_stored, load_photo
from gezhi.cases.procedure import Given, Refused, Standing, choose
from gezhi.cases.queries.around import Around, read_around
from gezhi.cases.stepping import CaseRow, Setting, changed, procedure_of, shares
from gezhi.cases.world import World, world
from gezhi.packs.shapes import Kind
from gezhi.people.access import Actor

SYSTEM = frozenset({"system"})
REPORTER = frozenset({"reporter"})


@dataclass(frozen=True, slots=True)
class Who:
    """Who takes a step: a person at work, a reporter (with the report that proves it), or the system."""

    actor: Actor | None = None
    report_id: int | None = None

    def roles(self, row: CaseRow) -> frozenset[str]:
        if self.actor is not None:
            return self.actor.roles_at(row.place_code, row.unit_id)
        return REPORTER if self.report_id else SYSTEM

    @property
    def account_id(self) -> int | None:
        return self.actor.account_id if self.actor else None


@dataclass(frozen=True, slots=True)
class Step:
    """A step asked for. `expected_version` None: whatever the case's version is now."""

    case_id: int
    key: str
    who: Who
    given: Given = field(default_factory=Given)
    expected_version: int | None = None


class Stale(Exception):
    """Somebody else changed the case meanwhile. `row` is the newer state."""

    def __init__(self, row: CaseRow) -> None:
        super().__init__(
            f"Case {row.number} was changed meanwhile: it is now '{row.state}', version {row.version}."
        )
        self.row = row


Outcome = CaseRow | Refused | Stale
Merging = Mapping[str, CaseRow]  # by number


def act(actor: Actor, case_id: int, step: str, given: Given, expected_version: int | None = None) -> CaseRow:
    """One step by a person at work. Raises Refused, or Stale when the case is not at `expected_version`."""
    return _one(Step(case_id, step, Who(actor=actor), given, expected_version))


def act_as_reporter(case_id: int, report_id: int, step: str, given: Given) -> CaseRow:
    """One step by whoever reported. Raises Refused."""
    return _one(Step(case_id, step, Who(report_id=report_id), given))


def _one(step: Step) -> CaseRow:
    outcome = take([step])[0]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def take(steps: Sequence[Step], at: datetime | None = None) -> list[Outcome]:
    """An outcome for each step, in order. Steps that are refused change nothing; the others are all written
    in one transaction. At most one step for each case."""
    if len({step.case_id for step in steps}) != len(steps):
        raise ValueError("A batch takes one step for each case. Send the second one in another batch.")
    now = at or timezone.now()
    setting_world = world()
    with transaction.atomic():
        targets = _targets(steps)
        rows = writing.lock_cases([*(step.case_id for step in steps), *targets.values()])
        around = read_around(rows.values(), steps)
        merging = {number: rows[pk] for number, pk in targets.items() if pk in rows}
        outcomes = [
            _decide(step, rows.get(step.case_id), around, merging, setting_world, now) for step in steps
        ]
        taken = [outcome for outcome in outcomes if isinstance(outcome, writing.Taken)]
        writing.write(taken, setting_world, now)
        _join_and_split(taken, merging, setting_world, now)
    return [outcome.after if isinstance(outcome, writing.Taken) else outcome for outcome in outcomes]


def _decide(
    step: Step, row: CaseRow | None, around: Around, merging: Merging, now_world: World, at: datetime
) -> writing.Taken | Refused | Stale:
    if row is None:
        return Refused("unknown-case", "没有这个案件。", f"There is no case {step.case_id}.")
    if step.expected_version is not None and step.expected_version != row.version:
        return Stale(row)
    try:
        return _taken(step, row, around, merging, now_world, at)
    except Refused as refused:
        return refused


def _taken(
    step: Step, row: CaseRow, around: Around, merging: Merging, now_world: World, at: datetime
) -> writing.Taken:
    procedure = procedure_of(row, now_world.catalogue)
    roles = step.who.roles(row)
    standing = standing_of(step, row, around, at)
    transition = choose(procedure, standing, step.key, roles, step.who.account_id, step.given)
    if transition.kind is Kind.MERGE:
        target = merging.get(step.given.case_number)
        joint.check_merge(row, target, step.given.case_number, step.who.actor)
    if transition.kind is Kind.SPLIT:
        joint.check_split(row, step.given.report_id)
    after = changed(row, transition, step.given, setting_of(now_world), at)
    return writing.Taken(
        before=row,
        after=after,
        transition=transition,
        given=step.given,
        account_id=step.who.account_id,
        report_id=step.who.report_id,
        role=next(role for role in transition.by if role in roles),
        shares=shares(transition, row.id in around.active),
        active=around.active.get(row.id),
        salt=secrets.token_bytes(16),
        photos=_photos(step.given, around),
    )


def _targets(steps: Sequence[Step]) -> dict[str, int]:
    """Number -> id of the cases that steps of this batch merge into."""
    numbers = {step.given.case_number for step in steps if step.given.case_number}
    return dict(Case.objects.filter(number__in=numbers).values_list("number", "id")) if numbers else {}


def _join_and_split(batch: Sequence[writing.Taken], merging: Merging, now_world: World, at: datetime) -> None:
    targets = dict(merging) | {taken.after.number: taken.after for taken in batch}
    for taken in batch:
        if taken.transition.kind is Kind.MERGE:
            number = taken.given.case_number
            targets[number] = joint.merge(taken, targets[number], at)
        elif taken.transition.kind is Kind.SPLIT:
            joint.split(taken, now_world, at)


def standing_of(step: Step, row: CaseRow, around: Around, at: datetime) -> Standing:
    case_id, rated_at = around.said.get(step.who.report_id or 0, (step.case_id, None))
    if case_id != step.case_id:
        raise Refused(
            "report-moved",
            "您的诉求刚刚转到另一案件，请刷新后再办。",
            "The report has just moved to another case. Look again and repeat the step there.",
        )
    return Standing(
        state=row.state,
        overdue=row.due_at is not None and row.due_at <= at,
        did=around.did.get(row.id, {}),
        rated=rated_at is not None and row.closed_at is not None and rated_at >= row.closed_at,
        others=step.who.report_id is not None and row.report_count > 1,
    )


def _photos(given: Given, around: Around) -> list[Photo]:
    """The photos given with the step. Raises Refused for one that is not stored, or that proves something already."""
    photos = []
    for key in given.evidence:
        if not is_stored(key) or key in around.used_photos:
            raise Refused(
                "unknown-evidence",
                "照片未上传成功或已使用过，请重新上传。",
                f"No photo '{key}' waits for use. Upload one; a photo proves one step only.",
            )
        photos.append(load_photo(key))
    return photos


def setting_of(now_world: World) -> Setting:
    return Setting(now_world.catalogue, now_world.directory, now_world.office, now_world.places)
