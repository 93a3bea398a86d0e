"""Silences say who, why and until when; what they cover is theirs alone; their end is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gezhi.sensing.alarms import Alarm
from gezhi.sensing.silencing import (
    LONGEST,
    Silence,
    Told,
    Wrong,
    covers,
    notices_due,
    silenced_by,
    wrong_with,
)

NOW = datetime(2026, 9, 1, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALARM = Alarm("manhole-level", 7, "330203001002001", "MH-7", 2, NOW)
SILENCE = Silence(
    1, "张敏", "管网清淤施工", NOW, NOW + 4 * HOUR, frozenset({"manhole-level"}), "330203000000"
)


def test_a_silence_covers_what_fits_everything_that_it_names() -> None:
    assert covers(SILENCE, ALARM)
    assert not covers(SILENCE, replace(ALARM, monitor="lamp-dark"))
    assert not covers(SILENCE, replace(ALARM, place="330204001002001"))
    assert not covers(replace(SILENCE, thing="MH-8"), ALARM)
    assert covers(replace(SILENCE, monitors=frozenset(), place="", thing="MH-7"), ALARM)


def test_a_silence_holds_from_its_start_until_its_end() -> None:
    assert silenced_by(ALARM, [SILENCE], NOW) == SILENCE
    assert silenced_by(ALARM, [SILENCE], NOW - timedelta(seconds=1)) is None
    assert silenced_by(ALARM, [SILENCE], SILENCE.until) is None


def test_of_several_silences_the_one_that_lasts_longest_is_named() -> None:
    longer = replace(SILENCE, id=2, until=NOW + 9 * HOUR)
    assert silenced_by(ALARM, [SILENCE, longer], NOW) == longer


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"who": ""}, Wrong.WHO),
        ({"why": "  x "}, Wrong.WHY),
        ({"monitors": frozenset(), "place": ""}, Wrong.EVERYTHING),
        ({"place": "宁波"}, Wrong.PLACE),
        ({"until": NOW}, Wrong.PAST),
        ({"starts_at": NOW + 5 * HOUR}, Wrong.PAST),
        ({"until": NOW + LONGEST + HOUR}, Wrong.LONG),
    ],
)
def test_a_silence_that_nobody_could_answer_for_is_refused(changes: dict[str, object], wrong: Wrong) -> None:
    assert wrong_with(replace(SILENCE, **changes), NOW) == (wrong,)  # type: ignore[arg-type]
    assert wrong_with(SILENCE, NOW) == ()


def test_the_end_of_a_silence_is_told_an_hour_before_and_when_it_has_come_each_once() -> None:
    soon, over = SILENCE.until - HOUR, SILENCE.until
    assert notices_due([SILENCE], soon - timedelta(seconds=1)) == []
    assert notices_due([SILENCE], soon) == [(SILENCE, Told.SOON)]
    told = replace(SILENCE, told=Told.SOON)
    assert notices_due([told], over - timedelta(seconds=1)) == []
    assert notices_due([told], over) == [(told, Told.ENDED)]
    assert notices_due([replace(SILENCE, told=Told.ENDED)], over) == []


def test_a_node_that_was_down_tells_the_end_alone_and_a_short_silence_is_not_told_before_it_begins() -> None:
    assert notices_due([SILENCE], SILENCE.until + 9 * HOUR) == [(SILENCE, Told.ENDED)]
    short = replace(SILENCE, until=NOW + HOUR / 2)
    assert notices_due([short], NOW + HOUR / 4) == []
