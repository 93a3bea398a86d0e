"""What a pack may say. Unknown keys are errors; every value is checked when the pack loads.

A pack is a folder of YAML files. This module is their one definition: the JSON Schemas in packs/_schema are
generated from it, and the case engine works on these shapes alone.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Length = Annotated[
    str, Field(pattern=r"^[1-9][0-9]{0,4} (working minutes|working hours|working days|minutes|hours|days)$")
]
Role = Literal[
    "grid-worker", "dispatcher", "handler", "verifier", "supervisor", "leader", "reporter", "system"
]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Shape):
    """One text in the two languages of the screens."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


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
    HANDLE = "handle"
    FINISH = "finish"
    VERIFY = "verify"
    REWORK = "rework"
    RATE = "rate"
    REOPEN = "reopen"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    ADD = "add"
    MERGE = "merge"
    SPLIT = "split"
    OVERDUE = "overdue"


class Need(StrEnum):
    """What whoever acts must give with a transition."""

    REASON = "reason"
    UNIT = "unit"
    CATEGORY = "category"
    EVIDENCE = "evidence"
    RATING = "rating"
    TEXT = "text"
    CASE = "case"
    REPORT = "report"
    PLACE = "place"


class Effect(StrEnum):
    """What a transition does besides changing the state."""

    ASSIGN = "assign"
    RECEIVE = "receive"
    FINISH_ASSIGNMENT = "finish-assignment"
    RETURN_ASSIGNMENT = "return-assignment"
    REASSIGN = "reassign"
    CANCEL_ASSIGNMENTS = "cancel-assignments"
    RECORD_RATING = "record-rating"


class State(Shape):
    """A place where a case waits: for whom (worked_by), how long (limit).

    `limit` is a parameter's key or the first half of one: `handling` is `handling.<limits of the category>`.
    """

    key: Key
    title: Words
    stage: Stage
    open: bool = True
    worked_by: tuple[Role, ...] = ()
    limit: str | None = None


class Transition(Shape):
    """One step. `to` absent: the state stays. `not_by`: kinds whose last actor may not take this step."""

    key: Key
    title: Words
    kind: Kind
    source: tuple[Key, ...] = Field(alias="from", min_length=1)
    to: Key | None = None
    by: tuple[Role, ...] = Field(min_length=1)
    needs: tuple[Need, ...] = ()
    may: tuple[Need, ...] = ()
    not_by: tuple[Kind, ...] = ()
    effects: tuple[Effect, ...] = ()
    answer: Key | None = None
    when_overdue: bool = False
    done: Words


class Procedure(Shape):
    """A flat state machine; the first state is where an accepted report's case begins.

    `answer` and `joined` name what the reporter is told when a report opens a case or joins one.
    `moves` says for each state of an earlier version that is gone where its open cases go.
    """

    key: Key
    title: Words
    answer: Key | None = None
    joined: Key | None = None
    moves: dict[Key, Key] = {}
    states: tuple[State, ...] = Field(min_length=2)
    transitions: tuple[Transition, ...] = Field(min_length=1)

    def __hash__(self) -> int:
        """Cheap, so that what is derived from a procedure can be cached by it."""
        return hash(self.key)


class Attribute(Shape):
    """A question asked with a category (Open311's service definition attribute)."""

    code: Key
    title: Words
    datatype: Literal["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
    required: bool = False
    values: dict[str, Words] = {}


class Category(Shape):
    """What kind of matter. `function` is the duty that answers for it; `limits` picks the handling limit.

    `part` and `matter` are the standard's; `local` is a city's own addition. Reports are never about a
    `part`: the standard has a matter for the fault of each.
    """

    key: Key
    kind: Literal["part", "matter", "local"]
    code: str = Field(pattern=r"^[0-9]{5}$")
    name: Words
    group: Key
    procedure: Key
    function: Key
    limits: Key
    grids: bool = True
    words: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = ()


class Group(Shape):
    key: Key
    name: Words


class Function(Shape):
    """A duty that units hold and categories ask for."""

    key: Key
    name: Words


class Limit(Shape):
    """A length of working or calendar time in force from a day on, with where it comes from."""

    since: date
    length: Length
    source: str = Field(min_length=3)


class Parameter(Shape):
    """A dated limit. Keys: `filing`, or `handling.normal` where `normal` is a category's `limits`."""

    key: str = Field(pattern=r"^[a-z][a-z-]*(\.[a-z][a-z-]*)?$")
    title: Words
    values: tuple[Limit, ...] = Field(min_length=1)


class Message(Shape):
    """What a reporter is told. Placeholders: {number} {category} {unit} {place} {text} {due}."""

    key: Key
    text: Words


class Step(Shape):
    """One step of a situation: who does what, with what, how long after the step before."""

    do: Key
    by: Role = "system"
    person: str = "someone"
    given: dict[str, str] = Field(default={}, alias="with")
    after: Length | None = None
    then: Key | None = None
    refused: str | None = None


class Situation(Shape):
    """A small story that proves the pack: given a category and a start, these steps, this end.

    `starts` is the city's own clock: 2026-07-06 09:00. `overdue`: the state at the end is past its limit.
    """

    title: str = Field(min_length=5)
    category: Key
    starts: str
    steps: tuple[Step, ...] = Field(min_length=1)
    ends: Key
    overdue: bool = False


class Manifest(Shape):
    """`fallback`: the category of a report that nothing is known about, until a person says better."""

    name: Key
    version: str = Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")
    title: Words
    about: Words
    source: str
    needs: tuple[Key, ...] = ()
    fallback: Key | None = None


class Pack(Shape):
    """A whole pack as loaded. `digest` is the SHA-256 of its canonical JSON, hex."""

    manifest: Manifest
    functions: tuple[Function, ...] = ()
    groups: tuple[Group, ...] = ()
    categories: tuple[Category, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    messages: tuple[Message, ...] = ()
    situations: tuple[Situation, ...] = ()
    digest: str = ""
