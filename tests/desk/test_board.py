"""The board: columns of stages, soonest first, bounded."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezhi.cases.actions import act
from gezhi.cases.intake.door import accept
from gezhi.cases.models import Case
from gezhi.cases.procedure import Given
from gezhi.cases.queries import Filters
from gezhi.cases.queries.board import board, column, stages_of
from gezhi.cases.world import world
from gezhi.packs.shapes import Stage
from tests import cast
from tests.cast import Cast
from tests.desk.conftest import SignedIn


@pytest.fixture
def many(city: Cast) -> list[int]:
    receipts = accept([cast.report("路灯不亮了", category=cast.LAMP) for _ in range(60)])
    ids = sorted({one.case_id for one in receipts})
    for place, pk in enumerate(ids):
        Case.objects.filter(id=pk).update(due_at=timezone.now() + timedelta(hours=place - 5))
    return ids


def test_work_stands_in_the_column_of_its_stage_with_who_has_it(signed_in: SignedIn, city: Cast) -> None:
    receipt = cast.reported()
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    page = signed_in("dispatcher").get("/desk/board/").content.decode()
    at = page.index(receipt.case_number)
    stage = re.findall(r'id="stage-(\w+)"', page[:at])[-1]
    procedure = world().catalogue.procedure_of(receipt.category)
    assert stage == next(one.stage for one in procedure.states if one.key == "dispatched")
    assert "海曙区综合行政执法局 · 处置员" in page


def test_a_column_shows_the_soonest_and_says_how_many_there_are(city: Cast, many: list[int]) -> None:
    stages = stages_of(world().catalogue.procedures)
    found = board(city.actor("dispatcher"), Filters(), stages, timezone.now())
    full = next(one for one in found if one.count)
    assert [line.id for line in full.lines] == many[: len(full.lines)]
    assert (full.count, full.late, full.next is not None) == (len(many), min(5, len(many)), len(many) > 20)


def test_a_column_alone_goes_on_without_gap(city: Cast) -> None:
    receipts = [
        cast.reported(grid=grid, category=kind) for grid in list(cast.WEST)[:5] for kind in (cast.LAMP, "")
    ]
    ids = {one.case_id for one in receipts}
    Case.objects.filter(id=min(ids)).update(due_at=None)
    stages = stages_of(world().catalogue.procedures)
    actor, now, seen = city.actor("dispatcher"), timezone.now(), list[int]()
    stage = Stage(next(one.stage for one in board(actor, Filters(), stages, now) if one.count))
    after = ""
    for _ in range(20):
        found = column(actor, Filters(), stage, stages[stage], now, after, size=3)
        seen += [line.id for line in found.lines]
        if found.next is None:
            break
        after = found.next
    assert sorted(seen) == sorted(ids)


def test_filters_and_strange_addresses_do_no_harm(signed_in: SignedIn, city: Cast) -> None:
    receipt = cast.reported()
    client = signed_in("dispatcher")
    assert receipt.case_number in client.get("/desk/board/?place=海曙区").content.decode()
    assert receipt.case_number not in client.get("/desk/board/?due=overdue").content.decode()
    assert client.get("/desk/board/?stage=nonsense&unit=谁").status_code == 200
    assert client.get("/desk/board/?stage=file&after=nonsense").status_code == 302
    assert receipt.case_number not in signed_in("handler").get("/desk/board/").content.decode()


def test_the_board_costs_a_few_statements_however_much_there_is(
    signed_in: SignedIn, many: list[int], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in("handler")
    client.get("/desk/board/")
    with django_assert_max_num_queries(8):
        client.get("/desk/board/")
