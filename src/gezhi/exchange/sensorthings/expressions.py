"""The expression language of `$filter` and `$orderby` (18-088, 9.3.3.5): text into a tree. Pure.

Precedence from weak to strong: or, and, not, comparison and `in`, add sub, mul div mod, minus. How
long a text is and how deep its brackets stand is bounded, so that reading it takes no more than moments.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

LONGEST: Final = 4000  # characters
DEEPEST: Final = 40  # brackets
MOST_OPERATORS: Final = 100  # a tree is no deeper than these and the brackets
MOST_AMONG: Final = 200  # values after `in`


class BadQuery(ValueError):
    """What is asked cannot be understood; the message says what and what is possible."""


class Kind(StrEnum):
    """What a value is. JSON: known only row by row. RESULT: of an observation, a number or anything else."""

    NUMBER = "number"
    TEXT = "text"
    BOOL = "true or false"
    NULL = "null"
    INSTANT = "time"
    PERIOD = "period"
    DATE = "date"
    CLOCK = "time of day"
    DURATION = "duration"
    GEOMETRY = "geometry"
    JSON = "JSON"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Literal:
    """`value`: float or int, str, bool, None, datetime, (datetime, datetime), date, time, timedelta, or WKT."""

    kind: Kind
    value: object


@dataclass(frozen=True, slots=True)
class Path:
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    args: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    of: "Node"


@dataclass(frozen=True, slots=True)
class Pair:
    """`op`: or, and, a comparison, or an arithmetic word."""

    op: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Among:
    left: "Node"
    values: tuple["Node", ...]


Node = Literal | Path | Call | Not | Pair | Among

COMPARISONS: Final = ("eq", "ne", "gt", "ge", "lt", "le")
_STAMP: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+\- ]\d\d(?::?\d\d)?)"
_TOKEN: Final = re.compile(
    rf"""\s*(?:
      (?P<geography>(?:geography|geometry)'[^']*')
    | (?P<duration>duration'[^']*')
    | (?P<text>'(?:[^']|'')*')
    | (?P<period>{_STAMP}/{_STAMP})
    | (?P<instant>{_STAMP})
    | (?P<date>\d{{4}}-\d\d-\d\d(?![\d:T]))
    | (?P<clock>\d\d:\d\d(?::\d\d(?:\.\d{{1,6}})?)?)
    | (?P<number>-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    | (?P<name>[^\W\d]\w*(?:[.\-]\w+)*|[@$][\w.@$-]+|\d+(?=\s*(?:[/)]|$)))
    | (?P<mark>[(),/\-])
    )""",
    re.VERBOSE,
)
_DURATION: Final = re.compile(
    r"(?P<sign>-?)P(?:(?P<days>\d{1,6})D)?(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,8})M)?"
    r"(?:(?P<seconds>\d{1,9}(?:\.\d{1,6})?)S)?)?"
)
_WEAKEST: Final = (("or",), ("and",))
_SUMS: Final = ("add", "sub")
_PRODUCTS: Final = ("mul", "div", "mod")


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    at: int


def parsed(text: str) -> Node:
    """Raises BadQuery."""
    reader = _Reader(text)
    node = reader.either()
    reader.end()
    return node


def parsed_order(text: str) -> list[tuple[Node, bool]]:
    """Expressions, each with whether it descends. Raises BadQuery."""
    reader = _Reader(text)
    found = [reader.ordered()]
    while reader.take("mark", ","):
        found.append(reader.ordered())
    reader.end()
    return found


def instant_of(text: str) -> datetime:
    """ISO 8601 with an offset, in UTC. A space stands for a plus that an address lost. Raises BadQuery."""
    try:
        found = datetime.fromisoformat(re.sub(r" (?=\d\d(?::?\d\d)?$)", "+", text).replace(",", "."))
        if found.tzinfo is None:
            raise ValueError("no offset")
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadQuery(f"{text[:60]!r} is no time; write 2026-11-23T08:00:00Z or with an offset.") from error


def period_of(text: str) -> tuple[datetime, datetime]:
    """Start and end, which is not before it. Raises BadQuery."""
    start, _, end = text.partition("/")
    found = instant_of(start), instant_of(end)
    if found[1] < found[0]:
        raise BadQuery(f"The period {text[:80]!r} ends before it starts.")
    return found


def duration_of(text: str) -> timedelta:
    """Days to seconds of ISO 8601; years and months have no length. Raises BadQuery."""
    hit = _DURATION.fullmatch(text)
    if hit is None or not any(hit[name] for name in ("days", "hours", "minutes", "seconds")):
        raise BadQuery(f"duration {text[:40]!r} is none of days, hours, minutes, seconds, such as PT10M.")
    found = timedelta(**{name: float(hit[name] or 0) for name in ("days", "hours", "minutes", "seconds")})
    return -found if hit["sign"] else found


class _Reader:
    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise BadQuery(f"An expression has at most {LONGEST} characters; this has {len(text)}.")
        self._tokens = list(_tokens_of(text))
        self._next = 0
        self._operators = 0
        self._open = 0

    def end(self) -> None:
        if self._next < len(self._tokens):
            raise self._unexpected("and, or, or the end")

    def take(self, kind: str, *texts: str) -> str:
        """The next token's text where it is one of these, "" otherwise."""
        if self._next >= len(self._tokens):
            return ""
        token = self._tokens[self._next]
        if token.kind != kind or (texts and token.text not in texts):
            return ""
        self._next += 1
        return token.text

    def ordered(self) -> tuple[Node, bool]:
        node = self._sum()
        return node, self.take("name", "asc", "desc") == "desc"

    def either(self, level: int = 0) -> Node:
        """or, and: those of one level from left to right."""
        if level == len(_WEAKEST):
            return self._negated()
        return self._chain(_WEAKEST[level], lambda: self.either(level + 1))

    def _grow(self) -> None:
        self._operators += 1
        if self._operators > MOST_OPERATORS:
            raise BadQuery(f"An expression has at most {MOST_OPERATORS} operators.")

    def _negated(self) -> Node:
        turns = 0
        while self.take("name", "not"):
            turns += 1
        node = self._compared()
        return Not(node) if turns % 2 else node

    def _compared(self) -> Node:
        node = self._sum()
        if op := self.take("name", *COMPARISONS):
            return Pair(op, node, self._sum())
        return Among(node, self._list()) if self.take("name", "in") else node

    def _sum(self) -> Node:
        return self._chain(_SUMS, self._product)

    def _product(self) -> Node:
        return self._chain(_PRODUCTS, self._single)

    def _chain(self, words: tuple[str, ...], read: Callable[[], Node]) -> Node:
        node = read()
        while op := self.take("name", *words):
            node = Pair(op, node, read())
            self._grow()
        return node

    def _single(self) -> Node:
        if self.take("mark", "-"):
            return Pair("sub", Literal(Kind.NUMBER, 0), self._single_within())
        if self.take("mark", "("):
            return self._closed()
        for kind in _LITERALS:
            if text := self.take(kind):
                return _literal(kind, text)
        if name := self.take("name"):
            return self._named(name)
        raise self._unexpected("a value, a property or a function")

    def _single_within(self) -> Node:
        self._enter()
        node = self._single()
        self._open -= 1
        return node

    def _closed(self) -> Node:
        self._enter()
        node = self.either()
        self._expect(")")
        self._open -= 1
        return node

    def _enter(self) -> None:
        self._open += 1
        if self._open > DEEPEST:
            raise BadQuery(f"Brackets stand at most {DEEPEST} deep.")

    def _named(self, name: str) -> Node:
        if name in ("true", "false", "null") and not self._follows("/"):
            return Literal(Kind.NULL, None) if name == "null" else Literal(Kind.BOOL, name == "true")
        if self.take("mark", "("):
            return Call(name, self._arguments())
        parts = [name]
        while self.take("mark", "/"):
            part = self.take("name") or self.take("number")
            if not part:
                raise self._unexpected("the name of a property")
            parts.append(part)
        return Path(tuple(parts))

    def _follows(self, mark: str) -> bool:
        return self._next < len(self._tokens) and self._tokens[self._next].text == mark

    def _arguments(self) -> tuple[Node, ...]:
        if self.take("mark", ")"):
            return ()
        self._enter()
        found = [self.either()]
        while self.take("mark", ","):
            found.append(self.either())
        self._expect(")")
        self._open -= 1
        return tuple(found)

    def _list(self) -> tuple[Node, ...]:
        self._expect("(")
        found = self._arguments()
        if not 0 < len(found) <= MOST_AMONG:
            raise BadQuery(f"'in' takes 1 to {MOST_AMONG} values; here are {len(found)}.")
        return found

    def _expect(self, mark: str) -> None:
        if not self.take("mark", mark):
            raise self._unexpected(f"'{mark}'")

    def _unexpected(self, wanted: str) -> BadQuery:
        if self._next >= len(self._tokens):
            return BadQuery(f"The expression ends where {wanted} is expected.")
        token = self._tokens[self._next]
        return BadQuery(f"{token.text[:40]!r} at character {token.at + 1} is not expected; {wanted} is.")


