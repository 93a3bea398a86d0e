"""The case engine's decisions: which step is open, to whom, with what. Pure.

A procedure is data (gezhi.packs.shapes.Procedure). Nothing here knows a scenario by name.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from gezhi.cases.deadlines import is_length, size_of
from gezhi.lib import refused as _refused
from gezhi.packs.shapes import Kind, Need, Procedure, State, Transition
from gezhi.people.duties_apart import Doer, own_work

Refused = _refused.Refused
NEED_WORDS = {
    Need.REASON: ("理由", "a reason"),
    Need.UNIT: ("承办单位", "a unit"),
    Need.UNITS: ("参与单位", "units"),
    Need.CATEGORY: ("类别", "a category"),
    Need.PLACE: ("位置", "a place"),
    Need.EVIDENCE: ("佐证照片", "evidence"),
    Need.RATING: ("评价", "a rating from 1 to 5"),
    Need.TEXT: ("说明", "a text"),
    Need.CASE: ("并入的案件", "the other case"),
    Need.REPORT: ("要拆出的诉求", "the report to split off"),
    Need.LENGTH: ("时长", "a length of time"),
    Need.FORM: ("表单", "the form"),
}
ROLE_WORDS = {
    "grid-worker": "网格员",
    "dispatcher": "派遣员",
    "operator": "话务员",
    "handler": "处置员",
    "partner": "协办单位处置员",
    "verifier": "核查员",
    "supervisor": "督查员",
    "leader": "领导",
    "data-steward": "数据专管员",
    "administrator": "管理员",
    "reporter": "反映人",
    "system": "系统",
}


@dataclass(frozen=True, slots=True)
class Given:
    """What whoever acts gives with the step."""

    reason: str = ""
    text: str = ""
    unit_id: int | None = None
    category: str = ""
    place_code: str = ""
    rating: int | None = None
    case_number: str = ""
    report_id: int | None = None
    evidence: tuple[str, ...] = ()  # keys of stored photos
    unit_ids: tuple[int, ...] = ()
    length: str = ""  # 2 working days
    form: Mapping[str, object] = field(default_factory=dict)

    def has(self, need: Need) -> bool:
        held: dict[Need, object] = {
            Need.REASON: self.reason.strip(),
            Need.UNIT: self.unit_id,
            Need.UNITS: self.unit_ids,
            Need.LENGTH: self.length,
            Need.FORM: self.form,
            Need.CATEGORY: self.category,
            Need.PLACE: self.place_code,
            Need.EVIDENCE: self.evidence,
            Need.RATING: self.rating,
            Need.TEXT: self.text.strip(),
            Need.CASE: self.case_number,
            Need.REPORT: self.report_id,
        }
        return bool(held[need])


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as a decision sees it. `did`: who took the last step of each kind (account ids), and for whom;
    `handlers`: who ever handled it, and for whom; `counts`: how often
    since it was opened last; `rated`: this reporter has rated this closing; `others`: other reporters wait for the
    same case; `shares`: units that have not done their share; `present`: the
    actor's unit has reported in; `children`: of it that are open; `held_above`: a centre above its place holds it."""

    state: str
    overdue: bool = False
    did: Mapping[Kind, Collection[int]] = field(default_factory=dict)
    counts: Mapping[Kind, int] = field(default_factory=dict)
    rated: bool = False
    others: bool = False
    shares: tuple[str, ...] = ()
    children: int = 0
    asked: bool = False
    ordered: bool = False
    present: bool = False
    held_above: bool = False
    handlers: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """A step that the state knows, and why this person may not take it (None: may)."""

    transition: Transition
    refusal: Refused | None


@lru_cache(maxsize=1024)
def state_of(procedure: Procedure, key: str) -> State:
    return next(state for state in procedure.states if state.key == key)


