"""Who may see what, by every address: a part of the matrix that `python -m tests.access` asks whole."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
from django.http import HttpResponse
from django.urls import path
from pytest_django import Settings

from tests.access import (
    oracle,
    planting,
    plants,
    probes,
    probes_of_posts,
    probes_of_sensing,
    probing,
    weighing,
)
from tests.access.matrix import Matrix, Tried
from tests.access.posts import TOWN
from tests.access.routes import LOOKS, PURPOSES, Ask, Route, Unknown, all_routes, meaning
from tests.access.town import build
from tests.cast import BAISHA, CITY, GAOQIAO, HAISHU, NANMEN, WANAN, Cast
from tests.house.tree import ROOT

OUTSIDE = ("near", "far", "parent")
INSIDE = ("child", "own")
assert probes and probes_of_posts and probes_of_sensing  # they fill probing.PROBES
SHOWN_ALWAYS = {"case", "case-number", "photo", "reporter", "door", "glass", "colleague", "purchase"}


@pytest.fixture
def matrix(city: Cast, settings: Settings, tmp_path: Path) -> Iterator[Matrix]:
    settings.DATA_DIR = tmp_path
    logging.disable(logging.CRITICAL)
    yield Matrix(build(city))
    logging.disable(logging.NOTSET)


def part(plan: Iterator[tuple[str, Ask]]) -> Iterator[tuple[str, Ask]]:
    """Each address by a third of the seats; of five places one inside of the seat's reach and one outside, in turn; of
    empty forms every fourth. Masks by everybody."""
    for name, ask in plan:
        turn = crc32(f"{name} {ask.pattern}".encode())
        placed = ask.at in ("", INSIDE[turn % 2], OUTSIDE[turn % 3])
        if ask.pattern in LOOKS:
            if placed and ask.purpose in ("handling", "audit", PURPOSES[turn % len(PURPOSES)]):
                yield name, ask
        elif placed and turn // 8 % 3 == 0 and (ask.method == "GET" or ask.data or turn % 4 == 0):
            yield name, ask


@pytest.fixture
def tried(matrix: Matrix) -> Tried:
    seats = [*TOWN, "", "c-administrator", "c-auditor"]
    return matrix.run([*part(matrix.plan(seats)), *matrix.pseudo(TOWN)])


def test_no_answer_shows_what_its_reader_may_not_see(matrix: Matrix, tried: Tried) -> None:
    assert not tried.leaks, "\n".join(map(str, tried.leaks[:40]))
    assert not tried.broken, "\n".join(tried.broken[:10])
    assert tried.checks >= 10_000
    seen = {sign.kind for sign in matrix.town.book.signs.values() if sign.text in tried.seen}
    assert seen >= SHOWN_ALWAYS, "nobody saw any of these: the matrix would be blind to them"


def test_what_is_counted_for_a_post_holds_nothing_of_elsewhere(matrix: Matrix) -> None:
    some = (one for one in weighing.asks() if crc32(f"{one}".encode()) % 6 == 0)
    assert weighing.unequal(matrix, some) == []


def test_every_address_has_its_place_in_the_matrix() -> None:
    for route in all_routes():
        for name in route.params:
            assert meaning(route.pattern, name)


def test_an_address_that_the_matrix_does_not_know_is_told() -> None:
    new = path("desk/diaries/<uuid:diary>/", lambda request: HttpResponse())
    route = Route(str(new.pattern), new.callback, ("diary",))
    with pytest.raises(Unknown, match="diaries"):
        meaning(route.pattern, *route.params)


@pytest.mark.parametrize(
    ("place", "whole", "inside"),
    [
        (f"{WANAN}001", NANMEN, True),
        (WANAN, WANAN, True),
        (HAISHU, NANMEN, False),
        (GAOQIAO, NANMEN, False),
        (BAISHA, HAISHU, False),
        (BAISHA, CITY, True),
        (f"{WANAN}001", f"{WANAN}002", False),
    ],
)
def test_the_oracle_reads_codes_by_itself(place: str, whole: str, inside: bool) -> None:
    assert oracle.lies_in(place, whole) is inside


def test_filters_are_found_by_their_form() -> None:
    found = [site.said for site in planting.sites()]
    assert len(found) > 150
    assert sum(said.startswith("visible(") for said in found) > 25
    assert any("place_range(post.place_code)" in said for said in found)


def test_what_is_said_of_filters_is_said_of_some_that_stand() -> None:
    """Probes, reasons and pairs name filters by their words: nothing is left of those that are gone."""
    found = [site.key for site in planting.sites()]
    told = {*probing.PROBES, *plants.NO_FILTER, *plants.TOGETHER, *plants.TOGETHER.values()}
    assert len(probing.PROBES) > 40
    assert [key for key in sorted(told) if not any(one.startswith(key) for one in found)] == []


def test_filters_that_are_taken_out_are_noticed() -> None:
    """Five of them, in a process of its own; `python -m tests.access.plants` takes out every one."""
    five = "case_list: visible,callbacks_of: place,case_page: visible,runs_of: actor.may_at,looks_audited: audited"
    asked = "desk/cases/,desk/callbacks/,desk/import/,desk/audit/"
    ours = ("DATABASE_URL", "GEZHI_OWNER_URL", "GEZHI_DATA_DIR")
    own_node = {name: value for name, value in os.environ.items() if name not in ours}
    told = subprocess.run(
        [sys.executable, "-m", "tests.access.plants", "--only", five, "--routes", asked],
        cwd=ROOT, env=own_node, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert sum(line.startswith("caught ") for line in told.stdout.splitlines()) >= 5
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr[-2000:]
