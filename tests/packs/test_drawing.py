"""Drawings of procedures: well-formed, complete, and no two lines in one lane."""

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gezhi.packs.drawing import _routed, _rows, arrows, draw
from gezhi.packs.loading import read_pack
from gezhi.packs.reference import sections, stories
from gezhi.packs.reference_files import reference_files
from gezhi.packs.shapes import Pack, Procedure
from tests.packs.small import FILES, write

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return read_pack(write(tmp_path / "small", FILES))


@pytest.fixture(scope="module")
def standard() -> Procedure:
    return read_pack(ROOT / "packs/city-management").procedures[0]


def test_a_drawing_is_well_formed_and_says_itself_in_words(pack: Pack) -> None:
    root = ElementTree.fromstring(draw(pack.procedures[0], "en"))
    assert root.findtext(f"{SVG}title") == "Short"
    assert "Open → Work: Dispatch" in str(root.findtext(f"{SVG}desc"))
    assert len(root.findall(f"{SVG}rect")) == 1 + len(pack.procedures[0].states)


def test_words_that_look_like_marks_are_written_as_words(pack: Pack) -> None:
    title = pack.procedures[0].title.model_copy(update={"en": '<script>"&'})
    drawn = draw(pack.procedures[0].model_copy(update={"title": title}), "en")
    ElementTree.fromstring(drawn)
    assert "<script>" not in drawn


def test_every_step_that_moves_a_case_is_drawn(standard: Procedure) -> None:
    labels = " ".join(one.label for one in arrows(standard, "en"))
    moving = [one for one in standard.transitions if any(one.to and one.to != state for state in one.source)]
    assert all(one.title.en in labels for one in moving)


def test_deviations_are_left_out_when_asked(standard: Procedure) -> None:
    assert {one.straight for one in arrows(standard, "en", deviations=False)} == {True}
    assert ">Withdraw<" in draw(standard, "en")
    assert ">Withdraw<" not in draw(standard, "en", deviations=False)


def test_no_two_lines_share_a_lane_or_a_port(standard: Procedure) -> None:
    aside = [one for one in arrows(standard, "en") if one.target != one.source + 1]
    tops, _ = _rows(len(standard.states), aside)
    routed = _routed(aside, tops)
    for one, other in combinations(routed, 2):
        if (one.side, one.lane) == (other.side, other.lane):
            low, high = sorted((one.out, one.into))
            assert max(other.out, other.into) < low or min(other.out, other.into) > high
        if one.side == other.side:
            assert not {one.out, one.into} & {other.out, other.into}


def test_the_reference_says_what_the_pack_holds(pack: Pack) -> None:
    files = reference_files(pack, {})
    assert set(files) == {"small.md", "small-short.svg"}
    page = files["small.md"]
    assert "| 00001 | Lamp | 市政 |" not in page
    for words in (
        "| 00001 | Lamp |",
        "4 working hours",
        "![Procedure: Short](small-short.svg)",
        "### A lamp is mended",
    ):
        assert words in page
    assert not re.search(r"^\|.*\n(?!\|)\|", page)


def test_both_languages_say_the_same_sections(pack: Pack) -> None:
    chinese, english = sections(pack, {}, "zh"), sections(pack, {}, "en")
    assert [one.anchor for one in chinese] == [one.anchor for one in english]
    assert chinese[0].title == "类别"
    assert stories(pack, {}, "zh")[0].lines[-1] == "⇒ 处置"
