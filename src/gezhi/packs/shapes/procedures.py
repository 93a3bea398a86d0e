"""Procedures: flat state machines whose transitions have a kind."""

from enum import StrEnum

from pydantic import Field

from gezhi.packs.shapes.base import Key, Length, Role, Shape, Words


class Stage(StrEnum):
    """The seven stages of a case: 信息收集 案卷建立 任务派遣 任务处理 处理反馈 核查结案 综合评价."""

    COLLECT = "collect"
    FILE = "file"
    DISPATCH = "dispatch"
    HANDLE = "handle"
    FEEDBACK = "feedback"
    VERIFY = "verify"
    EVALUATE = "evaluate"


class Kind(StrEnum):
    """What a transition is, so that all procedures can be compared whatever they call it."""

    REPORT = "report"
    JOIN = "join"
    ACCEPT = "accept"
    REJECT = "reject"
    CORRECT = "correct"
    DISPATCH = "dispatch"
    RECEIVE = "receive"
    RETURN = "return"
    TRANSFER = "transfer"
    HANDLE = "handle"
    REPLY = "reply"
    FINISH = "finish"
    VERIFY = "verify"
    REWORK = "rework"
    RATE = "rate"
    REOPEN = "reopen"
    OVERTURN = "overturn"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    ADD = "add"
    MERGE = "merge"
    SPLIT = "split"
    CHILD = "child"
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESUME = "resume"
    ESCALATE = "escalate"
    HAND_DOWN = "hand-down"
    WHISTLE = "whistle"
    REPORT_IN = "report-in"
    JOINT = "joint"
    SHARE = "share"
    ABSENT = "absent"
    ASK = "ask"
    APPROVE = "approve"
    DENY = "deny"
    URGE = "urge"
    SUPERVISE = "supervise"
    ANSWER_ORDER = "answer-order"
    OVERDUE = "overdue"
    UNDO = "undo"


class Need(StrEnum):
    """What whoever acts must give with a transition."""

    REASON = "reason"
    UNIT = "unit"
    UNITS = "units"
    CATEGORY = "category"
    EVIDENCE = "evidence"
    RATING = "rating"
    TEXT = "text"
    CASE = "case"
    REPORT = "report"
    PLACE = "place"
    LENGTH = "length"
    FORM = "form"


class Effect(StrEnum):
    """What a transition does besides changing the state."""

    ASSIGN = "assign"
    RECEIVE = "receive"
    FINISH_ASSIGNMENT = "finish-assignment"
    RETURN_ASSIGNMENT = "return-assignment"
    REASSIGN = "reassign"
    CANCEL_ASSIGNMENTS = "cancel-assignments"
    RECORD_RATING = "record-rating"
    CALL = "call"
    CALL_JOINT = "call-joint"
    REPORT_IN = "report-in"
    FINISH_SHARE = "finish-share"
    MARK_ABSENT = "mark-absent"
    OPEN_CHILD = "open-child"
    EXTEND = "extend"
    SET_LIMIT = "set-limit"
    STOP_CLOCK = "stop-clock"
    START_CLOCK = "start-clock"
    ESCALATE = "escalate"
    HAND_DOWN = "hand-down"
    YELLOW_CARD = "yellow-card"
    RED_CARD = "red-card"
    ORDER = "order"
    ANSWER_ORDER = "answer-order"
    CHANGE_LISTS = "change-lists"
    CARRY_OUT_RIGHT = "carry-out-right"


class State(Shape):
    """A place where a case waits: for whom (worked_by), how long (limit).

    `limit` is a parameter's key or the first half of one: `handling` is `handling.<limits of the case>`.
    """

    key: Key
    title: Words
    stage: Stage
    open: bool = True
    worked_by: tuple[Role, ...] = ()
    limit: str | None = None


class Approval(Shape):
    """One link of an approval chain. `above`: asked only when the length asked for is longer."""

    by: Role
    above: Length | None = None


class Transition(Shape):
    """One step. `to` absent: the state stays. `not_by`: kinds whose last actor may not take this step.

    `approve`: who must agree before it takes effect, in this order; whoever holds the first of these roles
    and takes the step has agreed. `most`: how often a case may see it between two openings. `longest`: the
    greatest length that may be given. `form`: the form filled in with it. `document`: what it issues.
    """

    key: Key
    title: Words
    kind: Kind
    source: tuple[Key, ...] = Field(alias="from", min_length=1)
    to: Key | None = None
    by: tuple[Role, ...] = Field(min_length=1)
    needs: tuple[Need, ...] = ()
    may: tuple[Need, ...] = ()
    not_by: tuple[Kind, ...] = ()
    approve: tuple[Approval, ...] = ()
    most: int | None = Field(default=None, ge=1, le=20)
    longest: Length | None = None
    effects: tuple[Effect, ...] = ()
    form: Key | None = None
    document: Key | None = None
    answer: Key | None = None
    when_overdue: bool = False
    done: Words


class Watch(Shape):
    """What the system does by itself: a transition `do`, taken in the states `within`.

    Either `at`: when that share (percent) of the state's limit has passed, 100 being overdue; or `after` and
    `times`: when the case has seen that many steps of the kind.
    """

    key: Key
    within: tuple[Key, ...] = Field(min_length=1)
    at: int | None = Field(default=None, ge=1, le=1000)
    after: Kind | None = None
    times: int | None = Field(default=None, ge=1, le=20)
    do: Key
    why: Words


class Procedure(Shape):
    """A flat state machine; the first state is where an accepted report's case begins.

    `answer` and `joined` name what the reporter is told when a report opens a case or joins one.
    `moves` says for each state of an earlier version that is gone where its open cases go.
    `base`: another procedure, of this pack or a needed one, whose states, transitions and watches this one has
    too, except those `without` and those written here with the same key. A loaded pack holds the whole.
    """

    key: Key
    title: Words
    base: Key | None = None
    without: tuple[Key, ...] = ()
    answer: Key | None = None
    joined: Key | None = None
    moves: dict[Key, Key] = {}
    states: tuple[State, ...] = ()
    transitions: tuple[Transition, ...] = ()
    watches: tuple[Watch, ...] = ()

    def __hash__(self) -> int:
        """Cheap, so that what is derived from a procedure can be cached by it."""
        return hash(self.key)
