"""The appraisal's pages: every figure opens its cases; units see their own; appeals and bulletins go round."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezhi.insight.actions.tallying import tally_all
from gezhi.insight.models import Appeal, Bulletin
from gezhi.insight.periods import Period
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.models import Post
from tests import cast
from tests.desk.conftest import SignedIn
from tests.house.tree import ROOT
from tests.insight.stories import ZONE, handled, happened

OVERVIEW = "/desk/appraisal/?appraisal=district-score&period=2026-07"


@pytest.fixture
def appraised(city: cast.Cast) -> cast.Cast:
    publish(read_pack(ROOT / "packs" / "appraisal"))
    for done in [5] * 30 + [60] * 5:
        happened(handled(city.units["haishu-works"], done=done))
    happened(handled(city.units["city-works"]))
    happened(handled(city.units["jiangbei-works"], rating=1), grid=f"{cast.BAISHA}001")
    tally_all()
    return city


@pytest.fixture
def supervisor(appraised: cast.Cast, signed_in: SignedIn) -> Client:
    return signed_in("supervisor")


def figures_on(page: str) -> Iterator[tuple[int, str]]:
    """(number, address) of every figure that leads to its cases."""
    for address, number in re.findall(r'<a href="(/desk/appraisal/cases/\?[^"]*)"[^>]*>(\d+)</a>', page):
        yield int(number), address.replace("&amp;", "&")


@pytest.mark.parametrize("level", ["unit", "county", "town", "village", "grid", "post", "category"])
def test_every_figure_of_a_table_opens_as_many_cases(supervisor: Client, level: str) -> None:
    page = supervisor.get(f"{OVERVIEW}&level={level}").content.decode()
    found = list(figures_on(page))
    assert found
    for number, address in found:
        assert supervisor.get(address).context["total"] == number, address


def test_a_posts_figures_leave_out_the_grids_of_a_nearer_post(
    supervisor: Client, appraised: cast.Cast
) -> None:
    village = Post(account=appraised.account("nobody"), unit_id=appraised.units["nanmen"], role="grid-worker")
    village.place_code, village.valid_from = cast.WANAN, cast.SINCE
    village.save()
    happened(handled(appraised.units["haishu-works"]), grid=f"{cast.WANAN}002")
    tally_all()
    page = supervisor.get(f"{OVERVIEW}&level=post")
    assert {row.key: row.n.number for row in page.context["rows"]} == {
        cast.WANAN: "1",
        f"{cast.WANAN}001": "36",
    }
    test_every_figure_of_a_table_opens_as_many_cases(supervisor, "post")


def test_a_county_opens_its_towns(supervisor: Client) -> None:
    rows = supervisor.get(f"{OVERVIEW}&level=county").context["rows"]
    inside = next(row.inside for row in rows if row.key == cast.HAISHU)
    assert [row.key for row in supervisor.get(f"/desk/appraisal/?{inside}").context["rows"]] == [cast.NANMEN]


def test_units_are_ranked_and_those_with_few_cases_are_not(supervisor: Client) -> None:
    rows = supervisor.get(OVERVIEW).context["rows"]
    assert (rows[0].name, rows[0].rank) == ("海曙区综合行政执法局", 1)
    assert {row.rank for row in rows[1:]} == {None}


def test_a_handler_sees_the_own_unit_only_and_no_rank(appraised: cast.Cast, signed_in: SignedIn) -> None:
    handler = signed_in("handler")
    page = handler.get(OVERVIEW)
    assert [row.name for row in page.context["rows"]] == ["海曙区综合行政执法局"]
    assert not page.context["asked"].ranks
    other = appraised.units["jiangbei-works"]
    assert handler.get(f"/desk/appraisal/units/{other}/").status_code == 404
    closed = "/desk/appraisal/cases/?count=closed&period=2026-07&level=unit"
    assert handler.get(f"{closed}&unit={other}").status_code == 404
    assert handler.get(closed).context["total"] == 35


def test_a_unit_reads_its_formula_with_its_numbers(supervisor: Client, appraised: cast.Cast) -> None:
    pk = appraised.units["haishu-works"]
    page = supervisor.get(f"/desk/appraisal/units/{pk}/?appraisal=district-score&period=2026-07")
    plugged = {one.title: (one.numbers, one.value) for one in page.context["plugged"]}
    assert plugged["按期处置率"] == ("30 ÷ 35", "85.7%")
    assert page.context["mark"].rank == 1


def test_the_overview_costs_few_statements_however_many_units(
    supervisor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    supervisor.get(OVERVIEW)
    with django_assert_max_num_queries(10):
        supervisor.get(OVERVIEW)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?period=never",
        "?appraisal=none",
        "?level=person",
        "?place=x&sort=y",
        "?page=99",
        "?period=1999-01",
    ],
)
def test_what_cannot_be_understood_is_left_aside(supervisor: Client, query: str) -> None:
    assert supervisor.get(f"/desk/appraisal/{query}").status_code == 200


@pytest.mark.parametrize(
    "query", ["", "count=none&period=2026-07&level=unit", "count=closed&period=x&level=unit"]
)
def test_what_is_no_figure_opens_nothing(supervisor: Client, query: str) -> None:
    assert supervisor.get(f"/desk/appraisal/cases/?{query}").status_code == 404


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_table_is_exported(supervisor: Client, kind: str) -> None:
    answer = supervisor.get(f"{OVERVIEW.replace('/?', '/export/?')}&as={kind}")
    assert answer.status_code == 200
    disposition = answer["Content-Disposition"]
    assert "appraisal-district-score-2026-07-" in disposition
    assert f".{kind}" in disposition
    answer.close()


def test_an_appeal_goes_from_the_list_of_cases_to_its_decision(
    appraised: cast.Cast, signed_in: SignedIn, supervisor: Client
) -> None:
    handler = signed_in("handler")
    cases = handler.get(
        "/desk/appraisal/cases/?count=should_handle&period=2026-07&level=unit"
    ).content.decode()
    address = re.findall(r'href="(/desk/appraisal/appeals/new/\d+/\d+/)"', cases)[0]
    assert handler.get(address).status_code == 200
    assert handler.post(address, {"reason": "属电力公司"}).status_code == 302
    appeal = Appeal.objects.get()
    assert (
        handler.post(f"/desk/appraisal/appeals/{appeal.pk}/", {"do": "accept", "answer": "x"}).status_code
        == 403
    )
    supervisor.post(f"/desk/appraisal/appeals/{appeal.pk}/", {"do": "accept", "answer": "属实"})
    appeal.refresh_from_db()
    assert appeal.state == "accepted"
    assert "属实" in handler.get("/desk/appraisal/appeals/").content.decode()


def test_another_unit_does_not_see_the_appeal(appraised: cast.Cast, signed_in: SignedIn) -> None:
    test_an_appeal_goes_from_the_list_of_cases_to_its_decision(appraised, signed_in, signed_in("supervisor"))
    assert not signed_in("jiangbei-handler").get("/desk/appraisal/appeals/").context["rows"]


def test_a_due_bulletin_is_published_read_and_downloaded(supervisor: Client, appraised: cast.Cast) -> None:
    assert not supervisor.get("/desk/appraisal/bulletins/").context["due"]
    last_month = Period.of("month", timezone.localdate()).back().days[0]
    begun = datetime(last_month.year, last_month.month, 10, 9, tzinfo=ZONE)
    happened(handled(appraised.units["haishu-works"]), at=begun)
    tally_all()
    due = supervisor.get("/desk/appraisal/bulletins/").context["due"]
    key, _title, period = next(one for one in due if one[0] == "district-score")
    asked = {"appraisal": key, "period": period}
    answer = supervisor.post("/desk/appraisal/bulletins/publish/", asked, follow=True)
    made = Bulletin.objects.get()
    assert made.period == period and "通报" in answer.content.decode()
    for kind in ("pdf", "xlsx"):
        file = supervisor.get(f"/desk/appraisal/bulletins/{made.pk}/{kind}/")
        assert file.status_code == 200 and len(file.content) > 1000
    supervisor.post("/desk/appraisal/bulletins/publish/", asked)
    this_month = {"appraisal": key, "period": f"{timezone.localdate():%Y-%m}"}
    supervisor.post("/desk/appraisal/bulletins/publish/", this_month)
    assert Bulletin.objects.count() == 1


def test_grids_have_profiles_for_those_who_appraise_and_for_their_own_post(
    supervisor: Client, signed_in: SignedIn
) -> None:
    assert supervisor.get("/desk/appraisal/grids/").context["total"] == len(cast.WEST)
    assert supervisor.get(f"/desk/appraisal/grids/{cast.WANAN}001/").status_code == 200
    worker = signed_in("grid-worker")
    assert worker.get(f"/desk/appraisal/grids/{cast.WANAN}001/").status_code == 200
    assert worker.get(f"/desk/appraisal/grids/{cast.BAISHA}001/").status_code == 404
    assert signed_in("operator").get("/desk/appraisal/grids/").status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "9" * 18, "9" * 40, "x"])
def test_a_page_that_is_none_is_empty_or_the_first(supervisor: Client, page: str) -> None:
    query = "count=closed&period=2026-07&level=unit"
    assert supervisor.get(f"/desk/appraisal/cases/?{query}&page={page}").status_code == 200
