"""A resident follows, adds, withdraws, rates and asks again; nobody else does."""

from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gezhi.cases.actions import act
from gezhi.cases.intake.door import accept
from gezhi.cases.models import Case, Evidence, Report
from gezhi.cases.procedure import Given
from gezhi.portal.views import follow
from tests import cast

PHONE = "13800001234"


@pytest.fixture(autouse=True)
def _fresh_tries() -> Iterator[None]:
    yield
    follow.WRONG_TRIES.forget("127.0.0.1")


def looked_up(client: Client, **fields: str) -> str:
    """The address of the followed report."""
    receipt = cast.reported(reporter_phone=PHONE, **fields)
    answer = client.post("/follow/", {"code": receipt.tracking_code.lower(), "last4": "1234"})
    assert answer.status_code == 302
    return str(answer["Location"])


def close(city: cast.Cast) -> None:
    case = Case.objects.get()
    act(city.actor("dispatcher"), case.pk, "dispatch", Given(unit_id=city.units["haishu-works"]))
    act(city.actor("handler"), case.pk, "receive", Given())
    act(city.actor("handler"), case.pk, "finish", Given(text="修好了", evidence=(cast.photo(),)))
    act(city.actor("verifier"), case.pk, "verify", Given())


def test_a_code_and_four_digits_show_the_report(client: Client, city: cast.Cast) -> None:
    page = client.get(looked_up(client)).content.decode()
    assert "路灯不亮了" in page
    assert "待立案" in page
    assert PHONE not in page


def test_a_report_without_a_phone_needs_the_code_alone(client: Client, city: cast.Cast) -> None:
    receipt = cast.reported()
    assert client.post("/follow/", {"code": receipt.tracking_code}).status_code == 302


def test_wrong_digits_show_nothing_and_the_sixth_try_waits(client: Client, city: cast.Cast) -> None:
    receipt = cast.reported(reporter_phone=PHONE)
    wrong = {"code": receipt.tracking_code, "last4": "9999"}
    assert [client.post("/follow/", wrong).status_code for _ in range(5)] == [422] * 5
    assert client.post("/follow/", wrong | {"last4": "1234"}).status_code == 429


def test_a_code_that_was_not_looked_up_here_opens_nothing(client: Client, city: cast.Cast) -> None:
    receipt = cast.reported(reporter_phone=PHONE)
    page = client.get(f"/follow/{receipt.tracking_code}/").content.decode()
    assert "路灯不亮了" not in page
    assert "路灯不亮了" not in client.get(f"/report/thanks/{receipt.tracking_code}/").content.decode()
    assert client.post(f"/follow/{receipt.tracking_code}/withdraw/").status_code == 404


def test_words_and_photos_are_added(client: Client, city: cast.Cast) -> None:
    address = looked_up(client)
    photo = SimpleUploadedFile("more.jpg", cast.picture(), "image/jpeg")
    page = client.post(
        f"{address}add/", {"words": "隔壁一盏也灭了", "photos": photo}, follow=True
    ).content.decode()
    assert "补充的内容已经收到" in page
    key = Evidence.objects.get().key
    assert f"{address}photo/{key}/" in page
    shown = client.get(f"{address}photo/{key}/")
    assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/jpeg", "private, no-store")


def test_nobody_sees_a_photo_of_another_report(client: Client, city: cast.Cast) -> None:
    address = looked_up(client)
    client.post(
        f"{address}add/", {"words": "看", "photos": SimpleUploadedFile("a.jpg", cast.picture(), "image/jpeg")}
    )
    assert Client().get(f"{address}photo/{Evidence.objects.get().key}/").status_code == 404


def test_a_report_is_withdrawn(client: Client, city: cast.Cast) -> None:
    client.post(f"{looked_up(client)}withdraw/")
    assert Case.objects.get().state == "withdrawn"


def test_the_answer_is_rated_once_and_then_reopened(client: Client, city: cast.Cast) -> None:
    address = looked_up(client)
    close(city)
    client.post(f"{address}rate/", {"rating": "2", "words": "又灭了"})
    assert Report.objects.get().rating == 2
    assert client.post(f"{address}rate/", {"rating": "5"}).status_code == 422
    client.post(f"{address}reopen/", {"words": "又灭了"})
    assert Case.objects.get().state == "filed"


def test_a_rating_without_a_grade_says_so(client: Client, city: cast.Cast) -> None:
    address = looked_up(client)
    close(city)
    answer = client.post(f"{address}rate/", {"rating": "6", "words": "留着"})
    assert answer.status_code == 422
    assert "留着" in answer.content.decode()


def test_what_one_person_sees_is_kept_in_no_cache(client: Client, city: cast.Cast) -> None:
    address = looked_up(client)
    assert "no-store" in client.get(address)["Cache-Control"]
    client.force_login(city.account("dispatcher"))
    for page in ("/desk/", "/desk/cases/", f"/desk/cases/{Case.objects.get().number}/", "/api/v1/cases"):
        assert "no-store" in client.get(page)["Cache-Control"], page


def test_following_costs_the_same_however_many_said_the_same(
    client: Client, city: cast.Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    accept([cast.report(category=cast.LAMP) for _ in range(40)])
    address = looked_up(client, category=cast.LAMP)
    with django_assert_max_num_queries(10):
        page = client.get(address).content.decode()
    assert page.count("已并入正在办理的同一事项") == 1
