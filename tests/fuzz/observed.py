"""What sensors and their clients send: paths, options, filters, bodies, data arrays, patches."""

# ruff: noqa: E501 - a table with a parser in each row

from datetime import UTC, datetime
from typing import Any

from gezhi.exchange.sensorthings.addressing import address_of
from gezhi.exchange.sensorthings.arrays import arrays_in
from gezhi.exchange.sensorthings.asking import asked
from gezhi.exchange.sensorthings.bodies import BadBody, changed, created
from gezhi.exchange.sensorthings.compiling import Compiler
from gezhi.exchange.sensorthings.entities import ENTITIES
from gezhi.exchange.sensorthings.expressions import BadQuery, Kind, parsed
from gezhi.exchange.sensorthings.patching import patched
from gezhi.exchange.sensorthings.values import Sql
from tests.fuzz.parser import Parser, text_of
from tests.fuzz.shapes import bent_json, bent_text, json_values

NOW = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)
FILTERS = (
    "result gt 3 and phenomenonTime lt 2026-03-01T00:00:00Z",
    "Datastreams/ObservedProperty/name eq 'it''s' or not startswith(name, 'a')",
    "st_within(Locations/location, geography'POLYGON((0 0,1 0,1 1,0 0))') and properties/a/0 in (1, 2)",
    "phenomenonTime sub duration'PT10M' gt now() and year(time) eq 2026",
)
ARRAY = [{"Datastream": {"@iot.id": 1}, "components": ["phenomenonTime", "result"],
          "dataArray": [["2026-01-01T00:00:00Z", 1], ["2026-01-01T08:00:00.000+08:00", 2.5]]}]  # fmt: skip
THING = {"name": "a", "description": "b", "properties": {"kind": "c"}, "Locations": [{"@iot.id": 1}],
         "Datastreams": [{"name": "d", "Observations": [{"result": 1, "phenomenonTime": "2026-01-01T00:00:00Z"}]}]}  # fmt: skip


def compiled(text: str) -> object:
    """Into SQL over every list: as many parameters as places for them."""
    node, made = parsed(text), []
    for entity in ENTITIES.values():
        try:
            compiler = Compiler(entity, "t", lambda _entity, _alias: Sql(Kind.BOOL, "true"))
            found = compiler.condition(node)
        except BadQuery:
            continue
        assert found.text.count("%s") == len(found.params)
        made.append(found)
    return made


def optioned(text: str) -> object:
    return [asked(entity, text) for entity in ENTITIES.values()]


def drafted(body: Any) -> object:
    made = []
    for entity in ENTITIES.values():
        for read in (lambda one: created(one, body, NOW), lambda one: changed(one, body, NOW, whole=False)):
            try:
                made.append(read(entity))
            except BadBody:
                continue
    return made


def parsers() -> tuple[Parser, ...]:
    folder = "exchange.sensorthings."
    options = (
        "$filter=name eq 'a'&$top=5",
        "$expand=Datastreams($select=id;$expand=Observations($top=1)),Locations",
    )
    return (
        Parser("sensorthings filters", tuple(folder + one for one in ("expressions", "compiling", "functions", "values")),
               compiled, bent_text(*FILTERS), (BadQuery,), lambda: ["not " * 1000 + "a", "-" * 3999], text_of),
        Parser("sensorthings options", (folder + "asking",), optioned, bent_text(*options), (BadQuery,), raw=text_of),
        Parser("sensorthings paths", (folder + "addressing",), address_of,
               bent_text("Things(1)/Datastreams(2)/Observations", "Things(1)/name/$value"), (BadQuery,), raw=text_of),
        Parser("sensorthings bodies", (folder + "bodies", folder + "fields", folder + "geometry"), drafted,
               bent_json(THING) | json_values, (BadBody,)),
        Parser("sensorthings data arrays", (folder + "arrays", folder + "times"), lambda body: arrays_in(body, 0),
               bent_json(ARRAY) | json_values, (BadBody,)),
        Parser("sensorthings patches", (folder + "patching",), lambda body: patched(THING, body),
               bent_json([{"op": "add", "path": "/properties/x", "value": 1}]) | json_values, (BadBody,)),
    )  # fmt: skip
