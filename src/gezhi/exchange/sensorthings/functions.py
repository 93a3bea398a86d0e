"""The functions of `$filter` and `$orderby` (18-088, tables 22 to 24), as SQL. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from gezhi.exchange.sensorthings.expressions import BadQuery, Kind
from gezhi.exchange.sensorthings.values import Shape, Sql, as_number, as_text

Made = Callable[..., Sql]
_SHAPES: Final = (
    "geo.intersects", "st_equals", "st_disjoint", "st_touches", "st_within", "st_overlaps", "st_crosses",
    "st_intersects", "st_contains",
)  # fmt: skip


def called(name: str, args: Sequence[Sql]) -> Sql:
    """Raises BadQuery: which functions there are, how many values one takes, or of which kind."""
    if name in _SHAPES or name in ("st_relate", "geo.distance", "geo.length"):
        return _shaped(name, args)
    if name not in _FUNCTIONS:
        known = ", ".join(sorted((*_FUNCTIONS, *_SHAPES, "st_relate", "geo.distance", "geo.length")))
        raise BadQuery(f"There is no function {name[:40]!r}. There are: {known}.")
    least, most, make = _FUNCTIONS[name]
    if not least <= len(args) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise BadQuery(f"{name} takes {wanted} values; here are {len(args)}.")
    return make(*args)


def _made(kind: Kind, text: str, convert: Callable[[Sql], Sql]) -> Made:
    """`text`: {0}, {1} stand for the values, in any order and number."""
    pieces = re.split(r"\{(\d)\}", text)

    def make(*args: Sql) -> Sql:
        values = [convert(one) for one in args]
        used = [values[int(at)] for at in pieces[1::2]]
        made = "".join(a + b for a, b in zip(pieces[::2], [*(one.text for one in used), ""], strict=True))
        return Sql(kind, made, sum((one.params for one in used), ()))

    return make


def _texts(kind: Kind, text: str) -> Made:
    return _made(kind, text, as_text)


def _numbers(text: str) -> Made:
    return _made(Kind.NUMBER, text, as_number)


def _time(value: Sql) -> Sql:
    if value.kind not in (Kind.INSTANT, Kind.PERIOD):
        raise BadQuery(f"A time is expected; here is a {value.kind}.")
    return value


def _times(kind: Kind, text: str) -> Made:
    return _made(kind, text.replace("{0}", "(({0}) AT TIME ZONE 'UTC')"), _time)


def _part(part: str) -> Made:
    return _times(Kind.NUMBER, f"extract({part} from {{0}})::float8")


def _substring(text: Sql, start: Sql, length: Sql | None = None) -> Sql:
    made = f"substr({{}}, least({{}}, 1e6)::int + 1{', greatest(0, least({}, 1e6))::int' if length else ''})"
    parts = [as_text(text), as_number(start), *([as_number(length)] if length else [])]
    return Sql(Kind.TEXT, made.format(*(one.text for one in parts)), sum((one.params for one in parts), ()))


def _fixed(kind: Kind, text: str) -> Made:
    return lambda: Sql(kind, text)


def _zero(value: Sql) -> Sql:
    _time(value)
    return Sql(Kind.NUMBER, "0::float8")  # instants are kept in UTC


def _spans(text: str) -> Made:
    """Of two periods: a, A start and end of the first, b, B of the second."""

    def make(first: Sql, second: Sql) -> Sql:
        parts = {"a": _time(first), "A": first.until, "b": _time(second), "B": second.until}
        pieces = re.split(r"\b([aAbB])\b", text)
        made = "".join(f"({parts[one].text})" if one in parts else one for one in pieces)
        params = sum((parts[one].params for one in pieces if one in parts), ())
        return Sql(Kind.BOOL, f"({made})", params)

    return make


_FUNCTIONS: Final[Mapping[str, tuple[int, int, Made]]] = {
    "substringof": (2, 2, _made(Kind.BOOL, "(strpos({1}, {0}) > 0)", as_text)),
    "contains": (2, 2, _texts(Kind.BOOL, "(strpos({0}, {1}) > 0)")),
    "endswith": (2, 2, _texts(Kind.BOOL, "(right({0}, length({1})) = {1})")),
    "startswith": (2, 2, _texts(Kind.BOOL, "starts_with({0}, {1})")),
    "length": (1, 1, _texts(Kind.NUMBER, "length({0})")),
    "indexof": (2, 2, _texts(Kind.NUMBER, "(strpos({0}, {1}) - 1)")),
    "substring": (2, 3, _substring),
    "tolower": (1, 1, _texts(Kind.TEXT, "lower({0})")),
    "toupper": (1, 1, _texts(Kind.TEXT, "upper({0})")),
    "trim": (1, 1, _texts(Kind.TEXT, "btrim({0})")),
    "concat": (2, 2, _texts(Kind.TEXT, "({0} || {1})")),
    "year": (1, 1, _part("year")),
    "month": (1, 1, _part("month")),
    "day": (1, 1, _part("day")),
    "hour": (1, 1, _part("hour")),
    "minute": (1, 1, _part("minute")),
    "second": (1, 1, _times(Kind.NUMBER, "floor(extract(second from {0}))::float8")),
    "fractionalseconds": (1, 1, _times(Kind.NUMBER, "mod(extract(second from {0}), 1)::float8")),
    "date": (1, 1, _times(Kind.DATE, "{0}::date")),
    "time": (1, 1, _times(Kind.CLOCK, "{0}::time")),
    "totaloffsetminutes": (1, 1, _zero),
    "now": (0, 0, _fixed(Kind.INSTANT, "statement_timestamp()")),
    "mindatetime": (0, 0, _fixed(Kind.INSTANT, "'-infinity'::timestamptz")),
    "maxdatetime": (0, 0, _fixed(Kind.INSTANT, "'infinity'::timestamptz")),
    "round": (1, 1, _numbers("round(({0})::numeric)")),
    "floor": (1, 1, _numbers("floor({0})")),
    "ceiling": (1, 1, _numbers("ceiling({0})")),
    "before": (2, 2, _spans("A <= b AND a < b")),
    "after": (2, 2, _spans("a >= B AND b < a")),
    "meets": (2, 2, _spans("A = b OR a = B")),
    "during": (2, 2, _spans("a >= b AND A <= B")),
    "overlaps": (2, 2, _spans("a < B AND b < A OR a = b")),
    "starts": (2, 2, _spans("a = b")),
    "finishes": (2, 2, _spans("A = B")),
}


def _shaped(name: str, args: Sequence[Sql]) -> Sql:
    wanted = {"geo.length": 1, "st_relate": 3}.get(name, 2)
    if len(args) != wanted:
        raise BadQuery(f"{name} takes {wanted} values; here are {len(args)}.")
    ours = [one for one in args[:2] if one.entity]
    given = [str(one.params[0]) for one in args[:2] if one.kind is Kind.GEOMETRY and not one.entity]
    if len(ours) != 1 or len(given) != wanted - 1 - (name == "st_relate"):
        shown = "location" if name == "geo.length" else "location, geography'POINT(121.5 29.9)'"
        raise BadQuery(
            f"{name} takes a property that is a geometry and one that is written out: {name}({shown})."
        )
    pattern = _pattern(args[2]) if name == "st_relate" else ""
    shape = Shape(ours[0].entity, name, given[0] if given else "", pattern, swapped=not args[0].entity)
    if name in ("geo.distance", "geo.length"):
        return Sql(Kind.NUMBER, f"(%s::jsonb ->> ({ours[0].text})::text)::float8", (shape,))
    return Sql(Kind.BOOL, f"({ours[0].text} = ANY(%s::bigint[]))", (shape,))


def _pattern(value: Sql) -> str:
    text = str(value.params[0]) if value.kind is Kind.TEXT and len(value.params) == 1 else ""
    if len(text) != 9 or set(text) - set("TF*012"):
        raise BadQuery("st_relate takes a DE-9IM pattern of nine of T F * 0 1 2, such as 'T*F**F***'.")
    return text
