"""What each operator and function means, for one value and for columns. Both give the same.

A column is an array of float64: a truth is 1.0 or 0.0, NaN is unknown. For one value None is unknown. A number is
finite: what would be infinite is unknown.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

RuleType = Literal["number", "bool", "text"]
Value = float | bool | str | None
Column = NDArray[np.float64]

NAN = np.float64(np.nan)
EXACT = 2.0**52  # from here on every float is whole
NEAR = 2.0**-40


@dataclass(frozen=True, slots=True)
class Operator:
    """`value` is asked only when all its values are known; `column` None: there are no columns of text."""

    takes: tuple[RuleType, ...]
    gives: RuleType
    value: Callable[..., Value]
    column: Callable[..., Column] | None = None


def finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def finite_column(column: Column) -> Column:
    return np.where(np.isfinite(column), column, NAN)


def _divided(a: float, b: float) -> float | None:
    return finite(a / b) if b else None


def _rounded(number: float, digits: float = 0.0) -> float | None:
    """Half away from zero, as people round. What a decimal fraction means as a half is one: 1.005 to 1.01."""
    power = 10.0**digits
    scaled = abs(number) * power
    if scaled >= EXACT:
        return number
    whole = math.floor(scaled + 0.5 + min(scaled * NEAR, NEAR))
    return math.copysign(whole / power, number)


def _rounded_column(number: Column, digits: float = 0.0) -> Column:
    power = 10.0**digits
    scaled = np.abs(number) * power
    whole = np.floor(scaled + 0.5 + np.minimum(scaled * NEAR, NEAR))
    return np.where(scaled >= EXACT, number, np.copysign(whole / power, number))


def _truths(compare: Callable[[Column, Column], NDArray[np.bool_]]) -> Callable[[Column, Column], Column]:
    def column(a: Column, b: Column) -> Column:
        return np.where(np.isnan(a) | np.isnan(b), NAN, compare(a, b))

    return column


def _numbers(
    value: Callable[[float, float], float | None], column: Callable[[Column, Column], Column]
) -> Operator:
    return Operator(("number", "number"), "number", value, lambda a, b: finite_column(column(a, b)))


def _order(
    value: Callable[[float, float], bool], column: Callable[[Column, Column], NDArray[np.bool_]]
) -> Operator:
    return Operator(("number", "number"), "bool", value, _truths(column))


def equality(of: RuleType, symbol: str) -> Operator:
    """== or != of two things of one type."""
    same = symbol == "=="
    column = _truths(np.equal if same else np.not_equal) if of != "text" else None
    return Operator((of, of), "bool", (lambda a, b: a == b) if same else (lambda a, b: a != b), column)


BINARY = {
    "+": _numbers(lambda a, b: finite(a + b), lambda a, b: a + b),
    "-": _numbers(lambda a, b: finite(a - b), lambda a, b: a - b),
    "*": _numbers(lambda a, b: finite(a * b), lambda a, b: a * b),
    "/": _numbers(_divided, lambda a, b: a / b),
    "<": _order(lambda a, b: a < b, np.less),
    "<=": _order(lambda a, b: a <= b, np.less_equal),
    ">": _order(lambda a, b: a > b, np.greater),
    ">=": _order(lambda a, b: a >= b, np.greater_equal),
}
UNARY = {
    "-": Operator(("number",), "number", lambda a: -a, np.negative),
    "!": Operator(("bool",), "bool", lambda a: not a, lambda a: 1.0 - a),
}
FUNCTIONS = {
    "min": _numbers(min, np.minimum),
    "max": _numbers(max, np.maximum),
    "abs": Operator(("number",), "number", abs, np.abs),
    "round": Operator(("number",), "number", _rounded, _rounded_column),
    "size": Operator(("text",), "number", lambda text: float(len(text))),
}
ROUND_TO = Operator(("number", "number"), "number", _rounded, _rounded_column)
METHODS = {
    "contains": Operator(("text", "text"), "bool", lambda text, part: part in text),
    "startsWith": Operator(("text", "text"), "bool", lambda text, part: text.startswith(part)),
}


def both_columns(a: Column, b: Column) -> Column:
    return np.where((a == 0.0) | (b == 0.0), 0.0, a * b)


def either_column(a: Column, b: Column) -> Column:
    return np.where((a == 1.0) | (b == 1.0), 1.0, a + b)


def choice_column(condition: Column, yes: Column, no: Column) -> Column:
    return np.where(np.isnan(condition), NAN, np.where(condition == 1.0, yes, no))
