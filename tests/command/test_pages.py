"""The pages, fragments and answers of the command centre, as a browser and its scripts get them."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezhi.cases.models import Case, CaseEvent
from gezhi.insight.queries.board import memo
from tests import cast
from tests.desk.conftest import SignedIn

BOX = "121,29,122,30.5"
ADDRESSES = (
    "",
    "phone/",
    "board/",
    "places/",
    f"places/?level=grid&box={BOX}",
    f"points/?box={BOX}",
    "heat/",
    "replay/",
)
SCRIPT = {"X-Requested-With": "fetch"}
MOST_STATEMENTS = dict(zip(ADDRESSES, (32, 28, 29, 7, 7, 5, 5, 8), strict=True))


@pytest.fixture
def leader(signed_in: SignedIn, cases: list[Case]) -> Client:
    return signed_in("leader")


@pytest.fixture
def dispatcher(signed_in: SignedIn, cases: list[Case]) -> Client:
    return signed_in("dispatcher")


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_for_others_or_stays_in_caches(signed_in: SignedIn, leader: Client, address: str) -> None:
    answer = leader.get(f"/command/{address}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert signed_in("handler").get(f"/command/{address}").status_code == 403
    assert Client().get(f"/command/{address}").status_code == 302


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_costs_few_statements(
    leader: Client, address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    leader.get("/command/phone/?place=330205001001")
    memo.clear()
    with django_assert_max_num_queries(MOST_STATEMENTS[address]):
        leader.get(f"/command/{address}")


@pytest.mark.parametrize("address", ADDRESSES[2:])
def test_a_hundred_screens_cost_as_one(
    leader: Client, address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    leader.get(f"/command/{address}")
    with django_assert_max_num_queries(3):  # the session, the account, its posts
        leader.get(f"/command/{address}")


@pytest.mark.parametrize("address", ["board/", "places/", f"points/?box={BOX}", "replay/"])
@pytest.mark.parametrize(
    "asked", [f"place={cast.JIANGBEI}", f"place={cast.CITY}", "due=never", "source=x", "since=now"]
)
def test_bad_filters_are_named_to_scripts(dispatcher: Client, address: str, asked: str) -> None:
    joint = "&" if "?" in address else "?"
    name = asked.partition("=")[0]
    answer = dispatcher.get(f"/command/{address}{joint}{asked}")
    if address == "replay/" and name == "since":
        return  # a replay has its own day
    assert answer.status_code == 422
    assert answer.json()["field"] == name


@pytest.mark.parametrize(
    "box", ["", "1,2,3", "a,b,c,d", "122,29,121,30", "nan,0,1,1", "-999,0,1,1", "inf,0,1,1"]
)
def test_a_box_that_is_none_is_named(leader: Client, box: str) -> None:
    assert leader.get(f"/command/points/?box={box}").json()["field"] == "box"


def test_neither_county_sees_the_other(signed_in: SignedIn, cases: list[Case]) -> None:
    """Everything that a county's dispatcher may ask for, searched for every case number of the other county."""
    for who, theirs in (("dispatcher", "330205"), ("jiangbei-dispatcher", "330203")):
        foreign = [case.number for case in cases if case.place_code.startswith(theirs)]
        for address in ADDRESSES:
            text = signed_in(who).get(f"/command/{address}").content.decode()
            assert not [number for number in foreign if number in text], address
        for number in foreign[:3]:
            assert signed_in(who).get(f"/command/cases/{number}/").status_code == 404


def test_places_come_as_rows(leader: Client, cases: list[Case]) -> None:
    found = leader.get("/command/places/").json()
    assert found["level"] == "county"
    code, name, lon, lat, is_open, soon, overdue, carded, on_time = found["rows"][0]
    assert (code, name) == (cast.HAISHU, "海曙区")
    assert 121.5 < lon < 121.6 and 29.8 < lat < 29.81
    assert is_open == sum(case.is_open for case in cases if case.place_code.startswith("330203"))
    assert soon >= 0 and overdue > 0 and carded >= 0 and on_time is None


def test_the_board_names_its_parts(leader: Client) -> None:
    text = leader.get("/command/board/").content.decode()
    for part in "counters stages places units day month sources categories red cards latest base".split():
        assert f'id="panel-{part}" data-part' in text
    assert "csrf" not in text, "it is drawn once for many"


def test_ranks_are_of_places_and_units(leader: Client) -> None:
    for rank in ("overdue", "on_time", "closed"):
        assert leader.get(f"/command/board/?rank={rank}").status_code == 200
    assert leader.get("/command/board/?rank=person").json()["field"] == "rank"


def test_the_base_of_a_place(leader: Client) -> None:
    facts = {one.title: one.words for one in leader.get("/command/").context["board"].base}
    assert (facts["网格"], facts["住户"], facts["网格员"]) == ("6", "1,800", "1")


