"""Signs: words that stand nowhere else, so that whoever finds one in an answer knows what leaked, from where, and of
which grade."""

import hashlib
import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import pypdf

WORD: Final = re.compile(r"Zq[a-z]{6}q")
NUMBER: Final = re.compile(r"(?<!\d)(?:1390\d{7}|20\d{14})(?!\d)")
_LETTERS: Final = "bcdfghjklmnprstvwxz"


@dataclass(frozen=True)
class Sign:
    """`kind`: of what it is a part; `at`: where the object stands as the posts of the town see it; `units`: who leads
    the case or was called to it; `owner`: the user name of whoever it is about."""

    text: str
    kind: str
    grade: int
    at: str
    place: str
    lead: str = ""
    called: str = ""
    category: str = ""
    owner: str = ""


@dataclass
class Book:
    """Every sign that was planted, by its text."""

    signs: dict[str, Sign] = field(default_factory=dict)
    _next: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def word(self, kind: str, grade: int, at: str, place: str, **more: str) -> str:
        return self.keep(self._letters(), kind, grade, at, place, **more)

    def phone(self, kind: str, at: str, place: str, **more: str) -> str:
        return self.keep(f"1390{next(self._next):07d}", kind, 4, at, place, **more)

    def keep(self, text: str, kind: str, grade: int, at: str, place: str, **more: str) -> str:
        self.signs[text] = Sign(text, kind, grade, at, place, **more)
        return text

    def found_in(self, kind: str, body: bytes, headers: str) -> set[Sign]:
        """Those in an answer, whatever its form."""
        texts = [headers, *texts_of(kind, body)]
        found = {word for text in texts for word in (*WORD.findall(text), *NUMBER.findall(text))}
        found.add(hashlib.sha256(body).hexdigest())
        return {self.signs[word] for word in found if word in self.signs}

    def _letters(self) -> str:
        rest, word = next(self._next) * 7919, ""
        for _ in range(6):
            rest, one = divmod(rest, len(_LETTERS))
            word += _LETTERS[one]
        return f"Zq{word}q"


def texts_of(kind: str, body: bytes) -> Iterator[str]:
    """What can be read in a body: of archives and workbooks each part, of PDFs the text of the pages."""
    yield body.decode("utf-8", "replace")
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield from texts_of(name, archive.read(name))
    elif body.startswith(b"%PDF"):
        yield "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages).replace(
            "\n", ""
        )
