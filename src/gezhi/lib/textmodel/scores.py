"""How well a model answers texts that it has not seen."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gezhi.lib.textmodel.model import Prediction, TextModel

TIMED_SECONDS = 0.3  # prediction is repeated at least this long, so that small sets are measured too


class Examples(NamedTuple):
    texts: Sequence[str]
    labels: Sequence[str]


@dataclass(frozen=True)
class Scores:
    """`macro_f1`: mean of the F1 of each label that the truth or the answers name; both scores in [0, 1]."""

    macro_f1: float
    accuracy: float
    texts_per_second: float


def evaluate(train: Examples, test: Examples) -> Scores:
    """Learn from `train`, answer `test`. A label that only `test` has counts as always missed."""
    if not test.texts:
        raise ValueError("There is no text to test with.")
    predictions, speed = _timed(TextModel.fit(*train), test.texts)
    return _scores(test.labels, [prediction.label for prediction in predictions], speed)


def cross_validate(texts: Sequence[str], labels: Sequence[str], folds: int = 5, seed: int = 0) -> Scores:
    """Stratified folds; the scores are of all answers together, each from a model without that text."""
    from sklearn.model_selection import StratifiedKFold

    answers = [""] * len(texts)
    speeds = []
    for inside, held in StratifiedKFold(folds, shuffle=True, random_state=seed).split(labels, labels):
        model = TextModel.fit([texts[i] for i in inside], [labels[i] for i in inside])
        predictions, speed = _timed(model, [texts[i] for i in held])
        speeds.append(speed)
        for i, prediction in zip(held, predictions, strict=True):
            answers[i] = prediction.label
    return _scores(labels, answers, sum(speeds) / len(speeds))


def macro_f1(truth: Sequence[str], answers: Sequence[str]) -> float:
    pairs = list(zip(truth, answers, strict=True))
    return sum(_f1(pairs, label) for label in {*truth, *answers}) / len({*truth, *answers})


def _f1(pairs: Sequence[tuple[str, str]], label: str) -> float:
    right = sum(true == answer == label for true, answer in pairs)
    named = sum((true == label) + (answer == label) for true, answer in pairs)
    return 2 * right / named


def _scores(truth: Sequence[str], answers: Sequence[str], speed: float) -> Scores:
    accuracy = sum(true == answer for true, answer in zip(truth, answers, strict=True)) / len(truth)
    return Scores(macro_f1(truth, answers), accuracy, speed)


def _timed(model: TextModel, texts: Sequence[str]) -> tuple[list[Prediction], float]:
    """The answers and texts per second, measured after a first round that loads what is loaded once."""
    predictions = model.predict(texts)
    begin, rounds = time.perf_counter(), 0
    while (taken := time.perf_counter() - begin) < TIMED_SECONDS or not rounds:
        model.predict(texts)
        rounds += 1
    return predictions, rounds * len(texts) / taken
