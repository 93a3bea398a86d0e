"""Urging many: each once, none twice within the hour, and what cannot be urged is said."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gezhi.cases.actions import Step, Who, act, take, urge_many
from gezhi.cases.models import Case, CaseEvent
from gezhi.cases.procedure import Given
from gezhi.ledger.models import Entry
from tests import cast
from tests.cast import Cast, reported
from tests.together import together


def urges(case_id: int) -> int:
    return CaseEvent.objects.filter(case_id=case_id, kind="urge", account_id__isnull=False).count()


@pytest.fixture
def three(city: Cast) -> list[int]:
    return [reported(f"第 {grid} 件", grid=grid, category=cast.LAMP).case_id for grid in list(cast.WEST)[:3]]


def test_each_is_urged_once_and_its_history_says_so(city: Cast, three: list[int]) -> None:
    before = Entry.objects.count()
    found = urge_many(city.actor("leader"), three, "请抓紧")
    assert len(found.done) == 3 and not found.already and not found.refused
    assert [urges(case_id) for case_id in three] == [1, 1, 1]
    assert Entry.objects.count() == before + 3
    assert CaseEvent.objects.filter(case_id=three[0], kind="urge").get().text == "请抓紧"


def test_within_the_hour_nothing_is_repeated(city: Cast, three: list[int]) -> None:
    urge_many(city.actor("leader"), three[:1])
    found = urge_many(city.actor("dispatcher"), three)
    assert (len(found.done), len(found.already)) == (2, 1)
    assert urges(three[0]) == 1
    later = urge_many(city.actor("leader"), three, at=timezone.now() + timedelta(hours=1, minutes=1))
    assert len(later.done) == 3


def test_a_reminder_of_the_system_is_no_urging(city: Cast, three: list[int]) -> None:
    act(city.actor("dispatcher"), three[0], "dispatch", Given(unit_id=city.units["haishu-works"]))
    take([Step(three[0], "remind", Who(), Given(reason="临近时限"))])
    assert len(urge_many(city.actor("leader"), three[:1]).done) == 1


def test_a_case_that_is_closed_is_refused_with_why(city: Cast, three: list[int]) -> None:
    act(city.actor("dispatcher"), three[0], "reject", Given(reason="不属实"))
    found = urge_many(city.actor("leader"), three)
    assert len(found.done) == 2
    ((number, why),) = found.refused
    assert number == Case.objects.get(pk=three[0]).number
    assert "不能催办" in why.zh


def test_whoever_may_not_urge_is_told(city: Cast, three: list[int]) -> None:
    act(city.actor("dispatcher"), three[0], "dispatch", Given(unit_id=city.units["haishu-works"]))
    found = urge_many(city.actor("handler"), three)
    assert not found.done
    assert [why.code for _number, why in found.refused] == ["not-your-role"]


def test_a_case_out_of_sight_is_left_alone(city: Cast) -> None:
    theirs = reported(grid=f"{cast.BAISHA}001", category=cast.LAMP).case_id
    found = urge_many(city.actor("dispatcher"), [theirs, 10**15])
    assert not (found.done or found.already or found.refused)
    assert urges(theirs) == 0


def test_two_at_once_urge_once(committed: Cast) -> None:
    ids = [reported(f"第 {grid} 件", grid=grid, category=cast.LAMP).case_id for grid in list(cast.WEST)[:4]]
    leader, dispatcher = committed.actor("leader"), committed.actor("dispatcher")
    found = together(
        [lambda: urge_many(leader, ids), lambda: urge_many(dispatcher, ids), lambda: urge_many(leader, ids)]
    )
    assert [urges(case_id) for case_id in ids] == [1, 1, 1, 1]
    assert sum(len(one.done) for one in found if not isinstance(one, Exception)) == 4
    assert not [one for one in found if isinstance(one, Exception)]
