"""Chinese search on core PostgreSQL: a text becomes a tsvector of character pairs and of whole Latin words.

Chinese has no spaces; every pair of neighbouring characters is a lexeme, so a query matches wherever its pairs
all stand. A query of one character matches as a prefix.
"""

import re

_RUNS = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_LIMIT = 40  # characters of one Latin word


def lexemes(text: str) -> list[str]:
    """In order, once each. Letters and digits stay together; other scripts give pairs."""
    found: dict[str, None] = {}
    for run in _RUNS.findall(text.lower()):
        if run[0].isascii():
            found[run[:_LIMIT]] = None
        elif len(run) == 1:
            found[run] = None
        else:
            found.update((run[i : i + 2], None) for i in range(len(run) - 1))
    return list(found)


def tsvector(text: str) -> str:
    """The input form of a tsvector. Lexemes are letters and digits only, so that quoting is safe."""
    return " ".join(f"'{lexeme}'" for lexeme in lexemes(text))


def tsquery(text: str) -> str:
    """The input form of a tsquery that asks for all; a single character or a Latin word asks by prefix."""
    parts = [f"'{one}':*" if len(one) == 1 or one[0].isascii() else f"'{one}'" for one in lexemes(text)]
    return " & ".join(parts)
