"""Deviations, approvals and watches that cannot work are told at their line, with what is allowed instead."""

from pathlib import Path

import pytest

from gezhi.packs.loading import load
from tests.packs.small import FILES, line_of, write

FILE = "procedures/rich.yaml"
RICH = """\
key: rich
title: {zh: 全, en: Rich}
base: short
states:
  - {key: work, title: {zh: 处置, en: Work}, stage: handle, worked_by: [handler], limit: handling}
  - {key: paused, title: {zh: 挂起, en: Paused}, stage: handle, worked_by: [handler], limit: handling}
transitions:
  - {key: pause, title: {zh: 挂起, en: Pause}, done: {zh: 已挂起, en: Paused}, kind: suspend,
     from: [work], to: paused, by: [handler], needs: [reason], effects: [stop-clock]}
  - {key: resume, title: {zh: 恢复, en: Resume}, done: {zh: 已恢复, en: Resumed}, kind: resume,
     from: [paused], to: work, by: [handler], effects: [start-clock]}
  - {key: extend, title: {zh: 延期, en: Extend}, done: {zh: 已延期, en: Extended}, kind: extend,
     from: [work], by: [handler], needs: [length, reason], longest: 5 working days, effects: [extend],
     approve: [{by: dispatcher}, {by: leader, above: 2 working days}]}
  - {key: agree, title: {zh: 同意, en: Agree}, done: {zh: 已同意, en: Agreed}, kind: approve,
     from: [work], by: [dispatcher, leader]}
  - {key: deny, title: {zh: 不同意, en: Deny}, done: {zh: 不同意, en: Denied}, kind: deny,
     from: [work], by: [dispatcher, leader], needs: [reason]}
  - {key: transfer, title: {zh: 流转, en: Transfer}, done: {zh: 已流转, en: Transferred}, kind: transfer,
     from: [work], to: work, by: [dispatcher], needs: [unit, reason], effects: [assign]}
  - {key: blow, title: {zh: 吹哨, en: Whistle}, done: {zh: 已吹哨, en: Whistled}, kind: whistle,
     from: [work], by: [dispatcher], needs: [units, text], effects: [call]}
  - {key: appear, title: {zh: 报到, en: Report in}, done: {zh: 已报到, en: Reported in}, kind: report-in,
     from: [work], by: [partner], effects: [report-in]}
  - {key: missed, title: {zh: 未报到, en: Absent}, done: {zh: 未报到, en: Absent}, kind: absent,
     from: [work], by: [system], effects: [mark-absent]}
  - {key: warn, title: {zh: 黄牌, en: Warn}, done: {zh: 已发黄牌, en: Warned}, kind: supervise,
     from: [open, work], by: [supervisor, system], needs: [reason], effects: [yellow-card]}
  - {key: wrong, title: {zh: 推翻, en: Overturn}, done: {zh: 已推翻, en: Overturned}, kind: overturn,
     from: [done], to: open, by: [supervisor], needs: [reason]}
watches:
  - {key: late, at: 100, within: [work], do: warn, why: {zh: 超期, en: Late}}
  - {key: circling, after: return, times: 2, within: [open], do: warn, why: {zh: 空转, en: In circles}}
"""

