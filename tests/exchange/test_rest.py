"""The REST interface on a real database."""

import base64
import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gezhi.cases.models import Case, Evidence, Report
from gezhi.exchange.rest.api import openapi_document
from tests import cast
from tests.cast import Cast
from tests.exchange.conftest import with_key

pytestmark = pytest.mark.django_db
LON, LAT = cast.centre_of(f"{cast.WANAN}001")
REPORT = {"text": "路灯不亮了", "source_id": "a-1", "reporter_phone": "13800001234", "lon": LON, "lat": LAT}
Person = Callable[[str], Client]


def post(client: Client, address: str, body: object) -> HttpResponse:
    return client.post(f"/api/v1/{address}", json.dumps(body), content_type="application/json")


def sent(client: Client, **fields: object) -> dict[str, str]:
    answer = post(client, "reports", {**REPORT, **fields})
    assert answer.status_code in (200, 201), answer.content
    return answer.json()


def stored(client: Client) -> str:
    answer = client.post("/api/v1/photos", {"photo": SimpleUploadedFile("a.jpg", cast.picture())})
    assert answer.status_code == 201, answer.content
    return answer.json()["key"]


def test_a_report_is_created_once_and_known_the_second_time(partner: Client) -> None:
    first, again = post(partner, "reports", REPORT), post(partner, "reports", REPORT)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {**first.json(), "known": True}
    assert Report.objects.count() == 1


def test_the_idempotency_key_is_the_source_id_where_the_body_has_none(partner: Client) -> None:
    body = json.dumps({"text": "路灯不亮"})
    headers = {"Idempotency-Key": "k-7"}
    for status in (201, 200):
        answer = partner.post("/api/v1/reports", body, content_type="application/json", headers=headers)
        assert answer.status_code == status
    assert Report.objects.get().source_id == "k-7"


def test_every_fault_of_a_report_is_named_at_once(partner: Client) -> None:
    answer = post(
        partner, "reports", {"text": "", "lon": 999, "lat": 1, "colour": "red", "category": "nonsense"}
    )
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "invalid"
    assert {error["field"] for error in problem["errors"]} == {"text", "lon", "colour", "category"}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"lon": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b"[]", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b'{"text": "\\u0000"}', "application/json", 422),
        (b'{"text": "\\ud800"}', "application/json", 422),
        (b'{"text": "a", "lon": NaN, "lat": 1}', "application/json", 422),
        (b"text=a", "application/x-www-form-urlencoded", 415),
        (b"x" * (9 * 1024 * 1024), "application/json", 413),
    ],
)
def test_bodies_that_are_no_report_are_refused_with_their_reason(
    partner: Client, body: bytes, kind: str, status: int
) -> None:
    answer = partner.post("/api/v1/reports", body, content_type=kind)
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert Report.objects.count() == 0


def test_a_batch_takes_the_good_and_names_the_bad(partner: Client) -> None:
    items = [
        {"text": "路灯不亮", "source_id": "1"},
        {"text": ""},
        "text",
        {"text": "井盖丢失", "source_id": "1"},
    ]
    answer = post(partner, "reports/batch", items)
    assert answer.status_code == 200
    body = answer.json()
    assert [body["accepted"], body["known"], body["refused"]] == [1, 1, 2]
    assert [result["outcome"] for result in body["results"]] == ["accepted", "refused", "refused", "known"]
    assert body["results"][1]["errors"][0]["field"] == "text"


def test_a_batch_of_too_many_is_refused_whole(partner: Client) -> None:
    assert post(partner, "reports/batch", [{}] * 5001).status_code == 413
    assert post(partner, "reports/batch", []).json()["results"] == []


def test_a_batch_of_many_inline_photos_is_sent_to_the_photos_first(partner: Client) -> None:
    items = [{"text": "x", "photos_base64": ["a", "b", "c"]}] * 21
    assert post(partner, "reports/batch", items).json()["code"] == "too-many-photos"


