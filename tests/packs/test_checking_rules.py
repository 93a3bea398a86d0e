"""Opening rules are checked when a pack loads, against the forms of the categories that they concern."""

from pathlib import Path

import pytest

from gezhi.packs.checking_rules import check_formula
from gezhi.packs.loading import load
from gezhi.packs.problems import Problem
from tests.packs import small

RULES = """\
rules:
  - key: trapped
    title: {zh: 有人被困, en: Somebody is trapped}
    when: "trapped == true && storeys > 3"
    categories: [hole]
    limits: urgent
  - key: at-night
    title: {zh: 夜间, en: At night}
    when: hour >= 22 || text.contains('夜') || source in ['hotline', 'field'] || level == 5
    limits: urgent
"""
FORM = """\
key: hole
title: {zh: 坑洞, en: Hole}
schema:
  type: object
  properties:
    trapped: {type: boolean}
    storeys: {type: integer}
    uses: {type: array, items: {type: string, enum: [shop, home]}}
layout:
  - title: {zh: 坑洞, en: Hole}
    fields:
      - {key: trapped, title: {zh: 有人被困, en: Trapped}}
      - {key: storeys, title: {zh: 层数, en: Storeys}}
      - key: uses
        title: {zh: 用途, en: Uses}
        choices: {shop: {zh: 店, en: Shop}, home: {zh: 家, en: Home}}
"""
URGENT = """\
  - key: handling.urgent
    title: {zh: 紧急处置时限, en: Time to handle what is urgent}
    values:
      - {since: 2026-07-01, length: 2 hours, source: tests}
"""


def ruled(old: str = "", new: str = "") -> dict[str, str]:
    """A small pack in which holes ask a form."""
    assert old in RULES
    files = small.changed("categories.yaml", "    limits: normal", "    limits: normal\n    form: hole")
    files["parameters/limits.yaml"] += URGENT
    return files | {"rules/opening.yaml": RULES.replace(old, new, 1), "forms/hole.yaml": FORM}


def problems_of_rules(folder: Path, files: dict[str, str]) -> list[Problem]:
    return [one for one in load(small.write(folder, files)).problems if one.file == "rules/opening.yaml"]


def test_rules_over_a_form_and_over_what_is_always_known_are_sound(tmp_path: Path) -> None:
    assert problems_of_rules(tmp_path, ruled()) == []


@pytest.mark.parametrize(
    ("old", "new", "what", "allowed"),
    [
        ("trapped == true", "traped == true", "at column 1: there is no name 'traped'", "'trapped'?"),
        ("storeys > 3", "storeys > '3'", "at column 30: '>' was given a text", "a number"),
        ("storeys > 3", "storeys >", "at column 29: the rule ends too early", "a name"),
        ("&& storeys > 3", "? 1 : 2", "it gives a number", "what gives true or false"),
        ("    categories: [hole]\n", "", "no name 'trapped' where no form is asked", "hour, level"),
        ("hour >= 22", "uses.contains('shop')", "no name 'uses' where no form is asked", "hour, level"),
    ],
)
def test_a_wrong_rule_is_told_at_its_line(
    tmp_path: Path, old: str, new: str, what: str, allowed: str
) -> None:
    files = ruled(old, new)
    (problem,) = problems_of_rules(tmp_path, files)
    assert problem.where.endswith(".when")
    assert what in problem.what and allowed in problem.allowed
    assert "when:" in files["rules/opening.yaml"].splitlines()[problem.line - 1]


def test_a_formula_gives_a_number_of_the_counts_that_it_names() -> None:
    def said(text: str) -> list[str]:
        found = check_formula(text, ["asked", "resolved"], ("indicators", 0, "formula"))
        return [f"{one.what}. Allowed: {one.allowed}" for one in found]

    assert said("resolved / asked") == []
    assert said("resolved > asked") == ["it gives true or false. Allowed: what gives a number"]
    assert said("solved / asked") == [
        "at column 1: there is no name 'solved'. Allowed: did you mean 'resolved'? one of asked, resolved"
    ]
