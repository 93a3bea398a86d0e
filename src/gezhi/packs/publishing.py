"""What publishing a pack would change, and whether it may be published. Pure."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Literal

from gezhi.packs.catalogue import Published
from gezhi.packs.checking import SECTIONS as _OWNED
from gezhi.packs.checking import check
from gezhi.packs.content import content_of
from gezhi.packs.problems import Problem, spoken
from gezhi.packs.scope import needed_by
from gezhi.packs.shapes import Pack, Procedure

OpenStates = Set[tuple[str, str]]
Releases = Mapping[tuple[str, str], Pack]

SECTIONS = (*_OWNED, "overlays", "situations")


@dataclass(frozen=True)
class Change:
    """`before` or `after` is empty where the thing is new or gone."""

    where: str
    before: str
    after: str

    def __str__(self) -> str:
        if not self.before:
            return f"+ {self.where}"
        return f"~ {self.where}: {self.before} -> {self.after}" if self.after else f"- {self.where}"


@dataclass(frozen=True)
class Plan:
    """`step`: `publish` makes a row, `nothing` when this very version is active already.

    `replaces`: the version that is active until then. `needed`: what it needs, as pinned.
    """

    pack: Pack
    replaces: str | None
    step: Literal["publish", "nothing"]
    changes: tuple[Change, ...]
    refusals: tuple[Problem, ...]
    needed: Mapping[str, Pack] = field(default_factory=dict)


def plan(
    pack: Pack,
    history: Sequence[Published],
    others: Sequence[Pack] = (),
    open_states: OpenStates = frozenset(),
    releases: Releases | None = None,
) -> Plan:
    """`history`: every published version of this name; `others`: active packs of other names;
    `open_states`: (procedure, state) of every open case of this pack; `releases`: what may be needed, by
    name and version."""
    active = next((one.pack for one in history if one.active), None)
    known = releases or {}
    needed = needed_by(pack, lambda *pin: known.get(pin))
    if active is not None and active.digest == pack.digest:
        return Plan(pack, active.manifest.version, "nothing", (), (), needed)
    refusals = (
        *(list(_pin_refusals(pack, known)) or _unsound(pack, needed)),
        *_version_refusals(pack, history),
        *_ownership_refusals(pack, others),
        *_state_refusals(pack, history, open_states),
    )
    replaces = active.manifest.version if active else None
    return Plan(pack, replaces, "publish", tuple(diff(active, pack)), refusals, needed)


def diff(old: Pack | None, new: Pack) -> Iterator[Change]:
    """Object by object, key by key; order counts for nothing."""
    before, after = content_of(old) if old else {}, content_of(new)
    yield from _changes("manifest", before.get("manifest"), after["manifest"])
    for section in SECTIONS:
        yield from _changes(section, _by_name(before.get(section)), _by_name(after.get(section)))


def _by_name(items: object) -> object:
    if not isinstance(items, list) or not items or not isinstance(items[0], dict):
        return items or {}
    name = next(
        (n for n in ("key", "title", "code", "since", "pack") if isinstance(items[0].get(n), str)), ""
    )
    return {str(item[name]): item for item in items} if name else dict(enumerate(items))


def _changes(where: str, before: object, after: object) -> Iterator[Change]:
    before, after = _by_name(before), _by_name(after)
    if before == after:
        return
    if not isinstance(before, dict) or not isinstance(after, dict):
        yield Change(where, _said(before), _said(after))
        return
    for key in [*before, *(key for key in after if key not in before)]:
        here = f"{where}.{key}"
        if key not in before or key not in after:
            yield Change(here, "there" if key in before else "", "there" if key in after else "")
        else:
            yield from _changes(here, before[key], after[key])


def _said(value: object) -> str:
    return "nothing" if value in ({}, None) else str(value)


def _refusal(what: str, allowed: str, where: str = "") -> Problem:
    return Problem("pack.yaml", 0, where, what, allowed)


def _pin_refusals(pack: Pack, releases: Releases) -> Iterator[Problem]:
    for name, version in pack.manifest.needs.items():
        if (name, version) not in releases:
            versions = sorted((v for n, v in releases if n == name), key=_numbers)
            allowed = f"one of {', '.join(versions)}" if versions else f"`gezhi packs apply {name}` first"
            yield _refusal(f"{name} {version} is not published", allowed, f"needs.{name}")


def _unsound(pack: Pack, needed: Mapping[str, Pack]) -> Iterator[Problem]:
    for finding in check(pack, needed):
        yield _refusal(finding.what, finding.allowed, spoken(finding.address))


def _version_refusals(pack: Pack, history: Sequence[Published]) -> Iterator[Problem]:
    version = pack.manifest.version
    newest = max((one.pack.manifest.version for one in history), key=_numbers, default=None)
    if newest is None or _numbers(version) > _numbers(newest):
        return
    known = version in {one.pack.manifest.version for one in history}
    what = (
        f"version {version} is published and never changes" if known else f"{version} is not a newer version"
    )
    yield _refusal(what, f"a version above {newest}", "version")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _ownership_refusals(pack: Pack, others: Sequence[Pack]) -> Iterator[Problem]:
    for other in others:
        for section in _OWNED:
            owned = {item.key for item in getattr(other, section)}
            for item in getattr(pack, section):
                if item.key in owned:
                    what = f"'{item.key}' belongs to the pack {other.manifest.name}"
                    yield _refusal(what, "a key of its own", f"{section}.{item.key}")
        for key in sorted(_overlaid(pack) & _overlaid(other)):
            what = f"{'.'.join(key)} is overlaid by the pack {other.manifest.name} already"
            yield _refusal(what, "one overlay for each thing", "overlays")


def _overlaid(pack: Pack) -> set[tuple[str, str, str]]:
    return {
        (overlay.pack, section, one.key)
        for overlay in pack.overlays
        for section in ("parameters", "categories", "messages")
        for one in getattr(overlay, section)
    }


def _state_refusals(pack: Pack, history: Sequence[Published], open_states: OpenStates) -> Iterator[Problem]:
    procedures = {procedure.key: procedure for procedure in pack.procedures}
    known = {(p.key, s.key) for one in history for p in one.pack.procedures for s in p.states}
    for key, state in sorted(open_states & known):
        if not _has_way(procedures.get(key), state):
            what = f"open cases stand in '{state}', which this version drops"
            yield _refusal(
                what, f"'moves: {{{state}: <an open state>}}' in the procedure", f"procedures.{key}"
            )


def _has_way(procedure: Procedure | None, state: str) -> bool:
    return procedure is not None and (
        state in procedure.moves or any(one.key == state for one in procedure.states)
    )
