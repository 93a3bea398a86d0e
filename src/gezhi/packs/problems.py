"""What is wrong with a pack, told so that it can be mended."""

from collections.abc import Iterable
from dataclasses import dataclass

from gezhi.lib.choices import one_of

__all__ = ["Address", "Finding", "PackRefused", "Problem", "one_of", "spoken"]

Address = tuple[str | int, ...]


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


def spoken(address: Address) -> str:
    """("states", 2, "limit") -> "states[2].limit"."""
    text = ""
    for part in address:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
