"""The list of cases and the queues, from a dispatcher's chair."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from gezhi.cases import world
from gezhi.cases.models import Case, SavedView
from gezhi.cases.world import known_world
from tests import cast
from tests.desk.conftest import SignedIn


def numbers(answer: object) -> list[str]:
    return [row.number for row in answer.context["rows"]]  # type: ignore[attr-defined]


@pytest.fixture
def dispatcher(signed_in: SignedIn) -> Client:
    return signed_in("dispatcher")


def test_the_list_costs_seven_statements_however_long_it_is(
    dispatcher: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(60):
        cast.reported(grid=f"{cast.WANAN}001", category=cast.LAMP)
    dispatcher.get("/desk/cases/")
    with django_assert_max_num_queries(7):  # one of them counts the inbox
        dispatcher.get("/desk/cases/?state=registered&category=matter-01037&sort=due")


def test_pages_follow_each_other_without_gap(dispatcher: Client) -> None:
    now = timezone.now()
    for at in range(55):
        cast.reported(f"第 {at} 盏路灯不亮", now=now - timedelta(days=20 * at))
    first = dispatcher.get("/desk/cases/")
    second = dispatcher.get(f"/desk/cases/?{first.context['next']}")
    assert len(numbers(first)) == 50
    assert len(set(numbers(first) + numbers(second))) == 55
    assert not second.context["next"]


def test_filters_are_typed_as_people_speak(dispatcher: Client) -> None:
    lamp = cast.reported(grid=f"{cast.WANAN}001", category=cast.LAMP)
    cast.reported("垃圾没人收", grid=f"{cast.LIUJIN}001", category=cast.RUBBISH)
    for query in (
        "place=万安社区",
        "category=路灯异常",
        "category=路灯异常 01037",
        f"text={lamp.case_number}",
        "text=路灯",
    ):
        assert numbers(dispatcher.get(f"/desk/cases/?{query}")) == [lamp.case_number], query


@pytest.mark.parametrize(
    "query", ["place=火星", "category=天气", "unit=没有这个单位", "since=yesterday", "due=never"]
)
def test_a_filter_that_means_nothing_is_named(dispatcher: Client, query: str) -> None:
    answer = dispatcher.get(f"/desk/cases/?{query}")
    assert answer.status_code == 200
    assert list(answer.context["faults"]) == [query.partition("=")[0]]


def test_a_broken_cursor_leads_to_the_first_page(dispatcher: Client) -> None:
    assert dispatcher.get("/desk/cases/?after=nonsense")["Location"] == "/desk/cases/?"


def test_nobody_sees_the_cases_of_another_county(signed_in: SignedIn) -> None:
    here = cast.reported()
    assert numbers(signed_in("dispatcher").get("/desk/cases/")) == [here.case_number]
    assert numbers(signed_in("jiangbei-dispatcher").get("/desk/cases/")) == []
    assert signed_in("jiangbei-dispatcher").get(f"/desk/cases/{here.case_number}/").status_code == 404


def test_queues_count_what_waits_for_this_post(dispatcher: Client) -> None:
    cast.reported()
    old = cast.reported("垃圾没人收", now=timezone.now() - timedelta(days=9), grid=f"{cast.LIUJIN}001")
    counts = {queue.key: queue.count for queue in dispatcher.get("/desk/").context["queues"]}
    assert counts == {
        "registered": 2,
        "filed": 0,
        "asked": 0,
        "overdue": 1,
        "soon": counts["soon"],
        "open": 2,
    }
    assert numbers(dispatcher.get("/desk/cases/?due=overdue&sort=due")) == [old.case_number]


def test_a_view_is_saved_used_and_forgotten(dispatcher: Client) -> None:
    dispatcher.post("/desk/cases/views/", {"name": "超期路灯", "query": "due=overdue"})
    view = SavedView.objects.get()
    assert "超期路灯" in dispatcher.get("/desk/").content.decode()
    dispatcher.post(f"/desk/cases/views/{view.pk}/forget/")
    assert not SavedView.objects.exists()


def test_many_cases_are_dispatched_at_once(dispatcher: Client) -> None:
    for grid in (f"{cast.WANAN}001", f"{cast.LIUJIN}001"):
        cast.reported(grid=grid, category=cast.LAMP)
    chosen = [f"{case.pk}:{case.version}" for case in Case.objects.all()]
    page = dispatcher.post(
        "/desk/cases/bulk/", {"case": chosen, "do": "dispatch"}, follow=True
    ).content.decode()
    assert "办好 2 件" in page
    assert set(Case.objects.values_list("state", flat=True)) == {"dispatched"}


def test_a_case_that_changed_meanwhile_is_left_and_told(dispatcher: Client) -> None:
    cast.reported(category=cast.LAMP)
    case = Case.objects.get()
    page = dispatcher.post(
        "/desk/cases/bulk/", {"case": [f"{case.pk}:{case.version - 1}"], "do": "accept"}, follow=True
    ).content.decode()
    assert "刚被别人办过" in page
    assert Case.objects.get().state == "registered"


def test_the_list_is_exported_with_its_filters(dispatcher: Client) -> None:
    lamp = cast.reported("=路灯不亮了", category=cast.LAMP)
    cast.reported("垃圾没人收", grid=f"{cast.LIUJIN}001", category=cast.RUBBISH)
    answer = dispatcher.post("/desk/cases/export/?category=matter-01037")
    rows = list(load_workbook(io.BytesIO(b"".join(answer))).active.values)
    assert rows[0][:3] == ("编号", "事由", "类别")
    assert [row[:3] for row in rows[1:-2]] == [(lamp.case_number, "'=路灯不亮了", "路灯异常")]


def test_an_operator_exports_nothing(signed_in: SignedIn) -> None:
    assert signed_in("operator").post("/desk/cases/export/").status_code == 403


def test_numbers_beyond_the_table_do_no_harm(dispatcher: Client) -> None:
    huge = ["9" * 30 + ":1", "x:y", "1", "9" * 18 + ":1"]
    assert dispatcher.post("/desk/cases/bulk/", {"case": huge, "do": "accept"}).status_code == 302


@pytest.fixture
def published(dispatcher: Client) -> Case:
    """A case of a category that another process published: this one still holds an older configuration."""
    receipt = cast.reported(category=cast.LAMP)
    held = known_world()
    parts = ("categories", "_retired", "_versions")
    without = {
        part: {key: one for key, one in getattr(held.catalogue, part).items() if key != cast.LAMP}
        for part in parts
    }
    older = replace(held.catalogue, **without)
    world._world = replace(held, catalogue=older, stamp=held.stamp - 1)
    return Case.objects.get(id=receipt.case_id)


def test_a_category_that_another_process_published_is_shown(dispatcher: Client, published: Case) -> None:
    assert "路灯异常" in dispatcher.get("/desk/cases/").content.decode()


def test_its_cases_are_accepted_in_bulk(dispatcher: Client, published: Case) -> None:
    dispatcher.post("/desk/cases/bulk/", {"case": f"{published.pk}:1", "do": "accept"})
    published.refresh_from_db()
    assert published.state == "filed"


def test_its_cases_are_exported(dispatcher: Client, published: Case) -> None:
    answer = dispatcher.post("/desk/cases/export/")
    book = load_workbook(io.BytesIO(b"".join(answer)))  # type: ignore[call-overload]
    assert book.active["A2"].value == published.number  # type: ignore[index]


def test_a_workbook_holds_no_formula_and_no_control_characters(dispatcher: Client) -> None:
    cast.reported("\x0b=1+1\x01路灯不亮")
    answer = dispatcher.post("/desk/cases/export/")
    book = load_workbook(io.BytesIO(b"".join(answer)))  # type: ignore[call-overload]
    assert book.active["B2"].value == "'=1+1路灯不亮"  # type: ignore[index]


def test_pages_lead_back_as_they_led_on(dispatcher: Client) -> None:
    now = timezone.now()
    for at in range(105):
        cast.reported(f"第 {at} 盏路灯不亮", now=now - timedelta(days=20 * at))
    for query in ("", "sort=due&status=open", "text=路灯"):
        pages = [dispatcher.get(f"/desk/cases/?{query}")]
        for _ in range(2):
            pages.append(dispatcher.get(f"/desk/cases/?{pages[-1].context['next']}"))
        assert not pages[0].context["prev"]
        assert not pages[2].context["next"]
        back = dispatcher.get(f"/desk/cases/?{pages[2].context['prev']}")
        assert numbers(back) == numbers(pages[1])
        first = dispatcher.get(f"/desk/cases/?{back.context['prev']}")
        assert numbers(first) == numbers(pages[0])
        assert not first.context["prev"]
        assert first.context["next"]


def test_an_empty_list_says_how_to_see_more(dispatcher: Client) -> None:
    assert "清除条件，看全部案件" in dispatcher.get("/desk/cases/?text=没有这样的词").content.decode()


def test_the_chosen_case_stands_beside_and_a_step_leads_back(dispatcher: Client, signed_in: SignedIn) -> None:
    receipt = cast.reported(category=cast.LAMP)
    page = dispatcher.get(f"/desk/cases/?sort=due&case={receipt.case_number}")
    assert page.context["chosen"] == receipt.case_number
    fragment = dispatcher.get(f"/desk/cases/{receipt.case_number}/beside/?back=sort%3Ddue").content.decode()
    assert "?back=sort%3Ddue" in fragment
    path = f"/desk/cases/{receipt.case_number}/?back=sort%3Ddue"
    answer = dispatcher.post(path, {"step": "accept", "version": 1})
    assert answer["Location"] == f"/desk/cases/?sort=due&case={receipt.case_number}"
    out_of_sight = signed_in("jiangbei-dispatcher")
    assert out_of_sight.get(f"/desk/cases/{receipt.case_number}/beside/").status_code == 404
    assert "chosen" not in out_of_sight.get(f"/desk/cases/?case={receipt.case_number}").context


def test_a_way_back_leads_nowhere_but_to_the_list(dispatcher: Client) -> None:
    receipt = cast.reported()
    path = f"/desk/cases/{receipt.case_number}/?back=//evil.example%0d%0a"
    answer = dispatcher.post(path, {"step": "accept", "version": 1})
    assert answer["Location"].startswith("/desk/cases/?")
