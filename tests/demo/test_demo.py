"""A tiny demonstration city, set up from tables, with two workdays behind it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click import ClickException
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from gezhi.cases.case_row import CaseRow
from gezhi.cases.intake.door import accept
from gezhi.cases.intake.shapes import NewReport
from gezhi.cases.models import Assignment, Case, CaseEvent, Evidence, Report
from gezhi.cases.photos import is_stored, photo_path
from gezhi.cases.world import world
from gezhi.demo import city, texts
from gezhi.demo.photos import album
from gezhi.demo.queries import rows_of
from gezhi.demo.setting_up import PASSWORD, Plan, set_up, show_accounts, spots, stage
from gezhi.demo.simulator import LEFT_ALONE, Simulator
from gezhi.insight.models import Tally
from gezhi.ledger.models import Entry
from gezhi.ledger.queries import verify
from gezhi.lib.codes import COUNTY, GRID, VILLAGE, level_of
from gezhi.people.access import actor_of
from gezhi.people.models import Account, BreakGlass, Lookup, Post, Role, Unit
from gezhi.places.models import Place
from gezhi.rights.models import Erasure, Request, Right
from gezhi.security.models import RaisedWarning
from tests.demo.tiny import tiny_city
from tests.owner import owning

WEDNESDAY_EVENING = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
PLAN = Plan(days=2, a_day=90, until=WEDNESDAY_EVENING)


@pytest.fixture(scope="module")
def made(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The city, set up once for this file and rolled back after it."""
    with tiny_city(PLAN, tmp_path_factory.mktemp("demo"), django_db_blocker):
        yield


