"""Entities are read: one statement for a list, one for each link that is expanded, whatever the number of rows.

Every statement holds what the asker reaches, is bounded by LIMIT, and has parameters only.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from copy import copy
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Self

import orjson
from django.db import connection, transaction

from gezhi.exchange.sensorthings import geometry
from gezhi.exchange.sensorthings.asking import DEFAULT_TOP, Asked
from gezhi.exchange.sensorthings.compiling import Compiler
from gezhi.exchange.sensorthings.entities import ENTITIES, READINGS, Entity, Link, Property
from gezhi.exchange.sensorthings.expressions import BadQuery, Kind
from gezhi.exchange.sensorthings.paging import Paging, paging
from gezhi.exchange.sensorthings.queries.walking import Walk, walk_of
from gezhi.exchange.sensorthings.spans import Span, span_of
from gezhi.exchange.sensorthings.values import Shape, Sql
from gezhi.sensing.queries import Reached
from gezhi.sensing.queries.lying import in_files

Row = dict[str, object]
Groups = dict[int, list[tuple[object, ...]]]
MOST_ROWS: Final = 20_000  # of one answer, all levels together
MOST_COUNTED: Final = 200_000  # beyond, @iot.count is the planner's estimate
MOST_SHAPES: Final = 100_000  # geometries that one function looks at
MOST_WALKED: Final = (
    100  # datastreams of one expansion whose files are read; the others have a next page at once
)
NOTHING: Final = Sql(Kind.BOOL, "true")
_TIME: Final = """to_char(({}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""


@dataclass(frozen=True)
class Column:
    """What a row shows under `name`, from `width` cells of a statement."""

    known: Property
    sql: tuple[str, ...]

    def shown(self, cells: Sequence[object]) -> object:
        match self.known.kind:
            case Kind.JSON | Kind.GEOMETRY:
                return None if cells[0] is None else orjson.Fragment(str(cells[0]))
            case Kind.PERIOD:
                return cells[0] if cells[1] in (None, cells[0]) else f"{cells[0]}/{cells[1]}"
            case Kind.RESULT:
                return _number(cells[0]) if cells[1] is None else orjson.Fragment(str(cells[1]))
        return cells[0]


def _number(value: object) -> object:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _column(known: Property, alias: str) -> Column:
    sql = known.sql.replace("{t}", alias)
    match known.kind:
        case Kind.JSON | Kind.GEOMETRY:
            return Column(known, (f"({sql})::text",))
        case Kind.INSTANT:
            return Column(known, (_TIME.format(sql),))
        case Kind.PERIOD:
            return Column(known, (_TIME.format(sql), _TIME.format(known.end.replace("{t}", alias))))
        case Kind.RESULT:
            return Column(known, (sql, f"({known.json.replace('{t}', alias)})::text"))
    return Column(known, (sql,))


@dataclass
class Page:
    """`ids` beside `rows`; `more`: there are rows after these, from `token` on."""

    rows: list[Row] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    more: bool = False
    token: str = ""
    count: int | None = None


@dataclass
class Reader:
    """`base`: the address of the service, without a slash at its end."""

    reached: Reached
    base: str
    statements: int = 0
    left: int = MOST_ROWS

    def within(self, entity: Entity, alias: str) -> Sql:
        """True of rows that are in reach."""
        near = self._near(entity, alias)
        if not (self.reached.unseen and entity.at_home):
            return near
        home = f"NOT ({entity.at_home.replace('{t}', alias)})"
        return Sql(Kind.BOOL, f"({near.text} AND {home})", (*near.params, list(self.reached.unseen)))

    def _near(self, entity: Entity, alias: str) -> Sql:
        if self.reached.everything or not (entity.reach or entity.owner):
            return NOTHING
        columns = entity.reach.replace("{t}", alias) or "o.place_code|o.unit_id"
        place, unit = columns.split("|")
        parts = [
            f"{unit} = ANY(%s::bigint[])",
            *[f"{place} >= %s AND {place} < %s"] * len(self.reached.places),
        ]
        params = [list(self.reached.units), *(code for pair in self.reached.places for code in pair)]
        text = f"({' OR '.join(parts)})"
        if entity.owner:
            text = entity.owner.replace("{t}", alias).replace("{reach}", text)
        return Sql(Kind.BOOL, text, tuple(params))

    def page(
        self, asked: Asked, scope: Sql = NOTHING, proven: bool = False, span: Span | None = None
    ) -> Page:
        """A list. `scope`: a condition on the rows `t`; `proven`: what fulfils it is in reach; `span`: of one series'
        readings, which are found wherever their days lie. Raises BadQuery."""
        made = _Made(self, asked, "t", scope, proven)
        top = min(DEFAULT_TOP if asked.top is None else asked.top, self.left)
        if span is None:
            return self._page(made, top, None)
        with transaction.atomic():
            return self._page(made, top, walk_of(self.run, made, span))

    def _page(self, made: "_Made", top: int, walk: Walk | None) -> Page:
        found, asked = Page(), made.asked
        if asked.count:
            found.count = self._counted(made, walk)
        if top == 0:
            return found
        cells = (
            walk.rows(asked.skip, top + 1)
            if walk
            else self.run(made.statement(f"LIMIT {top + 1} OFFSET {asked.skip}"))
        )
        found.more = len(cells) > top
        self._fill(found, made, cells[:top])
        if found.more:
            found.token = made.paging.token_of(made.key(cells[top - 1])) if made.paging.by_key else ""
        return found

    def by_ids(self, asked: Asked, ids: Sequence[int], proven: bool) -> Page:
        """Those of these ids that are in reach, each once."""
        scope = Sql(
            Kind.BOOL, f"{asked.entity.id.replace('{t}', 't')} = ANY(%s::bigint[])", (sorted(set(ids)),)
        )
        made, found = _Made(self, asked, "t", scope, proven), Page()
        self._fill(found, made, self.run(made.statement("")))
        return found

    def _fill(self, page: Page, made: "_Made", cells: Sequence[tuple[object, ...]]) -> None:
        page.rows += [made.row(one, self.base) for one in cells]
        page.ids += [made.id_of(one) for one in cells]
        self.left = max(1, self.left - len(cells))
        for at, (name, asked) in enumerate(made.asked.expand.items()):
            link = made.asked.entity.linked[name]
            if link.one:
                self._expand_one(page, asked, link, [made.target(one, at) for one in cells])
            else:
                self._expand_many(page, made.asked.entity, asked, link)

    def _expand_one(self, page: Page, asked: Asked, link: Link, targets: Sequence[int | None]) -> None:
        wanted = [one for one in targets if one is not None]
        found = self.by_ids(asked, wanted, link.proven) if wanted else Page()
        known = dict(zip(found.ids, found.rows, strict=True))
        for row, target in zip(page.rows, targets, strict=True):
            row[link.name] = known.get(target) if target is not None else None

    def _expand_many(self, page: Page, parent: Entity, asked: Asked, link: Link) -> None:
        """One statement for the rows of all parents: each parent's are found by its own index. One more for each
        datastream whose readings lie in files."""
        if not page.ids:
            return
        ids = list(dict.fromkeys(page.ids))
        top = min(DEFAULT_TOP if asked.top is None else asked.top, max(1, self.left // len(ids)))
        many = link.many.replace("{a}", "p.id").replace("{b}", "t")
        made = _Made(self, asked, "t", Sql(Kind.BOOL, many), link.proven)
        may_be_far = asked.entity.is_reading and parent.name == "Datastream"
        with transaction.atomic() if may_be_far else nullcontext():
            far = self._far(asked, ids) if may_be_far else set()
            groups = self._each(made, ids, top)
            counts = self._counted_each(made, ids) if asked.count else {}
            unread = self._from_files(asked, link, far, groups, counts, top)
        found = Page()
        self._fill(found, made, [one for group in groups.values() for one in group[:top]])
        rows = iter(found.rows)
        lists = {number: list(islice(rows, min(top, len(group)))) for number, group in groups.items()}
        for row, number in zip(page.rows, page.ids, strict=True):
            if number in counts:
                row[f"{link.name}@iot.count"] = counts[number]
            row[link.name] = lists[number]
            if len(groups[number]) > top > 0 or number in unread:
                path = f"{self.base}/{parent.plural}({number})/{link.name}"
                row[f"{link.name}@iot.nextLink"] = f"{path}?{paging(asked).after(len(lists[number]))}"

    def _far(self, asked: Asked, ids: Sequence[int]) -> set[int]:
        """Those of these series that have readings in files which the question can be about."""
        span = span_of(asked, ids[0])
        if span is None or span.is_empty:
            return set()
        return in_files(ids, span.since, span.until)

    def _from_files(
        self, asked: Asked, link: Link, far: set[int], groups: Groups, counts: dict[int, int], top: int
    ) -> set[int]:
        """Rows and counts of these series, from wherever they lie. Returns those of too many that are left to the
        next page."""
        late = sorted(far)[MOST_WALKED:]
        for number in late:
            groups[number] = []
            counts.pop(number, None)
        for number in sorted(far)[:MOST_WALKED]:
            made = _Made(self, asked, "t", Sql(Kind.BOOL, "t.datastream_id = %s", (number,)), link.proven)
            span = span_of(asked, number)
            walk = walk_of(self.run, made, span) if span is not None else None
            if walk is None:
                continue
            groups[number] = walk.rows(asked.skip, top + 1) if top else []
            if asked.count:
                counts[number] = min(walk.counted(MOST_COUNTED, made.is_whole).number, MOST_COUNTED)
        return set(late)

    def _each(self, made: "_Made", ids: Sequence[int], top: int) -> Groups:
        """By parent, in their order: at most one row more than `top`."""
        groups: Groups = {number: [] for number in ids}
        if top == 0:
            return groups
        inner = made.statement(f"LIMIT {top + 1} OFFSET {made.asked.skip}")
        names = ", ".join(f"c{at}" for at in range(made.width))
        text = f"SELECT p.id, {names} FROM unnest(%s::bigint[]) p(id) CROSS JOIN LATERAL ({inner.text}) c({names})"
        for one in self.run(Sql(Kind.NULL, text, (list(ids), *inner.params))):
            groups[int(str(one[0]))].append(one[1:])
        return groups

    def _counted(self, made: "_Made", walk: Walk | None) -> int:
        """Exact to a bound, then the planner's estimate; for files the share that was looked at stands for the rest."""
        if walk is None:
            number = int(str(self.run(made.counting(MOST_COUNTED + 1))[0][0]))
            return number if number <= MOST_COUNTED else max(number, self._estimated(made))
        counted = walk.counted(MOST_COUNTED, made.is_whole)
        return counted.number if counted.all_seen else round(counted.number / counted.share)

    def _estimated(self, made: "_Made") -> int:
        plan = self.run(Sql(Kind.NULL, f"EXPLAIN (FORMAT JSON) {made.bare.text}", made.bare.params))[0][0]
        told: Any = orjson.loads(plan) if isinstance(plan, str) else plan
        return int(told[0]["Plan"]["Plan Rows"])

    def _counted_each(self, made: "_Made", ids: Sequence[int]) -> dict[int, int]:
        inner = made.counting(MOST_COUNTED)
        text = f"SELECT p.id, ({inner.text}) FROM unnest(%s::bigint[]) p(id)"
        return {
            int(str(a)): int(str(b)) for a, b in self.run(Sql(Kind.NULL, text, (*inner.params, list(ids))))
        }

    def run(self, sql: Sql) -> list[tuple[object, ...]]:
        """The statement, after what its shapes need."""
        params: list[Any] = [self._looked_up(one) if isinstance(one, Shape) else one for one in sql.params]
        self.statements += 1
        with connection.cursor() as cursor:
            cursor.execute(sql.text, params)
            rows: list[tuple[object, ...]] = cursor.fetchall()
            return rows

    def _looked_up(self, shape: Shape) -> object:
        entity = ENTITIES[shape.entity]
        box, reach = geometry.near(shape), self.within(entity, "t")
        overlap = "AND t.east >= %s AND t.north >= %s AND t.west <= %s AND t.south <= %s" if box else ""
        text = (
            f"SELECT t.id, t.{entity.shape}::text FROM {entity.rows.replace('{t}', 't')} WHERE t.west IS NOT NULL"
            f" {overlap} AND {reach.text} LIMIT {MOST_SHAPES + 1}"
        )
        rows = self.run(Sql(Kind.NULL, text, (*(box or ()), *reach.params)))
        if len(rows) > MOST_SHAPES:
            raise BadQuery(
                f"{shape.function} would look at more than {MOST_SHAPES} geometries. Name a smaller area."
            )
        return geometry.answered(shape, [int(str(row[0])) for row in rows], [str(row[1]) for row in rows])


class _Made:
    """The statement of one level, and how its cells become rows."""

    def __init__(self, reader: Reader, asked: Asked, alias: str, scope: Sql, proven: bool) -> None:
        self.asked, self._alias, entity = asked, alias, asked.entity
        compiler = Compiler(entity, alias, reader.within)
        reach = NOTHING if proven else reader.within(entity, alias)
        wanted = [scope, reach, *([compiler.condition(asked.filter)] if asked.filter is not None else [])]
        self.paging: Paging = paging(asked)
        if asked.token:
            wanted.append(self.paging.from_token(asked.token, alias))
        self._order = [compiler.order(node, descends) for node, descends in asked.orderby]
        self._joins = compiler.joining()
        self._readings: Sql | None = None
        self.is_whole = proven and asked.filter is None and not asked.token
        self._where = _all(wanted)
        self._columns = [_column(one, alias) for one in _wanted(asked)]
        self._links = [entity.linked[name].one.replace("{t}", alias) or "NULL" for name in asked.expand]
        self._head = [entity.id.replace("{t}", alias), *self.paging.columns(alias)]
        self.width = len(self._head) + sum(len(one.sql) for one in self._columns) + len(self._links)

    @property
    def bare(self) -> Sql:
        rows, source = self.asked.entity.rows, self._readings
        if source is not None:
            rows = rows.replace(READINGS, f"({source.text}) {{t}}", 1)
        text = f"SELECT FROM {rows.replace('{t}', self._alias)} {self._joins.text} WHERE {self._where.text}"
        params = source.params if source is not None else ()
        return Sql(Kind.NULL, text, (*params, *self._joins.params, *self._where.params))

    def over(self, readings: Sql) -> Self:
        """The same of these readings, instead of those of the table."""
        other = copy(self)
        other._readings = readings
        return other

    def keys(self, most: int) -> Sql:
        """Series, ms and value of the first of a list's readings."""
        return self._of([*self.paging.columns(self._alias), f"{self._alias}.value"], f"LIMIT {most}")

    def counting(self, most: int) -> Sql:
        return Sql(
            Kind.NULL, f"SELECT count(*) FROM ({self.bare.text} LIMIT {most}) counted", self.bare.params
        )

    def statement(self, limit: str) -> Sql:
        return self._of(
            [*self._head, *(sql for one in self._columns for sql in one.sql), *self._links], limit
        )

    def _of(self, parts: Sequence[str], limit: str) -> Sql:
        chosen = ", ".join(f"{part} AS c{at}" for at, part in enumerate(parts))
        by = [one.text for one in self._order] if not self.paging.by_key else []
        order = ", ".join([*by, *self.paging.order(self._alias)])
        text = f"{self.bare.text.replace('SELECT FROM', f'SELECT {chosen} FROM', 1)} ORDER BY {order} {limit}"
        params = () if self.paging.by_key else sum((one.params for one in self._order), ())
        return Sql(Kind.NULL, text, (*self.bare.params, *params))

    def id_of(self, cells: Sequence[object]) -> int:
        return int(str(cells[0]))

    def key(self, cells: Sequence[object]) -> Sequence[object]:
        return cells[: len(self._head)]

    def target(self, cells: Sequence[object], at: int) -> int | None:
        """The id that an expanded link leads to."""
        found = cells[self.width - len(self._links) + at]
        return None if found is None else int(str(found))

    def row(self, cells: Sequence[object], base: str) -> Row:
        entity, select = self.asked.entity, self.asked.select
        number = self.id_of(cells)
        own = f"{base}/{entity.plural}({number})"
        row: Row = {}
        if not select or "@iot.selfLink" in select:
            row["@iot.selfLink"] = own
        if not select or "id" in select:
            row["@iot.id"] = number
        at = len(self._head)
        for column in self._columns:
            value = column.shown(cells[at : at + len(column.sql)])
            at += len(column.sql)
            if value is not None or not column.known.optional:
                row[column.known.name] = value
        for name in entity.linked:
            if name not in self.asked.expand and (not select or name in select):
                row[f"{name}@iot.navigationLink"] = f"{own}/{name}"
        return row


def _all(conditions: Sequence[Sql]) -> Sql:
    real = [one for one in conditions if one is not NOTHING] or [NOTHING]
    return Sql(Kind.BOOL, " AND ".join(one.text for one in real), sum((one.params for one in real), ()))


def _wanted(asked: Asked) -> Iterator[Property]:
    named: Mapping[str, Property] = asked.entity.named
    for name, known in named.items():
        if name in asked.select if asked.select else known.shown:
            yield known
