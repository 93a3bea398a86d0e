"""Whatever a browser sends to the pages of rounds, none fails."""

import copy

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gezhi.rounds.actions import save_subject
from gezhi.rounds.reading import SubjectRow
from tests import cast
from tests.pages.test_any_input import NASTY
from tests.rounds.test_field_pages import GRID, due

ADDRESSES = (
    *("field/rounds/", "field/rounds/week/", "field/rounds/{walk}/", "field/rounds/{visit}/", "desk/rounds/"),
    *("desk/rounds/list/", "desk/rounds/export/", "desk/rounds/plans/daily-walk/", "desk/elements/"),
    *("desk/subjects/", "desk/subjects/new/", "desk/subjects/{house}/", "desk/subjects/import/"),
)
FIELDS = (
    *("do", "reason", "same", "found", "text-wall-crack", "track", "lon", "lat", "form.note", "form.storeys"),
    *("form.danger_grade", "form.hydrants", "kept_photo", "kept_photos-wall-crack", "place", "on", "since"),
    *("until", "state", "plan", "subject", "from", "as", "kind", "text", "gone", "name", "code", "address"),
    *("place_code",),
)
PLAIN = (
    *(
        "finish",
        "begin",
        "skip",
        "all",
        "wall-crack",
        "121.5,29.8 121.6,29.8",
        "save",
        "close",
        "import",
        "house",
    ),
    *("kind,name,place_code\nhouse,x," + GRID, "类型,名称\n城堡,", '"', "csv"),
)
texts = st.sampled_from(NASTY) | st.sampled_from(PLAIN) | st.text(max_size=40)
fields = st.dictionaries(st.sampled_from(FIELDS), texts, max_size=10)


@pytest.fixture
def known(walks: cast.Cast) -> dict[str, int]:
    house = save_subject(walks.actor("administrator"), SubjectRow("house", "1 号", GRID))
    return {"walk": due("daily-walk").pk, "visit": due("danger-visit", house).pk, "house": house.pk}


@pytest.fixture
def browsers(walks: cast.Cast) -> list[Client]:
    found = [Client() for _ in range(3)]
    for client, username in zip(found, ("grid-worker", "administrator", "leader"), strict=True):
        client.force_login(walks.account(username))
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    address=st.sampled_from(ADDRESSES),
    posted=st.booleans(),
    asked=fields,
    sent=fields,
    who=st.integers(0, 2),
    file=st.binary(max_size=60) | st.none(),
)
def test_no_page_of_rounds_fails(
    address: str,
    posted: bool,
    asked: dict[str, str],
    sent: dict[str, str],
    who: int,
    file: bytes | None,
    known: dict[str, int],
    browsers: list[Client],
) -> None:
    client, where = browsers[who], "/" + address.format(**known)
    cookies = copy.deepcopy(client.cookies)
    files = {"file": SimpleUploadedFile("a.csv", file)} if file is not None else {}
    with transaction.atomic():
        if posted:
            answer = client.post(where, {**encodable(sent), **files}, query_params=encodable(asked))
        else:
            answer = client.get(where, encodable(asked))
        if answer.streaming:
            b"".join(answer)  # type: ignore[arg-type]
        transaction.set_rollback(True)
    client.cookies = cookies
    assert answer.status_code < 500


def encodable(given_fields: dict[str, str]) -> dict[str, str]:
    """A browser sends no half surrogate pairs."""
    return {name: text.encode("utf-8", "replace").decode() for name, text in given_fields.items()}