@pytest.fixture
def demo(made: None) -> Iterator[None]:
    """What a test changes is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def counts() -> dict[str, int]:
    models = (Case, CaseEvent, Report, Evidence, Assignment, Entry, Account, Unit, Post, Place)
    return {model.__name__: model.objects.count() for model in models}


def test_history_went_through_the_door_and_every_case_has_its_whole_story(demo: None) -> None:
    assert Report.objects.count() > 100
    told = Report.objects.exclude(
        source__in=("security", "rights")
    )  # of the node itself, and of one's own data
    erased = Q(text="")  # at a person's own request
    assert not told.exclude(erased).exclude(attributes__contains={"simulated": "1"}).exists()
    assert Entry.objects.filter(kind__in=("case.report", "case.join")).count() == Report.objects.count()
    stories = CaseEvent.objects.values("case").annotate(events=Count("id"), last=Max("seq"))
    versions = dict(Case.objects.values_list("id", "version"))
    assert all(story["events"] == story["last"] == versions[story["case"]] for story in stories)
    assert len(stories) == len(versions)
    assert not verify().broken


def test_nothing_of_the_past_lies_in_the_future(demo: None) -> None:
    newest = CaseEvent.objects.aggregate(at=Max("at"))["at"]
    assert newest <= timezone.now()


def test_every_case_has_a_unit_that_is_or_would_be_responsible(demo: None) -> None:
    own = Q(category__startswith="rights-")  # whoever objected to machines is suggested nothing
    assert not Case.objects.exclude(own).filter(suggested_unit_id=None, unit_id=None).exists()


def test_cases_were_handled_with_photos_of_their_own(demo: None) -> None:
    done = CaseEvent.objects.filter(kind="finish")
    assert done.exists()
    keys = list(Evidence.objects.values_list("key", flat=True))
    assert all(is_stored(str(key)) for key in keys)
    proven = set(Evidence.objects.filter(report_id=None).values_list("case_id", "event_seq"))
    assert set(done.values_list("case_id", "seq")) <= proven
    inodes = {photo_path(str(key)).stat().st_ino for key in keys}
    assert len(inodes) <= 24 < len(keys)


def test_every_pack_of_the_folder_is_published(demo: None) -> None:
    folders = {path.parent.name for path in Path(settings.PACKS_DIR).glob("[!_]*/pack.yaml")}
    assert set(world().catalogue.packs) == folders


def test_no_open_case_is_without_a_limit(demo: None) -> None:
    assert not Case.objects.filter(is_open=True, due_at=None).exists()


def test_every_unit_that_answers_for_something_has_somebody_who_handles(demo: None) -> None:
    handled = set(Post.objects.filter(role=Role.HANDLER).values_list("unit_id", flat=True))
    assert not Unit.objects.exclude(functions=[]).exclude(id__in=handled).exists()


def test_personal_rights_and_security_have_something_to_show(demo: None) -> None:
    asked = Request.objects.values_list("right", flat=True)
    assert set(asked) == set(Right)
    cases = Case.objects.filter(id__in=Request.objects.values("case_id"))
    assert set(cases.values_list("state", flat=True)) == {"received", "deciding", "done"}
    assert Erasure.objects.exists()
    assert Lookup.objects.values("account_id").distinct().count() == 3
    assert Lookup.objects.filter(at__gt=WEDNESDAY_EVENING).count() == 0
    assert RaisedWarning.objects.filter(case_id__isnull=False).exists()
    assert BreakGlass.objects.get().reviewed_at is None


def test_appraisal_has_figures_from_the_start(demo: None) -> None:
    assert Tally.objects.values("case_id").distinct().count() > 100


def test_the_steps_were_taken_by_people_in_the_right_post(demo: None) -> None:
    roles = {kind: set[str]() for kind in CaseEvent.objects.values_list("kind", flat=True)}
    for kind, role in CaseEvent.objects.values_list("kind", "role").distinct():
        roles[kind].add(role)
    assert roles["dispatch"] == {"dispatcher"}
    assert roles["finish"] <= {"handler", "grid-worker"}
    assert roles["verify"] <= {"verifier", "supervisor", "leader"}


def test_a_second_start_adds_nothing(demo: None) -> None:
    before = counts()
    set_up(PLAN)
    assert counts() == before


def test_a_play_that_was_interrupted_goes_on_with_the_day_that_is_missing(demo: None) -> None:
    before = counts()
    with owning():
        Entry.objects.filter(subject="demo:history").delete()
    set_up(PLAN)
    assert counts() == before


def test_a_city_that_is_no_demonstration_is_left_alone(demo: None) -> None:
    with owning():
        Entry.objects.filter(kind="demo.ready").delete()
    with pytest.raises(ClickException, match="no demonstration"):
        set_up(PLAN)


def test_every_county_holds_every_function_of_the_pack(demo: None) -> None:
    functions = set(world().catalogue.functions)
    counties = [code for code in Place.objects.values_list("code", flat=True) if level_of(code) == COUNTY]
    assert len(counties) == 2
    for county in counties:
        held = Unit.objects.filter(place_code=county).values_list("functions", flat=True)
        assert {function for functions_ in held for function in functions_} == functions


def test_every_post_of_the_procedure_is_held_and_every_grid_has_its_worker(demo: None) -> None:
    held = Counter(Post.objects.values_list("role", flat=True))
    assert set(held) >= set(Role.values) - {Role.AUDITOR, Role.DATA_STEWARD}
    grids = set(Place.objects.filter(level=GRID).values_list("code", flat=True))
    assert set(Post.objects.filter(role=Role.GRID_WORKER).values_list("place_code", flat=True)) == grids
    villages = set(Place.objects.filter(level=VILLAGE).values_list("code", flat=True))
    assert set(Unit.objects.filter(functions=["community"]).values_list("place_code", flat=True)) == villages


def test_guests_may_sign_in_and_nobody_else(demo: None, capsys: pytest.CaptureFixture[str]) -> None:
    for guest in city.GUESTS:
        account = Account.objects.get(username=guest.username)
        assert account.check_password(PASSWORD)
        assert [post.role for post in actor_of(account, timezone.localdate()).posts] == [guest.role]
    others = Account.objects.exclude(username__in=[guest.username for guest in city.GUESTS])
    assert not any(account.has_usable_password() for account in others)
    show_accounts()
    printed = capsys.readouterr().out
    assert PASSWORD in printed
    assert "gz_" in printed


def test_what_people_say_is_about_categories_that_can_be_reported(demo: None) -> None:
    assert set(texts.MATTERS) <= {category.key for category in world().catalogue.reportable}


def test_photos_are_drawn_once(demo: None) -> None:
    folder = Path(settings.DATA_DIR) / "demo"
    assert album(folder, 1) == album(folder, 2)


def test_the_simulator_brings_its_own_cases_to_an_end(demo: None) -> None:
    simulator = Simulator(stage(), spots(7), 7)
    now = timezone.now()
    newest = Case.objects.aggregate(id=Max("id"))["id"]
    for turn in range(40):
        simulator.turn(now + timedelta(seconds=20 * turn))
    opened = Case.objects.filter(id__gt=newest)
    assert opened.count() > 30
    assert opened.filter(state__in=("closed", "rated")).exists()


def test_the_simulator_leaves_a_visitors_case_alone_for_three_minutes(demo: None) -> None:
    simulator = Simulator(stage(), spots(7), 7)
    row = visitors_case()
    Case.objects.exclude(id=row.id).update(is_open=False)
    simulator.act(row.state_at + LEFT_ALONE * 0.99)
    assert rows_of([row.id])[0].version == row.version
    simulator.act(row.state_at + LEFT_ALONE * 1.01)
    assert rows_of([row.id])[0].version == row.version + 1


def test_the_simulator_works_on_the_past_only_when_a_limit_is_near(demo: None) -> None:
    simulator = Simulator(stage(), spots(7), 7)
    row = rows_of([alone("handling").latest("due_at").pk])[0]
    assert row.due_at is not None
    Case.objects.exclude(id=row.id).update(is_open=False)
    simulator.act(row.due_at - timedelta(hours=1))
    assert rows_of([row.id])[0].version == row.version
    for minutes in (5, 4, 3):  # the first thing that somebody thinks of may be refused
        simulator.act(row.due_at - timedelta(minutes=minutes))
    assert rows_of([row.id])[0].version > row.version


def alone(state: str) -> QuerySet[Case]:
    """Cases in the state that wait for no other unit and no child case."""
    called = Assignment.objects.exclude(kind="lead").values("case_id")
    return Case.objects.filter(state=state, open_children=0, ordered=False).exclude(id__in=called)


def visitors_case() -> CaseRow:
    grid = Place.objects.filter(level=GRID).latest("code")
    report = NewReport("portal", "visitor-1", "路灯不亮", timezone.now(), place_code=grid.code)
    return rows_of([accept([report])[0].case_id])[0]
