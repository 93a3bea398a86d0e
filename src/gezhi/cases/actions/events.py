"""An event of a case that comes of a step in another one."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from gezhi.cases.actions.taken import Taken
from gezhi.cases.intake.rows import EVENT
from gezhi.lib.json_text import json_text
from gezhi.lib.rows import insert_rows
from gezhi.packs.shapes import Kind


@dataclass(frozen=True, slots=True)
class Happening:
    """`before` and `state`: of the case that it happens to."""

    case_id: int
    seq: int
    kind: Kind
    before: str
    state: str
    due_at: datetime | None
    facts: dict[str, object]


def write_happening(new: Happening, taken: Taken, at: datetime) -> None:
    """`taken`: the step that it comes of."""
    kind = new.kind.value
    row = (new.case_id, new.seq, at, kind, kind, new.before, new.state, taken.account_id, taken.role, "")
    facts = new.facts if taken.for_id is None else {**new.facts, "for": taken.for_id}
    insert_rows("cases_caseevent", EVENT, [(*row, json_text(facts), new.due_at, secrets.token_bytes(16))])
