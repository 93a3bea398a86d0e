"""Every error of a pack has file, line, what is wrong and what is allowed."""

from pathlib import Path

import pytest

from gezhi.packs.loading import load, pack_folders, read_pack
from gezhi.packs.problems import PackRefused, Problem
from tests.packs.small import FILES, changed, line_of, write


def only_problem(folder: Path, files: dict[str, str]) -> Problem:
    problems = load(write(folder, files)).problems
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def test_a_sound_pack_loads_with_its_digest(tmp_path: Path) -> None:
    pack = read_pack(write(tmp_path, FILES))
    assert [category.key for category in pack.categories] == ["lamp", "hole"]
    assert len(pack.digest) == 64


def test_the_digest_does_not_depend_on_how_the_yaml_is_written(tmp_path: Path) -> None:
    other = changed("categories.yaml", '    code: "00002"', "    code: 00002  # as text all the same")
    assert read_pack(write(tmp_path / "a", FILES)).digest == read_pack(write(tmp_path / "b", other)).digest


def test_an_unknown_key_is_named_with_its_line_and_the_likely_one(tmp_path: Path) -> None:
    files = changed("categories.yaml", "    limits: normal", "    limits: normal\n    fuction: municipal")
    problem = only_problem(tmp_path, files)
    assert (problem.file, problem.line) == ("categories.yaml", line_of(files, "categories.yaml", "fuction"))
    assert problem.where == "categories[1].fuction"
    assert problem.what == "unknown key 'fuction'"
    assert "did you mean 'function'?" in problem.allowed


def test_a_missing_key_is_told_at_the_object_that_lacks_it(tmp_path: Path) -> None:
    files = changed("categories.yaml", "    group: street\n", "")
    problem = only_problem(tmp_path, files)
    assert problem.line == line_of(files, "categories.yaml", "- key: hole")
    assert "'group' is missing" in problem.what


def test_an_unknown_kind_lists_the_kinds(tmp_path: Path) -> None:
    files = changed("procedures/short.yaml", "kind: verify", "kind: verfy")
    problem = only_problem(tmp_path, files)
    assert problem.line == line_of(files, "procedures/short.yaml", "kind: verfy")
    assert "did you mean 'verify'?" in problem.allowed


def test_an_unknown_effect_lists_the_effects(tmp_path: Path) -> None:
    problem = only_problem(
        tmp_path, changed("procedures/short.yaml", "effects: [assign]", "effects: [asign]")
    )
    assert "did you mean 'assign'?" in problem.allowed


def test_a_length_that_is_none_says_how_to_write_one(tmp_path: Path) -> None:
    files = changed("parameters/limits.yaml", "1 working days", "one day")
    problem = only_problem(tmp_path, files)
    assert problem.line == line_of(files, "parameters/limits.yaml", "one day")
    assert "working hours" in problem.allowed


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("name: small", "name: &a small\ntwin: *a", "anchors and aliases"),
        ("source: tests", "source: !!python/object:os.system tests", "tag"),
        ("source: tests", "source: tests\nsource: twice", "stands here twice"),
        ("source: tests", "source: tests\n---\nname: second", "second document"),
        ("source: tests", "source: [unclosed", "not YAML"),
        ("source: tests", "source: 2026-13-45", "is no day"),
        ("source: tests", "source: {[a]: b}", "key that is not text"),
        ("source: tests", "source: \x00", "control character"),
        ("source: tests", "source: " + "[" * 40 + "]" * 40, "too deep"),
    ],
)
def test_what_is_more_than_plain_yaml_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, what: str
) -> None:
    problem = only_problem(tmp_path, changed("pack.yaml", old, new))
    assert problem.file == "pack.yaml"
    assert what in problem.what
    assert problem.line >= 1


def test_a_key_that_stands_twice_is_told_at_the_second(tmp_path: Path) -> None:
    assert only_problem(tmp_path, changed("pack.yaml", "source: tests", "source: a\nsource: b")).line == 6


def test_yaml_bombs_are_refused_before_they_grow(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    assert "anchors" in only_problem(tmp_path, {**FILES, "pack.yaml": "\n".join(lines)}).what


def test_a_file_above_two_megabytes_is_refused(tmp_path: Path) -> None:
    files = {**FILES, "tests/big.yaml": "#" * (2 * 1024 * 1024 + 1)}
    assert "bytes" in only_problem(tmp_path, files).what


def test_text_in_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    (tmp_path / "pack.yaml").write_bytes("name: small\ntitle: 城市\n".encode("gb18030"))
    problem = load(tmp_path).problems[0]
    assert (problem.line, problem.allowed) == (2, "UTF-8 text")


def test_an_empty_file_and_an_empty_folder_are_told(tmp_path: Path) -> None:
    assert "empty" in only_problem(tmp_path / "a", {**FILES, "pack.yaml": ""}).what
    (tmp_path / "b").mkdir()
    assert "missing" in load(tmp_path / "b").problems[0].what


def test_an_unknown_file_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    problem = only_problem(tmp_path, {**FILES, "hooks/run.py": "print()"})
    assert problem.file == "hooks/run.py"
    assert "procedures/*.yaml" in problem.allowed


def test_a_procedure_stands_in_a_file_of_its_name(tmp_path: Path) -> None:
    files = {name: text for name, text in FILES.items() if name != "procedures/short.yaml"}
    files["procedures/long.yaml"] = FILES["procedures/short.yaml"]
    assert only_problem(tmp_path, files).allowed == "the file procedures/short.yaml"


def test_the_changelog_tells_of_the_version(tmp_path: Path) -> None:
    files = changed("pack.yaml", "version: 1.0.0", "version: 1.1.0")
    assert only_problem(tmp_path, files).allowed == "a line '## 1.1.0'"


def test_every_problem_is_told_not_only_the_first(tmp_path: Path) -> None:
    files = changed("categories.yaml", "group: street, procedure: short", "grp: street, procedur: short")
    assert len(load(write(tmp_path, files)).problems) == 4


def test_reading_a_broken_pack_raises_with_all_problems(tmp_path: Path) -> None:
    with pytest.raises(PackRefused, match=r"pack\.yaml"):
        read_pack(write(tmp_path, {**FILES, "pack.yaml": "[]"}))


def test_folders_without_a_pack_or_with_a_leading_underscore_are_passed_over(tmp_path: Path) -> None:
    for name in ("b", "a", "_schema"):
        write(tmp_path / name, FILES)
    (tmp_path / "empty").mkdir()
    assert [folder.name for folder in pack_folders(tmp_path)] == ["a", "b"]