def test_one_click_urges_the_ten_most_overdue(leader: Client, cases: list[Case]) -> None:
    late = sorted(
        (one for one in cases if one.is_open and one.due_at and one.due_at < timezone.now()),
        key=lambda one: (one.due_at, one.pk),
    )
    button = leader.get("/command/").context["board"].urge
    answer = leader.post("/command/urge/", {"most": button}, headers={"Accept": "application/json"}).json()
    assert answer["urged"] and set(answer["urged"]) == {one.number for one in late[:10]}
    again = leader.post("/command/urge/", {"most": button}, headers={"Accept": "application/json"}).json()
    assert (len(again["urged"]), len(again["already"])) == (0, 10)
    assert "不重复" in again["words"]
    assert CaseEvent.objects.filter(kind="urge", account_id__isnull=False).count() == 10


def test_urging_without_scripts_says_what_became_of_it(leader: Client, cases: list[Case]) -> None:
    chosen = [one.pk for one in cases if one.is_open][:2]
    answer = leader.post("/command/urge/", {"case": chosen, "next": "/command/phone/"}, follow=True)
    assert answer.redirect_chain == [("/command/phone/", 302)]
    assert "已催办 2 件" in answer.content.decode()
    elsewhere = leader.post("/command/urge/", {"case": chosen, "next": "https://example.org/"})
    assert elsewhere.headers["Location"] == "/command/"


def test_urging_stays_within_the_own_places(signed_in: SignedIn, cases: list[Case]) -> None:
    theirs = next(one for one in cases if one.is_open and one.place_code.startswith("330205"))
    client = signed_in("dispatcher")
    found = client.post("/command/urge/", {"case": theirs.pk}, headers={"Accept": "application/json"}).json()
    assert found["urged"] == []
    bad = client.post("/command/urge/", {"most": f"n=10&place={cast.JIANGBEI}"})
    assert (bad.status_code, bad.json()["field"]) == (422, "place")
    for most in ("n=1000", "n=0", "n=x"):
        assert client.post("/command/urge/", {"most": most}).json()["field"] == "n"


def test_a_case_of_the_map_offers_what_commands(dispatcher: Client, cases: list[Case]) -> None:
    case = next(one for one in cases if one.state == "registered" and one.place_code.startswith("330203"))
    answer = dispatcher.get(f"/command/cases/{case.number}/", headers=SCRIPT)
    kinds = {form.kind for shelf in answer.context["shelves"] for form in shelf.forms}
    assert kinds == {"dispatch", "urge"}
    assert "<html" not in answer.content.decode()
    assert f'action="/command/cases/{case.number}/"' in answer.content.decode()
    assert "<html" in dispatcher.get(f"/command/cases/{case.number}/").content.decode()


def test_a_stale_step_shows_the_newer_state(city: cast.Cast, dispatcher: Client, cases: list[Case]) -> None:
    case = next(one for one in cases if one.state == "registered" and one.place_code.startswith("330203"))
    unit = city.units["haishu-works"]
    sent = {"step": "dispatch", "version": case.version, "unit": unit}
    assert dispatcher.post(f"/command/cases/{case.number}/", sent, headers=SCRIPT).status_code == 200
    stale = dispatcher.post(f"/command/cases/{case.number}/", sent | {"step": "urge"}, headers=SCRIPT)
    assert stale.status_code == 409
    case.refresh_from_db()
    assert stale.context["version"] == case.version
    refused = {"step": "dispatch", "version": case.version, "unit": 10**12}
    assert dispatcher.post(f"/command/cases/{case.number}/", refused, headers=SCRIPT).status_code == 422


def test_an_order_from_the_map(leader: Client, cases: list[Case]) -> None:
    case = next(one for one in cases if one.state == "dispatched")
    case.refresh_from_db()
    sent = {"step": "order", "version": case.version, "reason": "限期解决"}
    assert leader.post(f"/command/cases/{case.number}/", sent).status_code == 302
    case.refresh_from_db()
    assert case.ordered


def test_the_phone_says_what_why_and_who(leader: Client, cases: list[Case]) -> None:
    red = leader.get("/command/phone/").context["red"]
    late = [one for one in cases if one.is_open and one.due_at and one.due_at < timezone.now()]
    assert red.overdue == len(late)
    assert [row.numbers.overdue for row in red.places] == sorted(
        (row.numbers.overdue for row in red.places), reverse=True
    )
    assert sum(int(one.words) for one in red.stages) == len(late)
    assert sum(int(one.words) for one in red.categories) == len(late)
    assert red.duties[0].name == "海曙区综合行政执法局"
    assert ("处置员", "处置员老张") in red.duties[0].people


def test_what_no_unit_leads_is_for_whoever_dispatches_there(leader: Client, cases: list[Case]) -> None:
    Case.objects.update(unit_id=None)
    red = leader.get("/command/phone/?place=330203000000").context["red"]
    assert [(duty.name, duty.people, duty.urge) for duty in red.duties] == [
        ("宁波市海曙区", [("派遣员", "派遣员小李"), ("派遣员", "派遣员小钱")], "")
    ]


def test_three_taps_from_the_city_to_why_a_town_is_red(leader: Client) -> None:
    page = leader.get("/command/phone/")
    for _tap in range(2):
        page = leader.get(f"/command/phone/?{page.context['red'].places[0].query}")
    assert page.context["place"].name == "南门街道"
    assert page.context["red"].longest


def test_a_calm_place_says_so(signed_in: SignedIn) -> None:
    text = signed_in("leader").get("/command/phone/").content.decode()
    assert "没有超期" in text
