"""A million open cases, twenty thousand of which fall due in one minute: how long until two workers have marked and
carded every one of them, and what is left of the intake's rate meanwhile.

The peer is the intake alone, in the same run.
"""

import multiprocessing
import os
import sys
import time
from datetime import UTC, datetime, timedelta

import _node
import _open_cases

CASES = int(os.environ.get("BENCH_CASES", "1000000"))
DUE = CASES // 50
WINDOW = 60.0
AT = datetime(2026, 11, 18, 8, tzinfo=UTC)  # a Wednesday at four in the afternoon


def main() -> None:
    _node.start()
    _open_cases.add(1, CASES, AT - timedelta(minutes=1), DUE)
    alone = _intake_for(20.0)
    begun = time.monotonic()
    workers = [_spawn("sweep", begun) for _ in range(2)]
    beside = _intake_for(WINDOW)
    seconds = max(float(_said(worker)) for worker in workers)
    _check()
    more = {"open_cases": CASES, "fell_due": DUE, "swept_in_s": round(seconds, 1)}
    _node.tell("intake-beside-sweep", beside, "reports/s", "the intake alone", alone, **more)


def _spawn(what: str, begun: float) -> "multiprocessing.pool.AsyncResult[float]":
    context = multiprocessing.get_context("spawn")
    pool = context.Pool(1)
    return pool.apply_async(_sweep_all, (begun,))


def _said(worker: "multiprocessing.pool.AsyncResult[float]") -> float:
    return worker.get(timeout=600)


def _sweep_all(begun: float) -> float:
    """Sweeps as a worker does until nothing is due; seconds since `begun` at the end."""
    sys.path.insert(0, str(_node.PROJECT))
    import django

    django.setup()
    from gezhi.cases.actions import sweep

    while sweep(AT):
        pass
    return time.monotonic() - begun


def _intake_for(seconds: float) -> float:
    """Reports a second, one by one, as from many people."""
    from gezhi.cases.intake.door import accept
    from tests import cast

    begun, count = time.monotonic(), 0
    while time.monotonic() - begun < seconds:
        accept([cast.report(f"路灯不亮了，第 {count} 次", source_id=f"sweep-{begun}-{count}")])
        count += 1
    return count / seconds


def _check() -> None:
    """Each late case was marked once and carded once."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE card = 1 AND overdue_count = 1 AND version = 3)"
            " FROM cases_case WHERE overdue_at IS NOT NULL AND id <= %s",
            [CASES],
        )
        late, right = cursor.fetchone()
        cursor.execute("SELECT count(*), count(DISTINCT case_id) FROM cases_supervision")
        cards, carded = cursor.fetchone()
    assert late == right == cards == carded == DUE, (late, right, cards, carded, DUE)


if __name__ == "__main__":
    main()
