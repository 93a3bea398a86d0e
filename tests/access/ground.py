"""Where the objects of the matrix stand, and the town that they make."""

from dataclasses import dataclass, field
from typing import Final

from gezhi.people.models import Account
from tests.access.signs import Book
from tests.cast import BAISHA, HAISHU, LINGXIA, NANMEN, WANAN, Cast

PLACES: Final = {
    "own": NANMEN,
    "child": f"{WANAN}001",
    "parent": HAISHU,
    "near": f"{LINGXIA}001",
    "far": f"{BAISHA}001",
}
SALT: Final = b"0" * 16


@dataclass
class Town:
    """`ids`: at -> name of a kind of object -> how an address names it."""

    cast: Cast
    book: Book = field(default_factory=Book)
    ids: dict[str, dict[str, str]] = field(default_factory=lambda: {at: {} for at in PLACES})
    accounts: dict[str, Account] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)

    def word(self, kind: str, grade: int, at: str, **more: str) -> str:
        return self.book.word(kind, grade, at, PLACES[at], **more)
