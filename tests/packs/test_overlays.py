"""A pack may set limits, words and dates of a pack that it needs, and nothing else of it."""

from datetime import date
from pathlib import Path

import pytest

from gezhi.packs.catalogue import Catalogue, Published, catalogue_of
from gezhi.packs.exporting import files_of
from gezhi.packs.loading import Loaded, load, read_pack
from gezhi.packs.publishing import diff, plan
from gezhi.packs.shapes import Pack
from tests.packs.small import FILES, line_of, write

FILE = "overlays/small.yaml"
OVERLAY = """\
pack: small
parameters:
  - key: handling.normal
    values:
      - {since: 2026-08-01, length: 2 working days, source: the city's order 7}
categories:
  - {key: lamp, words: [灯坏了]}
messages:
  - key: received
    text: {zh: "收到{number}", en: "Got {number}"}
"""
CITY = {
    "pack.yaml": """\
name: our-city
version: 1.0.0
title: {zh: 本市, en: Our city}
about: {zh: 试, en: For tests}
source: tests
needs: {small: 1.0.0}
""",
    "CHANGELOG.md": "## 1.0.0\n",
    FILE: OVERLAY,
}


def city(folder: Path, old: str = "", new: str = "") -> Loaded:
    assert old in OVERLAY
    write(folder / "small", FILES)
    return load(write(folder / "our-city", {**CITY, FILE: OVERLAY.replace(old, new, 1)}))


def both(folder: Path) -> tuple[Pack, Pack]:
    loaded = city(folder)
    assert loaded.pack is not None, loaded.problems
    return loaded.needed["small"], loaded.pack


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    small, our_city = both(tmp_path)
    return catalogue_of([Published(1, small, True), Published(2, our_city, True)])


def length(catalogue: Catalogue, day: date) -> str | None:
    limit = catalogue.limit("handling.normal", day)
    return limit.length if limit else None


def test_a_value_holds_from_its_day_on(catalogue: Catalogue) -> None:
    assert length(catalogue, date(2026, 7, 31)) == "1 working days"
    assert length(catalogue, date(2026, 10, 1)) == "2 working days"


def test_words_and_messages_are_those_of_the_overlay(catalogue: Catalogue) -> None:
    assert catalogue.search("灯坏了")[0].key == "lamp"
    assert catalogue.message(1, "received").text.en == "Got {number}"


def test_nothing_is_set_while_the_overlay_is_not_active(tmp_path: Path) -> None:
    small, our_city = both(tmp_path)
    without = catalogue_of([Published(1, small, True), Published(2, our_city, False)])
    assert length(without, date(2026, 8, 2)) == "1 working days"


@pytest.mark.parametrize(
    ("old", "new", "what", "allowed", "blamed"),
    [
        ("pack: small", "pack: smal", "no needed pack 'smal'", "did you mean 'small'?", "pack:"),
        ("handling.normal", "handling.slow", "small has no 'handling.slow'", "handling.normal", "handling.slow"),
        ("key: lamp, words: [灯坏了]", "key: lump, words: [a]", "no 'lump' in categories", "'lamp'", "key: lump"),
        ("words: [灯坏了]", "limits: slow", "no limit 'slow'", "normal", "limits: slow"),
        ("words: [灯坏了]", "function: fire", "unknown key 'function'", "limits", "function: fire"),
        ("words: [灯坏了]", "words: null", "give 'limits', 'words' or both", "", "key: lamp"),
        ("key: received", "key: arrived", "no 'arrived' in messages", "received", "key: arrived"),
        ("Got {number}", "Got {nummer}", "{nummer} is not known", "'number'", "nummer"),
        ("length: 2 working days", "number: 3", "'handling.normal' is a length", "length: 2 hours", "number: 3"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_line_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, what: str, allowed: str, blamed: str
) -> None:
    problems = city(tmp_path, old, new).problems
    told = [problem for problem in problems if what in problem.what]
    assert told, [str(problem) for problem in problems]
    line = line_of({FILE: OVERLAY.replace(old, new, 1)}, FILE, blamed)
    assert [(one.file, one.line) for one in told] == [(FILE, line)]
    assert allowed in told[0].allowed


def test_an_overlay_is_shown_in_the_plan_and_exported(tmp_path: Path) -> None:
    _, our_city = both(tmp_path)
    assert "+ overlays.small" in [str(change) for change in diff(None, our_city)]
    again = read_pack(write(tmp_path / "again", files_of(our_city)), [tmp_path])
    assert again.digest == our_city.digest


def test_a_thing_has_one_overlay(tmp_path: Path) -> None:
    small, our_city = both(tmp_path)
    other = our_city.model_copy(update={"manifest": our_city.manifest.model_copy(update={"name": "other"})})
    refused = plan(our_city, [], [small, other], releases={("small", "1.0.0"): small}).refusals
    assert "small.categories.lamp is overlaid by the pack other already" in [one.what for one in refused]
