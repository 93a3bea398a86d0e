"""Incidents are seen by posts for security alone, by whatever way somebody looks for them."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from gezhi.cases.actions import act
from gezhi.cases.models import Case, Reporter
from gezhi.cases.procedure import Given, Refused
from gezhi.cases.queries import queues, visible
from gezhi.cases.queries.scope import reach_of
from gezhi.insight.queries.board.look import scope_key
from gezhi.lib.reach import EVERYTHING, within
from gezhi.live.scope import Change, Scope
from gezhi.live.seal import opened, sealed
from gezhi.live.tickets import scope_of
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.access import Actor, Opened
from gezhi.people.actions import record_signal
from gezhi.security.actions import take_up_warnings, watch
from tests.cast import CITY, Cast
from tests.security.conftest import SignedIn

OTHERS = ("operator", "dispatcher", "handler", "verifier", "supervisor", "leader", "grid-worker", "both")


@pytest.fixture
def incident(city: Cast) -> Case:
    publish(read_pack(settings.PACKS_DIR / "security"))
    record_signal("disk-full", None, "", {"percent": 97})
    now = timezone.now()
    watch(now)
    return Case.objects.get(pk=take_up_warnings(now)[0])


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_sees_it_in_any_list(incident: Case, city: Cast, who: str) -> None:
    actor = city.actor(who)
    assert not Case.objects.filter(visible(actor), pk=incident.pk).exists()
    assert all(queue.count == 0 for queue in queues(actor, timezone.now() + timedelta(days=9)))


def test_an_administrator_sees_it(incident: Case, city: Cast) -> None:
    actor = city.actor("administrator")
    assert Case.objects.filter(visible(actor), pk=incident.pk).exists()
    assert any(queue.count for queue in queues(actor, timezone.now()))


@pytest.mark.parametrize(
    "path",
    [
        "/desk/cases/{number}/",
        "/desk/cases/{number}/print/",
        "/desk/cases/{number}/beside/",
        "/api/v1/cases/{number}",
        "/api/v1/cases/{number}/documents",
        "/command/cases/{number}/",
    ],
)
@pytest.mark.parametrize("who", ["leader", "supervisor"])
def test_nobody_else_opens_it_by_its_number(incident: Case, signed_in: SignedIn, who: str, path: str) -> None:
    assert signed_in(who).get(path.format(number=incident.number)).status_code in (403, 404)


@pytest.mark.parametrize(
    "path", ["/desk/cases/", "/desk/board/", "/command/", "/command/board/", "/desk/inbox/", "/desk/"]
)
def test_no_page_of_others_names_it(incident: Case, signed_in: SignedIn, path: str) -> None:
    page = signed_in("leader").get(path).content.decode()
    assert incident.number not in page
    assert "磁盘将满" not in page


def test_no_list_of_the_interface_names_it(incident: Case, signed_in: SignedIn) -> None:
    client: Client = signed_in("leader")
    assert incident.number not in client.get("/api/v1/cases").content.decode()
    assert incident.number in signed_in("administrator").get("/api/v1/cases").content.decode()


def test_nobody_else_takes_a_step_in_it(incident: Case, city: Cast) -> None:
    for who in ("leader", "supervisor", "dispatcher"):
        with pytest.raises(Refused):
            act(city.actor(who), incident.pk, "dismiss", Given(reason="看不懂"))


def test_an_emergency_does_not_open_it(incident: Case, city: Cast) -> None:
    leader = city.actor("leader")
    later = timezone.now() + timedelta(hours=1)
    for glass in (Opened(1, incident.pk, "", later), Opened(2, None, CITY, later)):
        looking = Actor(leader.account_id, leader.name, leader.posts, (glass,))
        assert not Case.objects.filter(visible(looking), pk=incident.pk).exists()


@pytest.mark.parametrize("who", OTHERS)
def test_the_second_wall_keeps_who_reported_it(incident: Case, city: Cast, who: str) -> None:
    report = incident.reports.get().pk
    with within(EVERYTHING):
        Reporter.objects.create(report_id=report, name="吴先生")
    with within(reach_of(city.actor("administrator"))):
        assert Reporter.objects.filter(pk=report).exists()
    with within(reach_of(city.actor(who))):
        assert not Reporter.objects.filter(pk=report).exists()


def test_no_stream_tells_others_of_it(incident: Case, city: Cast) -> None:
    change = Change(incident.pk, {"category": incident.category}, incident.place_code, frozenset())
    leader, admin = scope_of(city.actor("leader")), scope_of(city.actor("administrator"))
    assert not leader.sees(change)
    assert not leader.loses(change)
    assert admin.sees(change)
    assert opened(sealed(1, leader)) == leader
    assert Scope(leader.places, leader.units).sees(change)


def test_what_is_kept_for_some_is_not_shown_to_others(incident: Case, city: Cast) -> None:
    admin = city.actor("administrator")
    without = Actor(admin.account_id, admin.name, tuple(p for p in city.actor("leader").posts))
    assert scope_key(admin) != scope_key(without)


def test_no_figure_counts_it(incident: Case, signed_in: SignedIn) -> None:
    from gezhi.insight.actions.tallying import tally_new

    tally_new()
    page = signed_in("leader").get("/desk/statistics/").content.decode()
    assert "系统运行和备份异常" not in page.rpartition("</datalist>")[2]  # the name itself is no secret
