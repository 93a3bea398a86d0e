"""Quality on real residents' messages; the texts are read from the shared data folder, never copied."""

import csv
import os
from pathlib import Path

import pytest

from gezhi.lib.textmodel import TextModel, cross_validate

HERE = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("GEZHI_SHARED_DATA", HERE.parent / "shared" / "data"))
COMPLAINTS = SHARED / "complaints" / "labelled.csv"


@pytest.fixture(scope="module")
def complaints() -> tuple[list[str], list[str]]:
    if not COMPLAINTS.exists():
        pytest.skip(f"{COMPLAINTS} is absent; GEZHI_SHARED_DATA names the folder of shared data")
    with COMPLAINTS.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], [row["label"] for row in rows]


def test_five_folds_of_residents_messages_reach_the_wanted_quality_and_speed(
    complaints: tuple[list[str], list[str]],
) -> None:
    scores = cross_validate(*complaints, folds=5)
    assert scores.macro_f1 >= 0.90
    assert scores.texts_per_second >= 5_000


def test_what_the_model_is_sure_of_is_right_and_what_it_doubts_goes_to_a_person(
    complaints: tuple[list[str], list[str]],
) -> None:
    texts, labels = complaints
    model = TextModel.fit(
        [text for place, text in enumerate(texts) if place % 4],
        [label for place, label in enumerate(labels) if place % 4],
    )
    predictions = model.predict(texts[::4])
    asked = [(p.confidence, p.label == label) for p, label in zip(predictions, labels[::4], strict=True)]
    sure = [right for confidence, right in asked if confidence >= 0.6]
    doubted = [right for confidence, right in asked if confidence < 0.6]
    assert sum(sure) / len(sure) > 0.9
    assert sum(doubted) / len(doubted) < 0.7
    assert len(doubted) < 0.2 * len(asked)
    gap = sum(confidence for confidence, _ in asked) / len(asked) - sum(r for _, r in asked) / len(asked)
    assert abs(gap) < 0.04


def test_the_deciding_words_of_real_messages_stand_in_them(complaints: tuple[list[str], list[str]]) -> None:
    texts, labels = complaints
    model = TextModel.fit(texts, labels)
    for text in texts[:200]:
        [prediction] = model.predict([text])
        clues = model.clues(text, prediction.label)
        assert clues
        assert all(clue.words and clue.words in text for clue in clues)
