"""Values of SQL with their kinds: how they convert, compare and calculate. Pure."""

from dataclasses import dataclass
from typing import Final

from gezhi.exchange.sensorthings.expressions import BadQuery, Kind, Literal

_SYMBOLS: Final = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_SWAPPED: Final = {"gt": "lt", "ge": "le"}
ARITHMETIC: Final = {"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%%"}
_TIMES: Final = (Kind.INSTANT, Kind.PERIOD)


@dataclass(frozen=True, slots=True)
class Shape:
    """A parameter that is looked up before the statement runs: for `function` of the entity's geometry and `wkt`, the
    ids for which it holds (a list), or a value for each id (JSON text). `swapped`: the geometry given stands first."""

    entity: str
    function: str
    wkt: str
    pattern: str = ""
    swapped: bool = False


@dataclass(frozen=True, slots=True)
class Sql:
    """`text` with its parameters. PERIOD: `end`, too. GEOMETRY of an entity: `entity` and the SQL of its id."""

    kind: Kind
    text: str
    params: tuple[object, ...] = ()
    end: "Sql | None" = None
    as_text: str = ""
    as_json: str = ""
    entity: str = ""

    @property
    def until(self) -> "Sql":
        return self.end or self


def literal(node: Literal) -> Sql:
    match node.kind:
        case Kind.NUMBER:
            return Sql(
                Kind.NUMBER, "%s::float8" if isinstance(node.value, float) else "%s::bigint", (node.value,)
            )
        case Kind.PERIOD:
            assert isinstance(node.value, tuple)
            start, end = (Sql(Kind.INSTANT, "%s::timestamptz", (one,)) for one in node.value)
            return Sql(Kind.PERIOD, start.text, start.params, end)
        case Kind.NULL:
            return Sql(Kind.NULL, "NULL")
        case Kind.GEOMETRY:
            return Sql(Kind.GEOMETRY, "", (node.value,))
    return Sql(node.kind, f"%s::{_CASTS[node.kind]}", (node.value,))


_CASTS: Final = {
    Kind.TEXT: "text", Kind.BOOL: "boolean", Kind.INSTANT: "timestamptz", Kind.DATE: "date", Kind.CLOCK: "time",
    Kind.DURATION: "interval",
}  # fmt: skip


def joined(kind: Kind, text: str, *parts: Sql) -> Sql:
    return Sql(kind, text.format(*(one.text for one in parts)), sum((one.params for one in parts), ()))


def as_number(value: Sql) -> Sql:
    """Raises BadQuery for what never is one."""
    if value.kind is Kind.JSON:
        text = f"(CASE jsonb_typeof({value.text}) WHEN 'number' THEN ({value.text} #>> '{{}}')::float8 END)"
        return Sql(Kind.NUMBER, text, (*value.params, *value.params))
    if value.kind in (Kind.NUMBER, Kind.RESULT):
        return Sql(Kind.NUMBER, value.text, value.params)
    if value.kind is Kind.NULL:
        return value
    raise BadQuery(f"A number is expected; here is a {value.kind}.")


def as_text(value: Sql) -> Sql:
    """Raises BadQuery."""
    if value.kind is Kind.JSON:
        return Sql(Kind.TEXT, f"({value.text} #>> '{{}}')", value.params)
    if value.kind is Kind.RESULT:
        return Sql(Kind.TEXT, value.as_text, value.params)
    if value.kind in (Kind.TEXT, Kind.NULL):
        return value
    if value.kind in (Kind.NUMBER, Kind.BOOL):
        return Sql(Kind.TEXT, f"({value.text})::text", value.params)
    raise BadQuery(f"A text is expected; here is a {value.kind}.")


def as_bool(value: Sql) -> Sql:
    if value.kind is Kind.JSON:
        text = f"(CASE jsonb_typeof({value.text}) WHEN 'boolean' THEN ({value.text} #>> '{{}}')::boolean END)"
        return Sql(Kind.BOOL, text, (*value.params, *value.params))
    if value.kind is Kind.RESULT:
        return as_bool(Sql(Kind.JSON, value.as_json, value.params))
    if value.kind in (Kind.BOOL, Kind.NULL):
        return value
    raise BadQuery(f"True or false is expected; here is a {value.kind}.")


