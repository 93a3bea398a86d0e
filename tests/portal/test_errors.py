"""Pages that say that something is not as it should be."""

import pytest
from django.test import Client

from tests import cast


def test_a_page_that_does_not_exist_says_so(client: Client, city: cast.Cast) -> None:
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()


def test_a_form_that_was_open_too_long_asks_to_be_sent_again(city: cast.Cast) -> None:
    answer = Client(enforce_csrf_checks=True).post("/follow/", {"code": "X"})
    assert answer.status_code == 403
    assert "页面放得太久了" in answer.content.decode()


def test_far_too_much_text_is_refused_kindly(client: Client, city: cast.Cast) -> None:
    answer = client.post(
        "/report/", "text=" + "路" * 3_000_000, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 400
    assert "没能读懂" in answer.content.decode()


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "没能读懂"), ("en", "could not be read")])
def test_a_body_larger_than_all_photos_is_refused_before_it_is_read(
    client: Client, city: cast.Cast, language: str, words: str
) -> None:
    client.cookies["django_language"] = language
    for path in ("/report/", "/desk/import/"):
        answer = client.post(path, {}, CONTENT_LENGTH=str(200 * 1024**2))
        assert answer.status_code == 413
        assert words in answer.content.decode()
    problem = client.post("/api/v1/reports", {}, CONTENT_LENGTH=str(200 * 1024**2))
    assert (problem.status_code, problem.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize("path", ["/report/", "/follow/", "/desk/sign-in/"])
def test_nul_bytes_do_no_harm(client: Client, city: cast.Cast, path: str) -> None:
    names = ("text", "address", "code", "last4", "username", "password", "source_id", "place", "next")
    assert client.post(path, dict.fromkeys(names, "a\0b")).status_code < 500


def test_every_page_forbids_inline_scripts_and_styles(client: Client, city: cast.Cast) -> None:
    for path in ("/", "/report/", "/follow/", "/desk/sign-in/"):
        answer = client.get(path)
        policy, page = answer["Content-Security-Policy"], answer.content.decode()
        assert "'unsafe-inline'" not in policy
        assert "style=" not in page
        assert "onclick" not in page
