from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gezhi.lib.textmodel.grams import COLUMNS, batches, count_matrix, grams_of, weighted
from gezhi.lib.textmodel.spans import strongest_spans, trimmed
from gezhi.lib.textmodel.units import units_of


@dataclass(frozen=True, slots=True)
class Prediction:
    """`confidence` in [0, 1]: of the predictions near 0.8, about 80 % are right."""

    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Clue:
    """Words that stand in the text, and how strongly they spoke for a label."""

    words: str
    weight: float


@dataclass(frozen=True, eq=False)
class TextModel:
    """`columns`: the hashed features in use, ascending; `scale`: one value for each of them;
    `weights`: features x labels; `bias`: one value for each label; `sharpness`: what turns margins into
    probabilities."""

    labels: tuple[str, ...]
    columns: NDArray[np.int32]
    scale: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    sharpness: float

    @classmethod
    def fit(
        cls, texts: Sequence[str], labels: Sequence[str], *, progress: Callable[[float], None] | None = None
    ) -> "TextModel":
        """`progress` gets the share that is done, rising to 1. ValueError: there is nothing to tell apart."""
        from gezhi.lib.textmodel.training import train

        names, learned, sharpness = train(texts, labels, progress or (lambda share: None))
        return cls(names, learned.columns, learned.scale, learned.weights, learned.bias, sharpness)

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """The likeliest label of each text."""
        return [
            Prediction(self.labels[best], float(row[best]))
            for shares in self._shares(texts)
            for row, best in zip(shares, shares.argmax(axis=1).tolist(), strict=True)
        ]

    def top(self, texts: Sequence[str], k: int) -> list[list[Prediction]]:
        """The `k` likeliest labels of each text, best first."""
        return [
            [Prediction(self.labels[label], float(row[label])) for label in order[:k].tolist()]
            for shares in self._shares(texts)
            for row, order in zip(shares, np.argsort(-shares, axis=1, kind="stable"), strict=True)
        ]

    def clues(self, text: str, label: str, limit: int = 5) -> list[Clue]:
        """The words of `text` that spoke most for `label` against the other labels, strongest first."""
        if label not in self.labels:
            raise ValueError(f"The model has no label {label!r}; it has {', '.join(self.labels)}.")
        units = units_of([text])
        grams = grams_of(units)
        features = self._feature_of[grams.columns]
        support = self._support(features[features >= 0], self.labels.index(label))
        gains = np.where(features >= 0, support[features], 0)
        found: dict[str, float] = {}
        for first, last, gain in strongest_spans(grams, gains, limit):
            words = trimmed(text[units.starts[first] : units.ends[last]])
            found[words] = found.get(words, 0.0) + gain
        found.pop("", None)
        telling = {words: gain for words, gain in found.items() if len(words) > 1} or found
        best = sorted(telling.items(), key=lambda pair: -pair[1])[:limit]
        return [Clue(words, round(gain, 4)) for words, gain in best]

    def to_bytes(self) -> bytes:
        from gezhi.lib.textmodel.storage import pack

        return pack(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> "TextModel":
        """ValueError when `data` is not a whole model of a known version."""
        from gezhi.lib.textmodel.storage import unpack

        return unpack(data)

    @cached_property
    def _feature_of(self) -> NDArray[np.int32]:
        table = np.full(COLUMNS, -1, dtype=np.int32)
        table[self.columns] = np.arange(len(self.columns))
        return table

    def _shares(self, texts: Sequence[str]) -> Iterator[NDArray[np.float64]]:
        """Batches of texts x labels: probabilities."""
        for batch in batches(texts):
            yield probabilities(self._margins(batch), self.sharpness)

    def _margins(self, texts: Sequence[str]) -> NDArray[np.float32]:
        grams = grams_of(units_of(texts))
        features = self._feature_of[grams.columns]
        known = features >= 0
        counts = count_matrix(grams.texts[known], features[known], (len(texts), len(self.columns)))
        margins: NDArray[np.float32] = weighted(counts, self.scale) @ self.weights + self.bias
        return margins

    def _support(self, features: NDArray[np.int32], label: int) -> NDArray[np.float64]:
        """What one occurrence of each feature of a text adds for the label, beyond the other labels' mean."""
        support = np.zeros(len(self.columns))
        used, counts = np.unique(features, return_counts=True)
        values = (1 + np.log(counts)) * self.scale[used]
        own = self.weights[used, label]
        others = (self.weights[used].sum(axis=1) - own) / (len(self.labels) - 1)
        length = np.sqrt((values * values).sum()) or 1.0
        support[used] = values / length * (own - others) / counts
        return support


def probabilities(margins: NDArray[np.float32], sharpness: float) -> NDArray[np.float64]:
    raised = np.exp(sharpness * (margins - margins.max(axis=1, keepdims=True)).astype(np.float64))
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares
