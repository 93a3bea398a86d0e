"""Whatever is sent to the REST interface, right or wrong by its own document, it never breaks."""

from collections.abc import Callable, Iterator

import pytest
import schemathesis
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation

from gezhi.config.wsgi import application
from gezhi.exchange.rest import access
from gezhi.exchange.rest.api import openapi_document
from gezhi.people.actions import issue_token
from tests import cast
from tests.cast import Cast
from tests.drawn import drawn

EXAMPLES = 60  # of each operation and mode
SCHEMA = schemathesis.openapi.from_dict(openapi_document())
SCHEMA.app = application
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]


def can_be_wrong(operation: APIOperation) -> bool:
    """Whether anything sent to it may break its form: a body, a key, or a parameter that is not just any word."""
    told = operation.definition.raw
    free = {"title", "type", "description"}
    return (
        bool(told.get("security"))
        or "requestBody" in told
        or any(
            one["in"] != "path" or one["schema"].get("type") != "string" or one["schema"].keys() - free
            for one in told.get("parameters", ())
        )
    )


ROUNDS = [
    pytest.param(operation, mode, id=f"{operation.label}-{mode.value}")
    for operation in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or can_be_wrong(operation)
]
Send = Callable[[Case], Response]


@pytest.fixture
def known(committed: Cast) -> dict[str, str]:
    """Path parameters that lead to something."""
    receipt = cast.reported()
    return {"number": receipt.case_number, "tracking_code": receipt.tracking_code, "step": "accept"}


@pytest.fixture
def send(committed: Cast) -> Iterator[Send]:
    """Sends a case with a key of every scope; nobody is ever slowed down."""
    key = issue_token(committed.account("dispatcher"), "fuzz", ["report", "read", "act"], timezone.now())

    def call(case: Case) -> Response:
        for buckets in (access.by_caller, access.by_address, access.wrong_keys, access.wrong_lookups):
            buckets._held.clear()
        return case.call(headers={"Authorization": f"Bearer {key}"})

    yield call
    access._callers.clear()


@pytest.mark.parametrize(("operation", "mode"), ROUNDS)
def test_no_request_breaks_the_server(
    operation: APIOperation, mode: GenerationMode, send: Send, known: dict[str, str]
) -> None:
    @drawn(EXAMPLES, derandomize=True)
    @given(operation.as_strategy(generation_mode=mode), st.booleans())
    def run(case: Case, use_known: bool) -> None:
        if use_known and isinstance(case.path_parameters, dict):
            case.path_parameters |= {name: known[name] for name in case.path_parameters.keys() & known.keys()}
        response = send(case)
        assert response.status_code < 500, (response.status_code, response.text[:500], case.as_curl_command())

    run()


@pytest.mark.django_db
def test_the_document_is_served(client: Client) -> None:
    assert client.get("/api/v1/openapi.json").json() == openapi_document()
    assert len(OPERATIONS) >= 15
