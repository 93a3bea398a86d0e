"""Placeholders in the texts of a pack: {name} stands for a fact, {{ and }} for braces."""

from collections.abc import Mapping
from string import Formatter


def placeholders(text: str) -> set[str]:
    """Raises ValueError where braces do not match."""
    pieces = [piece for piece in Formatter().parse(text) if piece[1] is not None]
    return {
        str(name) + (f"!{way}" if way else "") + (f":{form}" if form else "") for _, name, form, way in pieces
    }


def filled(text: str, facts: Mapping[str, str]) -> str:
    """A placeholder without a fact becomes empty; what a fact says is never read again."""
    return "".join(
        literal + (facts.get(name, "") if name is not None else "")
        for literal, name, _, _ in Formatter().parse(text)
    )
