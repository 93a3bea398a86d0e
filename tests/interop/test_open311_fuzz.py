"""Whatever is sent to the Open311 interface, it answers in the asked form and never breaks."""

import json
from collections.abc import Iterator

import pytest
from defusedxml import ElementTree
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gezhi.exchange.rest import access
from gezhi.people.actions import issue_token
from tests import cast
from tests.cast import LAMP, Cast

pytestmark = pytest.mark.django_db
CALLS = (
    "discovery",
    "services",
    "requests",
    "servicerequestupdates",
    f"services/{LAMP}",
    "requests/1",
    "tokens/x",
)
NAMES = (
    *("service_request_id", "service_code", "start_date", "end_date", "status", "page", "page_size", "bbox"),
    *("updated_after", "updated_before", "jurisdiction_id", "api_key", "lat", "long", "description", "phone"),
    *("address_string", "address_id", "attribute[a]", "attribute[a][]", "email", "first_name", "media_url"),
)
TEMPTING = st.sampled_from(
    [
        "",
        LAMP,
        "KEY",
        "1",
        "-1",
        "nan",
        "1e999",
        "1,2,3,4",
        "open",
        "2026-06-01T00:00:00Z",
        "0001-01-01",
        "9999-12-31",
    ]
)
FIELDS = st.dictionaries(st.sampled_from(NAMES), TEMPTING | st.text(max_size=30), max_size=8)
ROUNDS = settings(
    max_examples=300,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def key(city: Cast) -> Iterator[str]:
    cast.reported()
    yield issue_token(city.account("operator"), "fuzz", ["report", "read"], timezone.now())
    access._callers.clear()


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_call_breaks_the_server(key: str, method: str) -> None:
    client = Client()

    @ROUNDS
    @given(st.sampled_from(CALLS), st.sampled_from(["xml", "json"]), FIELDS)
    def run(call: str, form: str, fields: dict[str, str]) -> None:
        for buckets in (access.by_caller, access.by_address, access.wrong_keys):
            buckets._held.clear()
        sent = {name: key if value == "KEY" else value for name, value in fields.items()}
        answer = getattr(client, method)(f"/open311/v2/{call}.{form}", sent)
        assert answer.status_code < 500
        if not answer["Content-Type"].startswith("text/html"):
            json.loads(answer.content) if form == "json" else ElementTree.fromstring(answer.content)

    run()
