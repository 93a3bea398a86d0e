"""Other systems answer the form of a category: REST, Open311 and files."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from gezhi.cases.intake.reading import Edge
from gezhi.cases.models import Report
from gezhi.exchange.files.mapping import mapping_from
from gezhi.exchange.files.rows import Row, Table
from gezhi.exchange.files.sorting import sort_rows
from tests import cast
from tests.exchange.conftest import with_key
from tests.packs.forms import smoking_building
from tests.pages.asked_pack import FIRE, publish_asking

WHOLE = {"trapped": True, "storeys": 6, "seen_on": "2026-07-01", "inside": ["gas"]}


@pytest.fixture(autouse=True)
def _published(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if "city" in request.fixturenames:
        request.getfixturevalue("city")
        publish_asking(tmp_path)


def body(**attributes: object) -> dict[str, object]:
    return {"text": "楼上在冒烟", "category": FIRE, "attributes": attributes}


def sent(key: str, content: object, path: str = "/api/v1/reports") -> tuple[int, dict[str, object]]:
    answer = with_key(key).post(path, content, content_type="application/json")
    return answer.status_code, answer.json()


def test_rest_gives_the_schema_and_the_layout(client: Client, city: cast.Cast) -> None:
    form = client.get(f"/api/v1/forms/{FIRE}").json()
    Draft202012Validator.check_schema(form["schema"])
    assert Draft202012Validator(form["schema"]).is_valid(WHOLE)
    assert not Draft202012Validator(form["schema"]).is_valid(WHOLE | {"roof": 1})
    assert form["layout"][0]["fields"][1]["show_if"] == {"field": "trapped", "in": [True]}
    assert client.get(f"/api/v1/forms/{cast.LAMP}").status_code == 404
    assert client.get("/api/v1/forms/nothing").json()["code"] == "unknown-category"


def test_rest_takes_answers_as_json_values(city: cast.Cast, key: str) -> None:
    assert sent(key, body(**WHOLE, gate_code="hidden", other="kept"))[0] == 201
    assert Report.objects.get().attributes == WHOLE | {"other": "kept"}


def test_rest_names_the_field_of_a_wrong_answer(city: cast.Cast, key: str) -> None:
    status, problem = sent(key, body(**WHOLE | {"storeys": "6", "inside": ["water"]}))
    assert status == 422
    assert problem["errors"] == [
        {"field": "attributes.storeys", "value": "6", "problem": "must be a whole number"},
        {
            "field": "attributes.inside",
            "value": "['water']",
            "problem": "must be one of gas, battery, chemicals",
        },
    ]


def test_rest_tells_answers_that_do_not_fit_together(city: cast.Cast, key: str, client: Client) -> None:
    status, problem = sent(key, body(**WHOLE | {"trapped_count": 300, "storeys": 1}))
    told = {"value": "300", "problem": "a house of one storey holds fewer people"}
    assert (status, problem["errors"]) == (422, [{"field": "attributes.trapped_count", **told}])
    assert sent(key, body(**WHOLE | {"use": "factory"}))[0] == 201
    assert sent(key, body(**WHOLE | {"use": "factory"}), "/api/v1/reports?strict=true")[0] == 422
    assert (
        client.get(f"/api/v1/forms/{FIRE}").json()["checks"][1]["when"]
        == "trapped_count <= 200 || storeys > 1"
    )


def test_a_missing_answer_keeps_a_report_out_only_when_the_sender_wants_it_strictly(
    city: cast.Cast, key: str
) -> None:
    status, problem = sent(key, body(), "/api/v1/reports?strict=true")
    fields = [error["field"] for error in problem["errors"]]  # type: ignore[attr-defined]
    assert (status, fields) == (422, ["attributes.trapped", "attributes.storeys", "attributes.seen_on"])
    assert sent(key, [body()], "/api/v1/reports/batch?strict=true")[1]["refused"] == 1
    assert sent(key, body())[0] == 201


def test_a_step_takes_its_form(city: cast.Cast, person: Callable[[str], Client]) -> None:
    receipt = cast.reported("楼上在冒烟", category=FIRE)
    client, base = person("dispatcher"), f"/api/v1/cases/{receipt.case_number}"
    options = {one["step"]: one for one in client.get(base).json()["options"]}
    assert (options["note"]["form"], options["dispatch"]["form"]) == (True, False)
    assert client.get(f"{base}/steps/note/form").json()["key"] == "smoking-building"
    assert client.get(f"{base}/steps/dispatch/form").status_code == 404
    step = {"version": 1, "form": {"storeys": 0}}
    refused = client.post(f"{base}/steps/note", step, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-form")
    step["form"] = WHOLE | {"trapped_count": 300, "storeys": 1}
    refused = client.post(f"{base}/steps/note", step, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-form")
    assert "trapped_count a house of one storey holds fewer people" in refused.json()["detail"]
    step["form"] = WHOLE
    assert client.post(f"{base}/steps/note", step, content_type="application/json").status_code == 200
    assert client.get(base).json()["events"][-1]["facts"]["form"] == WHOLE


@pytest.fixture
def post(city: cast.Cast, key: str) -> Callable[..., tuple[int, object]]:
    def send(**fields: object) -> tuple[int, object]:
        form = {"api_key": key, "service_code": FIRE, "address_string": "解放南路 12 号", **fields}
        answer = Client().post("/open311/v2/requests.json", form)
        return answer.status_code, answer.json()

    return send


def test_open311_describes_the_fields(client: Client, city: cast.Cast) -> None:
    found = client.get(f"/open311/v2/services/{FIRE}.json").json()
    fields = {one["code"]: one for one in found["attributes"]}
    assert (fields["trapped"]["datatype"], fields["trapped"]["required"]) == ("singlevaluelist", True)
    assert [fields[key]["datatype"] for key in ("storeys", "inside", "seen_on", "place_note", "caller")] == [
        *("number", "multivaluelist", "datetime", "text", "string"),
    ]
    assert [one["order"] for one in found["attributes"]] == list(range(1, 10))


def test_open311_takes_answers_as_texts(post: Callable[..., tuple[int, object]]) -> None:
    more = {"attribute[storeys]": "6", "attribute[inside][]": ["gas", "battery"], "attribute[gate_code]": "x"}
    assert post(**more, **{"attribute[other]": "kept"})[0] == 200
    assert Report.objects.get().attributes == {"storeys": 6, "inside": ["gas", "battery"], "other": "kept"}


def test_open311_names_a_wrong_answer_and_takes_a_missing_one(
    post: Callable[..., tuple[int, object]],
) -> None:
    status, error = post(**{"attribute[storeys]": "six"})
    assert (status, "attribute[storeys] must be a whole number." in str(error)) == (400, True)
    assert post()[0] == 200


def test_open311_refuses_what_does_not_fit_together_and_takes_what_is_not_known(
    post: Callable[..., tuple[int, object]],
) -> None:
    status, errors = post(
        **{"attribute[trapped]": "true", "attribute[trapped_count]": "300", "attribute[storeys]": "1"}
    )
    assert status == 400
    assert "a house of one storey holds fewer people" in str(errors)
    assert post(**{"attribute[use]": "factory"})[0] == 200
    assert Report.objects.get().attributes == {"use": "factory"}


EDGE = Edge(
    "file:t",
    datetime(2026, 7, 6, tzinfo=UTC),
    ZoneInfo("Asia/Shanghai"),
    {FIRE},
    (),
    forms={FIRE: smoking_building()},
)
COLUMNS = ("内容", "类别", "层数", "被困", "日期")
MAPPING = {
    "source": "t",
    "fields": {
        "text": "内容",
        "category": "类别",
        "form.storeys": "层数",
        "form.trapped": "被困",
        "form.seen_on": "日期",
    },
}


def rows(*cells: tuple[object, ...], mapping: dict[str, object] = MAPPING) -> list[object]:
    found = [Row(at, dict(zip(COLUMNS, row, strict=True))) for at, row in enumerate(cells, start=2)]
    sorted_ = sort_rows(Table(COLUMNS, iter(found), len(found)), mapping_from(mapping), EDGE)
    return [
        one.report.attributes if one.report else [(fault.field, fault.problem) for fault in one.faults]
        for one in sorted_
    ]


def test_cells_answer_the_form() -> None:
    assert rows(("冒烟", FIRE, "6", "是", "2026/7/1"), ("冒烟", FIRE, 6, "否", "2026-07-01")) == [
        {"storeys": 6, "trapped": True, "seen_on": "2026-07-01"},
        {"storeys": 6, "trapped": False, "seen_on": "2026-07-01"},
    ]


def test_a_row_with_a_wrong_or_missing_answer_is_refused_by_its_column() -> None:
    assert rows(("冒烟", FIRE, "0", "", "2026/7/1")) == [
        [
            ("form.trapped", "column 被困: needs an answer"),
            ("form.storeys", "column 层数: must be at least 1"),
        ]
    ]


def test_a_file_that_answers_no_form_loses_no_report() -> None:
    plain = {"source": "t", "fields": {"text": "内容", "category": "类别"}}
    assert rows(("冒烟", FIRE, "", "", ""), mapping=plain) == [{}]
