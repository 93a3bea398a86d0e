"""A procedure that builds on another becomes whole, and its mistakes are told where they are written."""

from pathlib import Path

import pytest

from gezhi.packs.loading import Loaded, load
from gezhi.packs.shapes import Procedure
from tests.packs.small import FILES, line_of, write

LONG = """\
key: long
title: {zh: 长, en: Long}
base: short
without: [check, verify]
states:
  - {key: work, title: {zh: 施工, en: Building}, stage: handle, worked_by: [handler], limit: handling}
  - {key: trial, title: {zh: 试用, en: On trial}, stage: feedback, worked_by: [verifier], limit: handling}
transitions:
  - key: finish
    title: {zh: 完工, en: Finish}
    done: {zh: 已完工, en: Finished}
    kind: finish
    from: [work]
    to: trial
    by: [handler]
    needs: [evidence]
    effects: [finish-assignment]
  - key: pass
    title: {zh: 通过, en: Pass}
    done: {zh: 已通过, en: Passed}
    kind: verify
    from: [trial]
    to: done
    by: [verifier]
    not_by: [finish]
"""
FILE = "procedures/long.yaml"


def with_long(old: str = "", new: str = "") -> dict[str, str]:
    assert old in LONG
    return {**FILES, FILE: LONG.replace(old, new, 1)}


def loaded(folder: Path, files: dict[str, str]) -> Loaded:
    return load(write(folder, files))


def long(folder: Path, files: dict[str, str]) -> Procedure:
    one = loaded(folder, files)
    assert one.pack is not None, [str(problem) for problem in one.problems]
    return next(procedure for procedure in one.pack.procedures if procedure.key == "long")


def test_the_whole_has_the_states_and_transitions_of_both(tmp_path: Path) -> None:
    whole = long(tmp_path, with_long())
    assert [state.key for state in whole.states] == ["open", "work", "trial", "done", "old"]
    assert [one.key for one in whole.transitions] == ["dispatch", "finish", "pass", "add", "close", "reopen"]
    assert (whole.base, whole.without, whole.answer) == (None, (), "received")


def test_what_is_written_again_replaces_the_base(tmp_path: Path) -> None:
    whole = long(tmp_path, with_long())
    assert whole.states[1].title.en == "Building"
    assert whole.transitions[1].to == "trial"


def test_transitions_no_longer_leave_a_state_that_is_left_out(tmp_path: Path) -> None:
    files = with_long("without: [check, verify]", "without: [check, old, close]")
    files[FILE] = files[FILE].replace("key: pass", "key: verify")
    base = FILES["procedures/short.yaml"].replace(
        "from: [done]\n    to: open", "from: [done, old]\n    to: open"
    )
    whole = long(tmp_path, {**files, "procedures/short.yaml": base})
    assert whole.transitions[-1].source == ("done",)


@pytest.mark.parametrize(
    ("old", "new", "what", "blamed"),
    [
        ("base: short", "base: shrt", "no procedure 'shrt' to build on", "base:"),
        ("base: short", "base: long", "'long' builds on itself", "base:"),
        ("[check, verify]", "[chek, verify]", "the base 'short' has no 'chek'", "without:"),
        ("[check, verify]", "[check, work]", "'work' is left out and written here", "without:"),
        ("to: trial", "to: trail", "no state 'trail'", "to: trail"),
        ("[check, verify]", "[check, old]", "no state 'old' (from base 'short')", "base:"),
        ("not_by: [finish]", "not_by: []", "verify their own work", "key: pass"),
        ("base: short\nwithout: [check, verify]\n", "", "no state 'done'", "to: done"),
    ],
)
def test_a_mistake_is_told_where_it_is_written(
    tmp_path: Path, old: str, new: str, what: str, blamed: str
) -> None:
    files = with_long(old, new)
    told = [one for one in loaded(tmp_path, files).problems if what in one.what]
    assert told, [str(problem) for problem in loaded(tmp_path, files).problems]
    assert (told[0].file, told[0].line) == (FILE, line_of(files, FILE, blamed))


def test_a_procedure_without_base_has_two_states_and_a_way(tmp_path: Path) -> None:
    files = {**FILES, FILE: "key: long\ntitle: {zh: 长, en: Long}\n"}
    told = [(one.line, one.what) for one in loaded(tmp_path, files).problems]
    assert told == [(1, "'long' has no states"), (1, "'long' has no transitions")]


def test_bases_stand_three_deep_at_most(tmp_path: Path) -> None:
    files = dict(FILES)
    for n, base in enumerate(("short", "p1", "p2", "p3"), start=1):
        files[f"procedures/p{n}.yaml"] = f"key: p{n}\ntitle: {{zh: 层, en: Layer}}\nbase: {base}\n"
    [problem] = loaded(tmp_path, files).problems
    assert (problem.file, problem.what) == ("procedures/p4.yaml", "4 bases stand on one another")
    del files["procedures/p4.yaml"]
    (tmp_path / "procedures/p4.yaml").unlink()
    assert loaded(tmp_path, files).problems == ()
