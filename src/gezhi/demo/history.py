"""Thirty days of a city, played hour by hour through the intake door and the steps that everybody uses.

A day is one transaction with one mark in the ledger, so that an interrupted play goes on with the next day.
"""

import heapq
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from gezhi.cases.actions import Step, sweep, take
from gezhi.cases.intake.door import accept
from gezhi.cases.case_row import CaseRow
from gezhi.demo.cast import Stage, step_of
from gezhi.demo.playing import Move, chance, next_move, time_of
from gezhi.demo.queries import first_reports, played_days, rows_of, unfinished_rows
from gezhi.demo.reporting import Callers, Said, Spots
from gezhi.ledger.actions import record

REPORTS_A_DAY: Final = 1_740
# Share of a day's reports in each hour, 0 to 23.
_CURVE: Final = (4, 3, 2, 2, 2, 5, 14, 34, 66, 76, 72, 60, 42, 48, 62, 66, 64, 56, 50, 52, 46, 32, 18, 9)
WEEKEND, WORKDAY = 0.75, 1.1
_HANDLED_AFTER: Final = timedelta(minutes=14)  # between what comes in and what is done in the same turn
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
        self._rows: dict[int, CaseRow] = {}
        self._moves: dict[int, Move] = {}
        self._agenda: list[tuple[datetime, int]] = []
        rows = unfinished_rows()
        self._reports.update(first_reports([row.id for row in rows]))
        for row in rows:
            self._plan(row, row.state_at)

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
            self._open(row, opened[row.id], at)
        return count

    def _open(self, row: CaseRow, said: Said, at: datetime) -> None:
        if said.truth != row.category:
            self._truths[row.id] = said.truth
        self._plan(row, at)

    def _plan(self, row: CaseRow, since: datetime) -> None:
        rng = chance(self._stage.seed, row)
        move = next_move(row, self._truths.get(row.id, row.category), rng)
        if move is None:
            self._forget(row.id)
            return
        self._rows[row.id], self._moves[row.id] = row, move
        heapq.heappush(self._agenda, (time_of(row, move, since, self._zone, rng), row.id))

    def _forget(self, case_id: int) -> None:
        for known in (self._rows, self._moves, self._truths, self._reports):
            known.pop(case_id, None)

    def _act(self, at: datetime, until: datetime) -> None:
        """Everything that is planned before `until` is done at `at`, one step a case; then limits are looked at."""
        steps = self._due_steps(until)
        for outcome in take(steps, at) if steps else ():
            if isinstance(outcome, CaseRow):
                self._plan(outcome, at)
        while sweep(at):
            pass

    def _due_steps(self, until: datetime) -> list[Step]:
        steps = []
        while self._agenda and self._agenda[0][0] < until:
            _, case_id = heapq.heappop(self._agenda)
            row = self._rows[case_id]
            rng = chance(self._stage.seed + 1, row)
            step = step_of(row, self._moves[case_id], self._reports[case_id], self._stage, rng)
            if step is not None:
                steps.append(step)
        return steps


def _turns(day: date, rng: Random, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, float]]:
    """(start, start of the next, share of the day's reports): half hours in the day, longer ones at night."""
    starts = [0, 3 * 60, 6 * 60, *range(7 * 60, 20 * 60, 30), 20 * 60, 22 * 60, 24 * 60]
    midnight = datetime.combine(day, time(), zone)
    whole = sum(_CURVE)
    for begin, end in pairwise(starts):
        share = sum(_CURVE[minute // 60] for minute in range(begin, end, 30)) / 2 / whole
        at = midnight + timedelta(minutes=begin + rng.uniform(1, 12))
        yield at.astimezone(UTC), (midnight + timedelta(minutes=end + 6)).astimezone(UTC), share
