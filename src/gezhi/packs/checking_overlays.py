"""Whether overlays set only what exists in the packs that they name."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from gezhi.packs.checking_references import missing
from gezhi.packs.problems import Address, Finding, one_of
from gezhi.packs.scope import Scope
from gezhi.packs.shapes import OverlaidParameter, Overlay, Pack, Parameter


def check_overlays(scope: Scope) -> Iterator[Finding]:
    named: set[str] = set()
    for index, overlay in enumerate(scope.pack.overlays):
        at = ("overlays", index)
        needs = scope.pack.manifest.needs
        yield from missing((*at, "pack"), "needed pack", overlay.pack, needs)
        if overlay.pack in named:
            yield Finding((*at, "pack"), f"'{overlay.pack}' is overlaid twice", "one file for each pack")
        named.add(overlay.pack)
        if overlay.pack in needs and overlay.pack in scope.needed:
            yield from _overlay(scope, overlay, scope.needed[overlay.pack], at)


def _overlay(scope: Scope, overlay: Overlay, owner: Pack, at: Address) -> Iterator[Finding]:
    yield from _known(at, "parameters", overlay.parameters, owner.parameters, owner)
    yield from _known(at, "categories", overlay.categories, owner.categories, owner)
    yield from _known(at, "messages", overlay.messages, owner.messages, owner)
    parameters = {one.key: one for one in owner.parameters}
    for index, one in enumerate(overlay.parameters):
        if one.key in parameters:
            yield from _values(one, parameters[one.key], (*at, "parameters", index))
    halves = {second for key in scope.parameters if (second := key.partition(".")[2])}
    for index, category in enumerate(overlay.categories):
        yield from missing((*at, "categories", index, "limits"), "limit", category.limits, halves)


def _known(
    at: Address, section: str, overlaid: Iterable[object], owned: Iterable[object], owner: Pack
) -> Iterator[Finding]:
    keys = [str(getattr(one, "key", "")) for one in owned]
    seen: set[str] = set()
    for index, key in enumerate(str(getattr(one, "key", "")) for one in overlaid):
        here = (*at, section, index, "key")
        if key not in keys:
            yield Finding(here, f"{owner.manifest.name} has no '{key}' in {section}", one_of(key, keys))
        if key in seen:
            yield Finding(here, f"'{key}' is used twice", "each once")
        seen.add(key)


def _values(overlaid: OverlaidParameter, owned: Parameter, at: Address) -> Iterator[Finding]:
    numbers = owned.values[0].number is not None
    for n, value in enumerate(overlaid.values):
        if (value.number is not None) != numbers:
            kind = "a number" if numbers else "a length"
            yield Finding(
                (*at, "values", n), f"'{owned.key}' is {kind}", "number: 3" if numbers else "length: 2 hours"
            )
    for n, (before, value) in enumerate(pairwise(overlaid.values), start=1):
        if value.since <= before.since:
            what = f"{value.since} is not after {before.since}"
            yield Finding((*at, "values", n, "since"), what, "days that ascend")