@lru_cache(maxsize=4096)
def steps_from(procedure: Procedure, state: str) -> tuple[Transition, ...]:
    return tuple(step for step in procedure.transitions if state in step.source)


def options(procedure: Procedure, standing: Standing, doer: Doer) -> list[Option]:
    """Every step that the state knows, for a screen: allowed ones, and why the others are not."""
    steps = steps_from(procedure, standing.state)
    return [Option(step, _why_not(step, standing, doer)) for step in steps]


def choose(procedure: Procedure, standing: Standing, key: str, doer: Doer, given: Given) -> Transition:
    """The transition to take. Raises Refused."""
    step = next((step for step in steps_from(procedure, standing.state) if step.key == key), None)
    if step is None:
        raise _not_open(procedure, standing, key, doer)
    refusal = _why_not(step, standing, doer) or _what_lacks(step, given)
    if refusal is not None:
        raise refusal
    return step


def role_taken(step: Transition, standing: Standing, doer: Doer) -> str | None:
    """The role in which this person may take the step: their own first, then in another's post. None: in none that
    keeps duties apart."""
    able = doer.able(step.by)
    return next((role for role in able if not is_own_work(step, standing, doer.hands(role))), None)


def is_own_work(step: Transition, standing: Standing, acting: Collection[int]) -> bool:
    last = {account for kind in step.not_by for account in standing.did.get(kind, ())}
    return own_work(step.kind.value, last, standing.handlers, acting)


def own_work_refused(step: Transition) -> Refused:
    return Refused(
        "own-work",
        f"“{step.title.zh}”不能由处置人本人办理，也不能由代其行事的人办理，请由另一人办理。",
        f"'{step.key}' may not be done by whoever handled the case, nor by or for them. Another person must.",
    )


def _why_not(step: Transition, standing: Standing, doer: Doer) -> Refused | None:
    if not doer.able(step.by):
        who, who_zh = ", ".join(step.by), "、".join(ROLE_WORDS[role] for role in step.by)
        return Refused(
            "not-your-role",
            f"“{step.title.zh}”由其他岗位办理（{who_zh}），您在此案件上没有该岗位。",
            f"'{step.key}' is for {who}; you hold no such post for this case.",
        )
    if role_taken(step, standing, doer) is None:
        return own_work_refused(step)
    if step.when_overdue and not standing.overdue:
        return Refused(
            "not-yet",
            f"未到期，尚不能“{step.title.zh}”。",
            f"'{step.key}' is open only after the limit has passed.",
        )
    return (
        _why_not_up(step, standing, doer.roles)
        or _why_not_now(step, standing)
        or _why_not_reporter(step, standing)
    )


_BEFORE_THE_LIMIT = frozenset({Kind.EXTEND, Kind.SUSPEND})
_WHOLE = frozenset({Kind.FINISH, Kind.VERIFY})  # nothing of the case may be left undone
_ANSWERS = frozenset({Kind.APPROVE, Kind.DENY})


def _why_not_now(step: Transition, standing: Standing) -> Refused | None:
    zh, key = step.title.zh, step.key
    if step.most is not None and standing.counts.get(step.kind, 0) >= step.most:
        return Refused(
            "too-often",
            f"“{zh}”最多 {step.most} 次，已用完。",
            f"'{key}' is taken at most {step.most} times.",
        )
    if late := why_too_late(step, standing.overdue):
        return late
    if step.kind in _ANSWERS and not standing.asked:
        return Refused("nothing-asked", "没有待审批的申请。", "Nothing waits for approval in this case.")
    if step.kind is Kind.REPORT_IN and standing.present:
        return Refused(
            "reported-in",
            "本单位已报到。",
            "Your unit has reported in already. Do your share, then finish it.",
        )
    if step.kind is Kind.ANSWER_ORDER and not standing.ordered:
        return Refused("no-order", "没有待答复的督办令。", "No order waits for an answer in this case.")
    if step.approve and standing.asked:
        return Refused(
            "asked-already", "已有申请待审批。", "A request waits for approval already. Decide it first."
        )
    return why_not_whole(step, standing)