# old text, new text, what is told, what is allowed, text of the line that is to blame
MISTAKES = [
    ("to: paused,", "to: done,", "'pause' of kind suspend closes", "an open state", "[work], to: done"),
    ("kind: resume,", "kind: handle,", "nothing resumes a case in 'paused'", "of kind resume", "[work], to: pa"),
    ("needs: [reason], effects: [stop", "effects: [stop", "does not need 'reason'", "'reason'", "key: pause,"),
    ("effects: [stop-clock]", "effects: [call]", "lacks its effect", "'stop-clock'", "effects: [call]"),
    ("needs: [length, reason]", "needs: [reason]", "does not need 'length'", "'length'", "needs: [reason], l"),
    ("needs: [length, reason]", "needs: [reason]", "has a longest length", "[length]", "longest:"),
    ("needs: [length, reason]", "needs: [reason]", "no length that could be above", "[length]", "above:"),
    ("[work], by: [handler], needs: [l", "[work], to: paused, by: [handler], needs: [l", "moves", "no 'to'", "[l"),
    ("kind: approve,", "kind: urge,", "nobody can approve", "kind approve from 'work'", "approve: ["),
    ("kind: deny,", "kind: urge,", "nobody can deny", "kind deny from 'work'", "approve: ["),
    ("from: [work], by: [dispatcher, leader]}", "from: [paused], by: [dispatcher, leader]}", "in 'work', where",
     "kind approve from 'work'", "approve: ["),
    ("by: leader, above", "by: supervisor, above", "'supervisor' is to agree and may not", "dispatcher", "above"),
    ("needs: [unit, reason]", "needs: [reason]", "does not need 'unit'", "'unit'", "needs: [reason], effects: [as"),
    ("[work], to: work", "[work], to: old", "'transfer' of kind transfer closes", "an open", "to: old"),
    ("needs: [units, text]", "needs: [text]", "does not need 'units'", "'units'", "needs: [text]"),
    ("kind: report-in", "kind: urge", "nobody can answer 'blow'", "of kind report-in", "effects: [call]"),
    ("[yellow-card]", "[assign]", "'warn' of kind supervise lacks", "'red-card' or 'order'", "[assign]}\n  - {key: wr"),
    ("[supervisor, system], needs: [reason]", "[supervisor]", "the system may not take 'warn'", "'system' am",
     "at: 100"),
    ("from: [done], to: open", "from: [work], to: open", "'work' is open already", "closed", "[work], to: open"),
    ("at: 100, ", "", "does not say when", "either 'at'", "key: late"),
    ("at: 100, ", "at: 100, after: return, times: 2, ", "says it twice", "either 'at'", "key: late"),
    ("times: 2, ", "", "does not say when", "'after' with 'times'", "key: circling"),
    ("effects: [stop-clock]", "effects: [stop-clock, set-limit]", "sets a limit and", "longest", "stop-clock, set"),
    ("at: 100, within: [work]", "at: 80, within: [open]", "where cases begin", "a later state", "key: late"),
    ("within: [work]", "within: [wrk]", "no state 'wrk'", "'work'", "within: [wrk]"),
    ("within: [work]", "within: [paused]", "'warn' is not open from 'paused'", "one of open, work", "[paused], do"),
    ("within: [work]", "within: [done]", "'warn' is not open from 'done'", "one of open, work", "[done], do"),
    ("[work], do: warn", "[work], do: worn", "no transition 'worn'", "did you mean 'warn'?", "do: worn"),
    ("by: [partner], ", "by: [system], ", "nothing makes the system take 'appear'", "a watch with", "report-in]}"),
    ("kind: transfer,", "approve: [{by: leader}], kind: split,", "cannot wait for approval", "no approve",
     "approve: [{by: leader}]"),
    ("kind: transfer,", "approve: [{by: leader}], kind: merge,", "cannot wait for approval", "no approve",
     "approve: [{by: leader}]"),
    ("effects: [assign]", "approve: [{by: leader}], effects: [assign, open-child]", "cannot wait", "no approve",
     "approve: [{by: leader}]"),
    ("effects: [assign]", "approve: [{by: leader}], effects: [assign, change-lists]", "cannot wait", "no approve",
     "approve: [{by: leader}]"),
    ("after: return, times: 2, within: [open]", "after: supervise, times: 2, within: [open]", "without end",
     "another kind", "after: supervise"),
    ("{key: circling", "{key: late", "'late' is used twice", "each once", "key: late, after"),
    ("needs: [units, text]", "needs: [units, text, form]", "names none", "the key of a form", "text, form"),
    ("kind: transfer,", "kind: transfer, form: f,", "no form 'f'", "nothing is", "form: f,"),
    ("kind: resume,", "kind: resume, document: d,", "no document 'd'", "nothing is", "document: d"),
]  # fmt: skip


def test_the_rich_procedure_has_no_fault(tmp_path: Path) -> None:
    problems = load(write(tmp_path, {**FILES, FILE: RICH})).problems
    assert [str(problem) for problem in problems] == []


@pytest.mark.parametrize(
    ("old", "new", "what", "allowed", "blamed"), MISTAKES, ids=[mistake[2] for mistake in MISTAKES]
)
def test_a_mistake_is_told_with_line_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, what: str, allowed: str, blamed: str
) -> None:
    assert old in RICH
    files = {**FILES, FILE: RICH.replace(old, new, 1)}
    problems = load(write(tmp_path, files)).problems
    told = [problem for problem in problems if what in problem.what]
    assert told, [str(problem) for problem in problems]
    assert (FILE, line_of(files, FILE, blamed)) in [(problem.file, problem.line) for problem in told]
    assert any(allowed in problem.allowed for problem in told)


def test_a_case_that_can_never_end_is_told(tmp_path: Path) -> None:
    lines = RICH.replace("base: short", "base: short\nwithout: [finish]")
    problems = load(write(tmp_path, {**FILES, FILE: lines})).problems
    assert any("no way leads from 'work' to a closed state" in problem.what for problem in problems)


def test_one_transition_is_taken_at_the_limit_of_a_state(tmp_path: Path) -> None:
    twice = FILES["procedures/short.yaml"].replace(
        "    when_overdue: true\n",
        "    when_overdue: true\n  - {key: end, title: {zh: 止, en: End}, done: {zh: 止, en: Ended}, kind: close,"
        " from: [done], to: old, by: [system], when_overdue: true}\n",
    )
    [problem] = load(write(tmp_path, {**FILES, "procedures/short.yaml": twice})).problems
    assert problem.what == "'close' is taken already when 'done' is overdue"
