"""Ten days in which the straight way is left far oftener than in everyday life."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db.models import Count, Max
from pytest_django.plugin import DjangoDbBlocker

from gezhi.cases.models import Callback, Case, CaseEvent, Report
from gezhi.cases.world import world
from gezhi.demo.setting_up import Plan
from gezhi.ledger.queries import verify
from gezhi.packs.shapes import Kind
from tests.demo.tiny import tiny_city

PLAN = Plan(days=10, a_day=70, until=datetime(2026, 11, 18, 10, 0, tzinfo=UTC), unusual=7)
HAPPENED = {
    Kind.RETURN,
    Kind.TRANSFER,
    Kind.EXTEND,
    Kind.ASK,
    Kind.APPROVE,
    Kind.SUSPEND,
    Kind.RESUME,
    Kind.ESCALATE,
    Kind.WHISTLE,
    Kind.REPORT_IN,
    Kind.ABSENT,
    Kind.JOINT,
    Kind.SHARE,
    Kind.CHILD,
    Kind.SUPERVISE,
    Kind.ANSWER_ORDER,
    Kind.URGE,
    Kind.REPLY,
    Kind.ADD,
    Kind.WITHDRAW,
    Kind.HANDLE,
    Kind.RATE,
}


@pytest.fixture(scope="module", autouse=True)
def week(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    with tiny_city(PLAN, tmp_path_factory.mktemp("week"), django_db_blocker):
        yield


def test_every_kind_of_deviation_happened() -> None:
    kinds = set(CaseEvent.objects.values_list("kind", flat=True).distinct())
    assert {kind.value for kind in HAPPENED} <= kinds


def test_what_is_open_has_a_limit_and_every_case_has_its_whole_story() -> None:
    assert not Case.objects.filter(is_open=True, due_at=None).exists()
    stories = CaseEvent.objects.values("case").annotate(events=Count("id"), last=Max("seq"))
    versions = dict(Case.objects.values_list("id", "version"))
    assert all(story["events"] == story["last"] == versions[story["case"]] for story in stories)
    assert len(stories) == len(versions)
    assert not verify().broken


def test_matters_of_every_scenario_were_reported_with_their_forms() -> None:
    catalogue = world().catalogue
    reported = Counter(
        catalogue.pack_of(category).manifest.name
        for category in Case.objects.values_list("category", flat=True)
    )
    assert len(reported) > len(catalogue.packs) / 2
    asked = [report for report in Report.objects.exclude(category="") if catalogue.form_of(report.category)]
    assert asked
    assert all(len(report.attributes) > 1 for report in asked)


def test_scenarios_went_their_own_ways_to_the_end() -> None:
    ended = Case.objects.filter(is_open=False).exclude(procedure="standard").exclude(closed_at=None)
    assert ended.values("procedure").distinct().count() >= 3


def test_operators_called_back() -> None:
    assert Callback.objects.filter(outcome="resolved").exists()
