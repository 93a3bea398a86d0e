"""What is wrong with a pack, told so that it can be mended."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

Address = tuple[str | int, ...]

_SHOWN = 12


@dataclass(frozen=True)
class Problem:
    """`line` counts from 1; 0 when the problem concerns no one line."""

    file: str
    line: int
    where: str
    what: str
    allowed: str

    def __str__(self) -> str:
        at = f"{self.file}:{self.line}" if self.line else self.file
        place = f" {self.where}:" if self.where else ""
        return f"{at}:{place} {self.what}. Allowed: {self.allowed}"


@dataclass(frozen=True)
class Finding:
    """What a check found at an address of the pack, e.g. ("categories", 12, "group")."""

    address: Address
    what: str
    allowed: str


class PackRefused(Exception):
    """A pack that cannot be used; its problems say why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def one_of(wanted: str, known: Iterable[str]) -> str:
    """The allowed values in words, the likely one first."""
    names = sorted(set(known))
    close = get_close_matches(wanted, names, n=1)
    hint = f"did you mean '{close[0]}'? " if close else ""
    if not names:
        return hint + "nothing is defined here yet"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return hint + "one of " + ", ".join(names[:_SHOWN]) + more


def spoken(address: Address) -> str:
    """("states", 2, "limit") -> "states[2].limit"."""
    text = ""
    for part in address:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
