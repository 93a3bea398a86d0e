"""A list of one series' readings whose days lie partly in files: the statement of the list runs over one piece after
the other, so that every filter and order means the same wherever a reading lies, and memory holds one piece."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, Self

import numpy as np
import orjson

from gezhi.exchange.sensorthings.expressions import Kind
from gezhi.exchange.sensorthings.paging import Paging
from gezhi.exchange.sensorthings.spans import MS, Span
from gezhi.exchange.sensorthings.values import Sql
from gezhi.sensing.columns import NOTHING, Columns
from gezhi.sensing.queries.archived import readings_of
from gezhi.sensing.queries.lying import Stretch, lying, pieces

Cells = Sequence[object]
_OF_TABLE: Final = "SELECT datastream_id, at, value FROM sensing_reading WHERE at >= %s AND at < %s"
_OF_PIECE: Final = (
    "SELECT p.series AS datastream_id, timestamptz 'epoch' + p.ms * interval '1 millisecond' AS at, p.value"
    " FROM unnest(%s::int[], %s::bigint[], %s::float8[]) p(series, ms, value)"
)


class Listed(Protocol):
    """The statement of a list, over readings from anywhere."""

    paging: Paging

    def over(self, readings: Sql) -> Self: ...

    def statement(self, limit: str) -> Sql: ...

    def keys(self, most: int) -> Sql: ...

    def counting(self, most: int) -> Sql: ...


@dataclass(frozen=True)
class Counted:
    """`all_seen`: the number is exact. `share`: how much of the time was looked at, 0 to 1."""

    number: int
    all_seen: bool
    share: float = 1.0


@dataclass(frozen=True)
class Walk:
    """`stretches`: of the span, in order. Inside of the transaction that holds them."""

    run: Callable[[Sql], list[tuple[object, ...]]]
    listed: Listed
    span: Span
    stretches: Sequence[Stretch]

    def rows(self, skip: int, most: int) -> list[tuple[object, ...]]:
        """After `skip` rows of the list's order at most `most`."""
        return self._in_turn(skip, most) if self.listed.paging.by_key else self._best(skip, most)

    def counted(self, most: int, is_whole: bool) -> Counted:
        """Exact to `most` rows. `is_whole`: the list is of all readings of the span."""
        number = 0
        for piece in self._pieces(backwards=False):
            if isinstance(piece, Columns):
                whole = len(piece)
                number += whole if is_whole else _number(self.run(self._over(piece).counting(whole)))
            else:
                number += _number(self.run(self._over(piece).counting(most + 1 - number)))
            if number > most:
                return Counted(number, False, self._share(piece))
        return Counted(number, True)

    def _in_turn(self, skip: int, most: int) -> list[tuple[object, ...]]:
        found: list[tuple[object, ...]] = []
        for piece in self._pieces(self.listed.paging.descending):
            listed = self._over(piece)
            if skip:
                passed = _number(self.run(listed.counting(skip)))
                if passed < skip:
                    skip -= passed
                    continue
            found += self.run(listed.statement(f"LIMIT {most - len(found)} OFFSET {skip}"))
            skip = 0
            if len(found) == most:
                break
        return found

    def _best(self, skip: int, most: int) -> list[tuple[object, ...]]:
        """What comes first of all pieces comes first of the best so far and the next piece."""
        best = NOTHING
        for piece in self._pieces(backwards=False):
            rows = self.run(self._over(piece, best).keys(skip + most))
            series, at, value = zip(*rows, strict=True) if rows else ((), (), ())
            best = Columns.of(series, at, value)
        return self.run(self.listed.over(_of_piece(best)).statement(f"LIMIT {most} OFFSET {skip}"))

    def _pieces(self, backwards: bool) -> Iterator[Stretch | Columns]:
        for stretch in reversed(self.stretches) if backwards else self.stretches:
            if stretch.days:
                yield from pieces(self.span.series, stretch, backwards)
            else:
                yield stretch

    def _over(self, piece: Stretch | Columns, also: Columns = NOTHING) -> Listed:
        if isinstance(piece, Columns):
            return self.listed.over(_of_piece(Columns.joined([also, piece]) if len(also) else piece))
        table = Sql(Kind.NULL, _OF_TABLE, (piece.since, piece.until))
        if not len(also):
            return self.listed.over(table)
        held = _of_piece(also)
        text = f"{table.text} UNION ALL {held.text}"
        return self.listed.over(Sql(Kind.NULL, text, (*table.params, *held.params)))

    def _share(self, piece: Stretch | Columns) -> float:
        """Of the days with files, up to this piece."""
        days = [day for stretch in self.stretches for day in stretch.days]
        if isinstance(piece, Stretch):
            return 1.0
        last = np.datetime64(int(piece.at[-1]), "ms").astype("datetime64[D]")
        return max(1, sum(1 for day in days if np.datetime64(day) <= last)) / len(days)


def walk_of(run: Callable[[Sql], list[tuple[object, ...]]], listed: Listed, span: Span) -> Walk | None:
    """None: all of it is in the table. Inside of a transaction, which holds the days where they lie."""
    found = lying(span.series, span.since, span.until) if not span.is_empty else []
    return Walk(run, listed, span, found) if any(stretch.days for stretch in found) else None


def held_at(series: int, at: datetime) -> Sql:
    """The reading of an instant, from wherever it lies."""
    return _of_piece(readings_of([series], at, at + MS))


def _of_piece(columns: Columns) -> Sql:
    return Sql(
        Kind.NULL, _OF_PIECE, tuple(_array(one) for one in (columns.series, columns.at, columns.value))
    )


def _array(values: np.ndarray[tuple[int], np.dtype[np.generic]]) -> str:
    """As PostgreSQL writes an array."""
    text = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY).decode()
    return f"{{{text[1:-1]}}}"


def _number(rows: Sequence[Cells]) -> int:
    return int(str(rows[0][0]))
