"""Patterns that cannot keep a server busy: few ways to match, in the part of the language that is alike everywhere.

Allowed: `^...$`, characters, [classes], (groups | with branches), and after a character or class `?`, `*`, `+`,
`{m}`, `{m,n}`, `{m,}`; after a group `?` alone. The ways in which the variable parts can share out a text, as a
product, stay below MOST_WAYS.
"""

import re
from typing import Final

MOST_WAYS: Final = 10_000
LONGEST_TEXT: Final = 200

_ATOM: Final = re.compile(r"\\[^A-Za-z0-9]|\[(?:\\[^A-Za-z0-9]|[^\\\[\]])+\]|[^\\\[\](){}?*+|^$]")
_TIMES: Final = re.compile(r"[?*+]|\{([0-9]{1,4})(?:(,)([0-9]{1,4})?)?\}")
_ALLOWED: Final = "^ and $ around characters, [classes], (a|b), and ? * + {m,n} after a character or class"


def why_unsafe(pattern: str, max_length: int) -> tuple[str, str] | None:
    """What is wrong and what is allowed; None for a pattern that may be used on texts of this length."""
    if max_length > LONGEST_TEXT:
        return f"a pattern over {max_length} characters", f"maxLength up to {LONGEST_TEXT} beside a pattern"
    if not (pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith("\\$")):
        return f"'{pattern}' may match a part of the answer", "a pattern that begins with ^ and ends with $"
    try:
        ways = _ways(pattern[1:-1], max_length)
        re.compile(pattern)
    except (re.error, ValueError, OverflowError) as error:
        return f"'{pattern}' cannot be used: {error}", _ALLOWED
    if ways > MOST_WAYS:
        return f"'{pattern}' can match in {ways} ways, which may take long", f"at most {MOST_WAYS} ways"
    return None


def _ways(pattern: str, length: int) -> int:
    """Raises ValueError for what is not allowed."""
    ways, depth, at = 1, 0, 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "(":
            if pattern.startswith("(?", at):
                raise ValueError("it looks around, or names a group")
            depth, at = depth + 1, at + 1
        elif letter == ")":
            depth, at, ways = *_closed(pattern, at, depth), ways * 2
        elif letter == "|":
            ways, at = ways * 2, at + 1
        else:
            at, more = _repeated(pattern, at, length)
            ways *= more
    return ways


def _closed(pattern: str, at: int, depth: int) -> tuple[int, int]:
    times = _TIMES.match(pattern, at + 1)
    if times is None:
        return depth - 1, at + 1
    if times.group() != "?":
        raise ValueError("a group is repeated")
    return depth - 1, times.end()


def _repeated(pattern: str, at: int, length: int) -> tuple[int, int]:
    """Where the atom and its quantifier end, and in how many ways it may repeat."""
    atom = _ATOM.match(pattern, at)
    if atom is None:
        raise ValueError(f"'{pattern[at : at + 2]}' is not allowed; write \\d as [0-9]")
    times = _TIMES.match(pattern, atom.end())
    if times is None:
        return atom.end(), 1
    if _TIMES.match(pattern, times.end()):
        raise ValueError("a repetition is repeated")
    least, comma, most = times.groups()
    if least is None:
        return times.end(), 2 if times.group() == "?" else length + 1
    if comma is None:
        return times.end(), 1
    return times.end(), max(1, int(most or length) - int(least) + 1)
