"""One report at a time, many at once: concurrent callers share one transaction.

The first caller to find the door free leads: it takes everything that waits and accepts it as one batch, while
the next arrivals gather. An idle node adds no delay, a busy one pays the fixed costs of a transaction (round
trips, the write to disk) once for many. A batch that fails as a whole is tried again one by one, so that a
report spoils only its own acceptance.
"""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from gezhi.cases.intake.door import accept
from gezhi.cases.intake.shapes import NewReport, Receipt

LARGEST = 200


@dataclass(eq=False)
class _Waiting:
    report: NewReport
    done: threading.Event = field(default_factory=threading.Event)
    outcome: Receipt | Exception | None = None


class Gate:
    def __init__(self) -> None:
        self._queue: deque[_Waiting] = deque()
        self._door = threading.Lock()

    def submit(self, report: NewReport) -> Receipt:
        """The receipt, once the report is safe on disk. Raises what accepting this report raised."""
        waiting = _Waiting(report)
        self._queue.append(waiting)
        while not waiting.done.is_set():
            with self._door:
                if not waiting.done.is_set():
                    self._lead()
        if isinstance(waiting.outcome, Exception):
            raise waiting.outcome
        assert waiting.outcome is not None
        return waiting.outcome

    def _lead(self) -> None:
        batch = [self._queue.popleft() for _ in range(min(len(self._queue), LARGEST))]
        outcomes = _outcomes([waiting.report for waiting in batch])
        for waiting, outcome in zip(batch, outcomes, strict=True):
            waiting.outcome = outcome
            waiting.done.set()


def _outcomes(reports: Sequence[NewReport]) -> Sequence[Receipt | Exception]:
    """Every fault becomes an outcome: callers whose report was taken off the queue would wait for ever."""
    try:
        return accept(reports)
    except Exception as error:
        return [error] if len(reports) == 1 else [_outcomes([report])[0] for report in reports]


_gate = Gate()
submit = _gate.submit
