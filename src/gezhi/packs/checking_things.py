"""Whether kinds of things fit the units, duties and parts that there are, and monitors fit the kinds. Pure."""

from collections.abc import Iterator, Mapping

from gezhi.packs.checking_references import missing
from gezhi.packs.monitor_rules import OTHER, names_for, onset_of
from gezhi.packs.problems import Address, Finding, one_of
from gezhi.packs.scope import Scope
from gezhi.packs.shapes import DatastreamKind, Monitor, ThingKind
from gezhi.packs.units import UNITS


def check_things(scope: Scope) -> Iterator[Finding]:
    functions = scope.keys("functions")
    parts = {one.code for pack in scope.packs for one in pack.categories if one.kind == "part"}
    for index, thing in enumerate(scope.pack.things):
        at = ("things", index)
        yield from missing((*at, "function"), "function", thing.function, functions)
        for n, code in enumerate(thing.parts):
            yield from missing((*at, "parts", n), "part", code, parts)
        for n, one in enumerate(thing.datastreams):
            yield from _units(one, (*at, "datastreams", n))
    yield from _watched(scope)


def _units(one: DatastreamKind, at: Address) -> Iterator[Finding]:
    yield from missing((*at, "unit"), "unit", one.unit, UNITS)
    if not one.sent_in or one.unit not in UNITS:
        return
    yield from missing((*at, "sent_in"), "unit", one.sent_in, UNITS)
    if one.sent_in in UNITS and UNITS[one.sent_in].of != UNITS[one.unit].of:
        fitting = [key for key, unit in UNITS.items() if unit.of == UNITS[one.unit].of]
        what = f"'{one.sent_in}' cannot be turned into '{one.unit}'"
        yield Finding((*at, "sent_in"), what, one_of(one.sent_in, fitting))


def _watched(scope: Scope) -> Iterator[Finding]:
    """A pack that knows kinds of things watches those; one that knows none may watch what others will bring."""
    kinds = {one.key: one for pack in reversed(scope.packs) for one in pack.things}
    for index, monitor in enumerate(scope.pack.monitors if kinds else ()):
        at = ("monitors", index)
        yield from missing((*at, "of", "kind"), "kind of thing", monitor.of.kind, kinds)
        kind = kinds.get(monitor.of.kind or "")
        if kind is not None:
            yield from _fits(monitor, kind, at)


def _fits(monitor: Monitor, kind: ThingKind, at: Address) -> Iterator[Finding]:
    """Its property is measured, in the unit of its rules, and so is every other that they ask for."""
    measured = {one.property: one for one in kind.datastreams}
    yield from missing((*at, "of", "property"), f"property of {kind.key}", monitor.of.property, measured)
    one = measured.get(monitor.of.property)
    if one is not None and monitor.levels and monitor.unit != one.unit:
        what = f"'{monitor.of.property}' of {kind.key} is not measured in '{monitor.unit}'"
        yield Finding((*at, "unit"), what, one.unit)
    onsets = {onset_of(code): one for code, one in measured.items() if one.forecast}
    for level, name in _others(monitor, measured | onsets):
        what = f"{kind.key} does not measure '{name}'"
        yield Finding((*at, "levels", level), what, one_of(name, measured))


def _others(monitor: Monitor, measured: Mapping[str, DatastreamKind]) -> Iterator[tuple[str, str]]:
    """(level, property) that a rule asks for and the thing does not measure."""
    for level, rule in monitor.levels.items():
        for name in names_for(rule):
            other = name.removeprefix(OTHER)
            if name.startswith(OTHER) and other not in measured:
                yield level, other
