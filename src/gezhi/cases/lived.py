"""Which procedure a case followed at each of its events: a case of a wrong category goes over to another one. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gezhi.packs.catalogue import Catalogue
from gezhi.packs.shapes import Procedure, Transition


@dataclass(frozen=True, slots=True)
class Lived:
    """`procedure`, as `pack_version_id` has it."""

    pack_version_id: int
    procedure: Procedure

    def step(self, key: str) -> Transition | None:
        return next((step for step in self.procedure.transitions if step.key == key), None)


def lived(now: Lived, events: Iterable[Mapping[str, object]], catalogue: Catalogue) -> list[Lived]:
    """For each event the procedure of its step. `events`: the facts of each, oldest first; what went over belongs
    to the old procedure."""
    found: list[Lived] = []
    for facts in reversed(list(events)):
        now = _before(facts, now, catalogue) or now
        found.append(now)
    return found[::-1]


def _before(facts: Mapping[str, object], now: Lived, catalogue: Catalogue) -> Lived | None:
    keys, versions = facts.get("procedure"), facts.get("pack_version")
    if not isinstance(versions, list):
        return None
    procedure = catalogue.find_procedure(
        versions[0], keys[0] if isinstance(keys, list) else now.procedure.key
    )
    return Lived(versions[0], procedure) if procedure else None
