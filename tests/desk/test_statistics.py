"""Statistics: the numbers, that each opens its cases, and the file."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezhi.cases.actions import act
from gezhi.cases.procedure import Given
from gezhi.insight.actions.tallying import tally_new
from tests import cast
from tests.cast import Cast
from tests.desk.conftest import SignedIn


@pytest.fixture
def closed(city: Cast) -> None:
    receipt = cast.reported()
    cast.reported("垃圾没人收", grid=f"{cast.LIUJIN}001", source="hotline")
    cast.reported("江北的事", grid=f"{cast.BAISHA}001")
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    act(city.actor("both"), receipt.case_id, "receive", Given())
    act(city.actor("both"), receipt.case_id, "finish", Given(text="换了", evidence=(cast.photo(),)))
    act(city.actor("verifier"), receipt.case_id, "verify", Given())
    tally_new()


def page_of(client: Client, query: str = "") -> str:
    return client.get(f"/desk/statistics/{query}").content.decode()


def links_of(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'href="([^"]*statistics/cases[^"]*)"[^>]*>(?:<span>[^<]*</span><b>)?([\d,]+)<', page)
    return [(unescape(address), number) for address, number in found]


def test_every_number_opens_as_many_cases(signed_in: SignedIn, closed: None) -> None:
    client = signed_in("leader")
    for by in ("category", "place", "unit", "day"):
        links = links_of(page_of(client, f"?by={by}"))
        assert any(number not in ("0", "–") for _address, number in links)
        for address, number in dict.fromkeys(links):
            opened = client.get(address).content.decode()
            assert f'<span class="soft figures">{number.replace(",", "")}</span>' in opened, (
                by,
                address,
                number,
            )


def test_the_page_tells_what_came_in_and_how_long_it_took(signed_in: SignedIn, closed: None) -> None:
    page = page_of(signed_in("leader"))
    for words in ("每天新收与结案", "新收最多的类别", "新案件的来源", "结案用时", "居民网页", "热线"):
        assert words in page
    assert "style=" not in page


def test_sources_open_the_list_of_cases(signed_in: SignedIn, closed: None) -> None:
    client = signed_in("leader")
    found = re.search(r'href="(/desk/cases/\?[^"]*source=hotline[^"]*)"', page_of(client))
    assert found
    listed = client.get(unescape(found.group(1))).content.decode()
    assert "垃圾没人收" in listed and "路灯不亮了" not in listed


def test_a_place_and_the_period_before_narrow_what_is_counted(signed_in: SignedIn, closed: None) -> None:
    client = signed_in("leader")
    assert "<span>新收</span><b>3</b>" in page_of(client)
    assert "<span>新收</span><b>1</b>" in page_of(client, f"?place={cast.JIANGBEI}")
    before = timezone.localdate().replace(day=1) - timedelta(days=1)
    assert "<span>新收</span><b>0</b>" in page_of(client, f"?period={before:%Y-%m}")
    year, week, _day = timezone.localdate().isocalendar()
    assert f"{year}-W{week:02}" in page_of(client, f"?period={year}-W{week:02}")


def test_whoever_answers_for_a_unit_sees_that_units_numbers(signed_in: SignedIn, closed: None) -> None:
    client = signed_in("handler")
    page = page_of(client, "?by=unit")
    assert "<span>结案</span><b>1</b>" in page and "承办最多的单位" not in page
    assert client.get("/desk/statistics/?unit=江北区综合行政执法局").status_code == 404


def test_a_dispatcher_counts_what_the_list_shows_and_opens_it(signed_in: SignedIn, closed: None) -> None:
    client = signed_in("dispatcher")
    page = page_of(client)
    assert "<span>新收</span><b>2</b>" in page
    address = next(address for address, number in links_of(page) if number == "2")
    opened = client.get(address).content.decode()
    assert '<span class="soft figures">2</span>' in opened and "江北的事" not in opened


def test_the_table_is_a_file(signed_in: SignedIn, closed: None) -> None:
    answer = signed_in("leader").get("/desk/statistics/export/?by=unit&as=csv")
    text = answer.content.decode("utf-8-sig")
    assert text.startswith("单位,新收,结案") and "海曙区综合行政执法局" in text
    assert signed_in("operator").get("/desk/statistics/export/").status_code == 403


def test_strange_addresses_show_this_month(signed_in: SignedIn, closed: None) -> None:
    month = f"{timezone.localdate():%Y-%m}"
    for query in ("?period=nonsense", "?by=nonsense&page=x", "?period=2026-99", "?place=哪里&category=什么"):
        assert month in page_of(signed_in("leader"), query)


def test_the_page_costs_the_same_however_much_was_counted(
    signed_in: SignedIn, closed: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in("leader")
    client.get("/desk/statistics/")
    with django_assert_max_num_queries(15):
        client.get("/desk/statistics/")
