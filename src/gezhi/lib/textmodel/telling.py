"""What each feature tells about the labels, from the texts that have it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gezhi.lib.textmodel.grams import BITS, COLUMNS

if TYPE_CHECKING:
    from scipy.sparse import csc_matrix, csr_matrix

SMOOTHING = 2.0  # texts that a feature is thought to have been seen in beforehand, spread as all texts are
DAMPING = 0.4
OPENING_WEIGHT = 1.7
RARE_BELOW = 200  # texts; a feature seen once counts only in training sets smaller than this
WEIGHTS_AT_MOST = 12_000_000  # 48 MB of float32


@dataclass(frozen=True)
class Telling:
    """`columns`: the features worth keeping, ascending; `scale`: one value for each;
    `together`: features x labels, the texts that have both; `sizes`: the texts of each label."""

    columns: NDArray[np.int32]
    scale: NDArray[np.float32]
    together: "csc_matrix"
    sizes: NDArray[np.int64]

    def contrast(self, label: int) -> NDArray[np.float32]:
        """For each feature, near 1: how much more or less often it stands in texts of the label than in
        others (absolute log ratio, smoothed), against the mean of all features."""
        own, texts = int(self.sizes[label]), int(self.sizes.sum())
        with_label = self.together[:, [label]].toarray()[:, 0]
        without = np.asarray(self.together.sum(axis=1)).ravel() - with_label
        prior = own / texts
        inside = (with_label + SMOOTHING * prior) / (own + SMOOTHING)
        outside = (without + SMOOTHING * (1 - prior)) / (texts - own + SMOOTHING)
        ratio = np.abs(np.log(inside / outside))
        contrast: NDArray[np.float32] = np.sqrt((1 + ratio / max(ratio.mean(), 1e-9)) / 2).astype(np.float32)
        return contrast


def telling(counts: "csr_matrix", truth: NDArray[np.int64], labels: int) -> Telling:
    """The scale of a feature is how far the labels of the texts that have it are from the labels of all texts
    (Kullback-Leibler divergence, smoothed, damped)."""
    seen = np.bincount(counts.indices, minlength=COLUMNS)
    columns = np.flatnonzero(seen >= (1 if counts.shape[0] < RARE_BELOW else 2))
    if not len(columns):
        columns = np.flatnonzero(seen)
    together = _together(counts, columns, truth, labels)
    sizes = np.bincount(truth, minlength=labels)
    information = _information(together, seen[columns], sizes / len(truth))
    most = max(1, WEIGHTS_AT_MOST // labels)
    if len(columns) > most:
        kept = np.sort(np.argsort(-information * seen[columns], kind="stable")[:most])
        columns, information, together = columns[kept], information[kept], together[kept]
    opening = np.where(columns >> BITS, OPENING_WEIGHT, 1.0)
    scale = np.maximum(information, 1e-6) ** DAMPING * opening
    return Telling(columns.astype(np.int32), scale.astype(np.float32), together.tocsc(), sizes)


def _together(
    counts: "csr_matrix", columns: NDArray[np.int64], truth: NDArray[np.int64], labels: int
) -> "csr_matrix":
    from scipy.sparse import csr_matrix

    texts = len(truth)
    ones = csr_matrix((np.ones(texts), truth, np.arange(texts + 1)), shape=(texts, labels))
    present = counts[:, columns]
    present.data = np.ones(present.nnz)
    return csr_matrix(present.T @ ones)


def _information(
    together: "csr_matrix", seen: NDArray[np.int64], prior: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The labels that a feature was never seen with are summed up at once: there are many of them."""
    pairs = together.tocoo()
    expected = prior[pairs.col]
    total = seen + SMOOTHING
    share = (pairs.data + SMOOTHING * expected) / total[pairs.row]
    met = np.bincount(pairs.row, share * np.log(share / expected), minlength=len(seen))
    unmet = 1 - np.bincount(pairs.row, expected, minlength=len(seen))
    left = np.asarray(SMOOTHING / total, dtype=np.float64)
    return met + unmet * left * np.log(left)
