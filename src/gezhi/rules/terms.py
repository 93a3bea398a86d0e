"""Parts of a rule, each with its type and the ways to compute it, put together from the leaves up."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gezhi.rules.faults import RuleError
from gezhi.rules.operators import (
    Column,
    Operator,
    RuleType,
    Value,
    both_columns,
    choice_column,
    either_column,
    finite_column,
)

Fact = float | int | bool | str | None
Facts = Mapping[str, Fact]
Columns = Mapping[str, Column]
OfFacts = Callable[[Facts], Value]
OfColumns = Callable[[Columns], Column]

SPOKEN: dict[RuleType, str] = {"number": "a number", "bool": "true or false", "text": "a text"}


@dataclass(frozen=True, slots=True)
class Term:
    """`at`: its column in the rule, from 1. `columns` None: it has to do with text."""

    type: RuleType
    at: int
    value: OfFacts
    columns: OfColumns | None


def constant(value: float | bool | str, at: int) -> Term:
    if isinstance(value, str):
        return Term("text", at, lambda facts: value, None)
    column = np.asarray(value, dtype=np.float64)
    return Term(
        "bool" if isinstance(value, bool) else "number", at, lambda facts: value, lambda arrays: column
    )


def fact(name: str, of: RuleType, at: int) -> Term:
    if of == "text":
        return Term(of, at, lambda facts: _text(facts.get(name)), None)
    if of == "bool":
        return Term(of, at, lambda facts: _truth(facts.get(name)), lambda arrays: _truths(arrays.get(name)))
    return Term(of, at, lambda facts: _number(facts.get(name)), lambda arrays: _numbers(arrays.get(name)))


def known(name: str, of: RuleType, at: int) -> Term:
    """Whether a fact is known: true or false, never unknown."""
    term = fact(name, of, at)
    read, column = term.value, term.columns
    if column is None:
        return Term("bool", at, lambda facts: read(facts) is not None, None)
    return Term(
        "bool", at, lambda facts: read(facts) is not None, lambda arrays: 1.0 - np.isnan(column(arrays))
    )


def apply(operator: Operator, name: str, terms: list[Term], at: int) -> Term:
    """Raises RuleError where a term has another type than the operator takes."""
    for wanted, term in zip(operator.takes, terms, strict=True):
        require(term, wanted, name)
    values, compute = [term.value for term in terms], operator.value
    if len(values) == 1:
        (one,) = values
        return Term(operator.gives, at, _of_one(compute, one), _over(operator.column, terms))
    first, second = values
    return Term(operator.gives, at, _of_two(compute, first, second), _over(operator.column, terms))


def require(term: Term, wanted: RuleType, name: str) -> None:
    if term.type != wanted:
        raise RuleError(term.at, f"'{name}' was given {SPOKEN[term.type]}", SPOKEN[wanted])


def both(left: Term, right: Term, at: int) -> Term:
    a, b = left.value, right.value

    def value(facts: Facts) -> Value:
        first = a(facts)
        if first is False:
            return False
        second = b(facts)
        return False if second is False else None if first is None else second

    return Term("bool", at, value, _over(both_columns, [left, right]))


def either(left: Term, right: Term, at: int) -> Term:
    a, b = left.value, right.value

    def value(facts: Facts) -> Value:
        first = a(facts)
        if first is True:
            return True
        second = b(facts)
        return True if second is True else None if first is None else second

    return Term("bool", at, value, _over(either_column, [left, right]))


def choice(condition: Term, yes: Term, no: Term, at: int) -> Term:
    asked, then, otherwise = condition.value, yes.value, no.value

    def value(facts: Facts) -> Value:
        answer = asked(facts)
        return None if answer is None else then(facts) if answer else otherwise(facts)

    return Term(yes.type, at, value, _over(choice_column, [condition, yes, no]))


def _of_one(compute: Callable[..., Value], term: OfFacts) -> OfFacts:
    def value(facts: Facts) -> Value:
        known_value = term(facts)
        return None if known_value is None else compute(known_value)

    return value


def _of_two(compute: Callable[..., Value], left: OfFacts, right: OfFacts) -> OfFacts:
    def value(facts: Facts) -> Value:
        a = left(facts)
        if a is None:
            return None
        b = right(facts)
        return None if b is None else compute(a, b)

    return value


def _over(compute: Callable[..., Column] | None, terms: list[Term]) -> OfColumns | None:
    columns = [term.columns for term in terms if term.columns is not None]
    if compute is None or len(columns) < len(terms):
        return None
    return lambda arrays: compute(*(column(arrays) for column in columns))


def _text(given: Fact) -> str | None:
    return given if isinstance(given, str) else None


def _number(given: Fact) -> float | None:
    if given is None or isinstance(given, str):
        return None
    try:
        number = float(given)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _truth(given: Fact) -> bool | None:
    if isinstance(given, bool):
        return given
    number = _number(given)
    return None if number is None else number != 0.0


def _numbers(given: Column | None) -> Column:
    return finite_column(np.asarray(np.nan if given is None else given, dtype=np.float64))


def _truths(given: Column | None) -> Column:
    numbers = _numbers(given)
    return np.where(np.isnan(numbers), numbers, numbers != 0.0)
