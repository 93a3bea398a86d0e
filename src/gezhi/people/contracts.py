"""Contracts with third parties: what one covers, and what is wrong with a draft. Pure."""

from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from gezhi.lib.codes import is_within

PER_MATTER, LUMP_SUM = "per-matter", "lump-sum"
MOST_CENTS = 10**13  # a hundred thousand million yuan: more is a slip of the pen


@dataclass(frozen=True, slots=True)
class ContractCard:
    """A contract in force. A matter is in it by its category, or by the duty that answers for it."""

    id: int
    number: str
    unit_id: int
    ordered_by_id: int
    valid_from: date
    valid_to: date  # the first day that no longer counts
    places: tuple[str, ...]
    categories: frozenset[str]
    functions: frozenset[str]

    @property
    def last_day(self) -> date:
        return self.valid_to - timedelta(days=1)

    def covers(self, category: str, function: str, place_code: str) -> bool:
        named = category in self.categories or function in self.functions
        return named and any(is_within(place_code, place) for place in self.places)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is signed. `cents`: of one matter, or of the whole term. `candidates`: who was compared, with the offer."""

    number: str
    title: str
    unit_id: int
    ordered_by_id: int
    valid_from: date
    valid_to: date
    places: tuple[str, ...]
    categories: tuple[str, ...]
    functions: tuple[str, ...]
    price_kind: str
    cents: int
    quality: str
    method: str
    candidates: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Known:
    """What a contract may name."""

    contractors: Collection[int]
    units: Collection[int]
    places: Container[str]
    categories: Collection[str]
    functions: Collection[str]
    methods: Collection[str]
    numbers: Collection[str]  # of contracts that are signed already


@dataclass(frozen=True, slots=True)
class Fault:
    field: str
    words: str


def faults_of(terms: Terms, known: Known) -> list[Fault]:
    return [Fault(field, words) for field, words in _faults(terms, known)]


def _faults(terms: Terms, known: Known) -> Iterator[tuple[str, str]]:
    for field in ("number", "title", "reason"):
        if not getattr(terms, field).strip():
            yield field, "is empty; it is needed."
    if terms.number in known.numbers:
        yield "number", f"'{terms.number}' is signed already; give this contract a number of its own."
    if terms.unit_id not in known.contractors:
        yield "unit", "is no contractor of this node; load the unit with kind 'contractor' first."
    if terms.ordered_by_id not in known.units or terms.ordered_by_id in known.contractors:
        yield "ordered_by", "is no unit that may order work; choose an office, community or centre."
    if terms.valid_to <= terms.valid_from:
        yield "valid_to", f"{terms.valid_to} is not after {terms.valid_from}."
    yield from _scope_faults(terms, known)
    yield from _price_faults(terms, known)


def _scope_faults(terms: Terms, known: Known) -> Iterator[tuple[str, str]]:
    if not terms.places:
        yield "places", "are empty; name at least one place."
    if not terms.categories and not terms.functions:
        yield "categories", "and functions are empty; name at least one category or function."
    for field, idea in (("places", "place"), ("categories", "category"), ("functions", "function")):
        allowed = getattr(known, field)
        for one in getattr(terms, field):
            if one not in allowed:
                yield field, f"'{one}' is no {idea} of this node."


def _price_faults(terms: Terms, known: Known) -> Iterator[tuple[str, str]]:
    if terms.price_kind not in (PER_MATTER, LUMP_SUM):
        yield "price_kind", f"'{terms.price_kind}' is no kind of price; write {PER_MATTER} or {LUMP_SUM}."
    if not 0 < terms.cents < MOST_CENTS:
        yield "cents", "is no price above zero."
    if terms.method not in known.methods:
        yield "method", f"'{terms.method}' is no method of purchase; write {', '.join(known.methods)}."
    if terms.method != "single-source" and len(terms.candidates) < 2:
        yield "candidates", "must name at least two who were compared, unless there was a single source."
