"""Units as hashed features: every unit, every pair of neighbours, and both again where they open the text.

The opening of a complaint is its subject, so what stands there is a feature of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gezhi.lib.textmodel.units import READ, Units

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

BITS = 20
OPENING = 25  # units
COLUMNS = 2 << BITS  # the upper half are the features of openings
BATCH = 200_000  # characters handled at once: the arrays stay in the processor's cache
LEFT, RIGHT, MIX = (np.uint64(odd) for odd in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93))


@dataclass(frozen=True)
class Grams:
    """One entry for each occurrence. `firsts`, `lasts`: indexes of units."""

    texts: NDArray[np.int64]
    columns: NDArray[np.int64]
    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]


def grams_of(units: Units) -> Grams:
    every = np.arange(len(units.ids))
    pairs = np.flatnonzero(units.texts[1:] == units.texts[:-1])
    ids = np.concatenate((units.ids, units.ids[pairs] * LEFT + units.ids[pairs + 1] * RIGHT))
    firsts = np.concatenate((every, pairs))
    lasts = np.concatenate((every, pairs + 1))
    columns = _hashed(ids)
    opening = np.flatnonzero(units.places[firsts] < OPENING)
    firsts = np.concatenate((firsts, firsts[opening]))
    return Grams(
        texts=units.texts[firsts],
        columns=np.concatenate((columns, columns[opening] + (1 << BITS))),
        firsts=firsts,
        lasts=np.concatenate((lasts, lasts[opening])),
    )


def _hashed(ids: NDArray[np.uint64]) -> NDArray[np.int64]:
    mixed = (ids ^ (ids >> np.uint64(32))) * MIX
    mixed = (mixed ^ (mixed >> np.uint64(29))) * LEFT
    return (mixed >> np.uint64(64 - BITS)).astype(np.int64)


def count_matrix(
    texts: NDArray[np.int64], features: NDArray[np.integer], shape: tuple[int, int]
) -> "csr_matrix":
    """Texts x features: how often each feature occurs, float32."""
    from scipy.sparse import csr_matrix

    keys = texts << 32 | features
    keys.sort()
    edges = np.flatnonzero(np.diff(keys, prepend=-1))
    counts = np.diff(edges, append=len(keys)).astype(np.float32)
    keys = keys[edges]
    pointers = np.searchsorted(keys, np.arange(shape[0] + 1) << 32)
    return csr_matrix((counts, (keys & 0xFFFFFFFF).astype(np.int32), pointers.astype(np.int32)), shape=shape)


def weighted(counts: "csr_matrix", scale: NDArray[np.float32]) -> "csr_matrix":
    """The counts, changed in place: damped, times the scale of each feature, each text of length 1."""
    values = (1 + np.log(counts.data)) * scale[counts.indices]
    owners = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    lengths = np.sqrt(np.bincount(owners, values * values, minlength=counts.shape[0]))
    counts.data = (values / lengths[owners]).astype(np.float32)
    return counts


def batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    begin = size = 0
    for end, text in enumerate(texts):
        size += min(len(text), READ)
        if size >= BATCH:
            yield texts[begin : end + 1]
            begin, size = end + 1, 0
    if begin < len(texts):
        yield texts[begin:]
