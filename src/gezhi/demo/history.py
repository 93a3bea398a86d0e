"""Thirty days of a city, played hour by hour through the intake door and the steps that everybody uses.

A day is one transaction with one mark in the ledger, so that an interrupted play goes on with the next day.
"""

import heapq
from collections.abc import Callable, Container, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from gezhi.cases.actions import Step, sweep, take
from gezhi.cases.case_row import CaseRow
from gezhi.cases.intake.door import accept
from gezhi.demo.calling import call_back
from gezhi.demo.cast import Stage, scene_of, step_of
from gezhi.demo.playing import next_move, time_of
from gezhi.demo.queries import (
    first_reports,
    open_children,
    places_of,
    played_days,
    rows_of,
    unfinished_rows,
    waiting_partners,
)
from gezhi.demo.reporting import Callers, Spots
from gezhi.demo.scenes import Move, Scene, Waiting, chance
from gezhi.ledger.actions import record

REPORTS_A_DAY: Final = 1_740
# Share of a day's reports in each hour, 0 to 23.
_CURVE: Final = (4, 3, 2, 2, 2, 5, 14, 34, 66, 76, 72, 60, 42, 48, 62, 66, 64, 56, 50, 52, 46, 32, 18, 9)
WEEKEND, WORKDAY = 0.75, 1.1
_HANDLED_AFTER: Final = timedelta(minutes=14)  # between what comes in and what is done in the same turn
MOST_REFUSALS: Final = 4  # of a case; then it is left to people
CALLS_AT_ONCE: Final = 60
_CALLING_TURNS: Final = (8, 12, 18, 24)  # of a day's: late morning, noon, afternoon, evening
Show = Callable[[float], None]


def play_history(stage: Stage, spots: Spots, now: datetime, days: int, a_day: int, show: Show) -> int:
    """Play what is missing of the last `days` days; returns the number of reports."""
    today = now.astimezone(stage.world.office.zone).date()
    played = played_days()
    wanted = [today - timedelta(days=back) for back in range(days, -1, -1)]
    first = min(played, default=wanted[0])
    missing = [day for day in wanted if day >= first and day not in played]
    play = Play(stage, spots, now)
    count = 0
    for number, day in enumerate(missing):
        count += play.day(day, a_day, partial(_show_part, show, number, len(missing)))
    return count


def _show_part(show: Show, number: int, of: int, share: float) -> None:
    show((number + share) / of)