def _tokens_of(text: str) -> Iterator[Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        hit = _TOKEN.match(text, at)
        if hit is None or hit.end() == at:
            raise BadQuery(f"The expression cannot be read from character {at + 1}: {text[at : at + 20]!r}.")
        kind = hit.lastgroup or ""
        yield Token(kind, hit[kind], hit.start(kind))
        at = hit.end()


def _literal(kind: str, text: str) -> Literal:
    return _LITERALS[kind](text)


def _number(text: str) -> Literal:
    if "." not in text and "e" not in text.lower() and len(text) < 19:
        return Literal(Kind.NUMBER, int(text))
    found = float(text)
    if found in (float("inf"), float("-inf")):
        raise BadQuery(f"{text[:40]} is too large for a number.")
    return Literal(Kind.NUMBER, found)


def _date(text: str) -> Literal:
    try:
        return Literal(Kind.DATE, date.fromisoformat(text))
    except ValueError as error:
        raise BadQuery(f"{text} is no date.") from error


def _clock(text: str) -> Literal:
    try:
        return Literal(Kind.CLOCK, time.fromisoformat(text))
    except ValueError as error:
        raise BadQuery(f"{text} is no time of day.") from error


_LITERALS: Final[Mapping[str, Callable[[str], Literal]]] = {
    "geography": lambda text: Literal(Kind.GEOMETRY, text[text.index("'") + 1 : -1]),
    "duration": lambda text: Literal(Kind.DURATION, duration_of(text[9:-1])),
    "text": lambda text: Literal(Kind.TEXT, text[1:-1].replace("''", "'")),
    "period": lambda text: Literal(Kind.PERIOD, period_of(text)),
    "instant": lambda text: Literal(Kind.INSTANT, instant_of(text)),
    "date": _date,
    "clock": _clock,
    "number": _number,
}
