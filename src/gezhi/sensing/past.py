"""Readings of the past as a file tells them. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Past:
    """A reading of a file. `number`: of its row; `series`: a datastream's number, or THING/PROPERTY; `at`:
    ms since 1970 UTC."""

    number: int
    series: str
    at: int
    value: float
    mark: int = 0


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row, or one reading of it, that was not taken. `code`: of `why`, for other languages; `field`: what of the row
    is wrong, time, series, value or mark, or "" for all of it; `cell`: what stands there."""

    number: int
    series: str
    why: str
    code: str = ""
    field: str = ""
    cell: str = ""
