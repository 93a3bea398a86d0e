"""The pages of a person's rights, as a resident uses them: without scripts, without an account."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gezhi.cases.actions import act
from gezhi.cases.models import Case
from gezhi.cases.procedure import Given
from gezhi.cases.queries.contact import contact_of
from gezhi.pages.rights import field_name
from gezhi.people.actions import record_lookup
from gezhi.people.looking import PAGE, Look
from gezhi.portal.views import rights
from gezhi.rights.actions import open_request
from gezhi.rights.actions.asking import Asked
from gezhi.rights.actions.signing import code_words
from gezhi.rights.models import Code, Request, Right
from tests.cast import OTHER, Cast, photo
from tests.chaos.gateway import Gateway
from tests.rights.told import Resident, close, jobs, report_of, resident, said

pytestmark = pytest.mark.django_db
CARRIED = ("rights.carry_out", "rights.finish_erasing")


@pytest.fixture(autouse=True)
def _patient() -> None:
    rights.ASKED.forget("127.0.0.1")
    rights.WRONG.forget("127.0.0.1")
    rights.WRONG_TRIES.forget("127.0.0.1")


def asked(client: Client, number: str) -> str:
    page = client.post("/rights/code/", {"number": number})
    assert page.status_code == 200
    return page.content.decode()


def entered(client: Client, number: str) -> Client:
    """Signed in by the code that was sent."""
    asked(client, number)
    code = Code.objects.latest("id")
    answer = client.post("/rights/enter/", {"code_id": code.pk, "number": number, "code": code_words(code)})
    assert answer.status_code == 302
    assert answer["Location"] == "/rights/mine/"
    return client


def mine(client: Client) -> str:
    page = client.get("/rights/mine/")
    assert page.status_code == 200
    assert page["Cache-Control"] == "private, no-store" or "no-store" in page["Cache-Control"]
    return page.content.decode()


@pytest.fixture
def who(desk: Cast) -> Resident:
    one = resident()
    said(one)
    return one


def test_a_resident_signs_in_by_number_and_sees_everything(
    client: Client, who: Resident, gateway: Gateway
) -> None:
    page = mine(entered(client, who.number))
    for word in ("name", "email", "text", "address"):
        assert who.marks[word] in page
    assert who.number in page


def test_the_page_is_the_same_for_a_number_that_nobody_knows(
    client: Client, who: Resident, gateway: Gateway
) -> None:
    def shape(number: str) -> str:
        page = asked(client, number).replace(number, "N")
        return re.sub(r'(code_id|csrfmiddlewaretoken)" value="[^"]*"|nonce="[^"]*"', "X", page)

    assert shape(who.number) == shape("13700000009")


def test_a_wrong_code_says_no_more_than_that(client: Client, who: Resident, gateway: Gateway) -> None:
    asked(client, who.number)
    code = Code.objects.latest("id")
    wrong = "000000" if code_words(code) != "000000" else "111111"
    page = client.post("/rights/enter/", {"code_id": code.pk, "number": who.number, "code": wrong})
    assert page.status_code == 422
    assert "验证码不对" in page.content.decode()
    assert client.get("/rights/mine/").status_code == 302


@pytest.mark.parametrize("code_id", ["", "x", "-1", "9" * 30, "1 OR 1=1"])
def test_no_input_breaks_the_sign_in(client: Client, who: Resident, gateway: Gateway, code_id: str) -> None:
    page = client.post("/rights/enter/", {"code_id": code_id, "number": "🦊", "code": "🦊"})
    assert page.status_code == 422


def test_codes_are_asked_for_so_often_and_no_oftener(client: Client, who: Resident, gateway: Gateway) -> None:
    for _ in range(3):
        asked(client, who.number)
    page = client.post("/rights/code/", {"number": who.number})
    assert page.status_code == 429
    assert int(page["Retry-After"]) >= 60


def test_without_a_gateway_the_counter_and_the_tracking_code_are_left(client: Client, who: Resident) -> None:
    page = client.get("/rights/").content.decode()
    assert "发验证码" not in page
    assert "到窗口" in page
    assert client.post("/rights/code/", {"number": who.number}).status_code == 302
    assert not Code.objects.exists()


def test_a_tracking_code_shows_that_one_report_only(client: Client, who: Resident) -> None:
    other = said(who, text="井盖坏了", category=OTHER)
    row = report_of(other)
    wrong = client.post("/rights/by-code/", {"tracking": row.tracking_code, "last4": "0000"})
    assert wrong.status_code == 422
    answer = client.post("/rights/by-code/", {"tracking": row.tracking_code, "last4": who.number[-4:]})
    assert answer["Location"] == "/rights/mine/"
    page = mine(client)
    assert "井盖坏了" in page
    assert who.marks["text"] not in page


def test_signing_in_gives_the_session_a_new_key(client: Client, who: Resident, gateway: Gateway) -> None:
    client.get("/rights/")
    client.cookies["sessionid"] = "x" * 32
    entered(client, who.number)
    assert client.cookies["sessionid"].value != "x" * 32


def test_after_half_an_hour_or_on_leaving_nothing_is_shown(
    client: Client, who: Resident, gateway: Gateway
) -> None:
    entered(client, who.number)
    session = client.session
    session["rights"] = {**session["rights"], "until": (timezone.now() - timedelta(seconds=1)).isoformat()}
    session.save()
    assert client.get("/rights/mine/").status_code == 302
    rights.ASKED.forget("127.0.0.1")
    entered(client, who.number)
    client.post("/rights/leave/")
    assert client.get("/rights/mine/").status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        "mine/",
        "mine/contact/",
        "mine/ask/delete/",
        "mine/how/ABC/",
        "mine/photo/11111111-1111-1111-1111-111111111111/",
    ],
)
def test_nobody_sees_a_page_of_somebody_else(client: Client, desk: Cast, address: str) -> None:
    answer = client.get(f"/rights/{address}")
    assert (answer.status_code, answer["Location"]) == (302, "/rights/")


def test_a_stranger_s_photo_and_report_are_not_found(client: Client, who: Resident, gateway: Gateway) -> None:
    other = report_of(said(resident(), lon=121.535))
    entered(client, who.number)
    assert client.get(f"/rights/mine/photo/{photo()}/").status_code == 404
    assert client.get(f"/rights/mine/how/{other.tracking_code}/").status_code == 404
    page = client.post("/rights/mine/ask/delete/", {"report": other.tracking_code})
    assert page.status_code == 404


def test_the_copy_comes_at_once_and_is_a_case_as_well(
    client: Client, who: Resident, gateway: Gateway
) -> None:
    entered(client, who.number)
    answer = client.post("/rights/mine/copy/")
    assert answer["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert who.marks["text"] in archive.read("data.json").decode()
    assert Request.objects.get().right == "copy"
    jobs(*CARRIED)
    assert Case.objects.get(id=Request.objects.get().case_id).state == "done"
    assert client.post("/rights/mine/copy/").status_code == 200, "as often as one likes"


def test_name_and_email_are_changed_at_once(client: Client, who: Resident, gateway: Gateway) -> None:
    entered(client, who.number)
    answer = client.post(
        "/rights/mine/contact/", {"name": "王阿姨", "email": "new@example.org", "number": who.number}
    )
    assert answer["Location"] == "/rights/mine/"
    row = report_of(said(who))
    assert Case.objects.get(id=row.case_id)
    page = mine(client)
    assert "王阿姨" in page
    assert "new@example.org" in page


def test_a_new_number_is_proved_by_a_code_to_it(client: Client, who: Resident, gateway: Gateway) -> None:
    entered(client, who.number)
    page = client.post("/rights/mine/contact/", {"name": "", "email": "", "number": "13655556666"})
    assert "13655556666" in page.content.decode()
    assert who.number in mine(client), "not before it is proved"
    code = Code.objects.latest("id")
    assert code.number == "13655556666"
    client.post(
        "/rights/mine/number/", {"code_id": code.pk, "number": "13655556666", "code": code_words(code)}
    )
    page = mine(client)
    assert "13655556666" in page
    assert who.number not in page


def test_a_bad_email_and_a_bad_number_are_told(client: Client, who: Resident, gateway: Gateway) -> None:
    entered(client, who.number)
    page = client.post("/rights/mine/contact/", {"name": "", "email": "nowhere", "number": "12"})
    assert page.status_code == 422
    assert "邮箱" in page.content.decode()


def test_a_deletion_shows_what_goes_and_what_stays_before(
    client: Client, desk: Cast, gateway: Gateway
) -> None:
    who = resident()
    close(desk, said(who))
    still = report_of(said(who, text="井盖坏了", category=OTHER))
    entered(client, who.number)
    page = client.get("/rights/mine/ask/delete/").content.decode()
    assert "您反映的事" in page
    assert "照片" in page
    assert still.tracking_code in page
    assert "第四十七条" in page
    client.post("/rights/mine/ask/delete/", {"words": "请删除"})
    request = Request.objects.get()
    assert Case.objects.get(id=request.case_id).state == "received"
    assert Case.objects.get(id=request.case_id).number in mine(client)


def test_withdrawing_shows_the_codes_and_is_done_at_once(
    client: Client, who: Resident, gateway: Gateway
) -> None:
    entered(client, who.number)
    row = report_of(said(who))
    page = client.get("/rights/mine/ask/withdraw/").content.decode()
    assert row.tracking_code in page
    client.post("/rights/mine/ask/withdraw/")
    jobs(*CARRIED)
    assert contact_of(said(resident(), lon=121.535).report_id).phone
    row.refresh_from_db()
    assert contact_of(row.pk).phone == ""


def test_objecting_is_done_at_once_and_shown(client: Client, who: Resident, gateway: Gateway) -> None:
    entered(client, who.number)
    client.post("/rights/mine/ask/object/")
    jobs(*CARRIED)
    assert "由人来判断" in mine(client)


def test_the_explanation_names_the_words_that_decided(client: Client, desk: Cast, gateway: Gateway) -> None:
    who = resident()
    row = report_of(said(who, category="", text="路灯不亮了，晚上看不见路"))
    entered(client, who.number)
    page = client.get(f"/rights/mine/how/{row.tracking_code}/").content.decode()
    assert "<mark>路灯不亮</mark>" in page or "<mark>路灯</mark>" in page
    assert "机器" in page
    assert "派遣员" in page


def test_who_looked_is_shown_without_a_name(
    client: Client, who: Resident, desk: Cast, gateway: Gateway
) -> None:
    handler = desk.account("handler")
    row = report_of(said(who))
    record_lookup(Look(handler.pk, "handling", "report", row.pk, ("reporter_phone",), 4, PAGE))
    page = mine(entered(client, who.number))
    assert "海曙区综合行政执法局 处置员" in page
    assert "办理事项" in page
    assert handler.name not in page


def test_what_is_asked_back_is_answered_on_the_page(
    client: Client, who: Resident, desk: Cast, gateway: Gateway
) -> None:

    entered(client, who.number)
    client.post("/rights/mine/ask/explain/", {"words": "为什么"})
    request = Request.objects.get()
    act(desk.actor("steward"), request.case_id, "accept", Given())
    act(desk.actor("steward"), request.case_id, "ask-person", Given(reason="哪一件"))
    assert "哪一件" in mine(client)
    client.post(f"/rights/mine/requests/{request.pk}/told/", {"words": "路灯那件"})
    assert Case.objects.get(id=request.case_id).state == "deciding"
    assert client.post(f"/rights/mine/requests/{request.pk}/grant/").status_code == 404


def test_a_person_answers_no_request_of_another(
    client: Client, who: Resident, desk: Cast, gateway: Gateway
) -> None:
    stranger = resident()
    said(stranger, lon=121.535)
    theirs = open_request(stranger.person, Asked(Right.DELETE))
    entered(client, who.number)
    assert client.post(f"/rights/mine/requests/{theirs.pk}/take-back/").status_code == 404


def test_anybody_reads_what_is_kept_and_why(client: Client, desk: Cast) -> None:
    page = client.get("/rights/register/").content.decode()
    assert "办结之后 365 天" in page
    assert "个人信息保护法第十三条" in page
    assert "14 周岁" in page
    english = client.get("/rights/register/", headers={"accept-language": "en"}).content.decode()
    assert "365 days after the matter is closed" in english


def test_the_session_holds_no_number(client: Client, who: Resident, gateway: Gateway) -> None:
    entered(client, who.number)
    assert who.number not in str(dict(client.session.items()))


def test_what_was_looked_at_has_its_words() -> None:
    words = [field_name(field) for field in ("name", "phone", "email", "text")]
    assert words == ["称呼", "电话", "电子邮箱", "您说的事"]
