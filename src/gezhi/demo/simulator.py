"""A city that goes on living: somebody reports every few seconds, and every post is played.

Matters that the simulator opened are worked on within seconds. Those of visitors are left alone for three
minutes after each change, so that a person can play any post by hand.
"""

import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from django.db import Error, close_old_connections
from django.utils import timezone

from gezhi.cases.actions import take
from gezhi.cases.case_row import CaseRow
from gezhi.cases.intake.gate import submit
from gezhi.cases.world import world
from gezhi.demo.calling import call_back
from gezhi.demo.cast import Stage, scene_of, step_of
from gezhi.demo.history import MOST_REFUSALS
from gezhi.demo.playing import next_move
from gezhi.demo.queries import (
    first_reports,
    places_of,
    rows_of,
    urgent_rows,
    visitors_rows,
    waiting_partners,
)
from gezhi.demo.reporting import Callers, Spots
from gezhi.demo.scenes import Move, Scene, Waiting, chance

LEFT_ALONE: Final = timedelta(minutes=3)
SOON, LONG_AGO = timedelta(minutes=20), timedelta(days=60)
LATE_EVERY: Final = 10  # turns
SLOWEST, QUICKEST = 45.0, 6.0  # seconds between two steps of one of its own cases
WAITS: Final = timedelta(minutes=10)
CALLS_A_TURN: Final = 1
PAUSE_AFTER_TROUBLE: Final = 5.0
log = logging.getLogger(__name__)


@dataclass
class Own:
    """A case that the simulator opened. `truth`: its real category."""

    report_id: int
    truth: str
    next_at: datetime


class Simulator:
    def __init__(self, stage: Stage, spots: Spots, seed: int) -> None:
        self._stage = stage
        self._callers = Callers(spots, stage)
        self._rng = Random(seed)
        self._begun = timezone.now() - LEFT_ALONE
        self._run = f"{self._begun:%Y%m%d%H%M%S}"
        self._turns = 0
        self._count = 0
        self._own: dict[int, Own] = {}
        self._refused: dict[int, frozenset[str]] = {}  # case -> steps that were tried in vain
        self._stuck: set[int] = set()  # cases of others that the simulator can do nothing for: left to people

    def turn(self, now: datetime) -> None:
        """One report, and a step for everybody whose time has come."""
        self._turns += 1
        self.report(now)
        self.act(now)

    def report(self, now: datetime) -> None:
        self._count += 1
        said = self._callers.say(f"sim-{self._run}-{self._count}", now, self._rng)
        receipt = submit(said.report)
        if not receipt.joined and not receipt.known:
            self._own[receipt.case_id] = Own(receipt.report_id, said.truth, self._later(now))

    def act(self, now: datetime) -> None:
        self._stage = replace(self._stage, world=world())
        due = [case_id for case_id, own in self._own.items() if own.next_at <= now]
        scenes = self._scenes([*rows_of(due), *self._others(now)])
        moves = [(scene, next_move(scene, chance(self._stage.seed, scene.row))) for scene in scenes]
        where = places_of([scene.row.id for scene in scenes])
        steps = [
            step
            for scene, move in moves
            if move
            and move.step
            and (step := step_of(scene, move, where, self._stage, timezone.now(), self._rng))
        ]
        outcomes = take(steps) if steps else []
        taken = {outcome.id for outcome in outcomes if isinstance(outcome, CaseRow)}
        for scene, move in moves:
            self._after(scene.row.id, move, scene.row.id in taken, now)
        call_back(self._stage, now, CALLS_A_TURN)

    def _scenes(self, rows: Sequence[CaseRow]) -> list[Scene]:
        ids = [row.id for row in rows]
        reports, partners = first_reports(ids), waiting_partners(ids)
        return [self._scene(row, reports.get(row.id, 0), partners.get(row.id, ())) for row in rows]

    def _scene(self, row: CaseRow, report_id: int, partners: tuple[Waiting, ...]) -> Scene:
        own = self._own.get(row.id)
        truth = own.truth if own else row.category
        refused = self._refused.get(row.id, frozenset())
        return scene_of(row, truth, report_id, self._stage, partners, refused)

    def _after(self, case_id: int, move: Move | None, taken: bool, now: datetime) -> None:
        """A step that was refused is not tried again; whoever has nothing left to try leaves the case to people."""
        waits = move is not None and not move.step
        if move is not None and not taken and not waits:
            self._refused[case_id] = self._refused.get(case_id, frozenset()) | {move.step}
        over = move is None or len(self._refused.get(case_id, ())) >= MOST_REFUSALS
        if over or (waits and case_id not in self._own):
            self._own.pop(case_id, None)
            self._stuck.add(case_id)
        elif case_id in self._own:
            self._own[case_id].next_at = now + WAITS if waits else self._later(now)

    def _others(self, now: datetime) -> list[CaseRow]:
        """Visitors' cases; of the city's past, what is about to be late, and seldom what is late already."""
        untouched = now - LEFT_ALONE
        known = len(self._own) + len(self._stuck)
        urgent = urgent_rows(now, now + SOON, untouched, 1 + known)
        late = urgent_rows(now - LONG_AGO, now, untouched, 1 + known) if self._turns % LATE_EVERY == 0 else []
        pools = (visitors_rows(self._begun, untouched), self._free(urgent)[:1], self._free(late)[:1])
        return list({row.id: row for pool in pools for row in self._free(pool)}.values())

    def _free(self, rows: Sequence[CaseRow]) -> list[CaseRow]:
        return [row for row in rows if row.id not in self._own and row.id not in self._stuck]

    def _later(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self._rng.uniform(QUICKEST, SLOWEST))


def run_forever(make: Callable[[], Simulator], every: float) -> None:
    """Ends with the process that started it. Trouble with the database is waited out."""
    parent = os.getppid()
    simulator: Simulator | None = None
    while os.getppid() == parent:
        try:
            close_old_connections()
            simulator = simulator or make()
            simulator.turn(timezone.now())
            time.sleep(every)
        except (Error, LookupError) as error:
            log.warning("the simulator waits: %s", error)
            simulator = None
            time.sleep(PAUSE_AFTER_TROUBLE)
