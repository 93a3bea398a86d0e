"""The code is the tree: national 12-digit statistical division codes, grids = village code + 3 or 4 digits.

Digits by level: province 2, city 2, county 2, town 3, village 3 (the rest zeros). A city without
counties (Dongguan, Zhongshan, Danzhou) uses the county code XXXX00, which is its own code: such towns hang
below the city. A subtree is a range of codes, compared byte by byte.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

PROVINCE, CITY, COUNTY, TOWN, VILLAGE, GRID = range(6)
LEVELS: Final = ("province", "city", "county", "town", "village", "grid")
_DIGITS: Final = (2, 4, 6, 9, 12)
_NATIONAL: Final = 12


class BadCode(ValueError):
    """{code!r} is no place code: expected 12 digits (national division) or 15 to 16 digits (grid)."""

    def __init__(self, code: str) -> None:
        super().__init__((self.__doc__ or "").format(code=code))


def is_code(text: str) -> bool:
    return text.isascii() and text.isdigit() and text[:2] != "00" and len(text) in (_NATIONAL, 15, 16)


def padded(digits: str) -> str:
    """'3302' -> '330200000000'."""
    return digits.ljust(_NATIONAL, "0")


def level_of(code: str) -> int:
    if not is_code(code):
        raise BadCode(code)
    if len(code) > _NATIONAL:
        return GRID
    return next(level for level, digits in enumerate(_DIGITS) if code[digits:].strip("0") == "")


def level_named(name: str) -> int:
    if name not in LEVELS:
        raise ValueError(f"{name!r} is no level; levels are {', '.join(LEVELS)}")
    return LEVELS.index(name)


@lru_cache(maxsize=65536)
def place_range(code: str) -> tuple[str, str]:
    """(low, high) with low <= every code of the subtree < high. Codes of all zeros stand for the country."""
    low = _prefix_of(code)
    return low, low + ":"  # ":" follows "9"


def _prefix_of(code: str) -> str:
    if len(code) > _NATIONAL:
        return code
    return next((code[:digits] for digits in (0, *_DIGITS) if code[digits:].strip("0") == ""), code)


def is_within(code: str, jurisdiction: str) -> bool:
    low, high = place_range(jurisdiction)
    return low <= code < high


def ancestor_at(code: str, level: int) -> str:
    """The code of the ancestor (or of the place itself) at a level; refused for a level below the place."""
    if level_of(code) < level:
        raise ValueError(f"{code} is a {LEVELS[level_of(code)]}, it has no {LEVELS[level]} above it")
    return code if level == GRID else padded(code[: _DIGITS[level]])


@lru_cache(maxsize=65536)
def ancestors(code: str) -> tuple[str, ...]:
    """Nearest first, up to the province; the place itself is not among them."""
    found = [ancestor_at(code, level) for level in range(level_of(code) - 1, -1, -1)]
    return tuple(dict.fromkeys(found))


def common_place(codes: Sequence[str]) -> str:
    """The finest place that holds all of these, at least one of them given; "" where they share no province."""
    first, *others = set(codes)
    return next(
        (one for one in (first, *ancestors(first)) if all(is_within(code, one) for code in others)), ""
    )


def parent_of(code: str) -> str | None:
    return next(iter(ancestors(code)), None)


def child_code(parent: str, number: int) -> str:
    """The code of the numbered child: 1..99 below province and city, 1..999 further down."""
    level = level_of(parent)
    width = 2 if level < COUNTY else 3
    if level == GRID or not 0 < number < 10**width:
        raise ValueError(f"a {LEVELS[level]} ({parent}) has no child number {number}")
    return padded(f"{parent[: _DIGITS[level]]}{number:0{width}d}")
