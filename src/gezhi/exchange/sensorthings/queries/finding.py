"""An address leads to rows: each step over a link is one statement by key, within reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gezhi.exchange.sensorthings.addressing import Address, NoSuchPath, Step
from gezhi.exchange.sensorthings.asking import Asked
from gezhi.exchange.sensorthings.entities import READINGS, Entity, Link, instant, reading_of
from gezhi.exchange.sensorthings.expressions import Kind
from gezhi.exchange.sensorthings.queries.fetching import NOTHING, Reader
from gezhi.exchange.sensorthings.queries.walking import held_at
from gezhi.exchange.sensorthings.spans import Span, instant_span, span_of
from gezhi.exchange.sensorthings.values import Sql

_MOVED = """
SELECT at FROM sensing_extra WHERE datastream_id = %s AND (body->>'from')::bigint = %s
AND NOT EXISTS (SELECT FROM sensing_reading WHERE datastream_id = %s AND at = %s)
"""


@dataclass(frozen=True)
class Found:
    """`scope`: true of the rows `t` at the address. `parent`: the entity before the last step, and its id. `target`:
    the id where the address names one."""

    address: Address
    scope: Sql
    proven: bool = False
    parent: tuple[Entity, int] | None = None
    target: int | None = None
    at: tuple[int, datetime] | None = None

    def span(self, asked: Asked) -> Span | None:
        """Of readings of one series: what the list of them can be about. Raises BadQuery."""
        if not self.address.entity.is_reading:
            return None
        if self.at is not None:
            return instant_span(*self.at)
        parent = self.parent[1] if self.parent and self.parent[0].name == "Datastream" else None
        return span_of(asked, parent)

    @property
    def number(self) -> int:
        if self.target is None:
            raise self.missing()
        return self.target

    @property
    def key(self) -> tuple[int, datetime]:
        """Of a reading: series and time."""
        if self.at is None:
            raise self.missing()
        return self.at

    def missing(self) -> NoSuchPath:
        step = self.address.steps[-1]
        name = f"{step.entity.plural}({step.id})" if step.id is not None else step.entity.name
        return NoSuchPath(f"There is no {name}, or your posts do not reach it.")

    def as_link(self, body: Mapping[str, object]) -> dict[str, object]:
        """What a body posted behind a parent says by its address."""
        assert self.parent is not None
        parent, number = self.parent
        link = next(one for one in self.address.entity.links if one.target == parent.name)
        ref = {"@iot.id": number}
        if link.one:
            return {link.name: ref}
        given = body.get(link.name)
        return {link.name: [*(given if isinstance(given, list) else []), ref]}


def found_at(reader: Reader, address: Address) -> Found:
    """Raises NoSuchPath where a step leads to nothing."""
    first, *rest = address.steps
    scope, proven, parent, target = _named(reader, first), False, None, first.id
    for before, step in zip(address.steps, rest, strict=False):
        link = step.link
        assert link is not None
        wanted = link.one.replace("{t}", "t") if link.one else before.entity.id.replace("{t}", "t")
        number = _one(reader, before, wanted, scope, proven)
        parent = (before.entity, number)
        scope, target = _over(reader, link, step, number)
        proven = link.proven
    at = _key(reader, address, target)
    if at is not None:
        scope = Sql(Kind.BOOL, "(t.datastream_id = %s AND t.at = %s)", at)
    return Found(address, scope, proven, parent, target, at)


def _named(reader: Reader, step: Step) -> Sql:
    if step.id is None:
        return NOTHING
    return reading_scope(reader, step.id) if step.entity.is_reading else _is(step.entity, step.id)


def _is(entity: Entity, number: int) -> Sql:
    return Sql(Kind.BOOL, f"{entity.id.replace('{t}', 't')} = %s", (min(number, 2**63 - 1),))


def _one(reader: Reader, step: Step, wanted: str, scope: Sql, proven: bool) -> int:
    entity = step.entity
    reach = NOTHING if proven else reader.within(entity, "t")
    text = f"SELECT {wanted} FROM {entity.rows} WHERE {scope.text} AND {reach.text} LIMIT 1".replace(
        "{t}", "t"
    )
    rows = reader.run(Sql(Kind.NULL, text, (*scope.params, *reach.params)))
    if not rows and entity.is_reading and step.id is not None:
        held = held_at(*_place(reader, step.id))
        text = text.replace(READINGS.replace("{t}", "t"), f"({held.text}) t", 1)
        rows = reader.run(Sql(Kind.NULL, text, (*held.params, *scope.params, *reach.params)))
    if not rows or rows[0][0] is None:
        name = f"{entity.plural}({step.id})" if step.id is not None else entity.name
        raise NoSuchPath(f"There is no {name} here, or your posts do not reach it.")
    return int(str(rows[0][0]))


def _over(reader: Reader, link: Link, step: Step, number: int) -> tuple[Sql, int | None]:
    """Of a link to one `number` is the target's id, of one to many the parent's."""
    if link.one:
        return _is(step.entity, number), number
    many = Sql(Kind.BOOL, link.many.replace("{a}", str(number)).replace("{b}", "t"))
    if step.id is None:
        return many, None
    own = _named(reader, step)
    return Sql(Kind.BOOL, f"({many.text}) AND {own.text}", own.params), step.id


def _key(reader: Reader, address: Address, target: int | None) -> tuple[int, datetime] | None:
    return _place(reader, target) if target is not None and address.entity.is_reading else None


def reading_scope(reader: Reader, number: int) -> Sql:
    series, at = _place(reader, number)
    return Sql(Kind.BOOL, "(t.datastream_id = %s AND t.at = %s)", (series, at))


def _place(reader: Reader, number: int) -> tuple[int, datetime]:
    """Series and time of an observation's id: those in it, or those that a corrected one has now."""
    series, ms = reading_of(number)
    series = min(series, 2**31 - 1)
    moved = reader.run(Sql(Kind.NULL, _MOVED, (series, ms, series, instant(ms))))
    if moved and isinstance(moved[0][0], datetime):
        return series, moved[0][0]
    return series, instant(ms)
