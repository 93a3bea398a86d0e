"""An expression becomes SQL over an entity's rows: values are parameters, names come from our own lists. Pure.

A path leads over links; each is joined once, within the reach of whoever asks. Where a path leads over a link to many,
the whole filter asks for one row of them that fulfils it, as FROST does. What is not known (null, a text where a number
is asked for) fulfils nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gezhi.exchange.sensorthings.entities import ENTITIES, Entity, Link, Property, instant, reading_of
from gezhi.exchange.sensorthings.expressions import (
    COMPARISONS,
    Among,
    BadQuery,
    Call,
    Kind,
    Literal,
    Node,
    Not,
    Pair,
    Path,
)
from gezhi.exchange.sensorthings.functions import called
from gezhi.exchange.sensorthings.values import ARITHMETIC, Sql, arithmetic, as_bool, compared, joined, literal

MOST_JOINS: Final = 8


@dataclass
class Compiler:
    """Of one statement. `within`: the SQL of who reaches an entity's rows, by name and alias."""

    entity: Entity
    alias: str
    within: Callable[[Entity, str], Sql]
    joins: dict[tuple[str, ...], tuple[str, Sql]] = field(default_factory=dict)
    many: bool = False

    def condition(self, node: Node) -> Sql:
        """True of rows that fulfil the expression. Raises BadQuery."""
        found = self._bool(self.value(node), "$filter")
        if not self.many:
            return found
        joins = self.joining()
        self.joins.clear()
        self.many = False
        text = f"EXISTS (SELECT FROM (VALUES (1)) one {joins.text} WHERE {found.text})"
        return Sql(Kind.BOOL, text, (*joins.params, *found.params))

    def order(self, node: Node, descending: bool) -> Sql:
        """A part of ORDER BY. Raises BadQuery."""
        value = self.value(node)
        if self.many:
            raise BadQuery("$orderby leads over a link to many; it may lead over links to one.")
        turn = " DESC" if descending else ""
        if value.kind is Kind.GEOMETRY:
            if not value.as_text:
                raise BadQuery(
                    "$orderby takes no geometry that is written out; geo.distance(...) is a number."
                )
            return Sql(value.kind, f'({value.as_text})::text COLLATE "C"{turn}', value.params)
        if value.kind is Kind.TEXT:
            return Sql(value.kind, f'({value.text}) COLLATE "C"{turn}', value.params)
        if value.kind is Kind.RESULT:
            text = f'({value.text}){turn}, ({value.as_text}) COLLATE "C"{turn}'
            return Sql(value.kind, text, (*value.params, *value.params))
        return Sql(value.kind, f"({value.text}){turn}", value.params)

    def joining(self) -> Sql:
        """The joins that the paths need."""
        parts = [sql for _, sql in self.joins.values()]
        return Sql(Kind.NULL, " ".join(one.text for one in parts), sum((one.params for one in parts), ()))

    def value(self, node: Node) -> Sql:
        match node:
            case Literal():
                return literal(node)
            case Path():
                return self._path(node.parts)
            case Call():
                return called(node.name, [self.value(arg) for arg in node.args])
            case Not():
                return joined(Kind.BOOL, "NOT ({})", self._bool(self.value(node.of), "not"))
            case Among():
                return self._among(node)
            case Pair(op=op) if op in COMPARISONS:
                return self._compared(node)
            case Pair(op=op) if op in ARITHMETIC:
                return arithmetic(op, self.value(node.left), self.value(node.right))
        left, right = (self._bool(self.value(one), node.op) for one in (node.left, node.right))
        return joined(Kind.BOOL, f"({{}} {node.op.upper()} {{}})", left, right)

    def _bool(self, value: Sql, word: str) -> Sql:
        if value.kind in (Kind.BOOL, Kind.JSON, Kind.RESULT):
            return as_bool(value)
        raise BadQuery(f"{word} takes what is true or false, such as a comparison; here is a {value.kind}.")

    def _among(self, node: Among) -> Sql:
        parts = [self._compared(Pair("eq", node.left, one)) for one in node.values]
        return Sql(
            Kind.BOOL,
            "(" + " OR ".join(one.text for one in parts) + ")",
            sum((one.params for one in parts), ()),
        )

    def _compared(self, node: Pair) -> Sql:
        if (key := self._by_key(node)) is not None:
            return key
        return compared(node.op, self.value(node.left), self.value(node.right))

    def _by_key(self, node: Pair) -> Sql | None:
        """`id eq 5` of an observation, by its key."""
        sides = (node.left, node.right) if isinstance(node.left, Path) else (node.right, node.left)
        match sides:
            case (Path(parts=parts), Literal(kind=Kind.NUMBER, value=int() as number)) if node.op == "eq":
                if parts[-1] in ("id", "@iot.id") and 0 <= number < 2**63:
                    alias, entity, _ = self._follow(parts)
                    if entity.is_reading:
                        return reading_is(alias, number)
        return None

    def _path(self, parts: tuple[str, ...]) -> Sql:
        alias, entity, rest = self._follow(parts)
        name = rest[0]
        if name in ("id", "@iot.id"):
            if len(rest) > 1:
                raise BadQuery("There is nothing below an id.")
            return Sql(Kind.NUMBER, entity.id.replace("{t}", alias))
        known = entity.named.get(name)
        if known is None:
            has = ", ".join(("id", *entity.named, *entity.linked))
            raise BadQuery(f"{entity.name} has no {name[:40]!r}. It has: {has}.")
        return _column(known, alias, entity) if len(rest) == 1 else _inside(known, alias, rest[1:])

    def _follow(self, parts: tuple[str, ...]) -> tuple[str, Entity, tuple[str, ...]]:
        """Alias and entity at the end of the links, and what stands after them."""
        alias, entity, done = self.alias, self.entity, 0
        while done < len(parts) and parts[done] in entity.linked:
            link = entity.linked[parts[done]]
            done += 1
            if parts[done:] in (("id",), ("@iot.id",)) and link.one and parts[done - 1] != "Datastreams":
                return f"({link.one.replace('{t}', alias)})", _ONLY_ID, ("id",)
            alias, entity = self._join(parts[:done], alias, entity, link)
        if done == len(parts):
            raise BadQuery(f"{'/'.join(parts)[:80]} is an entity; name one of its properties.")
        return alias, entity, parts[done:]

    def _join(self, path: tuple[str, ...], alias: str, parent: Entity, link: Link) -> tuple[str, Entity]:
        target = ENTITIES[link.target]
        self.many = self.many or not link.one
        if path in self.joins:
            return self.joins[path][0], target
        if len(self.joins) >= MOST_JOINS:
            raise BadQuery(f"An expression follows at most {MOST_JOINS} different links.")
        name = f"{self.alias}{len(self.joins) + 1}"
        if link.one:
            on = f"{target.id.replace('{t}', name)} = {link.one.replace('{t}', alias)}"
        else:
            on = link.many.replace("{a}", parent.id.replace("{t}", alias)).replace("{b}", name)
        reach = self.within(target, name)
        text = f"LEFT JOIN {target.rows.replace('{t}', name)} ON {on} AND {reach.text}"
        self.joins[path] = name, Sql(Kind.NULL, text, reach.params)
        return name, target


