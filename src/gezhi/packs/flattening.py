"""A procedure that builds on another becomes whole: the states, transitions and watches of both. Pure.

What is written again with the same key stands in the place of the base's; what is new stands after what is written
before it, a first new state behind the open ones, or in front where the base's first state is left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from gezhi.packs.problems import Finding, one_of
from gezhi.packs.shapes import Pack, Procedure, State, Transition, Watch

DEEPEST = 3

_Item = TypeVar("_Item", State, Transition, Watch)
_Merged = list[tuple[_Item, int | None]]
_Origins = Mapping[str, tuple[int | None, ...]]


@dataclass(frozen=True)
class Flat:
    """`origins`: for each procedure that had a base, by its index and section: where each item is written there;
    None where it comes from the base."""

    pack: Pack
    findings: tuple[Finding, ...] = ()
    origins: Mapping[int, _Origins] = field(default_factory=dict)
    bases: Mapping[int, str] = field(default_factory=dict)

    def as_written(self, finding: Finding) -> Finding:
        """A finding about the whole, at the place of the files that is to blame."""
        at = finding.address
        if len(at) < 4 or at[0] != "procedures" or at[1] not in self.origins:
            return finding
        procedure, section, index = int(at[1]), str(at[2]), int(at[3])
        if section not in self.origins[procedure]:
            return finding
        written = self.origins[procedure][section][index]
        if written is not None:
            return Finding((*at[:3], written, *at[4:]), finding.what, finding.allowed)
        what = f"{finding.what} (from base '{self.bases[procedure]}')"
        return Finding(("procedures", procedure, "base"), what, finding.allowed)


def flattened(pack: Pack, needed: Mapping[str, Pack]) -> Flat:
    own = {procedure.key: procedure for procedure in pack.procedures}
    others = {one.key: one for other in reversed(list(needed.values())) for one in other.procedures}
    derived = {n: one for n, one in enumerate(pack.procedures) if one.base is not None}
    findings = [f for n, one in derived.items() for f in _bases(one, n, own, others)]
    if findings:
        return Flat(pack, tuple(findings))
    whole: dict[str, tuple[Procedure, _Origins]] = {key: (one, {}) for key, one in others.items()}
    for one in sorted(pack.procedures, key=lambda one: len(_chain(one, own))):
        whole[one.key] = (one, {}) if one.base is None else merged(whole[one.base][0], one)
        findings += _without(pack.procedures.index(one), one, whole[one.base][0]) if one.base else ()
    return Flat(
        pack.model_copy(update={"procedures": tuple(whole[one.key][0] for one in pack.procedures)}),
        tuple(findings),
        {n: whole[one.key][1] for n, one in derived.items()},
        {n: str(one.base) for n, one in derived.items()},
    )


def _chain(procedure: Procedure, own: Mapping[str, Procedure]) -> list[str]:
    """The bases, nearest first, as far as they lie in this pack; ends where it would go round."""
    chain: list[str] = []
    while procedure.base and procedure.base not in chain:
        chain.append(procedure.base)
        if procedure.base not in own:
            break
        procedure = own[procedure.base]
    return chain


def _bases(
    procedure: Procedure, index: int, own: Mapping[str, Procedure], others: Mapping[str, Procedure]
) -> Iterator[Finding]:
    at = ("procedures", index, "base")
    base = str(procedure.base)
    chain = _chain(procedure, own)
    if procedure.key in chain:
        yield Finding(at, f"'{procedure.key}' builds on itself", "a base that ends in a whole procedure")
    elif base not in own and base not in others:
        names = {*own, *others} - {procedure.key}
        yield Finding(at, f"there is no procedure '{base}' to build on", one_of(base, names))
    elif len(chain) > DEEPEST:
        yield Finding(at, f"{len(chain)} bases stand on one another", f"at most {DEEPEST}")


def _without(index: int, procedure: Procedure, base: Procedure) -> Iterator[Finding]:
    known, written = _keys(base), _keys(procedure)
    for n, key in enumerate(procedure.without):
        at = ("procedures", index, "without", n)
        if key not in known:
            yield Finding(at, f"the base '{base.key}' has no '{key}'", one_of(key, known))
        elif key in written:
            yield Finding(at, f"'{key}' is left out and written here", "one of the two")


def _keys(procedure: Procedure) -> set[str]:
    sections: tuple[tuple[State | Transition | Watch, ...], ...]
    sections = (procedure.states, procedure.transitions, procedure.watches)
    return {one.key for section in sections for one in section}


def merged(base: Procedure, own: Procedure) -> tuple[Procedure, _Origins]:
    gone = {key for key in own.without if any(state.key == key for state in base.states)}
    states = _together(base.states, own.states, own.without)
    transitions = _together(list(_leaving(base, gone)), own.transitions, own.without)
    watches = _together(list(_watching(base, own, gone)), own.watches, own.without)
    kept = {state.key for state, _ in states}
    whole = own.model_copy(
        update={
            "base": None,
            "without": (),
            "answer": own.answer or base.answer,
            "joined": own.joined or base.joined,
            "moves": {k: v for k, v in base.moves.items() if k not in kept and v in kept} | own.moves,
            "states": tuple(one for one, _ in states),
            "transitions": tuple(one for one, _ in transitions),
            "watches": tuple(one for one, _ in watches),
        }
    )
    return whole, {
        "states": tuple(n for _, n in states),
        "transitions": tuple(n for _, n in transitions),
        "watches": tuple(n for _, n in watches),
    }


def _leaving(base: Procedure, gone: set[str]) -> Iterator[Transition]:
    """The base's transitions that still leave a state."""
    for one in base.transitions:
        source = _rest(one.source, gone)
        if source:
            yield one if source == one.source else one.model_copy(update={"source": source})


def _watching(base: Procedure, own: Procedure, gone: set[str]) -> Iterator[Watch]:
    """The base's watches that still have a state to watch and a transition to take."""
    for one in base.watches:
        within = _rest(one.within, gone)
        if within and one.do not in own.without:
            yield one if within == one.within else one.model_copy(update={"within": within})


def _rest(keys: tuple[str, ...], gone: set[str]) -> tuple[str, ...]:
    return tuple(key for key in keys if key not in gone)


def _together(base: Sequence[_Item], own: Sequence[_Item], without: Iterable[str]) -> _Merged[_Item]:
    dropped, again = set(without), {item.key: n for n, item in enumerate(own)}
    together: _Merged[_Item] = [
        (own[again[item.key]], again[item.key]) if item.key in again else (item, None)
        for item in base
        if item.key not in dropped
    ]
    known = {item.key for item, _ in together}
    headless = bool(base) and base[0].key in dropped
    for n, item in enumerate(own):
        if item.key not in known:
            together.insert(_place(together, n, item, headless), (item, n))
    return together


def _place(together: _Merged[_Item], n: int, item: _Item, headless: bool) -> int:
    if n:
        before = (place for place, (_, written) in enumerate(together, 1) if written == n - 1)
        return next(before, len(together))
    if not getattr(item, "open", False):
        return len(together)
    is_open = [getattr(one, "open", False) for one, _ in together]
    return 0 if headless or True not in is_open else len(is_open) - is_open[::-1].index(True)
