"""Whether a procedure can be walked: no dead ends, nobody waits for no one, every kind does what it says."""

from collections import Counter
from collections.abc import Iterator

from gezhi.packs.checking_kinds import check_kinds
from gezhi.packs.checking_watches import check_approvals, check_watches
from gezhi.packs.problems import Address, Finding, one_of
from gezhi.packs.scope import Scope
from gezhi.packs.shapes import Procedure, State


def check_procedure(scope: Scope, procedure: Procedure, at: Address) -> Iterator[Finding]:
    states = {state.key: state for state in procedure.states}
    sizes = list(_sizes(procedure, at))
    yield from sizes
    if sizes:
        return
    yield from _unique(procedure, at)
    yield from _answers(scope, procedure, at)
    yield from _moves(procedure, states, at)
    yield from _limits(scope, procedure, at)
    unknown = list(_unknown_states(procedure, states, at))
    yield from unknown
    if unknown:
        return
    yield from _reached(procedure, at)
    yield from _ends(procedure, at)
    yield from _worked(procedure, at)
    yield from check_kinds(procedure, states, at)
    yield from check_approvals(procedure, at)
    yield from check_watches(procedure, states, at)


def _sizes(procedure: Procedure, at: Address) -> Iterator[Finding]:
    for section, least in (("states", 2), ("transitions", 1)):
        count = len(getattr(procedure, section))
        if count < least:
            what = f"'{procedure.key}' has {count or 'no'} {section}"
            yield Finding(
                (*at, section), what, f"at least {least}, or 'base' with those of another procedure"
            )


def _unique(procedure: Procedure, at: Address) -> Iterator[Finding]:
    for section in ("states", "transitions", "watches"):
        counts: Counter[str] = Counter()
        for index, item in enumerate(getattr(procedure, section)):
            counts[item.key] += 1
            if counts[item.key] == 2:
                yield Finding((*at, section, index, "key"), f"'{item.key}' is used twice", "each once")


def _answers(scope: Scope, procedure: Procedure, at: Address) -> Iterator[Finding]:
    messages = scope.keys("messages")
    answers: list[tuple[Address, str | None]] = [
        ((*at, "answer"), procedure.answer),
        ((*at, "joined"), procedure.joined),
    ]
    answers += [((*at, "transitions", i, "answer"), t.answer) for i, t in enumerate(procedure.transitions)]
    for address, key in answers:
        if key and key not in messages:
            yield Finding(address, f"there is no message '{key}'", one_of(key, messages))


def _moves(procedure: Procedure, states: dict[str, State], at: Address) -> Iterator[Finding]:
    for old, new in procedure.moves.items():
        if old in states:
            yield Finding((*at, "moves", old), f"the state '{old}' still exists", "states that are gone")
        if new not in states or not states[new].open:
            is_open = [key for key, state in states.items() if state.open]
            yield Finding((*at, "moves", old), f"'{new}' is no open state", one_of(new, is_open))


def _limits(scope: Scope, procedure: Procedure, at: Address) -> Iterator[Finding]:
    parameters = {key for name in scope.parameters for key in (name, name.partition(".")[0])}
    for index, state in enumerate(procedure.states):
        if state.limit and state.limit not in parameters:
            what = f"there is no parameter '{state.limit}'"
            yield Finding((*at, "states", index, "limit"), what, one_of(state.limit, parameters))


def _unknown_states(procedure: Procedure, states: dict[str, State], at: Address) -> Iterator[Finding]:
    for index, transition in enumerate(procedure.transitions):
        here = (*at, "transitions", index)
        for n, source in enumerate(transition.source):
            if source not in states:
                yield Finding((*here, "from", n), f"there is no state '{source}'", one_of(source, states))
        if transition.to and transition.to not in states:
            yield Finding(
                (*here, "to"), f"there is no state '{transition.to}'", one_of(transition.to, states)
            )


def _reached(procedure: Procedure, at: Address) -> Iterator[Finding]:
    reached, waiting = set[str](), [procedure.states[0].key]
    while waiting:
        state = waiting.pop()
        reached.add(state)
        ways = [t.to for t in procedure.transitions if state in t.source and t.to]
        waiting += [way for way in ways if way not in reached]
    for index, one in enumerate(procedure.states):
        if one.key not in reached:
            what = f"no way leads to '{one.key}' from '{procedure.states[0].key}'"
            yield Finding((*at, "states", index), what, "a transition to it")
    if not procedure.states[0].open:
        yield Finding((*at, "states", 0), "the first state is not open", "an open state first")


def _ends(procedure: Procedure, at: Address) -> Iterator[Finding]:
    """Open states that no sequence of steps leads out of for good."""
    ending = {state.key for state in procedure.states if not state.open}
    ways = [(key, t.to) for t in procedure.transitions for key in t.source if t.to]
    while more := {source for source, to in ways if to in ending} - ending:
        ending |= more
    for index, state in enumerate(procedure.states):
        if state.key not in ending and any(source == state.key for source, _ in ways):
            what = f"no way leads from '{state.key}' to a closed state"
            yield Finding((*at, "states", index), what, "a way that ends")


def _worked(procedure: Procedure, at: Address) -> Iterator[Finding]:
    for index, state in enumerate(procedure.states):
        here = (*at, "states", index)
        ways = [t for t in procedure.transitions if state.key in t.source and t.to not in (None, state.key)]
        hands = {role for way in ways for role in way.by}
        if state.open and not ways:
            yield Finding(here, f"'{state.key}' is open and has no way out", "a transition from it")
        if state.open and not state.limit:
            yield Finding(here, f"'{state.key}' is open and has no limit", "limit: a parameter")
        if state.open and not state.worked_by:
            yield Finding(here, f"nobody works '{state.key}'", one_of("", hands))
        for role in sorted(set(state.worked_by) - hands):
            what = f"'{role}' works '{state.key}' but has no transition out of it"
            yield Finding((*here, "worked_by"), what, one_of(role, hands))
