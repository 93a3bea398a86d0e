"""Rows of a CSV with lon and lat -> the same rows with place_code, in batches of bounded size."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from gezhi.places.coordinates import TROUBLE_WORDS, Trouble, to_wgs84, troubles
from gezhi.places.locate import Locator


class PointsRefused(ValueError):
    """The file needs the columns lon and lat in its first line; it has {columns}."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__((self.__doc__ or "").format(columns=", ".join(columns) or "none"))


@dataclass(frozen=True)
class Batch:
    """`bad`: (number of the record, the header being 1; what is wrong); its place_code is empty."""

    rows: list[list[str]]
    bad: list[tuple[int, str]]
    done: int


def locate_rows(locator: Locator, rows: Iterable[list[str]], system: str, size: int) -> Iterator[Batch]:
    """The first batch holds only the header."""
    records = iter(rows)
    header = next(records, [])
    names = [name.strip().lower() for name in header]
    if "lon" not in names or "lat" not in names:
        raise PointsRefused(header)
    yield Batch([[*header, "place_code"]], [], 0)
    done = 0
    while batch := list(islice(records, size)):
        yield _located(locator, batch, (names.index("lon"), names.index("lat")), system, done)
        done += len(batch)


def _located(locator: Locator, rows: list[list[str]], at: tuple[int, int], system: str, done: int) -> Batch:
    lon, lat = (_numbers([_cell(row, column) for row in rows]) for column in at)
    kinds = troubles(lon, lat)
    x, y = (np.where(kinds, np.nan, values) for values in (lon, lat))
    codes = locator.locate(*to_wgs84(x, y, system)).codes
    bad = [(done + 2 + int(row), TROUBLE_WORDS[Trouble(int(kinds[row]))]) for row in np.flatnonzero(kinds)]
    return Batch([[*row, code] for row, code in zip(rows, codes, strict=True)], bad, done + len(rows))


def _cell(row: Sequence[str], at: int) -> str:
    return row[at] if at < len(row) else ""


def _numbers(texts: Sequence[str]) -> NDArray[np.float64]:
    try:
        return np.array(texts, dtype=np.float64)
    except ValueError:
        return np.array([_number(text) for text in texts], dtype=np.float64)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
