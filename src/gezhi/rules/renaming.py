"""A rule over other names."""

from collections.abc import Iterator, Mapping

from lark import Token

from gezhi.rules.grammar import Node, parse, place_of


def renamed(text: str, names: Mapping[str, str]) -> str:
    """`names`: old to new; others stay. Texts and functions stay too. Raises RuleError for wrong syntax."""
    for token in sorted(_names(parse(text)), key=place_of, reverse=True):
        start = place_of(token) - 1
        text = text[:start] + names.get(token.value, token.value) + text[start + len(token) :]
    return text


def _names(node: Node) -> Iterator[Token]:
    """Of facts. The name of a function or method is no fact."""
    if isinstance(node, Token):
        if node.type == "NAME":
            yield node
        return
    called = {"call": 0, "method": 1}.get(str(node.data), -1)
    for index, child in enumerate(node.children):
        if index != called:
            yield from _names(child)
