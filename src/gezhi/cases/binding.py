"""Steps with legal effect: deciding, verifying, closing, and whatever issues a document. Pure.

They are signed with the key of whoever takes them, and wait while nobody outside vouches for the ledger any more,
also those that the system takes by itself when a time is over.
"""

from collections.abc import Callable, Iterable
from typing import Final

from gezhi.cases.procedure import Refused
from gezhi.packs.shapes import Effect, Kind, Procedure, Transition

KINDS: Final = frozenset(
    {Kind.REJECT, Kind.VERIFY, Kind.REWORK, Kind.CLOSE, Kind.OVERTURN, Kind.APPROVE, Kind.DENY}
)


DECIDES: Final = frozenset({Effect.CARRY_OUT_RIGHT, Effect.CHANGE_LISTS})
Chosen = Callable[[Procedure, str, Transition], bool]


def binds(step: Transition, *, closes: bool) -> bool:
    """`closes`: the case was open before it and is not afterwards."""
    return closes or step.kind in KINDS or bool(step.document)


def decides(step: Transition, *, closes: bool) -> bool:
    """Of a person's step: whether it is signed. Whoever agrees last, or needs nobody's consent where others do, decides
    as well; so does who grants a right or changes who is responsible."""
    alone = bool(step.approve) and step.kind is not Kind.ASK
    return binds(step, closes=closes) or alone or not DECIDES.isdisjoint(step.effects)


def held_states(procedures: Iterable[Procedure], chosen: Chosen) -> dict[str, frozenset[str]]:
    """By procedure: the states from which a step that the system takes by itself has legal effect. `chosen`: which of
    the system's steps are meant."""
    found = dict[str, frozenset[str]]()
    for procedure in procedures:
        is_open = {state.key: state.open for state in procedure.states}
        held = {
            state
            for step in procedure.transitions
            if "system" in step.by
            for state in step.source
            if chosen(procedure, state, step) and binds(step, closes=_closes(step, state, is_open))
        }
        if held:
            found[procedure.key] = found.get(procedure.key, frozenset()) | held
    return found


def _closes(step: Transition, state: str, is_open: dict[str, bool]) -> bool:
    return is_open[state] and not is_open[step.to or state]


def nothing_to_sign(step: Transition) -> Refused:
    return Refused(
        "nothing-to-sign",
        f"步骤“{step.title.zh}”不需要签名，可直接办理。",
        f"'{step.key}' bears no signature. Take it as it is.",
    )
