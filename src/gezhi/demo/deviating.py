"""Ways that leave the straight one, in the small shares of everyday: asked, agreed, called, escalated. Pure."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Final

from gezhi.cases.asking import asked_from, chain_of
from gezhi.demo import texts
from gezhi.demo.scenes import Move, Scene, Waiting
from gezhi.demo.walking import role_for
from gezhi.lib.codes import CITY, COUNTY, level_of
from gezhi.packs.shapes import Effect, Kind, Stage, Transition

AGREED, COMES, ANSWERED = 0.88, 0.85, 0.85
TO_THE_CITY, HANDED_DOWN = 0.15, 0.35
SOON, TODAY = (6.0, 90.0), (30.0, 300.0)  # minutes
LOOK_AGAIN: Final = (240.0, 600.0)
MOST_STEPS: Final = 30  # of a case, after which nobody tries anything unusual
LENGTHS: Final = ("2 working days", "3 working days", "5 working days", "8 working days")
# Share of the looks at a case, in a state that knows the step, which lead to it.
SHARES: Final[tuple[tuple[Kind, float], ...]] = (
    (Kind.EXTEND, 0.025),
    (Kind.SUSPEND, 0.01),
    (Kind.TRANSFER, 0.008),
    (Kind.ESCALATE, 0.003),
    (Kind.WHISTLE, 0.004),
    (Kind.JOINT, 0.004),
    (Kind.CHILD, 0.002),
    (Kind.SUPERVISE, 0.004),
    (Kind.URGE, 0.004),
    (Kind.REPLY, 0.015),
    (Kind.ADD, 0.003),
    (Kind.WITHDRAW, 0.003),
)
_EARLY: Final = (Stage.COLLECT, Stage.FILE)
_BEFORE_THE_LIMIT: Final = (Kind.EXTEND, Kind.SUSPEND)


def waiting_move(scene: Scene, rng: Random) -> Move | None:
    """What waits for an answer in the case comes first. None: nothing does."""
    for look in (_approval, _partner, _children, _order, _suspended, _climbing):
        move = look(scene, rng)
        if move is not None:
            return move
    return None


def deviation(scene: Scene, rng: Random, unusual: float) -> Move | None:
    draw = rng.random() / unusual
    if scene.row.version > MOST_STEPS or not scene.row.is_open:
        return None
    for kind, share in SHARES:
        if draw < share:
            step = next((step for step in scene.steps(kind) if _fits(step, scene)), None)
            return _made(step, scene, rng) if step else None
        draw -= share
    return None


def _fits(step: Transition, scene: Scene) -> bool:
    row = scene.row
    if step.kind in _BEFORE_THE_LIMIT:
        return row.due_at is not None and row.overdue_at is None
    if step.kind is Kind.ESCALATE:
        stage = next(state.stage for state in scene.procedure.states if state.key == row.state)
        return not row.held_code and stage in _EARLY and "dispatcher" in step.by
    if step.kind is Kind.SUPERVISE:
        return not row.ordered and not {Effect.RED_CARD, Effect.YELLOW_CARD}.intersection(step.effects)
    if step.kind is Kind.WITHDRAW:
        return bool(scene.report_id) and row.report_count == 1
    if "reporter" in step.by:
        return bool(scene.report_id)
    return step.by != ("handler",) or row.unit_id is not None


def _made(step: Transition, scene: Scene, rng: Random) -> Move:
    words = rng.choice(texts.BY_KIND[step.kind])
    move = Move(step.key, _deviator(step, scene, rng), text=words, reason=words, within=TODAY)
    return replace(move, length=rng.choice(LENGTHS)) if step.kind is Kind.EXTEND else move


_ROLES: Final = {Kind.ESCALATE: "dispatcher", Kind.SUPERVISE: "supervisor"}


def _deviator(step: Transition, scene: Scene, rng: Random) -> str:
    if step.kind in (Kind.ADD, Kind.WITHDRAW) and "reporter" in step.by:
        return "reporter"
    usual = _ROLES.get(step.kind)
    if usual in step.by:
        return str(usual)
    if step.kind in (Kind.WHISTLE, Kind.URGE):
        return rng.choice([role for role in step.by if role != "system"])
    return role_for(step, scene)


def _approval(scene: Scene, rng: Random) -> Move | None:
    asked = asked_from(scene.row.asked)
    if asked is None:
        return None
    step = next(step for step in scene.procedure.transitions if step.key == asked.step)
    link = chain_of(step, asked.given)[asked.agreed]
    kind = Kind.APPROVE if rng.random() < AGREED else Kind.DENY
    answer = next((one for one in scene.steps(kind, Kind.APPROVE, Kind.DENY) if link.by in one.by), None)
    if answer is None:
        return None
    words = texts.AGREED if answer.kind is Kind.APPROVE else texts.DENIED
    return Move(answer.key, link.by, text=words, reason=words, within=TODAY)


def _partner(scene: Scene, rng: Random) -> Move | None:
    """Called units come and do their share; whoever does not come is waited for until its limit has passed, where
    the next step would need it."""
    for partner in scene.partners:
        step = scene.step(Kind.SHARE if partner.has_come else Kind.REPORT_IN)
        if step is not None and (partner.has_come or _comes(partner, scene)):
            words = rng.choice(texts.SHARE_DONE if partner.has_come else texts.COMING)
            within = TODAY if partner.has_come else SOON
            return Move(step.key, "partner", text=words, unit=partner.unit_id, within=within)
    if not scene.partners or scene.step(Kind.FINISH, Kind.VERIFY) is None:
        return None
    due = [partner.due_at for partner in scene.partners if partner.due_at and not partner.has_come]
    return _look_again() if not due else replace(_look_again(), not_before=max(due) + timedelta(minutes=30))


def _comes(partner: Waiting, scene: Scene) -> bool:
    return Random(scene.row.id * 31 + partner.unit_id).random() < COMES


def _children(scene: Scene, rng: Random) -> Move | None:
    return _look_again() if scene.row.is_open and scene.row.open_children else None


def _look_again() -> Move:
    return Move("", "", within=LOOK_AGAIN)


def _order(scene: Scene, rng: Random) -> Move | None:
    step = scene.step(Kind.ANSWER_ORDER)
    if not scene.row.ordered or step is None or rng.random() > ANSWERED:
        return None
    role = "handler" if scene.row.unit_id and "handler" in step.by else "dispatcher"
    return Move(step.key, role, text=rng.choice(texts.ORDER_ANSWERED), within=TODAY)


def _suspended(scene: Scene, rng: Random) -> Move | None:
    step = scene.step(Kind.RESUME)
    return (
        Move(step.key, "handler", text=texts.RESUMED) if step and scene.row.clock_left is not None else None
    )


def _climbing(scene: Scene, rng: Random) -> Move | None:
    """What went up goes on to the county, or is handed down by the city to it."""
    held = scene.row.held_code if scene.row.unit_id is None else ""
    if held and level_of(held) > COUNTY:
        step = scene.step(Kind.ESCALATE)
        words = rng.choice(texts.BY_KIND[Kind.ESCALATE])
        return Move(step.key, "dispatcher", reason=words, within=SOON) if step else None
    if held and level_of(held) == COUNTY and rng.random() < TO_THE_CITY:
        step = scene.step(Kind.ESCALATE)
        return Move(step.key, "dispatcher", reason=texts.BEYOND_THE_COUNTY, within=SOON) if step else None
    if held and level_of(held) == CITY and rng.random() < HANDED_DOWN:
        step = scene.step(Kind.HAND_DOWN)
        return Move(step.key, "dispatcher", reason=texts.FOR_THE_COUNTY, within=SOON) if step else None
    return None
