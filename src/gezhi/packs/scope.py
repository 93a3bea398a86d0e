"""What a pack may name: its own things first, then those of the packs that it needs, as pinned. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from gezhi.packs.shapes import Key, Pack, Procedure, Version

Find = Callable[[Key, Version], Pack | None]


@dataclass(frozen=True)
class Scope:
    """`needed`: by name, every pack that the own one needs, also through another."""

    pack: Pack
    needed: Mapping[str, Pack] = field(default_factory=dict)

    @cached_property
    def packs(self) -> tuple[Pack, ...]:
        return (self.pack, *self.needed.values())

    @cached_property
    def procedures(self) -> dict[str, Procedure]:
        return {one.key: one for pack in reversed(self.packs) for one in pack.procedures}

    @cached_property
    def parameters(self) -> set[str]:
        return self.keys("parameters")

    @cached_property
    def state_limits(self) -> set[str]:
        """What the states of every procedure in reach name as their limit."""
        return {s.limit for p in self.procedures.values() for s in p.states if s.limit}

    def keys(self, section: str) -> set[str]:
        return {one.key for pack in self.packs for one in getattr(pack, section)}


def needed_by(pack: Pack, find: Find) -> dict[str, Pack]:
    """Every pack that this one needs, near ones first; what `find` does not know is left out."""
    found: dict[str, Pack] = {}
    waiting = [pack]
    while waiting:
        for name, version in waiting.pop(0).manifest.needs.items():
            one = find(name, version) if name not in found and name != pack.manifest.name else None
            if one is not None:
                found[name] = one
                waiting.append(one)
    return found


def by_needs(packs: Iterable[Pack]) -> list[Pack]:
    """Needed packs before those that need them; otherwise in the order given."""
    known = {pack.manifest.name: pack for pack in packs}
    done: dict[str, Pack] = {}
    for pack in known.values():
        for one in _first_its_needs(pack, known, frozenset()):
            done.setdefault(one.manifest.name, one)
    return list(done.values())


def _first_its_needs(pack: Pack, known: Mapping[str, Pack], above: frozenset[str]) -> Iterator[Pack]:
    for name in pack.manifest.needs:
        if name in known and name not in above:
            yield from _first_its_needs(known[name], known, above | {pack.manifest.name})
    yield pack
