"""Two who act in one instant: nothing twice, nobody overwritten, no breakage."""

import json
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from gezhi.cases.actions import request_training
from gezhi.cases.models import Case, CaseEvent, ImportRun, Report
from gezhi.exchange.files.actions import start, store_upload
from gezhi.exchange.files.mapping import mapping_from
from gezhi.people.actions import issue_token
from tests import cast
from tests.cast import Cast
from tests.exchange.conftest import ALL, with_key
from tests.together import together

LON, LAT = cast.centre_of(f"{cast.WANAN}001")
KIND = "application/json"


def key_of(city: Cast, username: str) -> str:
    return issue_token(city.account(username), username, ALL, timezone.now())


@pytest.mark.django_db
def test_a_replay_is_known(city: Cast) -> None:
    client, body = with_key(key_of(city, "operator")), json.dumps({"text": "路灯不亮", "source_id": "r"})
    statuses = [client.post("/api/v1/reports", body, content_type=KIND).status_code for _ in range(3)]
    assert statuses == [201, 200, 200]


def test_one_report_sent_by_eight_at_once_is_taken_once(committed: Cast) -> None:
    key = key_of(committed, "operator")
    body = json.dumps({"text": "路灯不亮", "source_id": "same", "lon": LON, "lat": LAT})

    def send() -> int:
        return with_key(key).post("/api/v1/reports", body, content_type=KIND).status_code

    assert sorted(map(str, together([send] * 8))) == ["200"] * 7 + ["201"]
    assert Report.objects.count() == Case.objects.count() == 1


def test_of_two_dispatchers_at_once_the_second_gets_the_newer_state(committed: Cast) -> None:
    number = cast.reported().case_number
    body = json.dumps({"version": 1, "unit_id": committed.units["haishu-works"]})
    clients = [with_key(key_of(committed, name)) for name in ("dispatcher", "second-dispatcher")]

    def dispatch(client: Client) -> tuple[int, dict[str, object]]:
        answer = client.post(f"/api/v1/cases/{number}/steps/dispatch", body, content_type=KIND)
        return answer.status_code, answer.json()

    outcomes = together([lambda client=client: dispatch(client) for client in clients])
    statuses = sorted(outcome[0] for outcome in outcomes if isinstance(outcome, tuple))
    assert statuses == [200, 409], outcomes
    late = next(body for status, body in outcomes if status == 409)
    assert (late["state"], late["version"], late["code"]) == ("dispatched", 2, "stale")
    assert list(CaseEvent.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2]


def test_a_file_started_by_six_clicks_at_once_is_imported_once(committed: Cast) -> None:
    key = store_upload(SimpleUploadedFile("a.csv", "编号,内容\n1,路灯不亮\n".encode()), "a.csv")
    mapping = mapping_from({"source": "a", "id": "编号", "fields": {"text": "内容"}})
    runs = together([partial(start, key, mapping, None)] * 6)
    assert len({getattr(run, "pk", run) for run in runs}) == 1
    assert ImportRun.objects.count() == jobs("exchange.import_file") == 1


def test_a_training_asked_for_by_six_at_once_is_queued_once(committed: Cast) -> None:
    asked = together([partial(request_training, None)] * 6)
    assert len({getattr(one, "pk", one) for one in asked}) == 1
    assert jobs("cases.train") == 1


def jobs(task: str) -> int:
    return ProcrastinateJob.objects.filter(task_name=task).count()
