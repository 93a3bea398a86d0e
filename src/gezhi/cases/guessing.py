"""A first guess at a category from everyday words, before anything was learned. Pure.

Each category lists words that people use for it; its name counts as one. Longer words speak louder, and a word
that many categories share speaks for each of them less.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gezhi.packs.shapes import Category


@dataclass(frozen=True, slots=True)
class Guess:
    """`confidence` in [0, 1]; `clues`: the words of the text that decided."""

    category: str
    confidence: float
    clues: tuple[str, ...] = ()


class WordGuesser:
    def __init__(self, categories: Iterable[Category]) -> None:
        owners: dict[str, list[str]] = defaultdict(list)
        for category in categories:
            for word in {*category.words, category.name.zh, category.name.en.lower()}:
                owners[word].append(category.key)
        self._weights = {
            word: [(key, len(word.encode()) / 3 / math.sqrt(len(keys))) for key in sorted(keys)]
            for word, keys in owners.items()
        }
        words = sorted(self._weights, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, words))) if words else None

    def guess(self, text: str, limit: int) -> list[Guess]:
        """Best first; empty when no word is known. At most 500 characters are read."""
        found = Counter(self._pattern.findall(text[:500].lower())) if self._pattern else Counter[str]()
        scores: Counter[str] = Counter()
        clues: dict[str, list[str]] = defaultdict(list)
        for word, times in found.items():
            for key, weight in self._weights[word]:
                scores[key] += weight * (1 + math.log(times))  # type: ignore[assignment]
                clues[key].append(word)
        total = sum(scores.values()) + 1.0
        return [
            Guess(key, round(score / total, 4), tuple(clues[key][:5])) for key, score in _best(scores, limit)
        ]


def _best(scores: Counter[str], limit: int) -> Sequence[tuple[str, float]]:
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
