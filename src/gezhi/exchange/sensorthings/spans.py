"""Which readings a question can be about: one datastream, and the time that its filter leaves. Pure.

Days that lie in files are read for such questions only, and no more of them than the filter and the page allow.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from gezhi.exchange.sensorthings.asking import Asked
from gezhi.exchange.sensorthings.expressions import Call, Kind, Literal, Node, Pair, Path
from gezhi.exchange.sensorthings.paging import paging

FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)  # the door takes nothing older
LAST: Final = datetime(2070, 1, 1, tzinfo=UTC)  # ids reach until 2069
MS: Final = timedelta(milliseconds=1)
_TIME: Final = Path(("phenomenonTime",))
_OF_STREAM: Final = (Path(("Datastream", "id")), Path(("Datastream", "@iot.id")))
_SWAPPED: Final = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
_LARGEST: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Span:
    """Of one series, `since` <= time < `until`."""

    series: int
    since: datetime = FIRST
    until: datetime = LAST

    def within(self, since: datetime = FIRST, until: datetime = LAST) -> "Span":
        return Span(self.series, max(self.since, since), min(self.until, until))

    @property
    def is_empty(self) -> bool:
        return self.since >= self.until


def instant_span(series: int, at: datetime) -> Span:
    return Span(series).within(at, at + MS)


def span_of(asked: Asked, series: int | None) -> Span | None:
    """`series`: that of the address; without one the filter may name it. None: of many series. Raises BadQuery for a
    token of no page."""
    terms = list(_terms(asked.filter)) if asked.filter is not None else []
    named = (
        series
        if series is not None
        else next((one for term in terms if (one := _stream(term)) is not None), None)
    )
    if named is None or named > _LARGEST:
        return None
    found = Span(named)
    for term in terms:
        found = _narrowed(found, term)
    if not asked.token:
        return found
    page = paging(asked)
    begins = page.begins(asked.token)
    return found.within(until=begins) if page.descending else found.within(since=begins)


def _terms(node: Node) -> Iterator[Node]:
    """Each must hold."""
    if isinstance(node, Pair) and node.op == "and":
        yield from _terms(node.left)
        yield from _terms(node.right)
    else:
        yield node


def _stream(term: Node) -> int | None:
    match term:
        case Pair("eq", left, Literal(kind=Kind.NUMBER, value=int() as number)) if left in _OF_STREAM:
            return number
        case Pair("eq", Literal(kind=Kind.NUMBER, value=int() as number), right) if right in _OF_STREAM:
            return number
    return None


def _narrowed(span: Span, term: Node) -> Span:
    """No reading that the term lets through is outside."""
    match term:
        case Pair(op, left, Literal() as right) if left == _TIME and (ends := _ends(right)):
            return _by_comparison(span, op, *ends)
        case Pair(op, Literal() as left, right) if right == _TIME and (ends := _ends(left)):
            return _by_comparison(span, _SWAPPED.get(op, op), *ends)
        case Call(name, (left, Literal() as right)) if left == _TIME and (ends := _ends(right)):
            return _by_function(span, name, *ends)
    return span


def _by_comparison(span: Span, op: str, begin: datetime, end: datetime) -> Span:
    if op in ("gt", "ge"):
        return span.within(since=begin)
    if op in ("lt", "le"):
        return span.within(until=_after(end))
    return span.within(begin, _after(end)) if op == "eq" else span


def _by_function(span: Span, name: str, begin: datetime, end: datetime) -> Span:
    if name == "during":
        return span.within(begin, _after(end))
    if name == "before":
        return span.within(until=_after(end))
    return span.within(since=begin) if name == "after" else span


def _ends(literal: Literal) -> tuple[datetime, datetime] | None:
    match literal.value:
        case datetime() as at:
            return at, at
        case (datetime() as begin, datetime() as end):
            return begin, end
    return None


def _after(end: datetime) -> datetime:
    return min(end, LAST) + MS
