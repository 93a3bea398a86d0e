"""Files of readings are brought in on the desk and by the interface, followed, and mended by what was not taken."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from gezhi.exchange import tasks
from gezhi.exchange.backfill import actions
from gezhi.ledger.models import Entry
from gezhi.people.actions import issue_token
from gezhi.sensing.models import BackfillFault, BackfillRun
from gezhi.sensing.queries.archived import readings_of
from tests.cast import BAISHA, Cast
from tests.sensing.things import a_series, a_thing
from tests.statements import statements

pytestmark = pytest.mark.django_db
Person = Callable[[str], Client]
PAGE, API = "/desk/sensing/backfills/", "/api/v1/sensing/backfills"


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path / "backfills"


@pytest.fixture
def person(city: Cast) -> Person:
    """A browser and a key in one: pages ask for the one, calls for the other."""

    def client(username: str) -> Client:
        account = city.account(username)
        key = issue_token(account, username, ["read", "act"], timezone.now())
        found = Client(headers={"Authorization": f"Bearer {key}"})
        found.force_login(account)
        return found

    return client


@pytest.fixture
def series(city: Cast) -> int:
    return a_series(a_thing("manhole-level"), "freeboard", "m")


@pytest.fixture
def elsewhere(city: Cast) -> int:
    return a_series(a_thing("manhole-level", f"{BAISHA}001"), "freeboard", "m")


def csv(*lines: str, name: str = "past.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\n".join(["series,at,value", *lines]).encode())


def worked() -> BackfillRun:
    """As the job does it."""
    run = BackfillRun.objects.latest("id")
    assert ProcrastinateJob.objects.filter(args__run_id=run.pk, queue_name="slow").count() == 1
    tasks.backfill_file(run.pk)
    run.refresh_from_db()
    return run


def kept_of(series: int) -> list[float]:
    since, until = datetime.fromisoformat("2025-01-01T00Z"), datetime.fromisoformat("2027-01-01T00Z")
    found: list[float] = readings_of([series], since, until).value.tolist()
    return found


def test_a_file_is_uploaded_followed_and_taken(person: Person, series: int, kept: Path) -> None:
    dispatcher = person("dispatcher")
    sent = dispatcher.post(
        PAGE, {"file": csv(f"{series},2026-01-01 08:00,1.5", f"{series},2026-01-01 09:00,2")}
    )
    run = BackfillRun.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, f"{PAGE}{run.key}/")
    assert dispatcher.get(f"{PAGE}{run.key}/progress/").json()["ended"] is False
    assert "data-progress" in dispatcher.get(f"{PAGE}{run.key}/").content.decode()
    assert (worked().state, run.name) == ("done", "past.csv")
    assert kept_of(series) == [1.5, 2.0]
    assert dispatcher.get(f"{PAGE}{run.key}/progress/").json() == {
        "share": 1.0, "words": "读到 2 个读数：新增 2，已有 0，未收 0", "ended": True,
    }  # fmt: skip
    assert list(kept.iterdir()) == []
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {"sensing.backfill-started", "sensing.backfilled", "sensing.backfill-ended"} <= kinds
    assert (worked().state, kept_of(series)) == ("done", [1.5, 2.0])  # a job that comes a second time


def test_each_wrong_reading_is_told_with_row_field_and_why(person: Person, series: int) -> None:
    lines = [f"{series},2026-01-01 08:00,1.5", f"{series},昨天,1", f"{series},2026-01-01 10:00,断线",
             f"{series},1999-01-01 10:00,1", "no/thing,2026-01-01 10:00,1", f"{series},2026-01-01 08:00,7"]  # fmt: skip
    watcher = person("dispatcher")
    watcher.post(PAGE, {"file": csv(*lines)})
    run = worked()
    body = watcher.get(f"{API}/{run.key}").json()
    told = {(one["row"], one["field"], one["code"]) for one in body["faults"]}
    assert (6, "series", "unknown-series") in told
    assert {
        (3, "time", "bad-time"),
        (4, "value", "bad-number"),
        (5, "time", "too-old"),
        (7, "value", "contradicts"),
    } <= told
    page = watcher.get(f"{PAGE}{run.key}/").content.decode()
    assert "不是时间" in page
    assert "断线" in page
    lines_told = watcher.get(f"{PAGE}{run.key}/faults/").content.decode().splitlines()
    assert any(line.startswith("4,value,断线,") for line in lines_told)


def test_only_datastreams_that_one_looks_after_are_written(
    person: Person, series: int, elsewhere: int
) -> None:
    person("handler").post(
        PAGE, {"file": csv(f"{series},2026-01-01 08:00,1", f"{elsewhere},2026-01-01 08:00,1")}
    )
    run = worked()
    assert (run.added, run.refused) == (0, 2)
    assert set(run.faults.values_list("code", flat=True)) == {"unknown-series"}
    assert kept_of(series) == []


def test_the_interface_takes_a_file_and_tells_how_far_it_is(
    person: Person, series: int, tmp_path: Path
) -> None:
    path = tmp_path / "past.parquet"
    at = pa.array([1_767_225_600_000, 1_767_229_200_000], pa.timestamp("ms", tz="UTC"))
    pq.write_table(pa.table({"series": [series] * 2, "at": at, "value": [1.0, 2.0], "mark": [0, 4]}), path)
    client = person("dispatcher")
    sent = client.post(API, {"file": SimpleUploadedFile("past.parquet", path.read_bytes())})
    assert (sent.status_code, sent.json()["state"], sent.json()["rows"]) == (202, "running", 2)
    worked()
    told = client.get(f"{API}/{sent.json()['key']}").json()
    assert (told["state"], told["new"], told["refused"], told["faults"]) == ("done", 2, 0, [])
    assert client.get(API).json()["backfills"][0]["key"] == sent.json()["key"]
    client.post(API, {"file": SimpleUploadedFile("past.parquet", path.read_bytes())})
    assert worked().known == 2


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (
            SimpleUploadedFile("past.csv", b"series,when,value\n1,2,3"),
            "no column 'at'. It has: series, when, value",
        ),
        (SimpleUploadedFile("past.exe", b"MZ"), "no format that is read"),
        (SimpleUploadedFile("past.parquet", b"PAR1 not"), "no Parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_once(
    person: Person, series: int, kept: Path, file: SimpleUploadedFile, says: str
) -> None:
    answer = person("dispatcher").post(API, {"file": file})
    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable")
    assert says in answer.json()["detail"]
    assert not BackfillRun.objects.exists()
    assert not list(kept.glob("*"))


def test_a_file_that_is_too_large_is_refused(
    person: Person, series: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_BYTES", 20)
    answer = person("dispatcher").post(API, {"file": csv("1,2026-01-01 08:00,1")})
    assert "over 20 bytes; split it" in answer.json()["detail"]
    assert person("dispatcher").post(PAGE, {"file": csv("1,2026-01-01 08:00,1")}).status_code == 422
    assert "请先选择" in person("dispatcher").post(PAGE, {}).content.decode()


def test_nobody_sees_anothers_files_but_posts_of_the_whole_node(person: Person, series: int) -> None:
    run = BackfillRun.objects.create(
        key=uuid4(),
        name="x.csv",
        account_id=0,
        state="done",
        started_at=datetime.fromisoformat("2026-01-01T00Z"),
    )
    for path in (
        f"{PAGE}{run.key}/",
        f"{PAGE}{run.key}/faults/",
        f"{PAGE}{run.key}/progress/",
        f"{API}/{run.key}",
    ):
        assert person("handler").get(path).status_code == 404, path
        assert person("leader").get(path).status_code == 200, path
    assert person("handler").get(API).json()["backfills"] == []
    assert person("operator").get(PAGE).status_code == 403
    assert person("operator").post(API, {"file": csv()}).status_code == 403


def test_of_many_faults_some_are_kept_and_all_are_counted(
    person: Person, series: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_FAULTS", 3)
    person("dispatcher").post(PAGE, {"file": csv(*[f"{series},nie,{n}" for n in range(9)])})
    run = worked()
    assert (run.refused, BackfillFault.objects.count()) == (9, 3)


def test_the_example_is_a_file_that_is_taken(person: Person, series: int) -> None:
    other = a_series(a_thing("manhole-level"), "freeboard", "m")
    example = person("dispatcher").get(f"{PAGE}example/").content
    person("dispatcher").post(PAGE, {"file": SimpleUploadedFile("example.csv", example)})
    run = worked()
    assert (run.added, run.refused) == (3, 0)
    assert len(kept_of(other)) + len(kept_of(series)) == 3


def test_the_list_takes_the_same_statements_however_long(person: Person, series: int) -> None:
    client = person("dispatcher")
    counts = []
    for _ in range(2):
        for number in range(3):
            BackfillRun.objects.create(
                key=uuid4(), name=f"{number}", account_id=0, state="done",
                started_at=datetime.fromisoformat("2026-01-01T00Z"),
            )  # fmt: skip
        client.get(PAGE)
        with statements() as found:
            client.get(PAGE)
        counts.append(len(found))
    assert counts[0] == counts[1]
