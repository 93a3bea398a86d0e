"""Cases that go round from unit to unit are found; those that go their way are left alone."""

from datetime import UTC, datetime

import pytest

from gezhi.cases.actions import act
from gezhi.cases.circulation import Turn, circle_of
from gezhi.cases.procedure import Given
from gezhi.cases.queries.circles import circling
from gezhi.packs.shapes import Kind
from tests import cast
from tests.cast import HOUR, Cast, reported

BEGAN = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
A, B = 1, 2
K = Kind


def turns(*said: tuple[Kind, int | None] | Kind) -> list[Turn]:
    pairs = [one if isinstance(one, tuple) else (one, None) for one in said]
    return [Turn(BEGAN + hours * HOUR, kind, unit) for hours, (kind, unit) in enumerate(pairs)]


@pytest.mark.parametrize(
    "went",
    [
        turns(K.REPORT, (K.DISPATCH, A), K.FINISH),
        turns(K.REPORT, (K.DISPATCH, A), (K.RETURN, A), (K.DISPATCH, B)),
        turns(K.REPORT, (K.DISPATCH, A), (K.TRANSFER, B)),
        turns(K.REPORT, (K.DISPATCH, A), K.FINISH, (K.REWORK, A)),
        turns(K.REPORT, (K.DISPATCH, A), (K.RETURN, A), (K.DISPATCH, B), K.FINISH, K.REOPEN, (K.DISPATCH, B)),
        turns(K.REPORT, K.JOIN, K.JOIN, K.JOIN, (K.DISPATCH, A)),
        [],
    ],
)
def test_what_goes_its_way_is_no_circle(went: list[Turn]) -> None:
    assert circle_of(went) is None


def test_returned_twice_is_a_circle_with_its_path() -> None:
    circle = circle_of(turns(K.REPORT, (K.DISPATCH, A), (K.RETURN, A), (K.DISPATCH, B), (K.RETURN, B)))
    assert circle is not None
    assert (circle.whys, circle.path, circle.sent_on) == (("sent-on",), (A, B), 2)
    assert circle.since == BEGAN + HOUR


def test_the_same_unit_twice_without_work_is_a_circle() -> None:
    circle = circle_of(turns(K.REPORT, (K.DISPATCH, A), (K.RETURN, A), (K.DISPATCH, A)))
    assert circle is not None
    assert (circle.whys, circle.path) == (("same-unit",), (A, A))


def test_merged_and_split_again_and_again_is_a_circle() -> None:
    went = [
        Turn(BEGAN, K.REPORT),
        *(Turn(BEGAN, kind, joins=kind is K.JOIN) for kind in (K.SPLIT, K.JOIN, K.SPLIT)),
    ]
    circle = circle_of(went)
    assert circle is not None
    assert circle.whys == ("joined-and-split",)


def test_work_ends_the_circle() -> None:
    went = turns(
        K.REPORT, (K.DISPATCH, A), (K.RETURN, A), (K.DISPATCH, B), (K.RETURN, B), (K.DISPATCH, A), K.HANDLE
    )
    assert circle_of(went) is None


def sent_round(city: Cast) -> str:
    receipt = reported()
    for _ in range(2):
        act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
        act(city.actor("handler"), receipt.case_id, "return", Given(reason="不归我管"))
    return receipt.case_number


def test_a_supervisor_finds_the_case_that_was_sent_round(city: Cast) -> None:
    number, unit = sent_round(city), city.units["haishu-works"]
    reported(grid=f"{cast.LINGXIA}001", category=cast.RUBBISH)
    [found] = circling(city.actor("supervisor"))
    assert found.case.number == number
    assert found.circle.path == (unit, unit)
    assert found.circle.whys == ("sent-on", "same-unit")
    supervisor = city.actor("supervisor")
    assert len(circling(supervisor, text=number)) == len(circling(supervisor, unit_id=unit)) == 1
    assert len(circling(supervisor, place=cast.HAISHU)) == 1
    assert circling(supervisor, text="没有") == circling(supervisor, unit_id=999) == []
    assert circling(supervisor, place=cast.JIANGBEI) == []


def test_what_lies_elsewhere_is_not_seen(city: Cast) -> None:
    sent_round(city)
    assert circling(city.actor("jiangbei-dispatcher")) == []
