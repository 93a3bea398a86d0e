"""A case as whoever plays it sees it, and what may be done with it. Pure."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from random import Random

from gezhi.cases.case_row import CaseRow
from gezhi.cases.procedure import steps_from
from gezhi.packs.shapes import Kind, Need, Procedure, Transition

NEVER_GIVEN = frozenset({Need.CATEGORY, Need.PLACE, Need.CASE, Need.REPORT})  # what no chance can give


@dataclass(frozen=True, slots=True)
class Waiting:
    """A unit that was called to the case, is not absent and has not done its share."""

    unit_id: int
    has_come: bool
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Scene:
    """`truth`: the category that a look at the place would give. `refused`: steps that were tried in vain.
    `report_id`: of the case's first report; 0: nobody reported it, a child case."""

    row: CaseRow
    truth: str
    procedure: Procedure
    report_id: int
    partners: tuple[Waiting, ...] = ()
    refused: frozenset[str] = frozenset()

    def steps(self, *kinds: Kind) -> Iterator[Transition]:
        """What people may try from the case's state."""
        for step in steps_from(self.procedure, self.row.state):
            if step.kind in kinds and step.key not in self.refused and set(step.by) != {"system"}:
                yield step

    def step(self, *kinds: Kind) -> Transition | None:
        return next(self.steps(*kinds), None)

    def is_child(self, key: str) -> bool:
        """Whether the step opens a child case."""
        return any(step.key == key and step.kind is Kind.CHILD for step in self.procedure.transitions)

    def known(self, key: str) -> Transition | None:
        """The step, where the case's state knows it and it was not tried in vain."""
        steps = steps_from(self.procedure, self.row.state)
        return next((step for step in steps if step.key == key and key not in self.refused), None)


@dataclass(frozen=True, slots=True)
class Move:
    """`role`: who makes it, "partner" with the `unit`. `to_city`: dispatch to the city's bureau instead of the
    nearest one. `within`: minutes from the case's last change; None: when the limit asks for it. Without a `step`
    nothing is done but looking again."""

    step: str
    role: str
    text: str = ""
    reason: str = ""
    category: str = ""
    rating: int | None = None
    length: str = ""
    unit: int | None = None
    to_city: bool = False
    within: tuple[float, float] | None = None
    not_before: datetime | None = None


def chance(seed: int, row: CaseRow) -> Random:
    return Random(seed * 1_000_003 + row.id * 8_191 + row.version)


@lru_cache(maxsize=256)
def ways_to_the_end(procedure: Procedure) -> dict[str, int]:
    """For each state, how many steps lead out of it to one that is not open. Steps that need a reason are left out:
    they are ways back and failures."""
    away = {state.key: 0 for state in procedure.states if not state.open and state.key != "rejected"}
    waiting = deque(away)
    while waiting:
        reached = waiting.popleft()
        for step in procedure.transitions:
            if step.to == reached and step.kind in ONWARD and Need.REASON not in step.needs:
                for source in step.source:
                    if source not in away:
                        away[source] = away[reached] + 1
                        waiting.append(source)
    return away


ONWARD = frozenset(
    {Kind.ACCEPT, Kind.DISPATCH, Kind.RECEIVE, Kind.HANDLE, Kind.FINISH, Kind.VERIFY, Kind.CLOSE, Kind.RESUME}
)
