"""Whether a procedure can be walked: no dead ends, nobody waits for no one, every kind does what it says."""

from collections import Counter
from collections.abc import Callable, Iterator

from gezhi.packs.problems import Address, Finding, one_of
from gezhi.packs.scope import Scope
from gezhi.packs.shapes import Effect, Kind, Need, Procedure, State, Transition

_STAYS = {Kind.CORRECT, Kind.ADD, Kind.SPLIT}
_TO_OPEN = {Kind.ACCEPT, Kind.DISPATCH, Kind.RECEIVE, Kind.RETURN, Kind.FINISH, Kind.REWORK, Kind.REOPEN}
_TO_CLOSED = {Kind.REJECT, Kind.VERIFY, Kind.RATE, Kind.CLOSE, Kind.WITHDRAW, Kind.MERGE}
_FROM_CLOSED = {Kind.REOPEN, Kind.RATE, Kind.CLOSE}
_BY_ENGINE = {Kind.REPORT, Kind.JOIN, Kind.OVERDUE}
_NEEDS = {
    Kind.REJECT: Need.REASON,
    Kind.RETURN: Need.REASON,
    Kind.REWORK: Need.REASON,
    Kind.REOPEN: Need.REASON,
    Kind.DISPATCH: Need.UNIT,
    Kind.FINISH: Need.EVIDENCE,
    Kind.RATE: Need.RATING,
    Kind.MERGE: Need.CASE,
    Kind.SPLIT: Need.REPORT,
    Kind.ADD: Need.TEXT,
}
_EFFECTS = {
    Kind.DISPATCH: Effect.ASSIGN,
    Kind.RECEIVE: Effect.RECEIVE,
    Kind.RETURN: Effect.RETURN_ASSIGNMENT,
    Kind.FINISH: Effect.FINISH_ASSIGNMENT,
    Kind.REWORK: Effect.REASSIGN,
    Kind.RATE: Effect.RECORD_RATING,
}


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
    yield from _worked(procedure, at)
    for index, transition in enumerate(procedure.transitions):
        here = (*at, "transitions", index)
        yield from _directions(transition, states, here)
        yield from _promises(transition, here)
        yield from _automatic(transition, states, here)


def _sizes(procedure: Procedure, at: Address) -> Iterator[Finding]:
    for section, least in (("states", 2), ("transitions", 1)):
        count = len(getattr(procedure, section))
        if count < least:
            what = f"'{procedure.key}' has {count or 'no'} {section}"
            yield Finding(
                (*at, section), what, f"at least {least}, or 'base' with those of another procedure"
            )


def _unique(procedure: Procedure, at: Address) -> Iterator[Finding]:
    for section in ("states", "transitions"):
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


def _worked(procedure: Procedure, at: Address) -> Iterator[Finding]:
    for index, state in enumerate(procedure.states):
        here = (*at, "states", index)
        ways = [t for t in procedure.transitions if state.key in t.source and t.to not in (None, state.key)]
        hands = {role for way in ways for role in way.by}
        if state.open and not ways:
            yield Finding(here, f"'{state.key}' is open and has no way out", "a transition from it")
        if state.open and not state.worked_by:
            yield Finding(here, f"nobody works '{state.key}'", one_of("", hands))
        for role in sorted(set(state.worked_by) - hands):
            what = f"'{role}' works '{state.key}' but has no transition out of it"
            yield Finding((*here, "worked_by"), what, one_of(role, hands))


def _directions(transition: Transition, states: dict[str, State], at: Address) -> Iterator[Finding]:
    kind, target = transition.kind, states[transition.to] if transition.to else None
    wrong: list[tuple[Callable[[], bool], str, str]] = [
        (lambda: kind in _STAYS and target is not None, "moves the case", "no 'to'"),
        (lambda: kind in _TO_OPEN | _TO_CLOSED and target is None, "leads nowhere", "a 'to'"),
        (lambda: kind in _TO_OPEN and target is not None and not target.open, "closes", "an open state"),
        (lambda: kind in _TO_CLOSED and target is not None and target.open, "keeps open", "a closed state"),
    ]
    for is_wrong, what, allowed in wrong:
        if is_wrong():
            yield Finding((*at, "to"), f"'{transition.key}' of kind {kind} {what}", allowed)
    for n, source in enumerate(transition.source):
        if not states[source].open and kind not in _FROM_CLOSED:
            allowed = "only " + ", ".join(sorted(_FROM_CLOSED)) + " leave a closed state"
            yield Finding((*at, "from", n), f"'{transition.key}' of kind {kind} leaves '{source}'", allowed)
        if states[source].open and kind is Kind.REOPEN:
            yield Finding((*at, "from", n), f"'{source}' is open already", "closed states")


def _promises(transition: Transition, at: Address) -> Iterator[Finding]:
    kind = transition.kind
    if kind in _BY_ENGINE:
        allowed = one_of(kind, set(Kind) - _BY_ENGINE)
        yield Finding((*at, "kind"), f"'{kind}' happens by itself and is no step", allowed)
    need, effect = _NEEDS.get(kind), _EFFECTS.get(kind)
    if need and need not in transition.needs:
        yield Finding(
            (*at, "needs"), f"'{transition.key}' of kind {kind} does not need '{need}'", f"'{need}'"
        )
    if effect and effect not in transition.effects:
        yield Finding((*at, "effects"), f"'{transition.key}' of kind {kind} lacks its effect", f"'{effect}'")
    if kind is Kind.VERIFY and Kind.FINISH not in transition.not_by:
        yield Finding(at, f"'{transition.key}' lets a handler verify their own work", "not_by: [finish]")
    for both in set(transition.needs) & set(transition.may):
        yield Finding((*at, "may"), f"'{both}' stands in needs and in may", "one of them")


def _automatic(transition: Transition, states: dict[str, State], at: Address) -> Iterator[Finding]:
    if transition.when_overdue != ("system" in transition.by):
        yield Finding((*at, "by"), "the system acts exactly when overdue", "by: [system], when_overdue: true")
    for source in transition.source if transition.when_overdue else ():
        if not states[source].limit:
            yield Finding((*at, "from"), f"'{source}' has no limit to pass", "a state with a limit")
