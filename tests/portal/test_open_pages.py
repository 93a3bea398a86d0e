"""What is being done and what was kept, for everybody, as page, JSON and CSV: never a word, name or address."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezhi.cases.actions import act, act_as_reporter
from gezhi.cases.models import Case, Report
from gezhi.cases.openness import LEAST, opened
from gezhi.cases.procedure import Given
from gezhi.cases.world import world
from gezhi.exchange.rest.api import public
from gezhi.insight.actions.tallying import tally_all
from gezhi.insight.models import Tally
from gezhi.insight.queries.kept import kept
from gezhi.portal.views import kept as kept_page
from gezhi.portal.views import map as map_page
from tests import cast

SHED = "matter-06001"  # told as numbers
SECRETS = ("王秀英", "13800001234", "我家", "解放南路", "第1网格", "330203001001001")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    for answers in (map_page.NUMBERS, kept_page.ANSWERS, public.ANSWERS, public.FILES):
        answers.clear()


@pytest.fixture
def lamps(city: cast.Cast) -> None:
    cast.reported(
        "我家门口路灯不亮",
        category=cast.LAMP,
        reporter_name="王秀英",
        reporter_phone="13800001234",
        address="解放南路 12 号",
        lon=121.50512,
        lat=29.80531,
    )
    cast.reported("我家里的事", category=cast.OTHER)


def closed(city: cast.Cast, count: int, category: str = cast.LAMP) -> None:
    for n in range(count):
        receipt = cast.reported(f"第{n}处", category=category, lon=121.5005 + n * 0.0008, lat=29.802)
        case, report = receipt.case_id, receipt.report_id
        act(city.actor("dispatcher"), case, "dispatch", Given(unit_id=city.units["haishu-works"]))
        act(city.actor("handler"), case, "receive", Given())
        act(city.actor("handler"), case, "finish", Given(text="修好了", evidence=(cast.photo(),)))
        act(city.actor("verifier"), case, "verify", Given())
        act_as_reporter(case, report, "rate", Given(rating=5 if n else 1))
    assert Case.objects.filter(category=category).count() == count
    tally_all()


@pytest.mark.parametrize("place", ["", cast.HAISHU, cast.NANMEN, cast.WANAN, f"{cast.WANAN}001", "nonsense"])
def test_the_map_counts_and_lists_and_betrays_nobody(client: Client, lamps: None, place: str) -> None:
    answer = client.get("/map/", {"place": place})
    page = answer.content.decode()
    assert "路灯异常" in page and "万安社区" in page
    assert "其他（待分类）" not in page
    assert not [secret for secret in SECRETS if secret in page.replace("place=330203001001", "")]


def test_the_map_counts_what_is_open_by_area_and_group(client: Client, lamps: None) -> None:
    context = client.get("/map/", {"place": cast.NANMEN}).context
    assert [(area.code, area.open) for area in context["areas"]] == [(cast.WANAN, 1), (cast.LIUJIN, 0)]
    other = client.get("/map/", {"group": "city-appearance"}).context
    assert (other["all_open"], other["matters"]) == (0, [])


def test_the_map_costs_the_same_however_much_is_open(
    client: Client, city: cast.Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(12):
        cast.reported(f"第{n}盏灯", category=cast.LAMP, lon=121.5005 + n * 0.0008, lat=29.802)
    client.get("/map/")
    map_page.NUMBERS.clear()
    with django_assert_max_num_queries(8):
        client.get("/map/")


def test_open_data_is_as_coarse_as_the_page(client: Client, lamps: None) -> None:
    body = client.get("/api/v1/public/matters").json()
    (matter,) = body["matters"]
    assert (matter["place_code"], matter["category"], body["next"]) == (cast.WANAN, cast.LAMP, None)
    assert (matter["lon"], matter["lat"]) == (121.505, 29.805)
    file = client.get("/api/v1/public/matters.csv").content.decode("utf-8-sig")
    assert [row["number"] for row in csv.DictReader(io.StringIO(file))] == [matter["number"]]
    assert not [secret for secret in SECRETS if secret in file]
    (many,) = client.get("/api/v1/public/numbers").json()
    assert (many["place_code"], many["number"]) == (cast.HAISHU, 1)


def test_a_file_is_written_once_for_everybody(
    client: Client, lamps: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = client.get("/api/v1/public/matters.csv")
    with django_assert_num_queries(0):
        assert client.get("/api/v1/public/matters.csv").content == first.content
    assert client.get("/api/v1/public/matters.csv", {"category": cast.RUBBISH}).content == b"\xef\xbb\xbf"


@pytest.mark.parametrize("path", ["/map/", "/kept/"])
def test_a_page_with_somebodys_token_is_kept_by_their_browser_alone(
    client: Client, lamps: None, path: str
) -> None:
    answer = client.get(path)
    assert "csrftoken" in answer.cookies
    assert "private" in answer["Cache-Control"]


def test_a_grid_is_finer_than_anybody_is_told(client: Client, lamps: None) -> None:
    answer = client.get("/api/v1/public/matters", {"place": f"{cast.WANAN}001"})
    assert answer.status_code == 422
    assert client.get("/api/v1/public/kept", {"place": cast.JIANGBEI[:-1]}).status_code == 422


def test_nine_closings_have_no_share_and_ten_have(client: Client, city: cast.Cast) -> None:
    closed(city, 9)
    assert "不足 10 件" in client.get("/kept/").content.decode()
    assert client.get("/api/v1/public/kept").json() == []


def test_promises_are_told_with_their_limit_and_what_was_kept(client: Client, city: cast.Cast) -> None:
    closed(city, 10)
    page = client.get("/kept/").content.decode()
    assert "按期 100.0%" in page and "满意 90.0%" in page and "承诺" in page
    rows = client.get("/api/v1/public/kept", {"by": "county"}).json()
    assert [(row["key"], row["closed"], row["on_time"]) for row in rows] == [
        ("", 10, 100.0),
        (cast.HAISHU, 10, 100.0),
    ]
    assert client.get("/api/v1/public/kept.csv").content.startswith(b"\xef\xbb\xbfkey,closed")


def test_what_was_kept_counts_each_closing_once(city: cast.Cast) -> None:
    closed(city, 3)
    now = timezone.now() + timedelta(minutes=1)
    rows = kept("category", now - timedelta(days=1), now, cast.CITY, opened(world().catalogue))
    assert [(row.key, row.closed, row.rated, row.satisfied) for row in rows] == [
        ("", 3, 3, 2),
        (cast.LAMP, 3, 3, 2),
    ]
    assert Report.objects.filter(rating=1).count() == 1


def test_what_few_reported_is_in_no_sum_and_in_no_village(city: cast.Cast) -> None:
    closed(city, LEAST, SHED)
    closed(city, 1, cast.LAMP)
    now, seen = timezone.now() + timedelta(minutes=1), opened(world().catalogue)

    def told(place: str) -> list[tuple[str, int]]:
        rows = kept("category", now - timedelta(days=1), now, place, seen)
        return [(row.key, row.closed) for row in rows]

    assert told(cast.CITY) == told(cast.NANMEN) == [("", LEAST + 1), (SHED, LEAST), (cast.LAMP, 1)]
    assert told(cast.WANAN) == [("", 1), (cast.LAMP, 1)]
    Tally.objects.filter(case_id=Case.objects.filter(category=SHED).values("id")[:1]).delete()
    assert told(cast.CITY) == [("", 1), (cast.LAMP, 1)]
