"""What every answer tells a browser about what may be done with it."""

import json
import os
import subprocess
import sys

import pytest
from django.test import Client
from pytest_django import Settings

from tests import cast
from tests.house.tree import ROOT
from tests.people.signing import Door

SCRIPT = """
import json
from django.conf import settings
names = ("SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY "
         "CSRF_COOKIE_HTTPONLY SESSION_COOKIE_PATH SESSION_COOKIE_DOMAIN SECURE_HSTS_SECONDS "
         "SECURE_SSL_REDIRECT SECURE_HSTS_INCLUDE_SUBDOMAINS LANGUAGE_COOKIE_NAME LANGUAGE_COOKIE_SECURE DEBUG").split()
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def settings_with(**environment: str) -> dict[str, object]:
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "gezhi.config.settings",
            "PYTHONPATH": "src",
            **environment,
        },
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    found: dict[str, object] = json.loads(told.stdout)
    return found


@pytest.mark.parametrize("path", ["/", "/desk/sign-in/", "/desk/", "/follow/", "/no/such/page"])
def test_every_page_says_what_it_may_use_and_who_may_have_it(city: cast.Cast, path: str) -> None:
    headers = Client().get(path).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    policy = headers["Permissions-Policy"]
    assert "microphone=()" in policy
    assert "camera=()" in policy
    assert "geolocation=(self)" in policy
    assert "publickey-credentials-get=(self)" in policy
    if headers.get("Content-Type", "").startswith("text/html"):
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "'unsafe-inline'" not in headers["Content-Security-Policy"]


def test_other_systems_may_read_what_is_for_them(city: cast.Cast) -> None:
    assert "Cross-Origin-Resource-Policy" not in Client().get("/api/v1/openapi.json").headers


def test_cookies_under_https_belong_to_this_host_alone() -> None:
    found = settings_with(GEZHI_HTTPS="1")
    assert (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"]) == ("__Host-session", "__Host-csrf")
    assert found["SESSION_COOKIE_SECURE"] and found["CSRF_COOKIE_SECURE"]  # a browser takes __Host- only so
    assert (found["SESSION_COOKIE_PATH"], found["SESSION_COOKIE_DOMAIN"]) == ("/", None)
    assert found["SECURE_HSTS_SECONDS"] == 31536000
    assert found["SECURE_SSL_REDIRECT"]
    assert not found["DEBUG"]


def test_without_https_cookies_have_plain_names_and_no_script_reads_them() -> None:
    found = settings_with(GEZHI_HTTPS="")
    assert (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"]) == ("sessionid", "csrftoken")
    assert found["SESSION_COOKIE_HTTPONLY"] and found["CSRF_COOKIE_HTTPONLY"]


def test_a_wrong_setting_of_signing_in_stops_the_node_with_words() -> None:
    for name, value, said in (
        ("GEZHI_SECOND_FACTOR", "sometimes", "off, offered, required"),
        ("GEZHI_OIDC_ISSUER", "http://id.example.org", "must begin with https://"),
        ("GEZHI_SECRET_KEY", "change-me-to-fifty-random-characters", "is that of an example"),
        ("GEZHI_SECRET_KEY", "short", "is that of an example"),
        ("GEZHI_SECRET_KEY", "a" * 60, "is that of an example"),
        ("GEZHI_SMS_URL", "http://sms.example.org/send", "must begin with https://"),
    ):
        with pytest.raises(subprocess.CalledProcessError) as stopped:
            settings_with(**{name: value})
        assert said in stopped.value.stderr.decode()


def test_a_neighbouring_name_is_held_to_https_too() -> None:
    found = settings_with(GEZHI_HTTPS="1")
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"]
    assert (found["LANGUAGE_COOKIE_NAME"], found["LANGUAGE_COOKIE_SECURE"]) == ("__Host-language", True)


@pytest.mark.parametrize("choice", [{"language": "en"}, {"large": "1"}, {"scheme": "dark"}])
def test_what_a_browser_remembers_of_the_display_is_of_this_host_alone(
    city: cast.Cast, settings: Settings, choice: dict[str, str]
) -> None:
    settings.HTTPS, settings.LANGUAGE_COOKIE_NAME = True, "__Host-language"
    settings.LANGUAGE_COOKIE_SECURE = True
    client = Client()
    kept = client.post("/display/", choice, secure=True).cookies
    ((name, cookie),) = kept.items()
    assert name == f"__Host-{next(iter(choice))}"
    assert (cookie["secure"], cookie["path"], cookie["domain"], cookie["samesite"]) == (True, "/", "", "Lax")
    page = client.get("/", secure=True).content.decode()
    marks = {"en": '<html lang="en"', "1": 'class="large-type"', "dark": 'media="screen">'}
    assert marks[next(iter(choice.values()))] in page
    forgotten = client.post("/display/", {"scheme": "", "large": ""}, secure=True).cookies
    assert {morsel["max-age"] for morsel in forgotten.values()} == {0}


@pytest.mark.parametrize(
    "path", ["/static/css/base.css", "/static/icons/gezhi.svg", "/api/v1/openapi.json", "/healthz", "/x%00"]
)
def test_whatever_is_not_a_page_is_framed_by_nobody_either(city: cast.Cast, path: str) -> None:
    headers = Client().get(path).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "object-src 'none'" in headers["Content-Security-Policy"]
    assert "base-uri 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Permissions-Policy"].count("camera") == 1


@pytest.mark.parametrize(
    "path", ["/api/v1/reports", "/open311/v2/services.json", "/ledger/checkpoint", "/metrics"]
)
def test_programs_are_not_led_to_https_but_told(city: cast.Cast, settings: Settings, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    far = Client(REMOTE_ADDR="198.51.100.7")
    answer = far.get(path, headers={"Authorization": "Bearer gz_sentintheopen"})
    assert (answer.status_code, answer.json()["code"]) == (403, "https-only")
    assert Client().get(path, secure=True).headers.get("Location") is None


def test_people_are_led_to_https(city: cast.Cast, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/follow/")
    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/follow/")
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["/", "/desk/", "/static/css/base.css", "/api/v1/reports", "/ledger/checkpoint"]
)
def test_nobody_gets_a_request_back_by_trace(city: cast.Cast, path: str) -> None:
    answer = Client().generic("TRACE", path, headers={"X-Told": "in confidence"})
    assert answer.status_code == 405
    assert "in confidence" not in answer.content.decode()
    assert "GET" in answer["Allow"] or "POST" in answer["Allow"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/health/live", "/metrics"])
def test_a_watcher_on_the_machine_itself_needs_no_tls(city: cast.Cast, settings: Settings, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get(path).status_code == 200
    assert Client(REMOTE_ADDR="198.51.100.7").get(path).status_code == 403


@pytest.mark.parametrize(
    "path", ["/static/", "/static/css/", "/.git/config", "/static/../.git/config", "/var/"]
)
def test_no_folder_is_listed_and_nothing_beside_the_static_files_is_served(
    city: cast.Cast, path: str
) -> None:
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize(("https", "name"), [(True, "__Host-messages"), (False, "messages")])
def test_what_a_page_says_on_the_next_is_in_a_cookie_of_this_host_too(
    city: cast.Cast, settings: Settings, https: bool, name: str
) -> None:
    settings.HTTPS = settings.SESSION_COOKIE_SECURE = https
    door = Door()
    door.sign_in("dispatcher")
    client = door.client
    said = client.post("/desk/account/sessions/end/", {"session": "nobody"}, secure=https)
    assert (said.status_code, said.cookies[name]["secure"] or False) == (302, https)
    assert said.cookies[name]["httponly"]
    assert "没有可以结束的登录" in client.get("/desk/account/", secure=https).content.decode()
    assert not client.cookies[name].value
