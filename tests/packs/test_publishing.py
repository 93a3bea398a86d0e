"""What publishing would change, and when it is refused."""

from pathlib import Path

import pytest

from gezhi.packs.catalogue import Published
from gezhi.packs.content import content_of, pack_from
from gezhi.packs.exporting import files_of
from gezhi.packs.loading import read_pack
from gezhi.packs.publishing import Plan, diff, plan
from gezhi.packs.shapes import Pack
from tests.packs.small import FILES, changed, write

NEWER = {
    "pack.yaml": FILES["pack.yaml"].replace("1.0.0", "1.1.0"),
    "CHANGELOG.md": "## 1.1.0\n- More.\n",
}


@pytest.fixture
def first(tmp_path: Path) -> Pack:
    return read_pack(write(tmp_path / "first", FILES))


def newer(folder: Path, files: dict[str, str]) -> Pack:
    return read_pack(write(folder / "newer", {**files, **NEWER}))


def refusals(planned: Plan) -> str:
    return "\n".join(str(problem) for problem in planned.refusals)


def test_the_first_version_is_published(first: Pack) -> None:
    planned = plan(first, [])
    assert (planned.step, planned.refusals) == ("publish", ())
    assert "+ categories.lamp" in [str(change) for change in planned.changes]


def test_the_active_version_again_changes_nothing(first: Pack) -> None:
    assert plan(first, [Published(1, first, True)]).step == "nothing"


def test_a_published_version_never_changes(first: Pack, tmp_path: Path) -> None:
    other = read_pack(write(tmp_path / "other", changed("pack.yaml", "en: For tests", "en: For more tests")))
    assert "1.0.0 is published and never changes" in refusals(plan(other, [Published(1, first, True)]))


def test_an_older_version_is_refused(first: Pack, tmp_path: Path) -> None:
    history = [Published(1, newer(tmp_path, FILES), True)]
    assert "1.0.0 is not a newer version" in refusals(plan(first, history))


def test_ten_is_newer_than_nine(first: Pack) -> None:
    nine, ten = (
        first.model_copy(update={"manifest": first.manifest.model_copy(update={"version": version})})
        for version in ("1.9.0", "1.10.0")
    )
    assert plan(ten.model_copy(update={"digest": "x"}), [Published(1, nine, True)]).refusals == ()


def test_a_key_has_one_owner(first: Pack) -> None:
    other = first.model_copy(update={"manifest": first.manifest.model_copy(update={"name": "other"})})
    assert "'lamp' belongs to the pack other" in refusals(plan(first, [], [other]))


def without_work(moves: str) -> dict[str, str]:
    """The small pack with the state `work` renamed to `mending`."""
    text = FILES["procedures/short.yaml"].replace("key: work,", "key: mending,")
    text = text.replace("to: work", "to: mending").replace("from: [work]", "from: [mending]")
    text = text.replace("[open, work]", "[open, mending]").replace("states:", f"{moves}states:")
    stories = (
        FILES["tests/stories.yaml"]
        .replace("then: work", "then: mending")
        .replace("ends: work", "ends: mending")
    )
    return {**FILES, "procedures/short.yaml": text, "tests/stories.yaml": stories}


def test_a_version_that_drops_the_state_of_open_cases_is_refused(first: Pack, tmp_path: Path) -> None:
    planned = plan(newer(tmp_path, without_work("")), [Published(1, first, True)], (), {("short", "work")})
    assert "open cases stand in 'work'" in refusals(planned)


def test_it_is_published_when_it_says_where_they_go(first: Pack, tmp_path: Path) -> None:
    pack = newer(tmp_path, without_work("moves: {work: mending}\n"))
    assert plan(pack, [Published(1, first, True)], (), {("short", "work")}).refusals == ()


def test_it_is_published_when_no_case_stands_there(first: Pack, tmp_path: Path) -> None:
    pack = newer(tmp_path, without_work(""))
    assert plan(pack, [Published(1, first, True)], (), {("short", "check"), ("long", "gone")}).refusals == ()


def test_a_pack_that_does_not_fit_together_is_refused(first: Pack) -> None:
    assert "no group 'street'" in refusals(plan(first.model_copy(update={"groups": ()}), []))


def test_a_difference_names_the_thing_and_both_values(first: Pack, tmp_path: Path) -> None:
    files = changed("parameters/limits.yaml", "4 working hours", "2 working hours")
    told = [str(change) for change in diff(first, newer(tmp_path, files))]
    assert told == [
        "~ manifest.version: 1.0.0 -> 1.1.0",
        "~ parameters.handling.normal.values.2026-09-01.length: 4 working hours -> 2 working hours",
    ]


def test_what_is_gone_is_told(first: Pack) -> None:
    told = [
        str(change) for change in diff(first, first.model_copy(update={"categories": first.categories[:1]}))
    ]
    assert told == ["- categories.hole"]


def test_content_returns_to_the_same_pack(first: Pack) -> None:
    assert pack_from(content_of(first)) == first


def test_an_export_loads_to_the_same_digest(first: Pack, tmp_path: Path) -> None:
    assert read_pack(write(tmp_path / "export", files_of(first))).digest == first.digest
