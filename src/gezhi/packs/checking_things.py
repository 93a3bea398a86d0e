"""Whether kinds of things fit the units, duties and parts that there are. Shapes are already right."""

from collections.abc import Iterator

from gezhi.packs.checking_references import missing
from gezhi.packs.problems import Address, Finding, one_of
from gezhi.packs.scope import Scope
from gezhi.packs.shapes import DatastreamKind
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


def _units(one: DatastreamKind, at: Address) -> Iterator[Finding]:
    yield from missing((*at, "unit"), "unit", one.unit, UNITS)
    if not one.sent_in or one.unit not in UNITS:
        return
    yield from missing((*at, "sent_in"), "unit", one.sent_in, UNITS)
    if one.sent_in in UNITS and UNITS[one.sent_in].of != UNITS[one.unit].of:
        fitting = [key for key, unit in UNITS.items() if unit.of == UNITS[one.unit].of]
        what = f"'{one.sent_in}' cannot be turned into '{one.unit}'"
        yield Finding((*at, "sent_in"), what, one_of(one.sent_in, fitting))
