"""Learning from labelled texts. Only this module needs scikit-learn."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gezhi.lib.textmodel.grams import COLUMNS, batches, count_matrix, grams_of, weighted
from gezhi.lib.textmodel.model import probabilities
from gezhi.lib.textmodel.telling import telling
from gezhi.lib.textmodel.units import units_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

PENALTY = 2.0  # C of the linear separation
OTHERS_AT_MOST = 20_000  # texts of other labels that one label is told apart from
PARTS = 4
EVERY_PART_BELOW = 50_000  # texts x labels; above, margins are measured on one part instead of on each
SHARPNESS = np.geomspace(0.2, 40, 80)


@dataclass(frozen=True)
class Learned:
    columns: NDArray[np.int32]
    scale: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]


class Steps:
    """Counts the separations done and tells the share."""

    def __init__(self, total: int, tell: Callable[[float], None]) -> None:
        self._total, self._tell, self._done = total, tell, 0

    def one(self) -> None:
        self._done += 1
        self._tell(min(1.0, self._done / self._total))


def train(
    texts: Sequence[str], labels: Sequence[str], tell: Callable[[float], None]
) -> tuple[tuple[str, ...], Learned, float]:
    """The label names, what was learned, and the sharpness of the margins measured on texts held out."""
    names = tuple(sorted(set(labels)))
    if len(texts) != len(labels):
        raise ValueError(f"Training needs a label for each text; got {len(texts)} and {len(labels)} labels.")
    if len(names) < 2:
        raise ValueError(f"Training needs texts of at least two labels; got {len(names)}.")
    number = {name: place for place, name in enumerate(names)}
    truth = np.array([number[label] for label in labels])
    counts = _counts(texts)
    if not counts.nnz:
        raise ValueError("Training needs texts with readable characters; every text is blank.")
    parts = stratified_parts(truth, PARTS)
    tested = PARTS if len(texts) * len(names) < EVERY_PART_BELOW else 1
    steps = Steps(len(names) * (tested + 1), tell)
    sharpness = _sharpness(counts, truth, parts, tested, steps)
    learned = _learn(counts, truth, len(names), steps)
    tell(1.0)
    return names, learned, sharpness


def stratified_parts(truth: NDArray[np.int64], parts: int) -> NDArray[np.int64]:
    """A part number for each text; every label is spread evenly. The same texts give the same parts."""
    shuffled = np.random.default_rng(0).permutation(len(truth))
    order = shuffled[np.argsort(truth[shuffled], kind="stable")]
    part = np.empty(len(truth), dtype=np.int64)
    part[order] = np.arange(len(truth)) % parts
    return part


def _counts(texts: Sequence[str]) -> "csr_matrix":
    from scipy.sparse import csr_matrix, vstack

    blocks = []
    for batch in batches(texts):
        grams = grams_of(units_of(batch))
        blocks.append(count_matrix(grams.texts, grams.columns, (len(batch), COLUMNS)))
    return csr_matrix(vstack(blocks))


def _learn(counts: "csr_matrix", truth: NDArray[np.int64], labels: int, steps: Steps) -> Learned:
    told = telling(counts, truth, labels)
    matrix = weighted(counts[:, told.columns], told.scale)
    weights = np.zeros((len(told.columns), labels), dtype=np.float32)
    bias = np.full(labels, -1, dtype=np.float32)
    for label, (chosen, is_label) in enumerate(_one_against_others(truth, labels)):
        if is_label.any() and not is_label.all():
            weight = max(1e-3, len(truth) / labels / int(is_label.sum()))
            contrast = told.contrast(label)
            weights[:, label], bias[label] = _separate(matrix[chosen], contrast, is_label, weight)
        steps.one()
    return Learned(told.columns, told.scale, weights, bias)


def _one_against_others(
    truth: NDArray[np.int64], labels: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
    """For each label the texts to learn from and which of them carry it."""
    chance = np.random.default_rng(0)
    for label in range(labels):
        own, others = np.flatnonzero(truth == label), np.flatnonzero(truth != label)
        if len(others) > OTHERS_AT_MOST:
            others = chance.choice(others, OTHERS_AT_MOST, replace=False)
        chosen = np.sort(np.concatenate((own, others)))
        yield chosen, truth[chosen] == label


def _separate(
    matrix: "csr_matrix", contrast: NDArray[np.float32], is_label: NDArray[np.bool_], weight: float
) -> tuple[NDArray[np.float32], float]:
    """`matrix` is changed in place."""
    from sklearn.svm import LinearSVC

    matrix.data *= contrast[matrix.indices]
    by_label = {True: weight, False: 1.0}
    line = LinearSVC(C=PENALTY, class_weight=by_label, dual=True, random_state=0, max_iter=300)
    line.fit(matrix, is_label)
    return (line.coef_[0] * contrast).astype(np.float32), float(line.intercept_[0])


def _sharpness(
    counts: "csr_matrix", truth: NDArray[np.int64], parts: NDArray[np.int64], tested: int, steps: Steps
) -> float:
    """The sharpness under which margins of texts held out tell their labels best."""
    labels = int(truth.max()) + 1
    margins, held_labels = [], []
    for part in range(tested):
        inside, held = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
        held = held[np.isin(truth[held], truth[inside])]
        if not len(held) or not counts[inside].nnz:
            continue
        learned = _learn(counts[inside], truth[inside], labels, steps)
        matrix = weighted(counts[held][:, learned.columns], learned.scale)
        margins.append(matrix @ learned.weights + learned.bias)
        held_labels.append(truth[held])
    if not margins:
        return 1.0
    return _best_sharpness(np.concatenate(margins), np.concatenate(held_labels))


def _best_sharpness(margins: NDArray[np.float32], truth: NDArray[np.int64]) -> float:
    """A little doubt, one text's worth, keeps a handful of texts from making the model certain."""
    texts, labels = margins.shape
    doubt = 1 / (texts + 2)
    target = np.full((texts, labels), doubt / (labels - 1))
    target[np.arange(texts), truth] = 1 - doubt
    losses = [-(target * np.log(probabilities(margins, value) + 1e-12)).sum() for value in SHARPNESS]
    return float(SHARPNESS[int(np.argmin(losses))])
