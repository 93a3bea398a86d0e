"""Posts give roles towards places and units, for a time; routes ask for permissions."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from gezhi.cases.actions import act
from gezhi.cases.intake.door import accept
from gezhi.cases.models import Case
from gezhi.cases.procedure import Given
from gezhi.cases.world import world
from gezhi.lib.codes import COUNTY
from gezhi.people.access import (
    DESK,
    EXPORT,
    PERMISSIONS,
    TEACH,
    Actor,
    ActorRequest,
    HeldPost,
    actor_of,
    public,
    requires,
)
from gezhi.people.actions import (
    appoint,
    hash_key,
    issue_token,
    publish_admission_list,
    publish_duty_list,
    set_password,
)
from gezhi.people.models import Account, Admission, ApiToken, Responsibility, Role, Unit
from gezhi.people.queries import token_with
from tests.cast import BAISHA, CITY, HAISHU, LAMP, PASSWORD, SINCE, WANAN, Cast, report, reported

TODAY = date(2026, 7, 1)


def actor(*posts: tuple[str, int, str]) -> Actor:
    held = [HeldPost(n, role, unit, "单位", place) for n, (role, unit, place) in enumerate(posts)]
    return Actor(1, "名字", tuple(held))


def test_a_post_reaches_what_lies_in_its_place() -> None:
    haishu = actor(("dispatcher", 1, HAISHU))
    assert haishu.roles_at(f"{WANAN}001", None) == {"dispatcher"}
    assert haishu.roles_at(HAISHU, None) == {"dispatcher"}
    assert haishu.roles_at(CITY, None) == frozenset()
    assert haishu.roles_at(BAISHA, 1) == frozenset()


def test_a_handler_reaches_what_the_own_unit_holds_wherever_it_lies() -> None:
    handler = actor(("handler", 7, HAISHU))
    assert handler.roles_at(BAISHA, 7) == {"handler"}
    assert handler.roles_at(WANAN, 8) == frozenset()
    assert handler.roles_at(WANAN, None) == frozenset()


def test_who_has_no_post_may_nothing() -> None:
    assert not any(actor().may(permission) for held in PERMISSIONS.values() for permission in held)


def test_every_role_may_something() -> None:
    assert set(PERMISSIONS) == set(Role.values)
    assert all(PERMISSIONS.values())


def test_permissions_of_several_posts_add_up() -> None:
    both = actor(("grid-worker", 1, WANAN), ("dispatcher", 1, HAISHU))
    assert both.may(TEACH)
    assert both.may(EXPORT)


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (TODAY - timedelta(days=1), False),
        (TODAY, True),
        (date(2026, 7, 30), True),
        (date(2026, 7, 31), False),
    ],
)
def test_a_post_is_valid_from_its_first_day_to_before_its_last(city: Cast, day: date, holds: bool) -> None:
    account, unit = city.account("nobody"), Unit.objects.get(code="centre")
    appoint(account, unit, "dispatcher", HAISHU, TODAY, date(2026, 7, 31))
    assert bool(actor_of(account, day).posts) is holds


@requires(TEACH)
def lesson(request: ActorRequest) -> HttpResponse:
    return HttpResponse(request.actor.name)


@public
def square(request: HttpRequest) -> HttpResponse:
    return HttpResponse("everyone")


def visit(account: Account | None) -> HttpResponse:
    request = RequestFactory().get("/desk/classifier/?page=2")
    request.user = account or AnonymousUser()
    answer = lesson(request)
    assert isinstance(answer, HttpResponse)
    return answer


def test_a_stranger_is_asked_to_sign_in_and_comes_back(city: Cast) -> None:
    answer = visit(None)
    assert answer.status_code == 302
    assert answer["Location"].endswith("/sign-in/?next=/desk/classifier/%3Fpage%3D2")


@pytest.mark.parametrize("username", ["handler", "nobody", "leader"])
def test_a_person_without_the_permission_reads_why_not(city: Cast, username: str) -> None:
    assert visit(city.account(username)).status_code == 403


def test_a_person_with_the_permission_goes_through(city: Cast) -> None:
    assert visit(city.account("dispatcher")).content.decode() == "派遣员小李"


def test_routes_carry_their_permission() -> None:
    assert (lesson.permission, square.permission) == (TEACH, "public")  # type: ignore[attr-defined]
    assert DESK in PERMISSIONS["leader"]


def test_a_key_is_known_by_its_hash_alone(city: Cast) -> None:
    key = issue_token(city.account("nobody"), "合作系统", ["report"], timezone.now(), days=1)
    token = ApiToken.objects.get()
    assert key not in (token.key_hash, token.name)
    assert token_with(hash_key(key)) == token
    assert token_with(hash_key(key + "x")) is None


def test_a_password_is_kept_as_argon2(city: Cast) -> None:
    account = city.account("nobody")
    set_password(account, PASSWORD)
    account.refresh_from_db()
    assert account.password.startswith("argon2")
    assert account.check_password(PASSWORD)


def at_counties(function: str) -> Responsibility:
    return Responsibility(category=LAMP, level=COUNTY, function=function, valid_from=SINCE, source="权责清单")


def test_a_duty_list_changes_who_is_suggested_from_the_next_report_on(city: Cast) -> None:
    assert Case.objects.get(id=reported().case_id).suggested_unit_id == city.units["haishu-works"]
    publish_duty_list([at_counties("power")], "权责清单")
    again = accept([report(grid=f"{WANAN}002")])[0]
    assert Case.objects.get(id=again.case_id).suggested_unit_id == city.units["city-works"]
    publish_duty_list([at_counties("municipal")], "修订")
    assert world().directory.duty == {(LAMP, COUNTY): "municipal"}


def test_a_matter_that_grids_do_not_take_stands_at_the_village(city: Cast) -> None:
    refuse = [
        Admission(category=LAMP, place_code=HAISHU, admitted=False, valid_from=SINCE, source="准入清单")
    ]
    publish_admission_list(refuse, "准入清单")
    receipt = reported()
    assert receipt.place_code == WANAN
    act(city.actor("dispatcher"), receipt.case_id, "accept", Given())
    assert not city.actor("grid-worker").roles_at(receipt.place_code, None)
