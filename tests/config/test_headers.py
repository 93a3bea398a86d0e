"""What every answer tells a browser about what may be done with it."""

import json
import os
import subprocess
import sys

import pytest
from django.test import Client

from tests import cast
from tests.house.tree import ROOT

SCRIPT = """
import json
from django.conf import settings
names = ("SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY "
         "CSRF_COOKIE_HTTPONLY SESSION_COOKIE_PATH SESSION_COOKIE_DOMAIN SECURE_HSTS_SECONDS "
         "SECURE_SSL_REDIRECT").split()
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


def test_without_https_cookies_have_plain_names_and_no_script_reads_them() -> None:
    found = settings_with(GEZHI_HTTPS="")
    assert (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"]) == ("sessionid", "csrftoken")
    assert found["SESSION_COOKIE_HTTPONLY"] and found["CSRF_COOKIE_HTTPONLY"]


def test_a_wrong_setting_of_signing_in_stops_the_node_with_words() -> None:
    for name, value, said in (
        ("GEZHI_SECOND_FACTOR", "sometimes", "off, offered, required"),
        ("GEZHI_OIDC_ISSUER", "http://id.example.org", "must begin with https://"),
    ):
        with pytest.raises(subprocess.CalledProcessError) as stopped:
            settings_with(**{name: value})
        assert said in stopped.value.stderr.decode()
