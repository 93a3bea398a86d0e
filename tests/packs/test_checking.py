"""Every cross check has a pack that fails it, and is told at the line that is to blame."""

from pathlib import Path

import pytest

from gezhi.packs.loading import load
from tests.packs.small import FILES, changed, line_of, write

PROCEDURE = "procedures/short.yaml"
EXTRA_STATE = (
    "  - {key: lost, title: {zh: 失, en: Lost}, stage: handle, worked_by: [handler], limit: handling}\n"
)
EXTRA_STATE += "transitions:"

# file, old text, new text, what is told, text of the line that is to blame
FAULTS = [
    ("categories.yaml", "    group: street", "    group: steet", "no group 'steet'", "steet"),
    ("categories.yaml", "    function: municipal", "    function: fire", "no function 'fire'", "fire"),
    ("categories.yaml", "    procedure: short", "    procedure: shot", "no procedure 'shot'", "shot"),
    ("categories.yaml", "    limits: normal", "    limits: slow", "no parameter 'handling.slow'", "slow"),
    ("categories.yaml", '"00002"', '"00001"', "'matter 00001' is used twice", 'code: "00001"\n'),
    ("categories.yaml", "key: hole", "key: lamp", "'lamp' is used twice", "- key: lamp"),
    (
        "categories.yaml",
        "    limits: normal",
        "    limits: normal\n    attributes:\n"
        "      - {code: size, title: {zh: 大小, en: Size}, datatype: singlevaluelist}",
        "a list without values",
        "code: size",
    ),
    (
        "categories.yaml",
        "    limits: normal",
        "    limits: normal\n    attributes:\n"
        "      - {code: size, title: {zh: 大小, en: Size}, datatype: text, values: {a: {zh: 甲, en: A}}}",
        "values with a text",
        "code: size",
    ),
    ("pack.yaml", "fallback: lamp", "fallback: lump", "no category 'lump'", "lump"),
    ("parameters/limits.yaml", "2026-09-01", "2026-06-01", "is not after", "2026-06-01"),
    ("parameters/limits.yaml", "key: rating", "key: ratin", "no state uses 'ratin'", "key: ratin"),
    ("messages/answers.yaml", "{number}已", "{nummer}已", "{nummer} is not known", "nummer"),
    ("messages/answers.yaml", "{number}已", "{number.x}已", "{number.x} is not known", "number.x"),
    ("messages/answers.yaml", "{number}已", "{number!r}已", "{number!r} is not known", "number!r"),
    ("messages/answers.yaml", "{number}已", "{number已", "a brace is open", "number已"),
    ("messages/answers.yaml", "key: received", "key: arrived", "nothing answers with 'arrived'", "arrived"),
    (PROCEDURE, "answer: received", "answer: recieved", "no message 'recieved'", "recieved"),
    (PROCEDURE, "to: check", "to: chek", "no state 'chek'", "to: chek"),
    (PROCEDURE, "from: [open, work]", "from: [open, wrk]", "no state 'wrk'", "wrk"),
    (PROCEDURE, "limit: rating", "limit: raiting", "no parameter 'raiting'", "raiting"),
    (PROCEDURE, "transitions:", EXTRA_STATE, "no way leads to 'lost'", "key: lost"),
    (PROCEDURE, "transitions:", EXTRA_STATE, "'lost' is open and has no way out", "key: lost"),
    (PROCEDURE, ", worked_by: [verifier]", "", "nobody works 'check'", "key: check"),
    (PROCEDURE, "worked_by: [verifier]", "worked_by: [leader]", "'leader' works 'check' but", "[leader]"),
    (PROCEDURE, "{key: work,", "{key: open,", "'open' is used twice", "en: Work"),
    (
        PROCEDURE,
        "key: finish",
        "key: dispatch",
        "'dispatch' is used twice",
        "key: dispatch\n    title: {zh: 完成",
    ),
    (PROCEDURE, "needs: [unit]", "may: [unit]", "does not need 'unit'", "key: dispatch"),
    (PROCEDURE, "needs: [unit]", "needs: [unit]\n    may: [unit]", "in needs and in may", "may: [unit]"),
    (PROCEDURE, "effects: [assign]", "effects: []", "lacks its effect", "effects: []"),
    (PROCEDURE, "not_by: [finish]", "not_by: []", "verify their own work", "key: verify"),
    (PROCEDURE, "kind: dispatch", "kind: overdue", "is no step", "kind: overdue"),
    (
        PROCEDURE,
        "by: [reporter]\n",
        "to: work\n    by: [reporter]\n",
        "moves the case",
        "to: work\n    by: [rep",
    ),
    (PROCEDURE, "    to: check\n", "", "leads nowhere", "key: finish"),
    (PROCEDURE, "to: check", "to: done", "closes", "to: done"),
    (PROCEDURE, "to: done", "to: open", "keeps open", "to: open"),
    (
        PROCEDURE,
        "from: [open, work]",
        "from: [open, done]",
        "of kind add leaves 'done'",
        "from: [open, done]",
    ),
    (
        PROCEDURE,
        "from: [done]\n    to: open",
        "from: [check]\n    to: open",
        "'check' is open already",
        "from: [check]\n    to: open",
    ),
    (PROCEDURE, "when_overdue: true", "when_overdue: false", "nothing makes the system take", "by: [system]"),
    (
        PROCEDURE,
        "by: [system]",
        "by: [leader]",
        "is taken when overdue, but not by the system",
        "by: [leader]",
    ),
    (PROCEDURE, "worked_by: [handler], limit: handling", "worked_by: [handler]", "has no limit", "key: work"),
    (PROCEDURE, ", limit: rating", "", "'done' has no limit to pass", "from: [done]\n    to: old"),
    (PROCEDURE, "states:", "moves: {open: work}\nstates:", "'open' still exists", "moves:"),
    (PROCEDURE, "states:", "moves: {gone: done}\nstates:", "'done' is no open state", "moves:"),
    (
        PROCEDURE,
        "stage: collect, worked",
        "stage: collect, open: false, worked",
        "the first state is not open",
        "key: open",
    ),
    ("tests/stories.yaml", "category: lamp", "category: lump", "no category 'lump'", "lump"),
    ("tests/stories.yaml", "do: dispatch", "do: dispach", "no transition 'dispach'", "dispach"),
    ("tests/stories.yaml", "then: work", "then: wrk", "no state 'wrk'", "then: wrk"),
    ("tests/stories.yaml", "ends: work", "ends: wrk", "no state 'wrk'", "ends: wrk"),
    ("tests/stories.yaml", "{unit: municipal}", "{unt: municipal}", "no thing to give 'unt'", "unt:"),
    ("tests/stories.yaml", "then: work", "then: work, refused: x", "both 'then' and 'refused'", "then: work"),
    ("tests/stories.yaml", "2026-07-06 09:00", "Monday", "is no time", "Monday"),
]


@pytest.mark.parametrize(("file", "old", "new", "what", "blamed"), FAULTS, ids=[fault[3] for fault in FAULTS])
def test_what_does_not_fit_is_told_at_its_line(
    tmp_path: Path, file: str, old: str, new: str, what: str, blamed: str
) -> None:
    files = changed(file, old, new)
    problems = load(write(tmp_path, files)).problems
    told = [problem for problem in problems if what in problem.what]
    assert told, [str(problem) for problem in problems]
    assert (file, line_of(files, file, blamed)) in [(problem.file, problem.line) for problem in told]
    assert all(problem.allowed for problem in told)


def test_the_small_pack_has_no_fault(tmp_path: Path) -> None:
    assert load(write(tmp_path, FILES)).problems == ()
