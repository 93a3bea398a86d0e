"""Where open cases go with a newer version, decided without a database."""

from pathlib import Path

import pytest

from gezhi.packs.loading import read_pack
from gezhi.packs.moving import stranded, ways
from gezhi.packs.shapes import Pack
from tests.packs.small import changed, write


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    moves = changed("procedures/short.yaml", "states:", "moves: {begun: work}\nstates:")
    return read_pack(write(tmp_path, moves))


@pytest.mark.parametrize(
    ("procedure", "state", "to"),
    [
        ("short", "work", "work"),
        ("short", "begun", "work"),
        ("short", "gone", None),
        ("short", "done", None),  # is closed here: an open case cannot stand in it
        ("long", "work", None),
    ],
)
def test_a_case_stays_is_mapped_or_has_no_way(pack: Pack, procedure: str, state: str, to: str | None) -> None:
    [way] = ways(pack, {}, {(procedure, state): 3})
    assert (way.to, way.count) == (to, 3)


def test_cases_without_a_way_are_told_with_what_would_give_them_one(pack: Pack) -> None:
    [problem] = stranded(ways(pack, {}, {("short", "gone"): 2, ("short", "work"): 1}))
    assert problem.what == "2 open cases stand in 'gone' and have no way into this version"
    assert "moves: {gone: <an open state>}" in problem.allowed


def test_a_way_reads_as_a_line(pack: Pack) -> None:
    waiting = {("short", "begun"): 1, ("short", "gone"): 2, ("short", "work"): 3}
    assert [str(way) for way in ways(pack, {}, waiting)] == [
        "1 open in short/begun: -> work",
        "2 open in short/gone: no way",
        "3 open in short/work: stay",
    ]
