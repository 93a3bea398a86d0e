"""Which exports hold how much of a leak. Counts, no probabilities, and of files, never of a person's intent. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gezhi.security.fingerprints import Fingerprint, Hashes, Sought

ENOUGH: Final = 0.8  # of a row's telling cells, so that the row counts as held
FEWEST: Final = 2  # cells held, below which an export is not worth naming


@dataclass(frozen=True, slots=True)
class Held:
    """How much of a leak an export holds.

    `rows` of `of_rows`: those of whose telling cells at least four in five stand in the export. `cells`: as written.
    `pairs`: what stands together in the leak's rows as it does in the export's. `marks` of `of_marks`: times to the
    second that went the way in which this export rounds; another export of the same rows has about half of them.
    """

    export: int
    rows: int
    of_rows: int
    cells: int
    of_cells: int
    pairs: int
    of_pairs: int
    marks: int
    of_marks: int
    export_rows: int

    @property
    def rank(self) -> tuple[int, int, int]:
        """Most first; of two that hold the same, the smaller export says more."""
        return (-self.cells - self.pairs, -self.rows, self.export_rows)

    def same_as(self, other: "Held") -> bool:
        """Nothing in the leak tells these two apart."""
        return (self.cells, self.pairs, self.rows) == (other.cells, other.pairs, other.rows)


def held(leak: Sought, export: int, mark: Fingerprint) -> Held:
    exact, loose = _among(leak.exact, mark.cells), _among(leak.coarse, mark.cells) & (leak.coarse > 0)
    pairs, of_pairs = max(
        ((int(_among(one, mark.pairs).sum()), one.size) for one in leak.pairs), default=(0, 0)
    )
    here = (exact | loose) & leak.telling
    needs = np.bincount(leak.row[leak.telling], minlength=leak.rows)
    has = np.bincount(leak.row[here], minlength=leak.rows)
    rows = (needs > 0) & (has >= np.ceil(needs * ENOUGH))
    marked = loose & rows[leak.row] if leak.rows else loose
    return Held(
        export=export,
        rows=int(rows.sum()),
        of_rows=leak.rows,
        cells=int(exact.sum()),
        of_cells=int(leak.exact.size),
        pairs=pairs,
        of_pairs=of_pairs,
        marks=int((exact & marked).sum()),
        of_marks=int(marked.sum()),
        export_rows=mark.rows,
    )


def ranked(leak: Sought, exports: Iterable[tuple[int, Fingerprint]], most: int) -> list[Held]:
    """The exports that hold rows of the leak, most first."""
    found = (held(leak, export, mark) for export, mark in exports)
    some = [one for one in found if one.rows and one.cells >= min(FEWEST, one.of_cells)]
    return sorted(some, key=lambda one: one.rank)[:most]


def _among(sought: Hashes, known: Hashes) -> NDArray[np.bool_]:
    """Which of the hashes stand in the sorted set."""
    if not known.size or not sought.size:
        return np.zeros(sought.size, np.bool_)
    places = np.searchsorted(known, sought)
    places[places == known.size] = 0
    among: NDArray[np.bool_] = known[places] == sought
    return among
