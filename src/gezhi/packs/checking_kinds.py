"""Whether each transition does what its kind says: where it leads, what it asks for, what it does."""

from collections.abc import Iterator, Mapping

from gezhi.packs.problems import Address, Finding, one_of
from gezhi.packs.shapes import Effect, Kind, Need, Procedure, State, Transition

_States = Mapping[str, State]

_STAYS = {
    *(Kind.CORRECT, Kind.ADD, Kind.SPLIT, Kind.URGE, Kind.SUPERVISE, Kind.REPLY, Kind.SHARE, Kind.REPORT_IN),
    *(Kind.JOINT, Kind.WHISTLE, Kind.CHILD, Kind.ABSENT, Kind.ANSWER_ORDER, Kind.EXTEND),
    *(Kind.APPROVE, Kind.DENY),
}
_TO_OPEN = {
    *(Kind.ACCEPT, Kind.DISPATCH, Kind.RECEIVE, Kind.RETURN, Kind.FINISH, Kind.REWORK, Kind.REOPEN),
    *(Kind.OVERTURN, Kind.SUSPEND, Kind.RESUME, Kind.ESCALATE, Kind.HAND_DOWN),
}
_TO_CLOSED = {Kind.REJECT, Kind.VERIFY, Kind.RATE, Kind.CLOSE, Kind.WITHDRAW, Kind.MERGE}
_KEEPS_OPEN = _TO_OPEN | {Kind.TRANSFER, Kind.HANDLE}
_OPENS = {Kind.REOPEN, Kind.OVERTURN}
_FROM_CLOSED = _OPENS | {Kind.RATE, Kind.CLOSE}
_BY_ENGINE = {Kind.REPORT, Kind.JOIN, Kind.OVERDUE, Kind.ASK, Kind.UNDO}
_NEEDS: dict[Kind, tuple[Need, ...]] = {
    Kind.REJECT: (Need.REASON,),
    Kind.RETURN: (Need.REASON,),
    Kind.REWORK: (Need.REASON,),
    Kind.REOPEN: (Need.REASON,),
    Kind.OVERTURN: (Need.REASON,),
    Kind.SUSPEND: (Need.REASON,),
    Kind.SUPERVISE: (Need.REASON,),
    Kind.EXTEND: (Need.LENGTH, Need.REASON),
    Kind.TRANSFER: (Need.UNIT, Need.REASON),
    Kind.DISPATCH: (Need.UNIT,),
    Kind.WHISTLE: (Need.UNITS, Need.TEXT),
    Kind.JOINT: (Need.UNITS,),
    Kind.FINISH: (Need.EVIDENCE,),
    Kind.RATE: (Need.RATING,),
    Kind.MERGE: (Need.CASE,),
    Kind.SPLIT: (Need.REPORT,),
    Kind.ADD: (Need.TEXT,),
    Kind.REPLY: (Need.TEXT,),
    Kind.SHARE: (Need.TEXT,),
    Kind.CHILD: (Need.TEXT,),
}
_EFFECTS: dict[Kind, tuple[Effect, ...]] = {
    Kind.DISPATCH: (Effect.ASSIGN,),
    Kind.TRANSFER: (Effect.ASSIGN,),
    Kind.RECEIVE: (Effect.RECEIVE,),
    Kind.RETURN: (Effect.RETURN_ASSIGNMENT,),
    Kind.FINISH: (Effect.FINISH_ASSIGNMENT,),
    Kind.REWORK: (Effect.REASSIGN,),
    Kind.RATE: (Effect.RECORD_RATING,),
    Kind.EXTEND: (Effect.EXTEND,),
    Kind.SUSPEND: (Effect.STOP_CLOCK,),
    Kind.RESUME: (Effect.START_CLOCK,),
    Kind.ESCALATE: (Effect.ESCALATE,),
    Kind.HAND_DOWN: (Effect.HAND_DOWN,),
    Kind.WHISTLE: (Effect.CALL,),
    Kind.JOINT: (Effect.CALL_JOINT,),
    Kind.REPORT_IN: (Effect.REPORT_IN,),
    Kind.SHARE: (Effect.FINISH_SHARE,),
    Kind.ABSENT: (Effect.MARK_ABSENT,),
    Kind.CHILD: (Effect.OPEN_CHILD,),
    Kind.SUPERVISE: (Effect.YELLOW_CARD, Effect.RED_CARD, Effect.ORDER),
    Kind.ANSWER_ORDER: (Effect.ANSWER_ORDER,),
}
_ANSWERED_BY = {
    Effect.CALL: Kind.REPORT_IN,
    Effect.CALL_JOINT: Kind.SHARE,
    Effect.ORDER: Kind.ANSWER_ORDER,
}


