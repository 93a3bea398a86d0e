"""A case of a wrong category goes over to the procedure of the right one, while nobody has it in hand."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from gezhi.cases.actions import Step, Who, sweep, take
from gezhi.cases.case_row import CaseRow, Setting
from gezhi.cases.deadlines import Office
from gezhi.cases.going_over import require_nobody_called
from gezhi.cases.lived import Lived, lived
from gezhi.cases.models import Case, CaseEvent
from gezhi.cases.procedure import Given, Refused, steps_from
from gezhi.cases.queries import tracked
from gezhi.cases.situations import PLACE, ROOT, ZONE, AnyPlace
from gezhi.cases.stepping import changed
from gezhi.cases.workdays import is_workday
from gezhi.cases.world import world
from gezhi.packs.actions import publish
from gezhi.packs.catalogue import Published, catalogue_of
from gezhi.packs.loading import read_pack
from gezhi.people.directory import Directory, UnitCard
from tests.cases.test_actions import Loop, assert_history, refusal
from tests.cast import LAMP, WANAN, Cast, reported

PACKS = Path(__file__).resolve().parents[2] / "packs"
EXIT = "fh-blocked-exit"
THEN, NOW = datetime(2026, 3, 2, 9, tzinfo=ZONE), datetime(2026, 3, 3, 9, tzinfo=ZONE)
FILED = CaseRow(
    id=1, number="1", pack_version_id=1, procedure="standard", category=LAMP, state="filed", is_open=True,
    place_code=PLACE, unit_id=None, suggested_unit_id=None, opened_at=THEN, state_at=THEN, due_at=THEN,
    overdue_at=THEN, closed_at=None, reopen_count=0, rating=None, report_count=1, version=3, limits="urgent",
    function="water", watched=1, wake_at=THEN,
)  # fmt: skip


@cache
def setting() -> Setting:
    packs = [read_pack(PACKS / name) for name in ("city-management", "fire-hazards", "parking-traffic")]
    catalogue = catalogue_of([Published(number, pack, True) for number, pack in enumerate(packs, 1)])
    fire = UnitCard(7, "fire", "消防工作站", "", ROOT, frozenset({"fire-prevention"}))
    return Setting(catalogue, Directory({7: fire}), Office(is_workday, ZONE), AnyPlace(), ROOT)


def corrected(row: CaseRow, category: str = EXIT, step: str = "correct") -> CaseRow:
    known = setting().catalogue.procedure(row.pack_version_id, row.procedure)
    taken = next(one for one in steps_from(known, row.state) if one.key == step)
    return changed(row, taken, Given(category=category), setting(), NOW)


def test_it_begins_anew_where_the_other_procedure_begins() -> None:
    row = corrected(FILED)
    assert (row.pack_version_id, row.procedure, row.category) == (2, "fire-hazard", EXIT)
    assert (row.state, row.state_at, row.is_open, row.version) == ("registered", NOW, True, 4)
    assert (row.limits, row.function, row.overdue_at, row.watched) == ("", "", None, 0)
    assert row.due_at is not None
    assert row.due_at > NOW
    assert row.suggested_unit_id == 7


def test_it_goes_back_the_same_way() -> None:
    row = corrected(corrected(FILED), LAMP)
    assert (row.pack_version_id, row.procedure, row.state) == (1, "standard", "registered")


@pytest.mark.parametrize(
    "now",
    [
        {"unit_id": 7},
        {"state": "dispatched"},
        {"open_children": 1},
        {"asked": {"step": "extend"}},
        {"reopen_count": 1},
    ],
    ids=str,
)
def test_it_stays_while_somebody_has_it_in_hand_or_closed_it_once(now: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        corrected(replace(FILED, **now))  # type: ignore[arg-type]
    assert refused.value.code == "other-procedure"


def test_it_stays_while_units_are_called_to_it() -> None:
    with pytest.raises(Refused):
        require_nobody_called(FILED, corrected(FILED), [7])
    require_nobody_called(FILED, corrected(FILED), [])
    require_nobody_called(FILED, FILED, [7])


def test_only_a_correction_takes_it_over() -> None:
    with pytest.raises(Refused, match="Correct the category first"):
        corrected(replace(FILED, state="registered"), EXIT, "accept")


def test_a_category_of_another_pack_with_the_same_procedure_brings_its_pack() -> None:
    row = corrected(replace(FILED, unit_id=7, state="handling"), "pt-shared-bikes")
    assert (row.pack_version_id, row.procedure, row.state) == (3, "standard", "handling")


def test_each_event_keeps_the_procedure_of_its_step() -> None:
    catalogue = setting().catalogue
    now = Lived(2, catalogue.procedure(2, "fire-hazard"))
    over = {"procedure": ["standard", "fire-hazard"], "pack_version": [1, 2]}
    keys = [one.procedure.key for one in lived(now, [{}, over, {}], catalogue)]
    assert keys == ["standard", "standard", "fire-hazard"]


@pytest.fixture
def loop(city: Cast) -> Loop:
    publish(read_pack(settings.PACKS_DIR / "fire-hazards"))
    return Loop(city, reported(reporter_phone="13800001234"))


def test_the_case_goes_on_under_the_other_procedure(loop: Loop) -> None:
    loop.do("dispatcher", "accept", text="属实")
    row = loop.do("dispatcher", "correct", category=EXIT)
    case = loop.case
    assert (case.procedure, case.category, case.state) == ("fire-hazard", EXIT, "registered")
    assert case.pack_version_id == row.pack_version_id == world().catalogue.pack_version_id(EXIT)
    event = CaseEvent.objects.get(case=case, seq=3)
    assert (event.kind, event.from_state, event.to_state) == ("correct", "filed", "registered")
    assert event.facts["category"] == [LAMP, EXIT]
    assert event.facts["procedure"] == ["standard", "fire-hazard"]
    assert loop.do("dispatcher", "accept").state == "filed"
    loop.dispatched()
    assert loop.do("handler", "receive").state == "looking"
    assert_history(case.pk)


def test_a_called_unit_holds_it_where_it_is(loop: Loop) -> None:
    loop.do("dispatcher", "accept")
    loop.do("dispatcher", "whistle", unit_ids=(loop.city.units["jiangbei-works"],), text="会商")
    assert refusal(lambda: loop.do("dispatcher", "correct", category=EXIT)) == "other-procedure"
    assert loop.case.procedure == "standard"


def test_a_returned_case_may_go_over(loop: Loop) -> None:
    loop.dispatched()
    assert refusal(lambda: loop.do("dispatcher", "correct", category=EXIT)) == "other-procedure"
    loop.do("handler", "return", reason="是消防隐患")
    assert loop.do("dispatcher", "correct", category=EXIT).procedure == "fire-hazard"


def test_its_new_limit_passes_and_is_carded_once(loop: Loop) -> None:
    due = loop.do("dispatcher", "correct", category=EXIT).due_at
    assert due is not None
    while sweep(due):
        pass
    assert loop.case.overdue_count == 1
    assert CaseEvent.objects.filter(case_id=loop.receipt.case_id, kind="overdue").count() == 1


def test_the_page_tells_both_lives(loop: Loop, client: Client) -> None:
    loop.do("dispatcher", "dispatch", unit_id=loop.city.units["haishu-works"])
    loop.do("handler", "return", reason="是消防隐患")
    loop.do("dispatcher", "correct", category=EXIT)
    loop.dispatched()
    loop.do("handler", "receive")
    client.force_login(loop.city.account("supervisor"))
    page = client.get(f"/desk/cases/{loop.case.number}/").content.decode()
    for words in ("消防隐患治理流程", "改按“", "已接收，安排查看", "待查看", "已退回"):
        assert words in page, words


def test_the_reporter_reads_every_step_by_its_name(loop: Loop) -> None:
    loop.do("dispatcher", "accept")
    loop.do("dispatcher", "correct", category=EXIT)
    loop.dispatched()
    loop.do("handler", "receive")
    found = tracked(loop.receipt.tracking_code, "1234")
    assert found is not None
    assert [event.title[0] for event in found.events] == [
        "已收到您的诉求",
        "已立案",
        "已派遣",
        "已接收，安排查看",
    ]


def test_a_grid_worker_may_not_correct_it(loop: Loop) -> None:
    assert refusal(lambda: loop.do("grid-worker", "correct", category=EXIT)) == "not-your-role"


def test_a_batch_takes_cases_of_both_procedures_over(loop: Loop) -> None:
    other = reported("另一处安全出口锁闭", grid=f"{WANAN}002")
    who = Who(actor=loop.city.actor("dispatcher"))
    given = Given(category=EXIT)
    rows = take([Step(pk, "correct", who, given) for pk in (loop.receipt.case_id, other.case_id)])
    assert all(isinstance(row, CaseRow) for row in rows)
    assert set(Case.objects.values_list("procedure", flat=True)) == {"fire-hazard"}