_ONLY_ID: Final = Entity("", "", "", "{t}", (), (), ())


def reading_is(alias: str, number: int) -> Sql:
    series, ms = reading_of(number)
    return Sql(
        Kind.BOOL, f"({alias}.datastream_id = %s AND {alias}.at = %s)", (min(series, 2**31 - 1), instant(ms))
    )


def _column(known: Property, alias: str, entity: Entity) -> Sql:
    def of(text: str) -> str:
        return text.replace("{t}", alias)

    end = Sql(Kind.INSTANT, of(known.end)) if known.end else None
    shape = entity.name if known.kind is Kind.GEOMETRY and entity.shape else ""
    if shape:
        return Sql(known.kind, of(entity.id), as_text=of(known.sql), entity=shape)
    return Sql(known.kind, of(known.sql), (), end, of(known.text), of(known.json))


def _inside(known: Property, alias: str, keys: tuple[str, ...]) -> Sql:
    """A value inside of a JSON property."""
    text = known.json if known.kind is Kind.RESULT else known.sql
    if known.kind not in (Kind.JSON, Kind.RESULT, Kind.GEOMETRY):
        raise BadQuery(f"There is nothing below {known.name}.")
    return Sql(Kind.JSON, f"({text.replace('{t}', alias)} #> %s::text[])", (list(keys),))
