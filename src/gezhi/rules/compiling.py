"""From the tree of a rule to one term: names, types and functions are checked on the way."""

import math
from collections.abc import Callable, Mapping

from lark import Token, Tree

from gezhi.lib.choices import one_of
from gezhi.rules.faults import RuleError
from gezhi.rules.grammar import Node, place_of
from gezhi.rules.operators import BINARY, FUNCTIONS, METHODS, ROUND_TO, UNARY, RuleType, equality
from gezhi.rules.terms import Term, apply, both, choice, constant, either, fact, known, require

_HELPS = "min(a, b), max(a, b), abs(a), round(a), round(a, digits), has(name), size(text)"
_DIGITS = range(7)


class Compiler:
    """`used` collects the names that the rule asks for, in the order of the text."""

    def __init__(self, names: Mapping[str, RuleType]) -> None:
        self.names = names
        self.used: dict[str, None] = {}

    def term(self, node: Node) -> Term:
        if isinstance(node, Token):
            return self._leaf(node)
        at = place_of(node)
        match node.data, node.children:
            case "choice", [condition, yes, no]:
                return self._choice(self.term(condition), self.term(yes), self.term(no), at)
            case "either" | "both", [left, right]:
                return self._joined(str(node.data), self.term(left), self.term(right), at)
            case "compare" | "arithmetic", [left, Token() as symbol, right]:
                return self._compared(str(symbol), self.term(left), self.term(right), at)
            case "among", [one, many]:
                return self._among(one, many, at)
            case "signed", [Token() as symbol, one]:
                return apply(UNARY[symbol.value], symbol.value, [self.term(one)], at)
            case "method", [one, Token() as name, arguments]:
                return self._method(self.term(one), name, arguments)
            case "call", [Token() as name, arguments]:
                return self._call(name, arguments, at)
        raise AssertionError(f"no meaning for {node.data}")

    def _leaf(self, token: Token) -> Term:
        at = place_of(token)
        if token.type == "NUMBER":
            return _number(token, at)
        if token.type == "TEXT":
            return constant(_unquoted(token), at)
        if token.type in ("TRUE", "FALSE"):
            return constant(token.type == "TRUE", at)
        return fact(token.value, self._type_of(token), at)

    def _type_of(self, name: Token) -> RuleType:
        if name.value not in self.names:
            raise RuleError(place_of(name), f"there is no name '{name}'", one_of(name.value, self.names))
        self.used[name.value] = None
        return self.names[name.value]

    def _choice(self, condition: Term, yes: Term, no: Term, at: int) -> Term:
        require(condition, "bool", "?")
        require(no, yes.type, ":")
        return choice(condition, yes, no, at)

    def _joined(self, how: str, left: Term, right: Term, at: int) -> Term:
        join, symbol = (both, "&&") if how == "both" else (either, "||")
        require(left, "bool", symbol)
        require(right, "bool", symbol)
        return join(left, right, at)

    def _compared(self, symbol: str, left: Term, right: Term, at: int) -> Term:
        operator = BINARY.get(symbol) or equality(left.type, symbol)
        return apply(operator, symbol, [left, right], at)

    def _among(self, one: Node, many: Node, at: int) -> Term:
        wanted = self.term(one)
        choices = [] if isinstance(many, Token) else [self.term(child) for child in many.children]
        if not choices:
            raise RuleError(place_of(many), "'in' has nothing to choose from", "[1, 2] or ['a', 'b']")
        same = equality(wanted.type, "==")
        found = [apply(same, "in", [wanted, each], at) for each in choices]
        return _halves(found, lambda left, right: either(left, right, at))

    def _method(self, text: Term, name: Token, arguments: Node) -> Term:
        operator = METHODS.get(name.value)
        if operator is None:
            raise RuleError(place_of(name), f"there is no '.{name}'", one_of(name.value, METHODS))
        terms = [text, *self._given(arguments)]
        _require_count(len(terms) == 2, name, f".{name}('a text')")
        return apply(operator, name.value, terms, text.at)

    def _call(self, name: Token, arguments: Node, at: int) -> Term:
        if name.value == "has":
            return self._known(name, arguments, at)
        if name.value not in FUNCTIONS:
            known_functions = [*FUNCTIONS, "has"]
            raise RuleError(at, f"there is no function '{name}'", one_of(name.value, known_functions))
        terms = self._given(arguments)
        if name.value in ("min", "max"):
            return self._extreme(name, terms, at)
        if name.value == "round" and len(terms) == 2 and isinstance(arguments, Tree):
            _require_digits(arguments.children[1])
            return apply(ROUND_TO, "round", [terms[0], terms[1]], at)
        _require_count(len(terms) == 1, name, _HELPS)
        return apply(FUNCTIONS[name.value], name.value, terms, at)

    def _given(self, arguments: Node) -> list[Term]:
        return [] if isinstance(arguments, Token) else [self.term(child) for child in arguments.children]

    def _extreme(self, name: Token, terms: list[Term], at: int) -> Term:
        _require_count(len(terms) >= 2, name, _HELPS)
        operator = FUNCTIONS[name.value]
        return _halves(terms, lambda left, right: apply(operator, name.value, [left, right], at))

    def _known(self, name: Token, arguments: Node, at: int) -> Term:
        given = [] if isinstance(arguments, Token) else arguments.children
        match given:
            case [Token(type="NAME") as one]:
                return known(one.value, self._type_of(one), at)
        raise RuleError(at, f"'{name}' asks whether one name is known", "has(name)")


def _number(token: Token, at: int) -> Term:
    number = float(token)
    if not math.isfinite(number):
        raise RuleError(at, f"{token[:20]} is too large", "numbers below 1e308")
    return constant(number, at)


def _unquoted(token: Token) -> str:
    """Without its quotes and the backslashes before quotes and backslashes."""
    pieces = token.value[1:-1].split("\\\\")
    return "\\".join(piece.replace("\\", "") for piece in pieces)


def _require_digits(node: Node) -> None:
    if not (isinstance(node, Token) and node.type == "NUMBER" and float(node) in _DIGITS):
        raise RuleError(place_of(node), "one cannot round to that", "0 to 6 digits, written as a number")


def _require_count(right: bool, name: Token, allowed: str) -> None:
    if not right:
        raise RuleError(place_of(name), f"'{name}' was given too few or too many values", allowed)


def _halves(terms: list[Term], join: Callable[[Term, Term], Term]) -> Term:
    """All joined, no deeper than need be."""
    if len(terms) == 1:
        return terms[0]
    middle = len(terms) // 2
    return join(_halves(terms[:middle], join), _halves(terms[middle:], join))
