"""Which states of which procedures wait for a role. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from gezhi.packs.shapes import Procedure

Waiting = Mapping[str, frozenset[str]]  # procedure -> states


def special_work(procedures: Iterable[Procedure], standard: str) -> dict[str, Waiting]:
    """role -> open states that wait for it and that the standard procedure does not already give to it."""
    usual: dict[str, set[str]] = defaultdict(set)
    special: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    worked = [
        (one.key, state, role) for one in procedures for state in one.states for role in state.worked_by
    ]
    for procedure, state, role in worked:
        if procedure == standard:
            usual[role].add(state.key)
    for procedure, state, role in worked:
        if state.open and state.key not in usual[role]:
            known = special[role].get(procedure, frozenset())
            special[role][procedure] = known | {state.key}
    return dict(special)


def waiting_for(roles: Iterable[str], work: Mapping[str, Waiting]) -> Waiting:
    """What waits for any of the roles."""
    found: dict[str, frozenset[str]] = {}
    for role in roles:
        for procedure, states in work.get(role, {}).items():
            found[procedure] = found.get(procedure, frozenset()) | states
    return found
