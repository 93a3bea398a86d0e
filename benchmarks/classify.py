"""Texts classified per second on one core, next to the usual scikit-learn pipeline in the same run.

Reads labelled residents' messages from the shared data folder: $GEZHI_SHARED_DATA or ../shared/data.
"""

import csv
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from gezhi.lib.textmodel import TextModel
from gezhi.lib.textmodel.scores import macro_f1

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("GEZHI_SHARED_DATA", ROOT.parent / "shared" / "data"))
FILE = SHARED / "complaints" / "labelled.csv"
SECONDS = 1.5


def main() -> None:
    if not FILE.exists():
        print(
            f"classify: {FILE} is absent; GEZHI_SHARED_DATA names the folder of shared data", file=sys.stderr
        )
        return
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["text"], row["label"]) for row in csv.DictReader(file)]
    texts, labels = [text for text, _ in rows], [label for _, label in rows]
    known, unseen, known_labels, truth = train_test_split(
        texts, labels, test_size=0.2, random_state=0, stratify=labels
    )
    model = TextModel.fit(known, known_labels)
    peer = usual_pipeline().fit(known, known_labels)
    value = speed(model.predict, unseen)
    peer_value = speed(peer.predict, unseen)
    line = {
        "name": "classify",
        "value": round(value),
        "unit": "texts/s",
        "peer": "scikit-learn TfidfVectorizer(char 1-3) + LinearSVC",
        "peer_value": round(peer_value),
        "ratio": round(value / peer_value, 2),
        "macro_f1": round(macro_f1(truth, [answer.label for answer in model.predict(unseen)]), 4),
        "peer_macro_f1": round(macro_f1(truth, peer.predict(unseen).tolist()), 4),
    }
    print(json.dumps(line))


def usual_pipeline() -> Pipeline:
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
    return make_pipeline(vectorizer, LinearSVC())


def speed(predict: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    predict(texts)
    begin, rounds = time.perf_counter(), 0
    while time.perf_counter() - begin < SECONDS:
        predict(texts)
        rounds += 1
    return rounds * len(texts) / (time.perf_counter() - begin)


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
