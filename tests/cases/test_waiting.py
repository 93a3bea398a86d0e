"""What procedures of scenarios wait for is a queue of its own, the same in count, list, export and interface."""

import io

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from gezhi.cases.actions import act
from gezhi.cases.procedure import Given
from gezhi.cases.queries import Filters, case_list, queues
from gezhi.cases.waiting import special_work, waiting_for
from gezhi.cases.world import world
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.packs.shapes import Procedure, Stage, State, Words
from gezhi.people.access import Actor
from tests.cast import Cast, reported

WORDS = Words(zh="一", en="One")


def procedure(key: str, *states: tuple[str, tuple[str, ...], bool]) -> Procedure:
    made = tuple(
        State(key=name, title=WORDS, stage=Stage.HANDLE, worked_by=roles, open=is_open)  # type: ignore[arg-type]
        for name, roles, is_open in states
    )
    return Procedure.model_construct(key=key, title=WORDS, states=made, transitions=())


STANDARD = procedure("standard", ("handling", ("handler",), True), ("suspended", ("supervisor",), True))
FIRE = procedure("fire", ("handling", ("handler", "leader"), True), ("checking", ("handler",), True))
OLD_FIRE = procedure("fire", ("looking", ("handler",), True), ("over", ("handler",), False))


def test_what_the_standard_procedure_gives_to_a_role_is_not_special_for_it() -> None:
    work = special_work([STANDARD, OLD_FIRE, FIRE], "standard")
    assert work == {"handler": {"fire": {"checking", "looking"}}, "leader": {"fire": {"handling"}}}


def test_a_person_of_two_roles_has_the_work_of_both() -> None:
    work = special_work([STANDARD, FIRE], "standard")
    assert waiting_for(["handler", "leader"], work) == {"fire": {"checking", "handling"}}
    assert waiting_for(["auditor"], work) == {}


@pytest.fixture
def hazard(city: Cast) -> str:
    """The number of a fire hazard that somebody of a unit goes to look at, beside an ordinary case of the unit."""
    publish(read_pack(settings.PACKS_DIR / "fire-hazards"))
    world()
    usual, fire = reported(), reported("楼道里私拉电线", category="fh-wiring")
    for one in (usual, fire):
        act(city.actor("dispatcher"), one.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    act(city.actor("handler"), fire.case_id, "receive", Given())
    return fire.case_number


def counts(actor: Actor) -> dict[str, int]:
    return {queue.key: queue.count for queue in queues(actor, timezone.now())}


def listed(actor: Actor) -> list[str]:
    return [line.number for line in case_list(actor, Filters(mark="special"), timezone.now()).lines]


def test_whoever_works_the_state_sees_what_waits(city: Cast, hazard: str) -> None:
    found = counts(city.actor("handler"))
    assert (found["dispatched"], found["handling"], found["special"], found["open"]) == (1, 0, 1, 2)
    assert counts(city.actor("grid-worker"))["special"] == 1
    assert listed(city.actor("handler")) == listed(city.actor("grid-worker")) == [hazard]


@pytest.mark.parametrize("who", ["jiangbei-handler", "verifier", "dispatcher", "nobody"])
def test_it_is_nobody_elses_work(city: Cast, hazard: str, who: str) -> None:
    assert counts(city.actor(who)).get("special", 0) == 0
    assert listed(city.actor(who)) == []


def test_the_queue_costs_no_statement_more(city: Cast, hazard: str) -> None:
    actor = city.actor("grid-worker")
    with CaptureQueriesContext(connection) as sent:
        assert "special" in counts(actor)
    assert len(sent) == 1


def test_a_node_without_scenarios_has_no_such_queue(city: Cast) -> None:
    world()
    assert "special" not in counts(city.actor("grid-worker"))


def test_the_file_holds_what_the_list_shows(city: Cast, hazard: str) -> None:
    client = Client()
    client.force_login(city.account("handler"))
    answer = client.post("/desk/cases/export/?mark=special")
    rows = list(load_workbook(io.BytesIO(answer.getvalue())).worksheets[0].values)
    assert [row[0] for row in rows[1:-2]] == [hazard]
