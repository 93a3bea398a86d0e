"""One step of one case among a million: p50 and p99 of the whole action, and its SQL statements.

The peer is an update of the same row alone, in the same run.
"""

import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import _node
import _open_cases

CASES = int(os.environ.get("BENCH_CASES", "1000000"))
STEPS = 1000


def main() -> None:
    _node.start()
    _open_cases.add(1, CASES, datetime.now(UTC), 1)
    from tests.cast import here

    actor = here().actor("dispatcher")
    units = here().units["jiangbei-works"]
    _measure("urge", lambda case: _act(actor, case, "urge", text="请抓紧"))
    _measure("transfer", lambda case: _act(actor, case, "transfer", unit_id=units, reason="管辖不同"))


def _act(actor: object, case_id: int, step: str, **given: object) -> None:
    from gezhi.cases.actions import act
    from gezhi.cases.procedure import Given

    act(actor, case_id, step, Given(**given))  # type: ignore[arg-type]


def _measure(name: str, take: Callable[[int], None]) -> None:
    from tests.statements import statements

    stride = CASES // (STEPS + 2)
    first, *cases = [number * stride // 6 * 6 + 6 for number in range(STEPS + 1)]  # of one county
    with statements() as sent:
        take(first)
    times = sorted(_timed(lambda case=case: take(case)) for case in cases)
    alone = statistics.median(_timed(lambda case=case: _update(case)) for case in cases)
    more = {"p50": round(statistics.median(times), 2), "cases": CASES, "statements": len(sent)}
    p99 = times[int(len(times) * 0.99)]
    _node.tell(f"step-{name}-p99", p99, "ms", "an update of the row alone", alone, **more)


def _update(case_id: int) -> None:
    from gezhi.cases.models import Case

    Case.objects.filter(id=case_id).update(title="路面有垃圾")


def _timed(do: Callable[[], None]) -> float:
    begun = time.perf_counter()
    do()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
