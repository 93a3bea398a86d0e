"""What a pack may say about patrols and visits, and how a mistake is told."""

from pathlib import Path

import pytest

from gezhi.packs.loading import load
from tests.packs import small

PLANS = """\
elements:
  - key: heating
    title: {zh: 取暖方式, en: Heating}
    about: house
    purpose: {zh: 防煤气中毒, en: Against gas poisoning}
    readers: [municipal]
plans:
  - key: house-visit
    title: {zh: 房屋走访, en: House visit}
    kind: visit
    about: house
    times: 2
    only: {element: heating, in: [coal]}
    form: house-visit
    finds: [lamp]
    source: tests
"""
FORM = """\
key: house-visit
title: {zh: 走访, en: Visit}
schema: {type: object, properties: {heating: {type: string, enum: [coal, gas]}}}
layout:
  - title: {zh: 房屋, en: House}
    fields:
      - key: heating
        title: {zh: 取暖方式, en: Heating}
        choices: {coal: {zh: 煤, en: Coal}, gas: {zh: 燃气, en: Gas}}
        element: heating
"""


def files(old: str = "", new: str = "") -> dict[str, str]:
    assert old in PLANS
    return {**small.FILES, "plans.yaml": PLANS.replace(old, new, 1), "forms/house-visit.yaml": FORM}


def test_a_plan_with_its_form_and_elements_is_sound(tmp_path: Path) -> None:
    loaded = load(small.write(tmp_path, files()))
    assert not loaded.problems
    assert loaded.pack is not None
    plan = loaded.pack.plans[0]
    assert (plan.times, plan.period, plan.workdays) == (2, "month", False)


@pytest.mark.parametrize(
    ("old", "new", "where", "what", "allowed"),
    [
        ("form: house-visit", "form: hous", "plans[0].form", "no form 'hous'", "house-visit"),
        ("finds: [lamp]", "finds: [lam]", "plans[0].finds[0]", "no category 'lam'", "lamp"),
        ("readers: [municipal]", "readers: [muni]", "elements[0].readers[0]", "no function", "municipal"),
        ("{element: heating", "{element: heat", "plans[0].only.element", "no element 'heat'", "heating"),
        ("kind: visit", "kind: patrol", "plans[0].about", "a patrol about a house", "grid"),
        ("about: house\n    times", "about: shop\n    times", "plans[0].form", "about a house, but", "nothing"),
        ("about: house\n    times", "about: grid\n    times", "plans[0].about", "a visit about a grid", "site"),
        ("times: 2", "times: 99", "plans[0].times", "less than or equal to 31", ""),
        ("    purpose: {zh: 防煤气中毒, en: Against gas poisoning}\n", "", "elements[0]", "'purpose' is missing", ""),
        ("    source: tests\n", "    source: tests\n    often: 3\n", "plans[0].often", "unknown key", "source"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, where: str, what: str, allowed: str
) -> None:
    problems = load(small.write(tmp_path, files(old, new))).problems
    told = [one for one in problems if one.where.startswith(where) and what in one.what]
    assert told, problems
    assert allowed in told[0].allowed
    assert told[0].file == "plans.yaml"
    assert told[0].line


def test_a_key_that_is_used_twice_is_told(tmp_path: Path) -> None:
    twice = {**files(), "plans.yaml": PLANS + PLANS[PLANS.index("  - key: house-visit") :]}
    problems = load(small.write(tmp_path, twice)).problems
    assert [(one.where, one.what) for one in problems] == [("plans[1].key", "'house-visit' is used twice")]
