"""No case is closed for form's sake: each trick has its refusal, what is honest passes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gezhi.cases.closing import Claim, ClosingFacts, Picture, Twin, apart, check, faults, refusal, unsaid
from gezhi.cases.procedure import Refused
from gezhi.packs.shapes import Closing, Kind, Words
from gezhi.places.coordinates import wgs84_to_gcj02
from tests.cast import DAY, HOUR, METRE, MINUTE

CLOSING = Closing(key="seen", title=Words(zh="现场", en="On the spot"), within_metres=200)
OPENED = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
NOW = OPENED + 6 * HOUR
LON, LAT = 121.505, 29.805
HANDLER, VERIFIER = 7, 8
AFTER = Picture("after", given=True, taken_at=OPENED + 5 * HOUR, lon=LON, lat=LAT)
HONEST = ClosingFacts(
    kind=Kind.FINISH, at=NOW, since=OPENED, account_id=HANDLER, lon=LON, lat=LAT, pictures=[AFTER]
)
VERIFYING = replace(
    HONEST,
    kind=Kind.VERIFY,
    account_id=VERIFIER,
    handlers=frozenset({HANDLER}),
    pictures=[replace(AFTER, given=False)],
)


def codes(facts: ClosingFacts, closing: Closing = CLOSING) -> list[str]:
    return [fault.code for fault in faults(closing, facts)]


def with_photo(facts: ClosingFacts = HONEST, **changes: object) -> ClosingFacts:
    return replace(facts, pictures=[replace(AFTER, **changes)])  # type: ignore[arg-type]


def test_honest_handling_is_closed() -> None:
    assert codes(HONEST) == []
    assert codes(VERIFYING) == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(HONEST, pictures=[]), "too-little-evidence"),
        (with_photo(twin=Twin(own=True)), "reused-photo"),
        (with_photo(lat=LAT + 2000 * METRE), "far-photo"),
        (with_photo(taken_at=OPENED - DAY), "old-photo"),
        (with_photo(taken_at=NOW + 11 * MINUTE), "old-photo"),
        (with_photo(blank=True), "blank-photo"),
        (replace(VERIFYING, account_id=HANDLER), "own-work"),
        (replace(VERIFYING, untold=1), "unanswered"),
    ],
)
def test_each_trick_is_refused_with_words_of_its_own(facts: ClosingFacts, code: str) -> None:
    [fault] = faults(CLOSING, facts)
    assert fault.code == code
    assert fault.zh.endswith("。")
    assert fault.en.endswith(".")


@pytest.mark.parametrize(
    ("twin", "words"),
    [(Twin(own=True), "本案"), (Twin(False, "20260701"), "20260701"), (Twin(False), "另一案件")],
)
def test_a_reused_photo_says_where_it_was_used_as_far_as_one_may_know(twin: Twin, words: str) -> None:
    assert words in faults(CLOSING, with_photo(twin=twin))[0].zh


def test_a_far_photo_says_how_far() -> None:
    assert "1998 米" in faults(CLOSING, with_photo(lat=LAT + 2000 * METRE))[0].zh


@pytest.mark.parametrize("changes", [{"lon": None, "lat": None}, {"taken_at": None}])
def test_what_a_photo_does_not_say_is_not_held_against_it_but_noted(changes: dict[str, object]) -> None:
    facts = with_photo(**changes)
    assert codes(facts) == []
    assert unsaid(CLOSING, facts) == (["time"] if "taken_at" in changes else ["place"])
    assert check(Claim(CLOSING, facts)) == {"unsaid": unsaid(CLOSING, facts)}


def test_a_clock_that_is_nine_minutes_off_is_forgiven() -> None:
    assert codes(with_photo(taken_at=OPENED - 9 * MINUTE)) == []
    assert codes(with_photo(taken_at=NOW + 9 * MINUTE)) == []


def test_a_camera_that_writes_gcj_02_stands_where_it_stands() -> None:
    lon, lat = (float(one) for one in wgs84_to_gcj02(LON, LAT))
    assert apart(lon, lat, LON, LAT) < 5


def test_a_case_without_a_point_asks_for_no_place() -> None:
    assert codes(replace(with_photo(lat=LAT + 1), lon=None, lat=None)) == []


def test_who_handles_and_who_was_told_is_asked_only_when_it_is_verified() -> None:
    assert codes(replace(HONEST, handlers=frozenset({HANDLER}), untold=3)) == []


def test_a_closing_asks_only_for_what_it_names() -> None:
    lenient = Closing(
        key="easy", title=CLOSING.title, in_time=False, fresh=False, other_person=False, answered=False
    )
    tricks = replace(
        with_photo(VERIFYING, twin=Twin(own=True), lat=0.0, taken_at=OPENED - DAY),
        account_id=HANDLER,
        untold=2,
    )
    assert codes(tricks, lenient) == []


def test_all_faults_are_said_at_once() -> None:
    found = faults(CLOSING, with_photo(lat=LAT + 2000 * METRE, taken_at=OPENED - timedelta(days=1)))
    with pytest.raises(Refused) as caught:
        check(Claim(CLOSING, with_photo(lat=LAT + 2000 * METRE, taken_at=OPENED - timedelta(days=1))))
    assert caught.value.zh == "".join(fault.zh for fault in found)
    assert refusal([]) is None


def test_nothing_is_checked_where_no_closing_is_named() -> None:
    assert check(None) == {}
