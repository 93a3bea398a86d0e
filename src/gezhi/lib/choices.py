"""What was possible instead, in words. Pure."""

from collections.abc import Iterable
from difflib import get_close_matches

_SHOWN = 12


def one_of(wanted: str, known: Iterable[str]) -> str:
    """The allowed values, the likely one first."""
    names = sorted(set(known))
    close = get_close_matches(wanted, names, n=1)
    hint = f"did you mean '{close[0]}'? " if close else ""
    if not names:
        return hint + "nothing is defined here yet"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return hint + "one of " + ", ".join(names[:_SHOWN]) + more
