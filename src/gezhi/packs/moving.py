"""Where the open cases of earlier versions stand, and where they go with a newer one. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from gezhi.packs.problems import Problem
from gezhi.packs.scope import Scope
from gezhi.packs.shapes import Pack, Procedure

Waiting = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Way:
    """`count` open cases stand in `state`; `to` None: the newer version has no place for them."""

    procedure: str
    state: str
    count: int
    to: str | None

    def __str__(self) -> str:
        where = "no way" if self.to is None else "stay" if self.to == self.state else f"-> {self.to}"
        return f"{self.count} open in {self.procedure}/{self.state}: {where}"


def ways(pack: Pack, needed: Mapping[str, Pack], waiting: Waiting) -> list[Way]:
    """`waiting`: (procedure, state) -> how many open cases of the pack's earlier versions."""
    procedures = Scope(pack, needed).procedures
    return [
        Way(key, state, count, way_of(procedures.get(key), state))
        for (key, state), count in sorted(waiting.items())
    ]


def way_of(procedure: Procedure | None, state: str) -> str | None:
    """The open state in which a case that stands in `state` goes on."""
    if procedure is None:
        return None
    wanted = state if any(one.key == state for one in procedure.states) else procedure.moves.get(state)
    return next((one.key for one in procedure.states if one.key == wanted and one.open), None)


def stranded(found: list[Way]) -> list[Problem]:
    return [
        Problem(
            f"procedures/{way.procedure}.yaml",
            0,
            "moves",
            f"{way.count} open cases stand in '{way.state}' and have no way into this version",
            f"the state '{way.state}' kept open, or 'moves: {{{way.state}: <an open state>}}'",
        )
        for way in found
        if way.to is None
    ]
