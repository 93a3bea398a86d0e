"""Rules decide when a case opens: the limits that it gets and the duty that answers for it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from gezhi.cases.actions import act
from gezhi.cases.intake.door import accept
from gezhi.cases.intake.shapes import NewReport
from gezhi.cases.models import Case, CaseEvent
from gezhi.cases.opening import USUAL, Opening, facts_of, opening
from gezhi.cases.procedure import Given
from gezhi.ledger.models import Entry
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.packs.models import PackVersion
from gezhi.packs.opening_rules import OpeningRule
from gezhi.rules import compile_rule
from tests.cast import WANAN, Cast, report
from tests.packs import small
from tests.packs.test_checking_rules import FORM
from tests.statements import statements

MORNING = datetime(2026, 7, 1, 1, tzinfo=UTC)  # nine o'clock on a Wednesday


def rule(key: str, when: str, limits: str = "", function: str = "") -> OpeningRule:
    return OpeningRule(key, compile_rule(when, {"storeys": "number"}), limits, function)


HIGH = rule("high", "storeys > 3", limits="urgent")
HIGHER = rule("higher", "storeys > 10", limits="slow", function="fire")
LOW = rule("low", "storeys <= 3", function="community")


@pytest.mark.parametrize(
    ("storeys", "expected"),
    [
        (1, Opening("", "community", ("low",))),
        (4, Opening("urgent", "", ("high",))),
        (11, Opening("urgent", "fire", ("high", "higher"))),
        (None, USUAL),
    ],
)
def test_the_first_true_rule_that_sets_a_thing_wins(storeys: int | None, expected: Opening) -> None:
    assert opening([HIGH, HIGHER, LOW], {"storeys": storeys}) == expected


def test_a_rule_that_sets_nothing_new_decides_nothing() -> None:
    assert opening([HIGH, rule("again", "storeys > 2", limits="slow")], {"storeys": 5}).rule_keys == ("high",)


@pytest.mark.parametrize(
    ("source", "level", "known"),
    [
        ("sensing", "orange", "orange"),
        ("sensing", "purple", None),
        ("portal", "red", None),
        ("api:7", "red", None),
    ],
)
def test_the_level_of_a_warning_is_known_of_readings_alone(
    source: str, level: str, known: str | None
) -> None:
    facts = facts_of("water", source, {"warning_level": level}, None, MORNING, WANAN)
    assert facts["warning"] == known


PACK = {
    "pack.yaml": """\
name: holes
version: 1.0.0
title: {zh: 坑洞, en: Holes}
about: {zh: 试, en: For tests}
source: tests
needs: {city-management: VERSION}
""",
    "CHANGELOG.md": "# Holes\n\n## 1.0.0\n- Begun.\n",
    "categories.yaml": """\
groups:
  - {key: holes, name: {zh: 坑洞, en: Holes}}
categories:
  - {key: hole, kind: local, code: "90001", name: {zh: 坑洞, en: Hole}, group: holes, procedure: quick,
     function: sanitation, limits: normal, form: hole}
  - {key: other-hole, kind: local, code: "90002", name: {zh: 他洞, en: Other hole}, group: holes,
     procedure: quick, function: sanitation, limits: normal}
""",
    "procedures/quick.yaml": """\
key: quick
title: {zh: 快, en: Quick}
base: standard
states:
  - {key: registered, title: {zh: 待立案, en: Begun}, stage: collect, worked_by: [dispatcher], limit: handling}
""",
    "forms/hole.yaml": FORM,
    "rules/opening.yaml": """\
rules:
  - key: trapped
    title: {zh: 有人被困, en: Somebody is trapped}
    when: trapped && storeys >= 2
    categories: [hole]
    limits: urgent
    function: water
""",
}


@pytest.fixture
def holes(city: Cast, tmp_path: Path, settings: Settings) -> Cast:
    (version,) = PackVersion.objects.filter(name="city-management", active=True).values_list(
        "version", flat=True
    )
    files = PACK | {"pack.yaml": PACK["pack.yaml"].replace("VERSION", version)}
    publish(read_pack(small.write(tmp_path, files), [settings.PACKS_DIR]))
    return city


def opened(**answers: str | float | bool) -> Case:
    (receipt,) = accept([report(category="hole", attributes=answers)], MORNING)
    return Case.objects.get(id=receipt.case_id)


def test_an_answer_makes_a_case_urgent_and_gives_it_to_another_duty(holes: Cast) -> None:
    case = opened(trapped="true", storeys="3")
    assert (case.limits, case.function) == ("urgent", "water")
    assert case.due_at == MORNING + timedelta(hours=2)
    assert case.suggested_unit_id == holes.units["city-works"]
    event = CaseEvent.objects.get(case=case)
    assert event.facts["rules"] == ["trapped"]
    assert b'"rules":["trapped"]' in bytes(Entry.objects.get(subject=f"case:{case.pk}").body)


@pytest.mark.parametrize("answers", [{}, {"trapped": True}, {"trapped": False, "storeys": 9}])
def test_without_the_answer_a_case_opens_as_its_category_says(
    holes: Cast, answers: dict[str, float | bool]
) -> None:
    case = opened(**answers)
    assert (case.limits, case.function) == ("", "")
    assert case.due_at == MORNING + timedelta(days=1)
    assert case.suggested_unit_id == holes.units["nanmen"]
    assert "rules" not in CaseEvent.objects.get(case=case).facts


def test_a_batch_opens_cases_with_rules_and_without_in_as_many_statements(holes: Cast) -> None:
    def batch(trapped: bool, day: datetime) -> list[NewReport]:
        answers = [{"trapped": trapped, "storeys": 3}, {"trapped": False}]
        grids = [f"{WANAN}001", f"{WANAN}002"]
        return [
            report(grid=grid, category="hole", attributes=said, occurred_at=day)
            for grid, said in zip(grids, answers, strict=True)
        ]

    accept(batch(False, MORNING), MORNING)  # reads the configuration
    later, latest = MORNING + timedelta(days=30), MORNING + timedelta(days=60)
    with statements() as usual:
        accept(batch(False, later), later)
    with statements() as ruled:
        receipts = accept(batch(True, latest), latest)
    assert len(ruled) == len(usual)
    limits = [Case.objects.get(id=receipt.case_id).limits for receipt in receipts]
    assert limits == ["urgent", ""]


def test_another_category_loses_what_the_rule_had_set(holes: Cast) -> None:
    case = opened(trapped=True, storeys=3)
    act(holes.actor("dispatcher"), case.pk, "accept", Given(category="other-hole"))
    case.refresh_from_db()
    assert (case.category, case.limits, case.function) == ("other-hole", "", "")
    assert case.suggested_unit_id == holes.units["nanmen"]
