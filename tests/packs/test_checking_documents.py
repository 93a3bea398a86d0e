"""Each mistake in a document template: where it is, what is wrong, what is allowed."""

from pathlib import Path

import pytest

from gezhi.packs.loading import load
from gezhi.packs.placeholders import filled
from tests.packs import small

NOTICE = """\
key: notice
title: {zh: 告知书, en: Notice}
word: 甬治告
to: reporter
procedures: [short]
blocks:
  - text: {zh: "{reporter}：{reason}", en: "{reporter}: {reason}"}
  - rows:
      - [{zh: 编号, en: Number}, "{number}"]
"""


def problems(tmp_path: Path, old: str = "", new: str = "") -> list[str]:
    assert old in NOTICE
    folder = small.write(tmp_path, {**small.FILES, "documents/notice.yaml": NOTICE.replace(old, new, 1)})
    return [str(problem) for problem in load(folder).problems]


def test_a_good_template_has_no_problem(tmp_path: Path) -> None:
    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            '"{number}"',
            '"{numbr}"',
            "documents/notice.yaml:9: documents[0].blocks[1].rows[0][1]: "
            "the placeholder {numbr} is not known. Allowed: did you mean 'number'?",
        ),
        (
            'zh: "{reporter}：{reason}"',
            'zh: "{reporter：{reason}"',
            "documents/notice.yaml:7: documents[0].blocks[0].text.zh: a brace is open or closed alone. "
            "Allowed: {name}, or {{ and }} for braces",
        ),
        ("to: reporter", "to: unit", "{reporter} in what is written to the unit. Allowed: 'to: reporter'"),
        ('"{number}"', '" "', "the text is empty. Allowed: words or placeholders"),
        ("procedures: [short]", "procedures: [long]", "documents/notice.yaml:5: documents[0].procedures[0]: there is"),
        ('- text: {zh: "{reporter}：{reason}"', "- steps: true\n    text: {zh: x", "what was done inside goes"),
        ('- text: {zh: "{reporter}：{reason}", en: "{reporter}: {reason}"}', "- steps: false", "the block is empty"),
        ('- text: {zh: "{reporter}：{reason}"', "- only_with: parties\n    text: {zh: x", "the placeholder {parties}"),
        ('"{number}"', '"{form.parties}"', "the placeholder {form.parties} is not known"),
        ("word: 甬治告", 'word: ""', "documents/notice.yaml:3"),
        ("key: notice", "key: other", "stands in a file of another name"),
        ("blocks:\n", "bocks:\n", "documents/notice.yaml:6"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    found = problems(tmp_path, old, new)
    assert any(told in problem for problem in found), found


def test_what_a_fact_says_is_never_read_again() -> None:
    assert filled("{a}{{b}}{c}", {"a": "{b}", "b": "no"}) == "{b}{b}"
