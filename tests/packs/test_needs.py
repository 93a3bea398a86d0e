"""A pack uses what other packs hold, at the version that it names."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from gezhi.packs.catalogue import Published, catalogue_of
from gezhi.packs.loading import Loaded, Shelf, load
from gezhi.packs.publishing import plan
from gezhi.packs.scope import by_needs
from gezhi.packs.shapes import Pack
from tests.packs.small import FILES, line_of, write

NEEDING = {
    "pack.yaml": """\
name: needing
version: 1.0.0
title: {zh: 用, en: Needing}
about: {zh: 试, en: For tests}
source: tests
needs: {small: 1.0.0}
""",
    "CHANGELOG.md": "## 1.0.0\n",
    "categories.yaml": """\
groups: []
categories:
  - {key: bench, kind: local, code: "00003", name: {zh: 长椅, en: Bench}, group: street, procedure: short,
     function: municipal, limits: slow}
""",
    "parameters/limits.yaml": """\
parameters:
  - key: handling.slow
    title: {zh: 处置时限, en: Time to handle}
    values: [{since: 2026-07-01, length: 9 working days, source: tests}]
""",
    "tests/stories.yaml": """\
situations:
  - title: A bench is mended
    category: bench
    starts: "2026-07-06 09:00"
    steps:
      - {do: dispatch, by: dispatcher, person: Lin, with: {unit: municipal}, then: work}
    ends: work
""",
}


def shelf(folder: Path, needing: dict[str, str] = NEEDING, small: dict[str, str] = FILES) -> Loaded:
    write(folder / "small", small)
    return load(write(folder / "needing", needing))


def needing_with(old: str, new: str, file: str = "pack.yaml") -> dict[str, str]:
    assert old in NEEDING[file]
    return {**NEEDING, file: NEEDING[file].replace(old, new, 1)}


def both(folder: Path) -> tuple[Pack, Pack]:
    loaded = shelf(folder)
    assert loaded.pack is not None, loaded.problems
    return loaded.needed["small"], loaded.pack


def test_a_category_may_follow_the_procedure_of_a_needed_pack(tmp_path: Path) -> None:
    assert shelf(tmp_path).problems == ()


@pytest.mark.parametrize(
    ("needs", "what", "allowed"),
    [
        ("{small: 1.0.1}", "version 1.0.1 of 'small' is not here", "1.0.0"),
        ("{smal: 1.0.0}", "no pack 'smal'", "did you mean 'small'?"),
        ("{needing: 1.0.0}", "needs this pack in turn", "do not need this one"),
    ],
)
def test_a_need_that_cannot_be_met_is_told_at_its_line(
    tmp_path: Path, needs: str, what: str, allowed: str
) -> None:
    files = needing_with("{small: 1.0.0}", needs)
    [problem] = shelf(tmp_path, files).problems
    assert (problem.file, problem.line) == ("pack.yaml", line_of(files, "pack.yaml", "needs:"))
    assert what in problem.what
    assert allowed in problem.allowed


def test_packs_do_not_need_one_another_in_a_circle(tmp_path: Path) -> None:
    circle = {**FILES, "pack.yaml": FILES["pack.yaml"] + "needs: {needing: 1.0.0}\n"}
    assert "problems of its own" in shelf(tmp_path, small=circle).problems[0].what


def test_a_broken_need_breaks_the_pack(tmp_path: Path) -> None:
    broken = {**FILES, "functions.yaml": "functions: [1]\n"}
    assert shelf(tmp_path, small=broken).problems[0].allowed == "mend small first"


def test_what_neither_pack_has_is_told(tmp_path: Path) -> None:
    files = needing_with("group: street", "group: park", "categories.yaml")
    [problem] = shelf(tmp_path, files).problems
    assert (problem.line, problem.what) == (3, "there is no group 'park'")


def test_a_pack_elsewhere_finds_its_needs_in_the_root(tmp_path: Path) -> None:
    write(tmp_path / "packs/small", FILES)
    far = write(tmp_path / "far/needing", NEEDING)
    assert load(far).problems != ()
    assert load(far, [tmp_path / "packs"]).problems == ()


def test_a_shelf_reads_each_pack_once(tmp_path: Path) -> None:
    both(tmp_path)
    shelf_of_packs = Shelf()
    needing = shelf_of_packs.load(tmp_path / "needing")
    assert shelf_of_packs.load(tmp_path / "small").pack is needing.needed["small"]


def refusals(pack: Pack, releases: Sequence[Pack]) -> str:
    known = {(one.manifest.name, one.manifest.version): one for one in releases}
    return "\n".join(str(problem) for problem in plan(pack, [], releases=known).refusals)


def test_publishing_waits_for_what_is_needed(tmp_path: Path) -> None:
    small, needing = both(tmp_path)
    assert "small 1.0.0 is not published. Allowed: `gezhi packs apply small` first" in refusals(needing, [])
    later = small.model_copy(update={"manifest": small.manifest.model_copy(update={"version": "1.1.0"})})
    assert "one of 1.1.0" in refusals(needing, [later])
    assert refusals(needing, [small, later]) == ""


def test_needed_packs_are_published_first(tmp_path: Path) -> None:
    small, needing = both(tmp_path)
    assert by_needs([needing, small]) == [small, needing]


def test_a_case_finds_the_procedure_in_the_pinned_version(tmp_path: Path) -> None:
    small, needing = both(tmp_path)
    title = small.procedures[0].title.model_copy(update={"en": "Longer"})
    later = small.model_copy(
        update={
            "manifest": small.manifest.model_copy(update={"version": "1.1.0"}),
            "procedures": (small.procedures[0].model_copy(update={"title": title}),),
        }
    )
    catalogue = catalogue_of(
        [Published(1, small, False), Published(2, needing, True), Published(3, later, True)]
    )
    assert catalogue.procedure_of("bench").title.en == "Short"
    assert catalogue.procedure_of("lamp").title.en == "Longer"
    assert catalogue.message(2, "received").text.en == "{number} has arrived"
    assert catalogue.pack_of("bench").manifest.name == "needing"
    limit = catalogue.limit("handling.slow", date(2026, 8, 1))
    assert limit is not None
    assert limit.length == "9 working days"
