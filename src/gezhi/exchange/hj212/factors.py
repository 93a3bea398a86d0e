"""What the codes of factors mean: data/factors.csv. Codes and names are those of HJ 524-2009 (air) and HJ 525-2009
(water) as HJ 212-2017 lists them, the two- and three-digit ones those of HJ/T 212-2005. `low` and `high` are ours: what
the factor can be at all, so that a broken number is seen; limits of a place are rules of packs.

Units are those in which stations of that kind report as a rule: of the air (ST 22, 39) those of GB 3095-2012, which are
micrograms, for CO milligrams; of stacks (ST 27, 31) those of table B of HJ 212-2017, which has milligrams for gases. As
public copies have it, table B says milligrams for the air's gases and nanograms for its particles, too; frames of air
stations in the open (ozone 109.9, PM2.5 29.2 at one time) are in micrograms. Packs say the same, which a test holds.
What a device really sends stands with its datastream or its station (`--unit`).
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

SOIL: Final = "25"  # HJ 212 names no factors for soil: such a device brings its own


@dataclass(frozen=True, slots=True)
class Factor:
    """`old`: the code of 2005. `stations`: the ST whose devices report it so."""

    code: str
    old: str
    zh: str
    en: str
    unit: str
    low: float
    high: float
    stations: tuple[str, ...]
    source: str


@cache
def every() -> tuple[Factor, ...]:
    """In the file's order; a code stands once for each group of stations that report it in one unit."""
    text = (files(__package__) / "data" / "factors.csv").read_text(encoding="utf-8")
    return tuple(
        Factor(
            row["code"],
            row["old"],
            row["zh"],
            row["en"],
            row["unit"],
            float(row["low"]),
            float(row["high"]),
            tuple(row["st"].split()),
            row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )


@cache
def _by_station() -> Mapping[tuple[str, str], Factor]:
    return {
        (station, code): factor
        for factor in reversed(every())
        for station in (*factor.stations, "")
        for code in (factor.code, factor.old)
        if code
    }


def factor_of(station: str, code: str) -> Factor | None:
    """By ST and code of any year; a code that this ST does not report as a rule is read as others report it."""
    known = _by_station()
    return known.get((station, code)) or known.get(("", code))
