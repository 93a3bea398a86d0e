import pytest
from django.test import Client

from tests import cast
from tests.desk.conftest import SignedIn


def sign_in(client: Client, username: str, password: str = cast.PASSWORD, target: str = "") -> object:
    return client.post("/desk/sign-in/", {"username": username, "password": password, "next": target})


@pytest.mark.parametrize(
    ("username", "home"),
    [("dispatcher", "/desk/"), ("grid-worker", "/field/"), ("operator", "/desk/hotline/")],
)
def test_each_post_begins_where_its_work_is(
    client: Client, city: cast.Cast, username: str, home: str
) -> None:
    assert sign_in(client, username)["Location"] == home  # type: ignore[index]


def test_a_page_that_was_asked_for_is_shown_after_signing_in(client: Client, city: cast.Cast) -> None:
    asked = client.get("/desk/cases/?due=overdue")["Location"]
    assert asked == "/desk/sign-in/?next=/desk/cases/%3Fdue%3Doverdue"
    answer = sign_in(client, "dispatcher", target="/desk/cases/?due=overdue")
    assert answer["Location"] == "/desk/cases/?due=overdue"  # type: ignore[index]


def test_nobody_is_led_to_another_site(client: Client, city: cast.Cast) -> None:
    assert sign_in(client, "dispatcher", target="//example.org/")["Location"] == "/desk/"  # type: ignore[index]


def test_a_wrong_password_says_so_and_many_wait(client: Client, city: cast.Cast) -> None:
    answers = [sign_in(client, "dispatcher", "wrong") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]  # type: ignore[attr-defined]
    assert "密码不对" in answers[0].content.decode()  # type: ignore[attr-defined]
    assert "15 秒后" in answers[-1].content.decode()  # type: ignore[attr-defined]
    assert answers[-1]["Retry-After"] == "15"  # type: ignore[index]


def test_who_holds_no_post_reads_why(signed_in: SignedIn) -> None:
    answer = signed_in("nobody").get("/desk/")
    assert answer.status_code == 403
    assert "没有任何岗位" in answer.content.decode()


def test_signing_out_ends_it(signed_in: SignedIn) -> None:
    client = signed_in("dispatcher")
    client.post("/desk/sign-out/")
    assert client.get("/desk/").status_code == 302


def test_an_unknown_name_and_a_wrong_password_read_alike(client: Client, city: cast.Cast) -> None:
    known, unknown = (sign_in(client, name, "wrong") for name in ("operator", "nobody-here"))
    assert known.context["problem"] == unknown.context["problem"]  # type: ignore[attr-defined]


def test_signing_in_changes_the_session(client: Client, city: cast.Cast) -> None:
    client.post("/report/", {"text": "路灯不亮", "address": "解放南路"})
    before = client.session.session_key
    sign_in(client, "dispatcher")
    assert client.session.session_key != before