def _why_not_up(step: Transition, standing: Standing, roles: frozenset[str]) -> Refused | None:
    """A grid worker brings a matter to the centre; from there on centres pass it up."""
    if step.kind is not Kind.ESCALATE or not standing.held_above:
        return None
    if roles.intersection(step.by) - {"grid-worker"}:
        return None
    return Refused(
        "held-above",
        f"案件已由上级指挥，网格员不能再“{step.title.zh}”。",
        f"A centre above holds the case already, so '{step.key}' is for its dispatcher.",
    )


def why_too_late(step: Transition, overdue: bool) -> Refused | None:
    if step.kind not in _BEFORE_THE_LIMIT or not overdue:
        return None
    zh, en = (
        f"已超过时限，不能再“{step.title.zh}”。",
        f"'{step.key}' is taken before the limit has passed.",
    )
    return Refused("too-late", zh, en)


def why_not_whole(step: Transition, standing: Standing) -> Refused | None:
    """Asked again when a step that waited for approval is agreed to."""
    if step.kind not in _WHOLE:
        return None
    if standing.shares:
        names = "、".join(standing.shares)
        return Refused(
            "shares-open", f"协办单位尚未完成：{names}。", f"These units have not done their share: {names}."
        )
    if standing.children:
        return Refused(
            "children-open",
            f"还有 {standing.children} 个子案件未办结。",
            f"{standing.children} child cases are still open.",
        )
    return None


def _why_not_reporter(step: Transition, standing: Standing) -> Refused | None:
    if step.kind is Kind.RATE and standing.rated:
        return Refused(
            "already-rated",
            "您已评价过，感谢。如问题仍在，可以申请重办。",
            "You have rated already. You may reopen.",
        )
    if step.kind is Kind.WITHDRAW and standing.others:
        return Refused(
            "others-reported",
            "另有他人反映同一事项，不能撤回，办理会继续。",
            "Others reported the same matter, so it goes on and cannot be withdrawn.",
        )
    return None


def _what_lacks(step: Transition, given: Given) -> Refused | None:
    lacking = [need for need in step.needs if not given.has(need)]
    if lacking:
        zh = "、".join(NEED_WORDS[need][0] for need in lacking)
        en = " and ".join(NEED_WORDS[need][1] for need in lacking)
        return Refused("lacking", f"“{step.title.zh}”还需要：{zh}。", f"'{step.key}' needs {en}.")
    if given.length and not is_length(given.length):
        return Refused(
            "bad-length",
            f"“{given.length}”不是时长，例如：2 working days。",
            f"'{given.length}' is no length of time. Give one such as '2 working days' or '4 working hours'.",
        )
    if step.longest and given.length and size_of(given.length) > size_of(step.longest):
        return Refused(
            "too-long",
            f"“{step.title.zh}”最长 {step.longest}。",
            f"'{step.key}' takes at most {step.longest}.",
        )
    if given.rating is not None and not 1 <= given.rating <= 5:
        return Refused("bad-rating", "评价应为 1 到 5。", "A rating is 1 to 5.")
    return None


def _not_open(procedure: Procedure, standing: Standing, key: str, doer: Doer) -> Refused:
    open_now = [option.transition for option in options(procedure, standing, doer) if not option.refusal]
    state = state_of(procedure, standing.state)
    zh = "、".join(step.title.zh for step in open_now) or "无"
    en = ", ".join(step.key for step in open_now) or "nothing"
    known = {step.key: step.title.zh for step in procedure.transitions}
    return Refused(
        "not-open" if key in known else "unknown-step",
        f"案件处于“{state.title.zh}”，不能“{known.get(key, key)}”。您可以：{zh}。",
        f"'{key}' is not open from '{standing.state}'. You may: {en}.",
    )
