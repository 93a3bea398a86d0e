"""Taking steps. A batch of steps on different cases is decided and written at once; one step is a batch of one."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from gezhi.cases.actions import children, issuing, joint, writing
from gezhi.cases.actions.list_changes import check_list_change
from gezhi.cases.actions.sealing import Seal, sealed
from gezhi.cases.actions.taken import Taken
from gezhi.cases.case_row import CaseRow, Setting, procedure_of
from gezhi.cases.closing import check
from gezhi.cases.deciding import decided
from gezhi.cases.filling import filled_in, form_of_step
from gezhi.cases.going_over import require_nobody_called
from gezhi.cases.intake.shapes import Photo
from gezhi.cases.models import Case
from gezhi.cases.photos import is_stored, load_photo
from gezhi.cases.procedure import Given, Refused, Standing, choose, why_not_whole
from gezhi.cases.queries.around import NO_PAST, Around, Partner, read_around, standing_of
from gezhi.cases.stepping import PARTNER_TURNS, calls, cards, shares
from gezhi.cases.watching import repeated, woken
from gezhi.cases.world import World, world
from gezhi.lib.reach import EVERYTHING, within
from gezhi.packs.shapes import Effect, Kind, Transition
from gezhi.people.access import UNIT_ROLES, Actor
from gezhi.people.duties_apart import Doer

SYSTEM = frozenset({"system"})
REPORTER = frozenset({"reporter"})
TRIES = 3  # of a batch that another transaction locked out in a ring


@dataclass(frozen=True, slots=True)
class Who:
    """Who takes a step: a person at work, a reporter (with the report that proves it), or the system."""

    actor: Actor | None = None
    report_id: int | None = None

    def doer(self, row: CaseRow, partners: Sequence[Partner]) -> Doer:
        if self.actor is not None:
            units = [partner.unit_id for partner in partners]
            return self.actor.doer_at(row.place_code, row.unit_id, row.held_code, units)
        return Doer(None, REPORTER if self.report_id else SYSTEM)

    @property
    def account_id(self) -> int | None:
        return self.actor.account_id if self.actor else None

    @property
    def units(self) -> frozenset[int]:
        """Those whose shares this person may do."""
        posts = self.actor.posts if self.actor else ()
        return frozenset(post.unit_id for post in posts if post.role in UNIT_ROLES)


@dataclass(frozen=True, slots=True)
class Step:
    """A step asked for. `expected_version` None: whatever the case's version is now. `watch`: the watch of the
    procedure that makes the system take it; `timed`: because time passed. `sent`: the name that a phone gave it, by
    which a step that was sent twice is known. `seal`: the person signs it elsewhere. `wished`: the system does what a
    person may have at once, whoever vouches for the ledger."""

    case_id: int
    key: str
    who: Who
    given: Given = field(default_factory=Given)
    expected_version: int | None = None
    watch: str = ""
    timed: bool = False
    sent: str = ""
    seal: Seal | None = None
    wished: bool = False


class Stale(Exception):
    """Somebody else changed the case meanwhile. `row` is the newer state."""

    def __init__(self, row: CaseRow) -> None:
        super().__init__(
            f"Case {row.number} was changed meanwhile: it is now '{row.state}', version {row.version}."
        )
        self.row = row


Outcome = CaseRow | Refused | Stale
Merging = Mapping[str, CaseRow]  # by number


def act(
    actor: Actor, case_id: int, step: str, given: Given, expected_version: int | None = None, sent: str = ""
) -> CaseRow:
    """One step by a person at work. Raises Refused, or Stale when the case is not at `expected_version`."""
    return _one(Step(case_id, step, Who(actor=actor), given, expected_version, sent=sent))


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
    for _ in range(TRIES - 1):
        try:
            return _take(steps, at or timezone.now())
        except OperationalError as error:
            if connection.in_atomic_block or not isinstance(error.__cause__, DeadlockDetected):
                raise
    return _take(steps, at or timezone.now())


@dataclass(frozen=True, slots=True)
class _Batch:
    """Steps as they were decided, and what that was decided from."""

    outcomes: Sequence["Decided"]
    around: Around
    merging: Merging
    world: World


@within(EVERYTHING)  # of reporters: to tell them, and to find whom to call
def _take(steps: Sequence[Step], now: datetime) -> list[Outcome]:
    with transaction.atomic():
        batch = _decide_all(steps, now)
        wished = [step.case_id for step in steps if step.wished]
        outcomes = sealed(batch.outcomes, {step.case_id: step.seal for step in steps}, now, wished)
        taken = [outcome for outcome in outcomes if isinstance(outcome, Taken)]
        writing.write(taken, batch.world, now)
        actors = {step.case_id: step.who.actor for step in steps}
        issuing.issue(issuing.orders(taken, actors), batch.world, now)
        _join_and_split(taken, batch.merging, batch.world, now)
        followed = _follow(taken, batch.around, batch.world, now)
    return [_row_of(outcome, followed) for outcome in outcomes]


def preview(step: Step, now: datetime) -> Taken:
    """The step as it would be written; nothing is. Raises Refused and Stale."""
    with transaction.atomic():
        outcome = _decide_all([step], now).outcomes[0]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _decide_all(steps: Sequence[Step], now: datetime) -> _Batch:
    targets = _targets(steps)
    rows, stamp = writing.lock_cases([*(step.case_id for step in steps), *targets.values()])
    setting_world = world(stamp)
    around = read_around(rows, steps, setting_world.catalogue, now)
    merging = {number: rows[pk] for number, pk in targets.items() if pk in rows}
    outcomes = [_decide(step, rows.get(step.case_id), around, merging, setting_world, now) for step in steps]
    return _Batch(_without_merges_into_what_ends(outcomes), around, merging, setting_world)


Decided = Taken | Refused | Stale


def _without_merges_into_what_ends(outcomes: Sequence[Decided]) -> list[Decided]:
    """A case that this batch closes takes in no other one."""
    ending = {one.after.number for one in outcomes if isinstance(one, Taken) and one.closes}
    return [
        joint.target_closed(one.given.case_number)
        if isinstance(one, Taken) and _merges_into(one, ending)
        else one
        for one in outcomes
    ]


def _merges_into(taken: Taken, numbers: Collection[str]) -> bool:
    return taken.transition.kind is Kind.MERGE and taken.given.case_number in numbers


def _row_of(outcome: Taken | Refused | Stale, followed: Mapping[int, CaseRow]) -> Outcome:
    if isinstance(outcome, Taken):
        return followed.get(outcome.after.id, outcome.after)
    return outcome


def _follow(batch: Sequence[Taken], around: Around, now_world: World, at: datetime) -> dict[int, CaseRow]:
    """What the system does at once because steps were repeated too often; the rows that it changed."""
    steps = [step for taken in batch if (step := _because_repeated(taken, around, now_world))]
    if not steps:
        return {}
    return {row.id: row for row in take(steps, at) if isinstance(row, CaseRow)}


def _because_repeated(taken: Taken, around: Around, now_world: World) -> Step | None:
    after, kind = taken.after, taken.transition.kind
    counts = dict(around.past.get(after.id, NO_PAST).counts)
    counts[kind] = counts.get(kind, 0) + 1
    counts |= dict.fromkeys((Kind.REOPEN, Kind.OVERTURN), after.reopen_count)
    procedure = procedure_of(after, now_world.catalogue)
    watch = repeated(procedure, after.state, kind, counts)
    if watch is None:
        return None
    return Step(after.id, watch.do, Who(), Given(reason=watch.why.zh), watch=watch.key)


def _decide(
    step: Step, row: CaseRow | None, around: Around, merging: Merging, now_world: World, at: datetime
) -> Taken | Refused | Stale:
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
) -> Taken:
    procedure = procedure_of(row, now_world.catalogue)
    partners = around.partners.get(row.id, ())
    doer = step.who.doer(row, partners)
    standing = _standing(step, row, around, now_world, at)
    transition = choose(procedure, standing, step.key, doer, step.given)
    _check_others(transition, step, row, merging, now_world)
    photos = _photos(step.given, around)
    noted = check(around.claims.get(row.id))
    setting = setting_of(now_world)
    form = form_of_step(transition, now_world.catalogue, row.pack_version_id)
    filled = filled_in(transition, step.given, form)
    decision = decided(transition, row, filled, doer, standing, setting, at)
    transition, given, after = decision.transition, decision.given, decision.after
    if left := why_not_whole(transition, standing):
        raise left
    require_nobody_called(row, after, [one.unit_id for one in partners])
    if step.timed:
        after = woken(after, setting, passed=1 if after.state_at == row.state_at else 0)
    return Taken(
        before=row,
        after=after,
        transition=transition,
        given=given,
        account_id=step.who.account_id,
        report_id=step.who.report_id,
        role=decision.role or min(doer.roles),
        for_id=doer.for_id(decision.role),
        shares=shares(transition, row.id in around.active),
        active=around.active.get(row.id),
        salt=step.seal.salt if step.seal else secrets.token_bytes(16),
        photos=photos,
        calls=calls(row, transition, given, [one.unit_id for one in partners], setting, at),
        cards=cards(row, transition, given, setting, at),
        partner=_partner(transition, step, partners),
        partners=partners,
        facts=decision.facts | noted | _names(step),
    )


def _names(step: Step) -> dict[str, object]:
    named = {"watch": step.watch, "sent": step.sent}
    return {name: value for name, value in named.items() if value}


def _check_others(
    transition: Transition, step: Step, row: CaseRow, merging: Merging, now_world: World
) -> None:
    """What the step needs of other cases and of reports. Raises Refused."""
    if transition.kind is Kind.MERGE:
        target = merging.get(step.given.case_number)
        joint.check_merge(row, target, step.given.case_number, step.who.actor)
    if transition.kind is Kind.SPLIT:
        joint.check_split(row, step.given.report_id)
    if Effect.CHANGE_LISTS in transition.effects:
        check_list_change(row, now_world)


def _partner(transition: Transition, step: Step, partners: Sequence[Partner]) -> tuple[Partner, str] | None:
    """The share of the unit that acts (or stayed away), and what becomes of it. Raises Refused."""
    turn = next((PARTNER_TURNS[effect] for effect in transition.effects if effect in PARTNER_TURNS), None)
    if turn is None:
        return None
    units = {step.given.unit_id} if turn == "absent" else step.who.units
    mine = [one for one in partners if one.unit_id in units]
    waiting = [one for one in mine if turn == "finished" or one.state == "open"]
    if not waiting:
        raise Refused(
            "no-share", "本单位在此案件上没有待办的份额。", "Your unit has no share to do in this case."
        )
    return waiting[0], turn


def _targets(steps: Sequence[Step]) -> dict[str, int]:
    """Number -> id of the cases that steps of this batch merge into."""
    numbers = {step.given.case_number for step in steps if step.given.case_number}
    return dict(Case.objects.filter(number__in=numbers).values_list("number", "id")) if numbers else {}


def _join_and_split(batch: Sequence[Taken], merging: Merging, now_world: World, at: datetime) -> None:
    targets = dict(merging) | {taken.after.number: taken.after for taken in batch}
    for taken in batch:
        if taken.transition.kind is Kind.MERGE:
            number = taken.given.case_number
            targets[number] = joint.merge(taken, targets[number], at)
        elif taken.transition.kind is Kind.SPLIT:
            joint.split(taken, now_world, at)
        elif Effect.OPEN_CHILD in taken.transition.effects:
            children.open_child(taken, now_world, at)
    children.tell_parents(batch)


def _standing(step: Step, row: CaseRow, around: Around, now_world: World, at: datetime) -> Standing:
    """Raises Refused for a reporter whose report has left the case."""
    case_id, rated_at = around.said.get(step.who.report_id or 0, (step.case_id, None))
    if case_id != step.case_id:
        raise Refused(
            "report-moved",
            "您的诉求刚刚转到另一案件，请刷新后再办。",
            "The report has just moved to another case. Look again and repeat the step there.",
        )
    return replace(
        standing_of(row, around, step.who.units, now_world.directory, at),
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
    world = now_world
    return Setting(world.catalogue, world.directory, world.office, world.places, world.root)
