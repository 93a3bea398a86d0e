"""The syntax: that of the Common Expression Language, as much of it as packs need.

A name may have two parts, `other.level`; before a parenthesis the second is a method, `kind.contains(...)`.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import cast

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from gezhi.rules.faults import RuleError

Node = Tree[Token] | Token

LONGEST = 500
DEEPEST = 64

_GRAMMAR = r"""
?start: choice
?choice: either | either "?" choice ":" choice
?either: both | either "||" both
?both: relation | both "&&" relation
?relation: sum | relation COMPARE sum -> compare | relation "in" list -> among
list: "[" (choice ("," choice)*)? "]"
?sum: product | sum (PLUS | MINUS) product -> arithmetic
?product: unary | product (TIMES | OVER) unary -> arithmetic
?unary: member | (NOT | MINUS) unary -> signed
?member: primary | member "." NAME arguments -> method
?primary: NUMBER | TEXT | TRUE | FALSE | NAME | "(" choice ")" | NAME arguments -> call
arguments: "(" (choice ("," choice)*)? ")"

COMPARE: "==" | "!=" | "<=" | ">=" | "<" | ">"
NOT: "!"
PLUS: "+"
MINUS: "-"
TIMES: "*"
OVER: "/"
TRUE: "true"
FALSE: "false"
NUMBER: /[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?/
TEXT: /"([^"\\\n]|\\["'\\])*"|'([^'\\\n]|\\["'\\])*'/
NAME: /[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*(?![A-Za-z0-9_]|[ \t\r\n]*\())?/
%ignore /[ \t\r\n]+/
"""
_SPOKEN = {
    "COMPARE": "== != < <= > >=",
    "NUMBER": "a number",
    "TEXT": "'a text'",
    "NAME": "a name",
    "COMMA": "a comma",
    "$END": "the end",
}


def parse(text: str) -> Node:
    """The tree of a rule, no deeper than DEEPEST. Raises RuleError."""
    if len(text) > LONGEST:
        raise RuleError(LONGEST + 1, f"a rule of {len(text)} characters", f"at most {LONGEST}")
    try:
        tree: Node = _parser().parse(text)
    except UnexpectedInput as wrong:
        raise _explained(wrong, text) from None
    _require_flat(tree)
    return tree


def place_of(node: Node) -> int:
    """The column where a part of the rule begins, from 1."""
    start = node.start_pos if isinstance(node, Token) else node.meta.start_pos
    return 1 + (start or 0)


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", propagate_positions=True)


def _require_flat(tree: Node) -> None:
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            raise RuleError(place_of(node), "too many things inside each other", f"{DEEPEST} levels")
        if isinstance(node, Tree):
            waiting += [(child, depth + 1) for child in node.children]


def _explained(wrong: UnexpectedInput, text: str) -> RuleError:
    if isinstance(wrong, UnexpectedToken) and wrong.token.type != "$END":
        return RuleError(place_of(wrong.token), f"'{wrong.token}' does not fit here", _wanted(wrong.accepts))
    if isinstance(wrong, UnexpectedCharacters):
        at = cast(int, wrong.pos_in_stream)
        what = "a text that does not end" if text[at] in "'\"" else f"'{text[at]}' does not fit here"
        return RuleError(at + 1, what, _wanted(wrong.allowed))
    accepted = wrong.accepts if isinstance(wrong, UnexpectedToken) else ()
    return RuleError(len(text) + 1, "the rule ends too early", _wanted(accepted))


def _wanted(terminals: Iterable[str] | None) -> str:
    known = {term.name: term.pattern.value for term in _parser().terminals}
    names = sorted(name for name in terminals or () if name in known or name in _SPOKEN)
    return ", ".join(_SPOKEN.get(name) or known[name] for name in names if not name.startswith("__"))
