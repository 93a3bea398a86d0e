"""What whoever holds a case would do with it next, and when. Pure: the same case, seed and version, the same move."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from gezhi.cases.case_row import CaseRow
from gezhi.demo import texts
from gezhi.demo.deviating import deviation, waiting_move
from gezhi.demo.scenes import Move, Scene
from gezhi.demo.walking import role_for, walk

REJECTED, RETURNED, REWORKED = 0.03, 0.04, 0.02
FILED_FIRST = 0.12  # of the cases that a dispatcher files before dispatching; the others go straight on
LATE = 0.08
RATED, REOPENED, REOPENED_WHEN_BAD = 0.41, 0.02, 0.35
STARS: Final = (5, 4, 3, 2, 1)
STAR_WEIGHTS: Final = (56, 28, 9, 4, 3)
FIRST_HOUR, LAST_HOUR = 8, 18


def next_move(scene: Scene, rng: Random, unusual: float = 1.0) -> Move | None:
    """None: nobody does anything more. `unusual`: see Stage."""
    return waiting_move(scene, rng) or deviation(scene, rng, unusual) or _straight_on(scene, rng)


def _straight_on(scene: Scene, rng: Random) -> Move | None:
    decide = _DECISIONS.get(scene.row.state)
    move = decide(scene.row, scene.truth, rng) if decide else None
    step = scene.known(move.step) if move else None
    if move is not None and step is not None and (move.role != "reporter" or scene.report_id):
        return move if move.role in step.by else replace(move, role=role_for(step, scene))
    return walk(scene, rng) if scene.row.is_open else None


def _registered(row: CaseRow, truth: str, rng: Random) -> Move:
    if row.category != truth:
        return Move("correct", "dispatcher", category=truth, text=texts.MISTAKEN)
    draw = rng.random()
    if draw < REJECTED:
        return Move("reject", "dispatcher", reason=rng.choice(texts.NOT_ACCEPTED))
    if draw < REJECTED + FILED_FIRST:
        return Move("accept", "dispatcher")
    return Move("dispatch", "dispatcher")


def _filed(row: CaseRow, truth: str, rng: Random) -> Move:
    return Move("dispatch", "dispatcher", to_city=rng.random() < 0.3)


def _dispatched(row: CaseRow, truth: str, rng: Random) -> Move:
    if rng.random() < RETURNED:
        return Move("return", "handler", reason=rng.choice(texts.NOT_OURS))
    return Move("receive", "handler")


def _handling(row: CaseRow, truth: str, rng: Random) -> Move:
    return Move("finish", "handler", text=rng.choice(texts.DONE))


def _handled(row: CaseRow, truth: str, rng: Random) -> Move:
    if rng.random() < REWORKED:
        return Move("rework", "verifier", reason=rng.choice(texts.NOT_YET))
    return Move("verify", "verifier")


def _closed(row: CaseRow, truth: str, rng: Random) -> Move | None:
    draw = rng.random()
    if draw < REOPENED and not row.reopen_count:
        return _reopen(rng)
    if draw > 1 - RATED:
        stars = rng.choices(STARS, STAR_WEIGHTS)[0]
        return Move("rate", "reporter", rating=stars, text=rng.choice(texts.THANKS[stars]))
    return None


def _rated(row: CaseRow, truth: str, rng: Random) -> Move | None:
    bad = row.rating is not None and row.rating <= 2
    return _reopen(rng) if bad and not row.reopen_count and rng.random() < REOPENED_WHEN_BAD else None


def _reopen(rng: Random) -> Move:
    return Move("reopen", "reporter", reason=rng.choice(texts.AGAIN))


_DECISIONS: Final[dict[str, Callable[[CaseRow, str, Random], Move | None]]] = {
    "registered": _registered,
    "filed": _filed,
    "dispatched": _dispatched,
    "handling": _handling,
    "handled": _handled,
    "closed": _closed,
    "rated": _rated,
}


def time_of(row: CaseRow, move: Move, since: datetime, zone: ZoneInfo, rng: Random) -> datetime:
    """When the move is made, counted from `since`, the case's last change."""
    if move.within is not None:
        planned = _at_work(since + timedelta(minutes=rng.uniform(*move.within)), zone, rng)
        if move.step and row.due_at is not None and row.due_at > since:
            planned = max(since, min(planned, row.due_at - timedelta(minutes=40)))
        return max(planned, move.not_before) if move.not_before else planned
    if move.role == "reporter":
        return since + timedelta(hours=rng.expovariate(1 / 16))
    if row.due_at is None or move.step in ("correct", "accept", "reject", "dispatch"):
        return _at_work(since + timedelta(minutes=rng.uniform(2, 24)), zone, rng)
    share = rng.uniform(1.1, 2.2) if move.step == "finish" and rng.random() < LATE else rng.uniform(0.08, 0.8)
    planned = _at_work(row.state_at + share * (row.due_at - row.state_at), zone, rng)
    return planned if share > 1 else max(since, min(planned, row.due_at - timedelta(minutes=10)))


def _at_work(moment: datetime, zone: ZoneInfo, rng: Random) -> datetime:
    """What falls into the night is done in the morning."""
    local = moment.astimezone(zone)
    if FIRST_HOUR <= local.hour < LAST_HOUR:
        return moment
    day: date = local.date() + timedelta(days=local.hour >= LAST_HOUR)
    morning = datetime(day.year, day.month, day.day, FIRST_HOUR, tzinfo=zone)
    return morning + timedelta(minutes=rng.uniform(15, 100))
