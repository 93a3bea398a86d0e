"""A browser tells of a page that broke its content policy; of whoever looked it tells nothing."""

import json

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from gezhi.people.models import Signal
from gezhi.security.csp import Broken, reports_in
from tests.cast import Cast

PAGE = "https://node.example/follow/SECRETCODE12/?phone=13800000000"
OLD = {
    "csp-report": {
        "document-uri": PAGE,
        "violated-directive": "script-src 'self'",
        "blocked-uri": "https://evil.example/x?me=1",
    }
}
NEW = [
    {
        "type": "csp-violation",
        "body": {"documentURL": PAGE, "effectiveDirective": "style-src", "blockedURL": "inline"},
    },
    {"type": "deprecation", "body": {}},
]


def sent(client: Client, body: bytes, kind: str = "application/csp-report") -> int:
    return client.post("/security/csp-report", body, content_type=kind).status_code


def test_both_forms_are_read() -> None:
    assert reports_in(json.dumps(OLD).encode()) == [
        Broken("script-src", "https://evil.example", "/follow/SECRETCODE12/")
    ]
    assert [one.blocked for one in reports_in(json.dumps(NEW).encode())] == ["inline"]


def test_a_report_becomes_a_signal_without_codes_and_queries(city: Cast) -> None:
    client = Client(REMOTE_ADDR="198.51.100.77")
    assert sent(client, json.dumps(OLD).encode()) == 204
    signal = Signal.objects.get(kind="csp-report")
    assert signal.facts["directive"] == "script-src"
    assert signal.facts["blocked"] == "https://evil.example"
    assert "SECRET" not in json.dumps(signal.facts)
    assert "138" not in json.dumps(signal.facts)


def test_it_needs_no_sign_in_and_no_token(city: Cast) -> None:
    assert (
        sent(Client(enforce_csrf_checks=True, REMOTE_ADDR="198.51.100.78"), json.dumps(NEW).encode()) == 204
    )


@pytest.mark.parametrize(
    "body", [b"", b"x" * 17_000, b"[" * 9000, b'{"csp-report": 3}', b"\xff\xfe", b'[{"type": 1}]']
)
def test_what_cannot_be_used_is_dropped(city: Cast, body: bytes) -> None:
    assert sent(Client(REMOTE_ADDR="198.51.100.79"), body) == 204
    assert not Signal.objects.filter(kind="csp-report").exists()


def test_every_page_names_the_address(client: Client, city: Cast) -> None:
    assert (
        "report-uri /security/csp-report" in client.get("/desk/sign-in/").headers["Content-Security-Policy"]
    )


@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.text() | st.integers(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(
                    ["csp-report", "body", "type", "blocked-uri", "document-uri", "effective-directive"]
                ),
                x,
            )
        ),
    ).map(lambda value: json.dumps(value).encode())
)
def test_any_body_is_read_without_a_fault(body: bytes) -> None:
    assert all(isinstance(one, Broken) for one in reports_in(body))