def test_one_report_costs_at_most_twelve_statements(partner: Client) -> None:
    sent(partner, source_id="warm")
    with CaptureQueriesContext(connection) as counted:
        sent(partner, source_id="b", text="井盖丢了一只")
    assert len(counted) <= 12, [query["sql"][:90] for query in counted]


@pytest.mark.parametrize("key", ["", "Bearer nonsense", "Basic YTpi", "Bearer"])
def test_without_a_right_key_nothing_is_taken(city: Cast, key: str) -> None:
    client = Client(headers={"Authorization": key} if key else {})
    answer = post(client, "reports", REPORT)
    assert (answer.status_code, Report.objects.count()) == (401, 0)
    assert answer["WWW-Authenticate"] == "Bearer"


def test_an_ended_key_is_refused(ended_key: str) -> None:
    assert post(with_key(ended_key), "reports", REPORT).status_code == 401


def test_a_key_does_only_what_its_scopes_say(partner: Client) -> None:
    assert partner.get("/api/v1/cases").status_code == 403
    assert post(partner, "cases/1/steps/accept", {"version": 1}).status_code == 403


def test_guessing_keys_is_slowed_down(city: Cast) -> None:
    client = with_key("wrong")
    answers = [client.get("/api/v1/cases").status_code for _ in range(32)]
    assert answers[0] == 401
    answer = client.get("/api/v1/cases")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_a_photo_proves_one_report_only(partner: Client) -> None:
    key = stored(partner)
    sent(partner, photos=[key])
    assert post(partner, "reports", {**REPORT, "photos": [key]}).status_code == 200
    answer = post(partner, "reports", {"text": "另一处", "source_id": "other", "photos": [key]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "photos"
    assert Evidence.objects.count() == 1


def test_inline_photos_are_read_and_bad_ones_named(partner: Client) -> None:
    good = base64.b64encode(cast.picture()).decode()
    sent(partner, photos_base64=[good])
    assert Evidence.objects.count() == 1
    answer = post(
        partner, "reports", {"text": "x", "photos_base64": ["not base64!", base64.b64encode(b"x").decode()]}
    )
    assert [error["field"] for error in answer.json()["errors"]] == ["photos_base64.0", "photos_base64.1"]


def test_what_is_no_photo_is_refused(partner: Client) -> None:
    answer = partner.post("/api/v1/photos", {"photo": SimpleUploadedFile("a.jpg", b"no picture")})
    assert (answer.status_code, answer.json()["code"]) == (422, "not-a-photo")
    assert partner.post("/api/v1/photos", {}).status_code == 422
    assert post(partner, "photos", {}).status_code == 415


def test_the_reporter_follows_with_code_and_last_four(partner: Client, client: Client) -> None:
    receipt = sent(partner)
    address = f"/api/v1/reports/{receipt['tracking_code']}"
    found = client.get(address, {"phone_last4": "1234"}).json()
    assert found["case_number"] == receipt["case_number"]
    assert found["text"] == REPORT["text"]
    assert "13800001234" not in json.dumps(found)
    assert client.get(address, {"phone_last4": "9999"}).status_code == 404
    for _ in range(12):
        last = client.get(address, {"phone_last4": "0000"})
    assert last.status_code == 429


def test_two_dispatchers_the_second_is_told_the_newer_state(
    city: Cast, partner: Client, person: Person
) -> None:
    number = sent(partner)["case_number"]
    first, second = person("dispatcher"), person("second-dispatcher")
    version = first.get(f"/api/v1/cases/{number}").json()["version"]
    step = {"version": version, "unit_id": city.units["haishu-works"]}
    assert post(first, f"cases/{number}/steps/dispatch", step).status_code == 200
    answer = post(second, f"cases/{number}/steps/dispatch", step)
    assert answer.status_code == 409
    assert answer.json()["state"] == "dispatched"
    assert answer.json()["version"] == version + 1


def test_the_whole_loop_by_rest(city: Cast, partner: Client, client: Client, person: Person) -> None:
    receipt = sent(partner)
    number, code = receipt["case_number"], receipt["tracking_code"]
    dispatcher, handler, verifier = person("dispatcher"), person("handler"), person("verifier")

    def step(by: Client, name: str, **given: object) -> HttpResponse:
        version = Case.objects.get(number=number).version
        return post(by, f"cases/{number}/steps/{name}", {"version": version, **given})

    def say(name: str, **given: object) -> HttpResponse:
        return post(client, f"reports/{code}/{name}", {"phone_last4": "1234", **given})

    for _ in range(2):
        assert step(dispatcher, "dispatch", unit_id=city.units["haishu-works"]).status_code == 200
        assert step(handler, "receive").status_code == 200
        lacking = step(handler, "finish", text="已修复")
        assert (lacking.status_code, lacking.json()["code"]) == (422, "lacking")
        proof = stored(handler)
        assert step(handler, "finish", text="已修复", evidence=[proof]).status_code == 200
        again = step(verifier, "verify", evidence=[proof])
        assert (again.status_code, again.json()["code"]) == (422, "photo-used")
        refused = step(handler, "verify")
        assert (refused.status_code, refused.json()["code"]) == (403, "not-your-role")
        assert step(verifier, "verify").status_code == 200
        rated = say("rating", rating=2)
        assert rated.status_code == 200, rated.content
        assert rated.json()["rating"] == 2
        reopened = say("reopening", reason="又坏了")
        assert reopened.json()["state"] == "filed"
    assert say("withdrawal").status_code in (200, 422)


def test_an_unknown_step_says_what_is_possible(partner: Client, person: Person) -> None:
    number = sent(partner)["case_number"]
    client = person("dispatcher")
    answer = post(client, f"cases/{number}/steps/fly", {"version": 1})
    assert answer.status_code == 422
    assert "You may" in answer.json()["detail"]
    assert post(client, "cases/000/steps/accept", {"version": 1}).status_code == 404
    assert post(client, f"cases/{number}/steps/accept", {"version": 1, "text": "\0"}).status_code == 422


def test_cases_are_listed_in_pages_by_one_statement(partner: Client, person: Person) -> None:
    keys = [one["key"] for one in partner.get("/api/v1/categories").json()[:60]]
    at = {"lon": LON, "lat": LAT}
    items = [{"text": "有问题", "source_id": key, "category": key, **at} for key in keys]
    post(partner, "reports/batch", items)
    client = person("dispatcher")
    client.get("/api/v1/cases")
    with CaptureQueriesContext(connection) as counted:
        page = client.get("/api/v1/cases", {"status": "open"}).json()
    assert (
        len([one for one in counted if "cases_case" in one["sql"] and one["sql"].startswith("SELECT")]) == 1
    )
    numbers = [case["number"] for case in page["cases"]]
    while page["next"]:
        page = client.get("/api/v1/cases", {"status": "open", "after": page["next"]}).json()
        numbers += [case["number"] for case in page["cases"]]
    assert sorted(numbers) == sorted(Case.objects.values_list("number", flat=True))


@pytest.mark.parametrize(
    "query", [{"due": "never"}, {"after": "nonsense"}, {"place": "x"}, {"colour": "red"}]
)
def test_a_wrong_filter_is_named(person: Person, query: dict[str, str]) -> None:
    assert person("dispatcher").get("/api/v1/cases", query).status_code == 422


def test_a_case_says_what_is_possible_and_why_not(partner: Client, person: Person) -> None:
    number = sent(partner)["case_number"]
    shown = person("dispatcher").get(f"/api/v1/cases/{number}").json()
    options = {option["step"]: option["why_not"] for option in shown["options"]}
    assert options["dispatch"] == ""
    assert person("handler").get(f"/api/v1/cases/{number}").status_code == 404


def test_categories_units_and_guesses_are_told(city: Cast, partner: Client, person: Person) -> None:
    keys = {category["key"] for category in Client().get("/api/v1/categories").json()}
    assert "matter-01037" in keys
    units = person("dispatcher").get("/api/v1/units").json()
    assert {unit["code"] for unit in units} == set(city.units)
    guesses = post(partner, "classify", {"text": "路灯不亮了"}).json()
    assert guesses
    assert {guess["category"] for guess in guesses} <= keys


def test_points_find_their_place(partner: Client) -> None:
    grid = f"{cast.WANAN}001"
    assert partner.get("/api/v1/places/locate", {"lon": LON, "lat": LAT}).json()["place_code"] == grid
    points = [{"lon": LON, "lat": LAT}, {"lon": 0, "lat": 0}, {"lon": 999, "lat": 1}]
    found = post(partner, "places/locate", {"points": points}).json()
    assert [one["place_code"] for one in found] == [grid, "", ""]
    assert partner.get("/api/v1/places/locate", {"lon": "moon", "lat": 1}).status_code == 422
    assert post(partner, "places/locate", {"points": points, "crs": "mars"}).status_code == 422


def test_unknown_addresses_and_methods_are_problems(partner: Client) -> None:
    assert partner.get("/api/v1/nothing").json()["code"] == "not-found"
    answer = partner.delete("/api/v1/reports")
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")


def test_every_operation_needs_a_scope_or_is_marked_public() -> None:
    open_ones = {
        f"{method} {path}"
        for path, operations in openapi_document()["paths"].items()
        for method, operation in operations.items()
        if not operation.get("security")
    }
    assert {one.partition("/api/v1")[2] for one in open_ones} == {
        "/reports/{tracking_code}",
        "/reports/{tracking_code}/rating",
        "/reports/{tracking_code}/reopening",
        "/reports/{tracking_code}/addition",
        "/reports/{tracking_code}/withdrawal",
        "/reports/{tracking_code}/documents",
        "/reports/{tracking_code}/documents/{code}",
        "/documents/{code}/verification",
        "/purchases",
        "/categories",
        "/forms/{category}",
        "/public/matters",
        "/public/matters.csv",
        "/public/numbers",
        "/public/kept",
        "/public/kept.csv",
        *(f"/ledger/{end}" for end in ("keys", "checkpoints", "checkpoints/{size}", "entries/{index}/proof")),
        *(f"/ledger/proofs/{end}" for end in ("inclusion", "consistency")),
        *(f"/rights/{end}" for end in ("register", "codes", "openings")),
        *(f"/rights/{end}" for end in ("mine", "mine/copy", "requests")),  # with what an opening gave
    }


def test_a_signed_in_person_may_call_with_the_csrf_token_only(city: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(city.account("dispatcher"))
    assert client.get("/api/v1/cases").status_code == 200
    refused = post(client, "reports", REPORT)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    client.cookies["csrftoken"] = "a" * 32
    body = json.dumps(REPORT)
    taken = client.post(
        "/api/v1/reports", body, content_type="application/json", headers={"X-CSRFToken": "a" * 32}
    )
    assert taken.status_code == 201, taken.content


def test_a_signed_in_person_without_a_post_may_not_report(city: Cast) -> None:
    client = Client()
    client.force_login(city.account("nobody"))
    assert post(client, "reports", REPORT).status_code == 403
    assert client.get("/api/v1/cases").json() == {"cases": [], "next": None}


def test_a_case_elsewhere_is_not_there_for_reading_or_acting(person: Person) -> None:
    number = cast.reported(category=cast.LAMP).case_number
    stranger = person("jiangbei-dispatcher")
    assert stranger.get(f"/api/v1/cases/{number}").status_code == 404
    for version in (1, 99):
        answer = post(stranger, f"cases/{number}/steps/accept", {"version": version})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-case")


def test_a_case_tells_staff_neither_the_reporter_nor_the_code_to_act_as_the_reporter(person: Person) -> None:
    receipt = cast.reported(
        reporter_name="王女士", reporter_phone="13800001234", reporter_email="w@example.org"
    )
    shown = (
        person("handler").get("/api/v1/cases").content
        + person("dispatcher").get(f"/api/v1/cases/{receipt.case_number}").content
    )
    for secret in (receipt.tracking_code, "王女士", "13800001234", "w@example.org"):
        assert secret not in shown.decode()
