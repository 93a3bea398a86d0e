"""Texts of a batch as units: one CJK character or sign, one word of letters, one run of digits.

Case and full-width forms are folded, white space and control characters only separate, every number is the
same unit (case numbers and house numbers would be learned by heart otherwise).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

READ = 10_000  # characters of one text; what follows is not read
SEPARATOR, LETTER, DIGIT, SIGN = 0, 1, 2, 3
BMP = 0x10000
SPACED_SCRIPTS_END = 0x2E80  # below: alphabets that put spaces between words
CJK = range(0x3400, 0xA000)
SEPARATING = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}
POWERS = np.cumprod(np.full(64, 0x9E3779B97F4A7C15, dtype=np.uint64))


@dataclass(frozen=True)
class Units:
    """In reading order. `texts`: index of the text; `places`: count from its beginning; `starts`, `ends`:
    character offsets in it."""

    ids: NDArray[np.uint64]
    texts: NDArray[np.int64]
    places: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def units_of(texts: Sequence[str]) -> Units:
    read = [text[:READ] for text in texts]
    points = np.frombuffer("\n".join(read).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    folded, kinds = _folded(points)
    continues = np.zeros(len(points), dtype=bool)
    continues[1:] = (kinds[1:] == kinds[:-1]) & ((kinds[1:] == LETTER) | (kinds[1:] == DIGIT))
    firsts = np.flatnonzero((kinds != SEPARATOR) & ~continues)
    offsets = np.cumsum([0] + [len(text) + 1 for text in read])
    begins = np.searchsorted(firsts, offsets)
    owners = np.repeat(np.arange(len(texts)), np.diff(begins))
    starts = firsts - offsets[owners]
    more = np.flatnonzero(continues)
    units = np.searchsorted(firsts, more, side="right") - 1
    return Units(
        ids=_ids(folded, kinds, firsts, more, units),
        texts=owners,
        places=np.arange(len(firsts)) - begins[owners],
        starts=starts,
        ends=starts + 1 + np.bincount(units, minlength=len(firsts)),
    )


def _ids(
    folded: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    firsts: NDArray[np.int64],
    more: NDArray[np.int64],
    units: NDArray[np.int64],
) -> NDArray[np.uint64]:
    """Letters of one word are summed with a factor by place; the further digits of a number say nothing."""
    ids = folded[firsts].astype(np.uint64)
    letters = kinds[more] == LETTER
    more, units = more[letters], units[letters]
    factors = POWERS[np.minimum(more - firsts[units], len(POWERS) - 1)]
    np.add.at(ids, units, folded[more] * factors)
    return ids


def _folded(points: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    fold, kind = _tables()
    inside = np.minimum(points, BMP)
    folded, kinds = fold[inside], kind[inside]
    outside = points >= BMP
    if outside.any():
        folded = np.where(outside, points, folded)
    return folded, kinds


@cache
def _tables() -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Folded form and kind of each character of the basic plane; the last row stands for all beyond."""
    fold = np.arange(BMP + 1, dtype=np.uint32)
    kind = np.full(BMP + 1, SIGN, dtype=np.uint8)
    for point in (*range(CJK.start), *range(CJK.stop, BMP)):
        fold[point], kind[point] = _fold(chr(point))
    return fold, kind


def _fold(character: str) -> tuple[int, int]:
    if unicodedata.category(character) in SEPARATING:
        return ord(character), SEPARATOR
    plain = unicodedata.normalize("NFKC", character).lower()
    plain = plain if len(plain) == 1 else character
    if plain.isdecimal():
        return ord("0"), DIGIT
    joins = plain.isalpha() or unicodedata.category(plain).startswith("M")
    return ord(plain), LETTER if joins and ord(plain) < SPACED_SCRIPTS_END else SIGN
