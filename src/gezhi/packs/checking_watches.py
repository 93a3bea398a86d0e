"""Whether what waits for approval can be approved, and what the system does by itself can be done."""

from collections.abc import Iterator, Mapping

from gezhi.packs.problems import Address, Finding, one_of
from gezhi.packs.shapes import Effect, Kind, Procedure, State, Transition, Watch

_UNASKED = {Kind.ABSENT}  # the system sees for itself when these are due

_TOUCHES_OTHERS = {Kind.MERGE, Kind.SPLIT}  # the other case or report is looked at when it is asked for only
_TOUCHES_MORE = {Effect.CHANGE_LISTS, Effect.OPEN_CHILD, Effect.CARRY_OUT_RIGHT}


def check_approvals(procedure: Procedure, at: Address) -> Iterator[Finding]:
    for index, transition in enumerate(procedure.transitions):
        yield from _approvable(transition, (*at, "transitions", index, "approve"))
        for answer in (Kind.APPROVE, Kind.DENY) if transition.approve else ():
            here = (*at, "transitions", index, "approve")
            answers = [one for one in procedure.transitions if one.kind is answer]
            yield from _answered(transition, answers, answer, here)


def _approvable(transition: Transition, at: Address) -> Iterator[Finding]:
    touching = transition.kind in _TOUCHES_OTHERS or bool(_TOUCHES_MORE & set(transition.effects))
    if transition.approve and touching:
        what = f"'{transition.key}' touches more than its case and cannot wait for approval"
        yield Finding(at, what, "no approve here; a step before it that is approved")


def _answered(asking: Transition, answers: list[Transition], kind: Kind, at: Address) -> Iterator[Finding]:
    for source in asking.source:
        if not any(source in one.source for one in answers):
            what = f"'{asking.key}' waits for approval in '{source}', where nobody can {kind}"
            yield Finding(at, what, f"a transition of kind {kind} from '{source}'")
    roles = {role for one in answers for role in one.by}
    for n, approval in enumerate(asking.approve):
        if answers and approval.by not in roles:
            what = f"'{approval.by}' is to agree and may not {kind}"
            yield Finding((*at, n, "by"), what, one_of(approval.by, roles))


def check_watches(procedure: Procedure, states: Mapping[str, State], at: Address) -> Iterator[Finding]:
    transitions = {transition.key: transition for transition in procedure.transitions}
    for index, watch in enumerate(procedure.watches):
        here = (*at, "watches", index)
        yield from _when(watch, here)
        yield from _within(watch, states, here)
        yield from _not_first(watch, procedure, here)
        if watch.do in transitions:
            yield from _doable(watch, transitions[watch.do], here)
            yield from _endless(watch, transitions[watch.do], here)
        else:
            what = f"there is no transition '{watch.do}'"
            yield Finding((*here, "do"), what, one_of(watch.do, transitions))
    watched = {watch.do for watch in procedure.watches} | _carrying_out(procedure)
    for index, transition in enumerate(procedure.transitions):
        yield from _automatic(transition, watched, states, (*at, "transitions", index))
    yield from _one_at_the_limit(procedure, at)


def _carrying_out(procedure: Procedure) -> set[str]:
    """Steps that the system takes because it carries out what a person asked for about their own data."""
    carrying = [one for one in procedure.transitions if Effect.CARRY_OUT_RIGHT in one.effects]
    ends = [
        one
        for one in procedure.transitions
        if one.kind is Kind.CLOSE and any(step.to in one.source for step in carrying)
    ]
    return {one.key for one in carrying + ends}


def _when(watch: Watch, at: Address) -> Iterator[Finding]:
    repeats = watch.after is not None and watch.times is not None
    halves = (watch.after is None) != (watch.times is None)
    if halves or (watch.at is not None) == repeats:
        allowed = "either 'at', or 'after' with 'times'"
        yield Finding(at, f"'{watch.key}' does not say when, or says it twice", allowed)


def _within(watch: Watch, states: Mapping[str, State], at: Address) -> Iterator[Finding]:
    for n, key in enumerate(watch.within):
        if key not in states:
            yield Finding((*at, "within", n), f"there is no state '{key}'", one_of(key, states))
        elif watch.at is not None and not states[key].limit:
            yield Finding((*at, "within", n), f"'{key}' has no limit to watch", "a state with a limit")


def _not_first(watch: Watch, procedure: Procedure, at: Address) -> Iterator[Finding]:
    """The intake writes no marks: what is new has its limit only."""
    first = procedure.states[0].key
    if watch.at is not None and watch.at < 100 and first in watch.within:
        what = f"'{watch.key}' watches '{first}', where cases begin, before its limit"
        yield Finding((*at, "within"), what, "a later state, or 'at' from 100 on")


def _doable(watch: Watch, transition: Transition, at: Address) -> Iterator[Finding]:
    if "system" not in transition.by:
        what = f"the system may not take '{watch.do}'"
        yield Finding((*at, "do"), what, f"'system' among the roles of '{watch.do}'")
    for n, key in enumerate(watch.within):
        if key not in transition.source:
            what = f"'{watch.do}' is not open from '{key}'"
            yield Finding((*at, "within", n), what, one_of(key, transition.source))


def _endless(watch: Watch, transition: Transition, at: Address) -> Iterator[Finding]:
    if watch.after is transition.kind:
        what = f"'{watch.key}' answers steps of kind {watch.after} with another one, without end"
        yield Finding((*at, "do"), what, "a transition of another kind")


def _automatic(
    transition: Transition, watched: set[str], states: Mapping[str, State], at: Address
) -> Iterator[Finding]:
    by_system, key = "system" in transition.by, transition.key
    if transition.when_overdue and not by_system:
        yield Finding((*at, "by"), f"'{key}' is taken when overdue, but not by the system", "by: [system]")
    if by_system and not transition.when_overdue and key not in watched and transition.kind not in _UNASKED:
        allowed = f"when_overdue: true, or a watch with 'do: {key}'"
        yield Finding((*at, "by"), f"nothing makes the system take '{key}'", allowed)
    for n, source in enumerate(transition.source if transition.when_overdue else ()):
        if not states[source].limit:
            yield Finding((*at, "from", n), f"'{source}' has no limit to pass", "a state with a limit")


def _one_at_the_limit(procedure: Procedure, at: Address) -> Iterator[Finding]:
    taken: dict[str, str] = {}
    for index, transition in enumerate(procedure.transitions):
        for n, source in enumerate(transition.source if transition.when_overdue else ()):
            first = taken.setdefault(source, transition.key)
            if first != transition.key:
                what = f"'{first}' is taken already when '{source}' is overdue"
                yield Finding((*at, "transitions", index, "from", n), what, "one 'when_overdue' a state")