def check_kinds(procedure: Procedure, states: _States, at: Address) -> Iterator[Finding]:
    kinds = {transition.kind for transition in procedure.transitions}
    for index, transition in enumerate(procedure.transitions):
        here = (*at, "transitions", index)
        yield from _direction(transition, states, here)
        yield from _sources(transition, states, here)
        yield from _needs(transition, here)
        yield from _effects(transition, kinds, here)
        yield from _lengths(transition, here)
        if transition.kind is Kind.SUSPEND and transition.to:
            yield from _way_back(procedure, transition.to, here)


def _direction(transition: Transition, states: _States, at: Address) -> Iterator[Finding]:
    kind, target = transition.kind, states[transition.to] if transition.to else None
    wrong: list[tuple[bool, str, str]] = [
        (kind in _STAYS and target is not None, "moves the case", "no 'to'"),
        (kind in _TO_OPEN | _TO_CLOSED and target is None, "leads nowhere", "a 'to'"),
        (kind in _KEEPS_OPEN and target is not None and not target.open, "closes", "an open state"),
        (kind in _TO_CLOSED and target is not None and target.open, "keeps open", "a closed state"),
    ]
    for is_wrong, what, allowed in wrong:
        if is_wrong:
            yield Finding((*at, "to"), f"'{transition.key}' of kind {kind} {what}", allowed)


def _sources(transition: Transition, states: _States, at: Address) -> Iterator[Finding]:
    kind = transition.kind
    for n, source in enumerate(transition.source):
        if not states[source].open and kind not in _FROM_CLOSED:
            allowed = "only " + ", ".join(sorted(_FROM_CLOSED)) + " leave a closed state"
            yield Finding((*at, "from", n), f"'{transition.key}' of kind {kind} leaves '{source}'", allowed)
        if states[source].open and kind in _OPENS:
            yield Finding((*at, "from", n), f"'{source}' is open already", "closed states")


def _needs(transition: Transition, at: Address) -> Iterator[Finding]:
    kind, key = transition.kind, transition.key
    if kind in _BY_ENGINE:
        allowed = one_of(kind, set(Kind) - _BY_ENGINE)
        yield Finding((*at, "kind"), f"'{kind}' happens by itself and is no step", allowed)
    by_itself = transition.by == ("system",)  # gives nothing; a watch says why
    for need in () if by_itself else _NEEDS.get(kind, ()):
        if need not in transition.needs:
            yield Finding((*at, "needs"), f"'{key}' of kind {kind} does not need '{need}'", f"'{need}'")
    for both in sorted(set(transition.needs) & set(transition.may)):
        yield Finding((*at, "may"), f"'{both}' stands in needs and in may", "one of them")
    if Need.FORM in transition.needs and transition.form is None:
        yield Finding((*at, "needs"), f"'{key}' needs a form and names none", "form: the key of a form")


def _effects(transition: Transition, kinds: set[Kind], at: Address) -> Iterator[Finding]:
    kind, key, effects = transition.kind, transition.key, _EFFECTS.get(transition.kind, ())
    if effects and not set(effects) & set(transition.effects):
        allowed = " or ".join(f"'{effect}'" for effect in effects)
        yield Finding((*at, "effects"), f"'{key}' of kind {kind} lacks its effect", allowed)
    for effect, answer in _ANSWERED_BY.items():
        if effect in transition.effects and answer not in kinds:
            what = f"nobody can answer '{key}'"
            yield Finding((*at, "effects"), what, f"a transition of kind {answer} in this procedure")
    if kind is Kind.VERIFY and Kind.FINISH not in transition.not_by:
        yield Finding(at, f"'{key}' lets a handler verify their own work", "not_by: [finish]")


def _lengths(transition: Transition, at: Address) -> Iterator[Finding]:
    asked = Need.LENGTH in (*transition.needs, *transition.may)
    if transition.longest and not asked:
        what = f"'{transition.key}' has a longest length and asks for none"
        yield Finding((*at, "longest"), what, "needs: [length]")
    if Effect.SET_LIMIT in transition.effects and not (asked and transition.to and transition.longest):
        what = f"'{transition.key}' sets a limit and lacks the length, its bound or a state"
        yield Finding((*at, "effects"), what, "needs: [length], longest and to")
    for n, approval in enumerate(transition.approve):
        if approval.above and not asked:
            what = f"'{transition.key}' asks for no length that could be above {approval.above}"
            yield Finding((*at, "approve", n, "above"), what, "needs: [length]")


def _way_back(procedure: Procedure, suspended: str, at: Address) -> Iterator[Finding]:
    back = [t for t in procedure.transitions if t.kind is Kind.RESUME and suspended in t.source]
    if not any(one.to != suspended for one in back):
        what = f"nothing resumes a case in '{suspended}'"
        yield Finding((*at, "to"), what, "a state that a transition of kind resume leaves")