class Play:
    def __init__(self, stage: Stage, spots: Spots, now: datetime) -> None:
        self._stage = stage
        self._callers = Callers(spots, stage)
        self._now = now
        self._zone = stage.world.office.zone
        self._truths: dict[int, str] = {}  # case -> category, where it differs from the case's
        self._reports: dict[int, int] = {}  # case -> its first report
        self._refused: dict[int, frozenset[str]] = {}  # case -> steps that were tried in vain
        self._planned: dict[int, tuple[datetime, Scene, Move]] = {}
        self._agenda: list[tuple[datetime, int]] = []
        self._take_up(unfinished_rows())

    @transaction.atomic
    def day(self, day: date, a_day: int, show: Show) -> int:
        rng = Random(self._stage.seed * 100_003 + day.toordinal())
        turns = [turn for turn in _turns(day, rng, self._zone) if turn[0] + _HANDLED_AFTER < self._now]
        a_day = round(a_day * rng.uniform(0.87, 1.13) * (WEEKEND if day.weekday() >= 5 else WORKDAY))
        count, carry = 0, 0.0
        for number, (at, until, share) in enumerate(turns):
            carry += share * a_day
            count += self._report(day, count, int(carry), at, rng)
            carry -= int(carry)
            self._act(at + _HANDLED_AFTER, until)
            if number in _CALLING_TURNS:
                self._take_up(rows_of(call_back(self._stage, at + _HANDLED_AFTER, CALLS_AT_ONCE)))
            show((number + 1) / len(turns))
        record("demo.day", f"demo:{day}", {"reports": count})
        return count

    def _report(self, day: date, first: int, count: int, at: datetime, rng: Random) -> int:
        said = [
            self._callers.say(f"demo-{self._stage.seed}-{day}-{first + n}", at, rng) for n in range(count)
        ]
        receipts = accept([one.report for one in said], at) if said else []
        opened = {
            receipt.case_id: one
            for receipt, one in zip(receipts, said, strict=True)
            if not receipt.joined and not receipt.known
        }
        self._reports.update(
            {receipt.case_id: receipt.report_id for receipt in receipts if not receipt.joined}
        )
        for row in rows_of(opened):
            if opened[row.id].truth != row.category:
                self._truths[row.id] = opened[row.id].truth
            self._plan(row, (), at)
        return count

    def _take_up(self, rows: Sequence[CaseRow]) -> None:
        """Cases that this play did not plan the next step of."""
        self._reports.update(first_reports([row.id for row in rows]))
        self._plan_all(rows)

    def _plan_all(self, rows: Sequence[CaseRow], at: datetime | None = None) -> None:
        partners = waiting_partners([row.id for row in rows]) if rows else {}
        for row in rows:
            self._plan(row, partners.get(row.id, ()), at or row.state_at)

    def _plan(self, row: CaseRow, partners: Sequence[Waiting], since: datetime) -> None:
        rng = chance(self._stage.seed, row)
        truth, report_id = self._truths.get(row.id, row.category), self._reports.get(row.id, 0)
        refused = self._refused.get(row.id, frozenset())
        scene = scene_of(row, truth, report_id, self._stage, partners, refused)
        move = next_move(scene, rng, self._stage.unusual) if len(scene.refused) < MOST_REFUSALS else None
        if move is None:
            self._forget(row.id)
            return
        when = time_of(row, move, since, self._zone, rng)
        self._planned[row.id] = when, scene, move
        heapq.heappush(self._agenda, (when, row.id))

    def _forget(self, case_id: int) -> None:
        for known in (self._planned, self._truths, self._reports, self._refused):
            known.pop(case_id, None)

    def _act(self, at: datetime, until: datetime) -> None:
        """Everything that is planned before `until` is done at `at`, one step a case; then limits are looked at."""
        due = self._due(until)
        steps, again = self._steps(due, at), [scene.row.id for scene, move in due if not move.step]
        outcomes = take(steps, at) if steps else []
        taken = [outcome for outcome in outcomes if isinstance(outcome, CaseRow)]
        self._plan_all(taken, at)
        again += self._not_taken(due, {row.id for row in taken})
        while sweep(at):
            pass
        self._plan_all(rows_of(again) if again else [], at)
        self._take_up(self._new_children(due))

    def _due(self, until: datetime) -> list[tuple[Scene, Move]]:
        """What was planned anew since stands in the agenda twice; the newer plan counts."""
        due: dict[int, tuple[Scene, Move]] = {}
        while self._agenda and self._agenda[0][0] < until:
            when, case_id = heapq.heappop(self._agenda)
            planned = self._planned.get(case_id)
            if planned is not None and planned[0] == when:
                due[case_id] = planned[1], planned[2]
        return list(due.values())

    def _steps(self, due: Sequence[tuple[Scene, Move]], at: datetime) -> list[Step]:
        where = places_of([scene.row.id for scene, move in due if move.step])
        steps = []
        for scene, move in due:
            rng = chance(self._stage.seed + 1, scene.row)
            step = step_of(scene, move, where, self._stage, at, rng) if move.step else None
            if step is not None:
                steps.append(step)
        return steps

    def _not_taken(self, due: Sequence[tuple[Scene, Move]], taken: Container[int]) -> list[int]:
        """Cases whose step was refused, or that nobody could do: another one is tried, unless the case had changed
        since it was planned."""
        failed = {
            scene.row.id: (scene, move) for scene, move in due if move.step and scene.row.id not in taken
        }
        for row in rows_of(failed) if failed else ():
            scene, move = failed[row.id]
            if row.version == scene.row.version:
                self._refused[row.id] = scene.refused | {move.step}
        return list(failed)

    def _new_children(self, due: Sequence[tuple[Scene, Move]]) -> list[CaseRow]:
        parents = [scene.row.id for scene, move in due if scene.is_child(move.step)]
        rows = open_children(parents) if parents else []
        return [row for row in rows if row.id not in self._planned]


def _turns(day: date, rng: Random, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, float]]:
    """(start, start of the next, share of the day's reports): half hours in the day, longer ones at night."""
    starts = [0, 3 * 60, 6 * 60, *range(7 * 60, 20 * 60, 30), 20 * 60, 22 * 60, 24 * 60]
    midnight = datetime.combine(day, time(), zone)
    whole = sum(_CURVE)
    for begin, end in pairwise(starts):
        share = sum(_CURVE[minute // 60] for minute in range(begin, end, 30)) / 2 / whole
        at = midnight + timedelta(minutes=begin + rng.uniform(1, 12))
        yield at.astimezone(UTC), (midnight + timedelta(minutes=end + 6)).astimezone(UTC), share
