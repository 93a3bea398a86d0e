"""Whatever a browser sends, no page fails: it answers, refuses, or says that there is nothing."""

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gezhi.cases.models import Evidence
from gezhi.cases.photos import load_photo
from gezhi.config.urls import urlpatterns
from gezhi.exchange.files.actions import start, store_upload
from gezhi.exchange.files.mapping import mapping_from
from gezhi.portal.views import follow
from tests import cast

EXAMPLES = 300
NASTY = (
    *("", "0", "-1", "1e400", "nan", "inf", "9" * 17, "9" * 19, "9" * 5000, "1:1", "9" * 18 + ":0"),
    *(
        "\n",
        "\r\nX: 1",
        "\x0b",
        "\x1f",
        "\ufffe",
        "\u202e",
        "<script>",
        "=1+1",
        "%",
        "%s",
        "'",
        '"',
    ),
    *("../../etc/passwd", "//example.org", "null", "[]", "{}", "😀" * 300, "路灯" * 3000, "²", "٣"),
    *("2026-02-30", "0001-01-01", "9999-12-31", "due", "overdue", "rate", "accept", "dispatch", "start"),
    *(cast.CITY, cast.WANAN, f"{cast.WANAN}001", cast.LAMP, "00000000-0000-0000-0000-000000000000"),
)
FIELDS = (
    *("text", "lon", "lat", "address", "reporter_name", "reporter_phone", "source_id", "place", "refine"),
    *("place_code", "category", "hints", "step", "version", "reason", "unit", "unit_name", "case", "rating"),
    *("report", "kept_photo", "code", "last4", "words", "username", "password", "next", "language", "large"),
    *("file", "do", "query", "name", "after", "state", "status", "due", "since", "until", "sort", "crs"),
    *("source", "id", "field-text", "field-more", "field-lon", "field-lat", "field-place_code", "photos"),
)


def pages(parts: Sequence[URLResolver | URLPattern], prefix: str = "") -> Iterator[str]:
    """Addresses of the pages, with <parts> to fill."""
    for part in parts:
        address = prefix + str(part.pattern)
        if isinstance(part, URLPattern):
            yield address
        else:
            yield from pages(part.url_patterns, address)


ADDRESSES = [
    address for address in pages(urlpatterns) if not re.search(r"api/v1|api/sensorthings|open311", address)
]


FORMS = [one for one in ADDRESSES if re.search(r"report/$|follow/|case|hotline/$|columns", one)]


@dataclass(frozen=True)
class Asked:
    """{words} in the address and the fields are still to be filled."""

    method: str
    address: str
    fields: list[tuple[str, str]]


letters = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
texts = st.sampled_from(NASTY) | letters
names = st.sampled_from(FIELDS) | letters
fields = st.lists(st.tuples(names, texts), max_size=12)
nul_fields = st.lists(st.tuples(names, st.just("a\0b")), max_size=1)
PLAIN = {  # what a browser would have sent; {words} stand for things of the city
    "text": "路灯不亮了",
    "lon": "121.505",
    "lat": "29.805",
    "place": cast.WANAN,
    "place_code": f"{cast.WANAN}001",
    "category": cast.LAMP,
    "step": "{step}",
    "version": "{version}",
    "reason": "看过了",
    "unit": "{unit}",
    "case": "{case}",
    "case_number": "{number}",
    "rating": "2",
    "words": "还没有修好",
    "code": "{code}",
    "kept_photo": "{photo}",
    "do": "accept",
    "field-text": "内容",
    "source": "some-file",
    "report": "{report}",
}
SIGNED = (
    "ledger/witness/add-checkpoint",
    "security/csp-report",
)  # no session counts there: a signature does, or nothing
PARTS = {  # of addresses
    "number": ["{number}"],
    "code": ["{code}"],
    "key": ["{upload}", "{run}", "{photo}", "handling.normal"],
    "step": ["rate", "reopen", "add", "withdraw"],
    **{name: ["1", "9" * 30] for name in ("view_id", "pk", "case_id", "unit_id", "value_id")},
    "rest": ["0/000", "0/x001/000.p/7", "63/999", "../../etc/passwd", "0/000.p/256"],
    "kind": ["pdf", "xlsx"],
    "name": ["city-management"],
    "procedure": ["standard"],
    "paper_code": ["{code}"],
    "version": ["0123456789abcdef0123-1"],
    **{name: ["0", "12", "3400", "9" * 30] for name in ("zoom", "column", "row")},
}


