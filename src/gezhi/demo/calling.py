"""Operators of the demonstration call back."""

from datetime import datetime, timedelta
from random import Random
from typing import Final

from gezhi.cases.actions import record_callback
from gezhi.cases.callbacks import Answer
from gezhi.cases.procedure import Refused
from gezhi.demo import texts
from gezhi.demo.cast import Stage
from gezhi.demo.queries import calls_to_make

UNREACHABLE, RATES = 0.12, 0.25
NOT_RESOLVED: Final = {"sample": 0.05, "bad-rating": 0.3}
CONTACTED = 0.9
WAITS: Final = timedelta(hours=2)


def call_back(stage: Stage, at: datetime, most: int) -> list[int]:
    """Makes calls that have waited for two hours; returns the cases that went back to work."""
    again = []
    for callback, case, place, reason, tries in calls_to_make(at - WAITS, most):
        rng = Random(stage.seed * 7_919 + callback * 11 + tries)
        operator = stage.cast.at_centre("operator", place, rng)
        answer = answer_of(reason, rng)
        if operator is None:
            continue
        try:
            record_callback(operator, callback, answer, at)
        except Refused:
            continue  # left to people
        if answer.outcome == "not-resolved":
            again.append(case)
    return again


def answer_of(reason: str, rng: Random) -> Answer:
    if rng.random() < UNREACHABLE:
        return Answer("unreachable")
    contacted = rng.random() < CONTACTED
    if rng.random() < NOT_RESOLVED.get(reason, 0):
        return Answer("not-resolved", contacted, text=rng.choice(texts.NOT_RESOLVED))
    return Answer("resolved", contacted, rng.choice((5, 5, 4, 3)) if rng.random() < RATES else None)
