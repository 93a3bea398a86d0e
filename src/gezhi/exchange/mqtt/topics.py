"""Which subscription a topic belongs to (MQTT 5, 4.7 and 4.8)."""

from collections.abc import Sequence
from typing import Final

_REMEMBERED: Final = 50_000


def bare(pattern: str) -> str:
    """A filter without the name of the group that shares it: $share/GROUP/FILTER."""
    return pattern.split("/", 2)[2] if pattern.startswith("$share/") and pattern.count("/") > 1 else pattern


def is_filter(pattern: str) -> bool:
    """# only at the end, + and # only as whole levels."""
    levels = bare(pattern).split("/")
    if not bare(pattern) or any(("+" in level or "#" in level) and len(level) > 1 for level in levels):
        return False
    return "#" not in levels[:-1]


def matches(pattern: str, topic: str) -> bool:
    if topic[:1] == "$" and pattern[:1] in "+#":
        return False
    asked, given = pattern.split("/"), topic.split("/")
    for place, level in enumerate(asked):
        if level == "#":
            return True
        if place >= len(given) or level not in ("+", given[place]):
            return False
    return len(asked) == len(given)


class Router:
    """The first filter that a topic matches, by its place; -1 for none. Remembers so many topics."""

    def __init__(self, filters: Sequence[str]) -> None:
        self._filters = [bare(one) for one in filters]
        self._known: dict[bytes, int] = {}

    def place(self, topic: bytes) -> int:
        known = self._known.get(topic)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[topic] = self._find(topic)
        return known

    def _find(self, topic: bytes) -> int:
        try:
            text = topic.decode()
        except UnicodeDecodeError:
            return -1
        return next((place for place, one in enumerate(self._filters) if matches(one, text)), -1)
