"""Many callers at once share transactions, and a report spoils only its own acceptance."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import DatabaseError, connection

from gezhi.cases.intake import gate
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.models import Report
from tests.cast import WEST, Cast, report
from tests.together import together


def test_one_report_gets_its_receipt(city: Cast) -> None:
    said = report()
    assert Report.objects.get(id=gate.submit(said).report_id).source_id == said.source_id
    assert gate.submit(said).known


def test_fifty_callers_share_a_few_transactions(committed: Cast) -> None:
    door = gate.Gate()
    grids = list(WEST)
    receipts = together([partial(door.submit, report(grid=grids[n % len(grids)])) for n in range(50)])
    assert len({one.report_id for one in receipts if isinstance(one, Receipt)}) == 50
    assert transactions() <= 25


def transactions() -> int:
    """Every acceptance writes its reports under one transaction id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM cases_report")
        return int(cursor.fetchone()[0])


def test_a_poisonous_report_hurts_only_itself(committed: Cast) -> None:
    door = gate.Gate()
    good, poisonous = [report() for _ in range(20)], report("\0 in the words")
    outcomes = together([partial(door.submit, one) for one in [*good, poisonous]])
    assert [type(one) for one in outcomes[:20]] == [Receipt] * 20
    assert isinstance(outcomes[20], DatabaseError | ValueError)
    assert Report.objects.count() == 20


def test_an_unknown_category_hurts_only_itself(committed: Cast) -> None:
    door = gate.Gate()
    outcomes = together(
        [partial(door.submit, one) for one in (report(category="no-such-thing"), report(), report())]
    )
    assert isinstance(outcomes[0], LookupError)
    assert Report.objects.count() == 2


def test_a_fault_that_nobody_thought_of_leaves_nobody_waiting(committed: Cast) -> None:
    door, broken = gate.Gate(), report(photos=("no photo",))
    asked = [*(report() for _ in range(5)), broken]
    with ThreadPoolExecutor(1) as caller:
        with door._door:
            coming = caller.submit(together, [partial(door.submit, one) for one in asked])
            while len(door._queue) < len(asked):
                time.sleep(0.01)
        outcomes = coming.result(20)
    assert [type(one) for one in outcomes] == [Receipt] * 5 + [AttributeError]


def test_who_is_refused_may_come_again(city: Cast) -> None:
    door = gate.Gate()
    with pytest.raises(LookupError):
        door.submit(report(category="no-such-thing"))
    assert not door.submit(report()).known