@st.composite
def requests(draw: st.DrawFn) -> Asked:
    address = draw(st.sampled_from(ADDRESSES) | st.sampled_from(FORMS))
    while found := re.search(r"<\w+:(\w+)>", address):
        known = st.sampled_from(PARTS.get(found[1], ["1", "0"]))
        part = draw(known | known | known | texts.filter(bool).map(lambda text: quote(text[:60], safe="")))
        address = address[: found.start()] + part + address[found.end() :]
    plain = draw(st.lists(st.sampled_from(sorted(PLAIN)), unique=True))
    sent = [(name, PLAIN[name]) for name in plain] + draw(fields) + draw(nul_fields)
    query = urlencode(draw(fields))
    return Asked(draw(st.sampled_from(["GET", "POST"])), f"/{address}?{query}", sent)


@pytest.fixture
def known(city: cast.Cast) -> dict[str, str]:
    """Things of the city that addresses and fields may name."""
    receipt = cast.reported(photos=(load_photo(cast.photo()),))
    rows = "编号,内容\n1,路灯不亮\n2,=1+1\n".encode()
    upload = store_upload(SimpleUploadedFile("a.csv", rows), "a.csv")
    mapping = mapping_from({"source": "file", "id": "编号", "fields": {"text": "内容"}})
    run = start(store_upload(SimpleUploadedFile("b.csv", rows), "b.csv"), mapping, None)
    return {
        "number": receipt.case_number,
        "case": f"{receipt.case_id}:1",
        "code": receipt.tracking_code,
        "report": str(receipt.report_id),
        "version": "1",
        "step": "accept",
        "unit": str(city.units["haishu-works"]),
        "photo": cast.photo(),
        "upload": upload,
        "run": str(run.key),
    }


@pytest.fixture(autouse=True)
def _fresh_tries() -> Iterator[None]:
    yield
    follow.WRONG_TRIES._held.clear()


@pytest.fixture
def browsers(known: dict[str, str], city: cast.Cast) -> list[Client]:
    """A resident who follows the report, and members of the staff."""
    found = [Client()]
    found[0].post("/follow/", {"code": known["code"], "last4": ""})
    for username in ("dispatcher", "administrator", "grid-worker", "operator", "nobody"):
        found.append(Client())
        found[-1].force_login(city.account(username))
    return found


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=requests(), who=st.integers(0, 5), files=st.lists(st.binary(max_size=30), max_size=2))
def test_no_page_fails(
    asked: Asked, who: int, files: list[bytes], known: dict[str, str], browsers: list[Client]
) -> None:
    method, address, form = filled(asked, known)
    photos = [SimpleUploadedFile("a.jpg", data) for data in files]
    browser = browsers[who]
    cookies = copy.deepcopy(browser.cookies)
    with transaction.atomic():
        if method == "GET":
            answer = browser.get(address)
        else:
            answer = browser.post(address, form | ({"photos": photos} if photos else {}))
        if answer.streaming:
            b"".join(answer)
        transaction.set_rollback(True)
    browser.cookies = cookies
    assert answer.status_code < 500


def filled(asked: Asked, known: dict[str, str]) -> tuple[str, str, dict[str, list[str]]]:
    def fill(text: str) -> str:
        for name, value in known.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    form: dict[str, list[str]] = {}
    for name, value in asked.fields:
        form.setdefault(name, []).append(fill(value))
    return asked.method, fill(asked.address), form


def test_no_form_of_another_site_is_taken(known: dict[str, str], city: cast.Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(city.account("administrator"))
    for address in ADDRESSES:
        filled_in = re.sub(r"<uuid:\w+>", known["run"], address)
        filled_in = re.sub(r"<\w+:\w+>", "1", filled_in)
        if filled_in not in SIGNED:
            assert browser.post(f"/{filled_in}").status_code == 403, address


def test_a_photo_is_shown_as_a_photo_only(known: dict[str, str], city: cast.Cast) -> None:
    browser = Client()
    browser.force_login(city.account("dispatcher"))
    answer = browser.get(f"/desk/evidence/{Evidence.objects.get().key}/")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer["Cache-Control"]