def compared(op: str, left: Sql, right: Sql) -> Sql:
    """Raises BadQuery for what cannot be compared."""
    if Kind.NULL in (left.kind, right.kind):
        return _with_null(op, left, right)
    kinds = {left.kind, right.kind}
    if kinds <= set(_TIMES):
        return _times(op, left, right)
    for kind, convert in _COMPARED:
        if kind in kinds:
            return joined(Kind.BOOL, f"({{}} {_SYMBOLS[op]} {{}})", convert(left), convert(right))
    if len(kinds) == 1 and left.kind in (Kind.DATE, Kind.CLOCK, Kind.DURATION):
        return joined(Kind.BOOL, f"({{}} {_SYMBOLS[op]} {{}})", left, right)
    if kinds <= {Kind.JSON, Kind.RESULT}:
        plain = (Sql(Kind.JSON, one.as_json or one.text, one.params) for one in (left, right))
        return joined(Kind.BOOL, f"({{}} {_SYMBOLS[op]} {{}})", *plain)
    raise BadQuery(f"A {left.kind} and a {right.kind} cannot be compared.")


def _collated(value: Sql) -> Sql:
    found = as_text(value)
    return Sql(Kind.TEXT, f'{found.text} COLLATE "C"', found.params)


_COMPARED: Final = ((Kind.TEXT, _collated), (Kind.NUMBER, as_number), (Kind.BOOL, as_bool))


def _with_null(op: str, left: Sql, right: Sql) -> Sql:
    value = right if left.kind is Kind.NULL else left
    if op not in ("eq", "ne"):
        return Sql(Kind.BOOL, "false")
    text = value.as_text if value.kind is Kind.RESULT else value.text
    if value.kind is Kind.NULL:
        text = "NULL::text"
    if value.kind is Kind.JSON:
        text = f"nullif({text}, 'null'::jsonb)"
    return Sql(Kind.BOOL, f"({text}) IS {'NOT ' if op == 'ne' else ''}NULL", value.params)


def _times(op: str, left: Sql, right: Sql) -> Sql:
    """Instants are periods without length. `lt`: before it begins; `le`: neither begins nor ends after it."""
    if op in _SWAPPED:
        return _times(_SWAPPED[op], right, left)
    if left.kind is right.kind is Kind.INSTANT:
        return joined(Kind.BOOL, f"({{}} {_SYMBOLS[op]} {{}})", left, right)
    if op == "lt":
        return joined(Kind.BOOL, "({} < {} AND {} <= {})", left, right, left.until, right)
    same = {"le": ("<=", "<="), "eq": ("=", "="), "ne": ("=", "=")}[op]
    text = f"({{}} {same[0]} {{}} AND {{}} {same[1]} {{}})"
    return joined(Kind.BOOL, f"NOT {text}" if op == "ne" else text, left, right, left.until, right.until)


def arithmetic(op: str, left: Sql, right: Sql) -> Sql:
    """Numbers; instants and durations are added and subtracted. Raises BadQuery."""
    kinds = (Kind.INSTANT if left.kind is Kind.PERIOD else left.kind, right.kind)
    if kinds == (Kind.INSTANT, Kind.DURATION) and op in ("add", "sub"):
        return joined(Kind.INSTANT, f"({{}} {ARITHMETIC[op]} {{}})", left, right)
    if kinds == (Kind.INSTANT, Kind.INSTANT) and op == "sub":
        return joined(Kind.DURATION, "({} - {})", left, right)
    a, b = as_number(left), as_number(right)
    if op in ("div", "mod"):
        cast = "numeric" if op == "mod" else "float8"
        text = f"(({{}})::{cast} {ARITHMETIC[op]} nullif(({{}})::{cast}, 0))"
        return joined(Kind.NUMBER, text, a, b)
    return joined(Kind.NUMBER, f"({{}} {ARITHMETIC[op]} {{}})", a, b)
