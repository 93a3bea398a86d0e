"""Days of readings go into files: whoever asks for observations gets the same answer as before."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from django.conf import settings
from django.db import connection

from gezhi.exchange.sensorthings.asking import asked
from gezhi.exchange.sensorthings.entities import OBSERVATION, reading_id
from gezhi.exchange.sensorthings.spans import FIRST, LAST, Span, span_of
from gezhi.sensing.actions import days as made_days
from gezhi.sensing.actions.archiving import archive_days
from gezhi.sensing.actions.taking import take
from gezhi.sensing.columns import Columns
from gezhi.sensing.models import ArchivedDay
from gezhi.sensing.queries.archived import standing_days
from gezhi.sensing.queries.lying import Stretch, stretches
from tests.cast import WANAN, Cast
from tests.exchange.sensorthings import ROOT, Asker, asker, manhole, stream_of
from tests.owner import owning

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
OLD = datetime(2026, 9, 20, tzinfo=UTC)
GRID = f"{WANAN}001"
MS = int(OLD.timestamp() * 1000)
HOUR = 3_600_000


@pytest.fixture
def service(committed: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asker]:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    yield asker(committed, "leader")
    with owning(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE sensing_reading, sensing_archivedday, sensing_extra")
        for day in standing_days(date(2026, 11, 20)):
            cursor.execute("SELECT gezhi_drop_reading_day(%s)", [day])
    made_days._made.clear()


@pytest.fixture
def stream(service: Asker, committed: Cast) -> int:
    """Readings of an hour for 60 days, some of them with more than a number; others beside them."""
    number = stream_of(service, service.made("Things", manhole(GRID)))
    other = stream_of(service, service.made("Things", manhole(GRID, "井2")))
    values = np.random.default_rng(1).normal(20, 5, 60 * 24).round(1)
    hours = MS + np.arange(60 * 24) * HOUR
    take(Columns.of(np.full(len(hours), number), hours, values), "test", NOW)
    take(Columns.of(np.full(len(hours), other), hours + 1, values), "test", NOW)
    for hour, more in (
        (5, {"result": "堵塞"}),
        (30, {"resultTime": "2026-09-21T07:00:00Z"}),
        (55, {"result": True}),
    ):
        body = {
            "phenomenonTime": f"{moment(hour)[:-1]}.500Z",
            "result": 1.5,
            "parameters": {"by": "泵"},
            **more,
        }
        service.post(f"Datastreams({number})/Observations", body)
    return number


def moment(hours: float) -> str:
    return (OLD + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def asks(stream: int) -> list[str]:
    """Of the list of a stream, and of what leads to it."""
    options = [
        "", "$top=7", "$top=5&$skip=40", "$top=3&$skip=1439", "$skip=2000", "$count=true&$top=0", "$count=true&$top=2",
        "$orderby=phenomenonTime desc&$top=60", "$orderby=phenomenonTime desc&$top=4&$skip=900",
        "$orderby=result desc&$top=10", "$orderby=result&$top=10&$skip=700",
        "$orderby=result,phenomenonTime desc&$top=9", "$orderby=resultTime desc,id&$top=5",
        f"$filter=phenomenonTime ge {moment(20)} and phenomenonTime lt {moment(30)}",
        f"$filter={moment(500)} lt phenomenonTime and phenomenonTime le {moment(900)} and result gt 25&$count=true",
        f"$filter=during(phenomenonTime,{moment(700)}/{moment(710)})&$orderby=result",
        f"$filter=phenomenonTime eq {moment(31)}", "$filter=result gt 32", "$filter=result lt 0&$count=true",
        "$filter=result gt 30 or result lt 10&$count=true&$top=3&$orderby=phenomenonTime desc",
        "$filter=resultTime ge 2026-09-20T00:00:00Z", "$filter=resultTime eq null&$top=2", "$filter=result eq '堵塞'",
        "$filter=hour(phenomenonTime) eq 3 and result gt 24&$select=result,phenomenonTime&$top=200",
        "$filter=parameters/by eq '泵'&$expand=Datastream($expand=Thing),FeatureOfInterest",
        f"$filter=phenomenonTime lt {moment(-5)}&$count=true", "$resultFormat=dataArray&$top=4&$skip=20",
        "$filter=Datastream/Thing/name eq '井1'&$top=3&$orderby=phenomenonTime desc",
    ]  # fmt: skip
    lists = [f"Datastreams({stream})/Observations?{one}" for one in options]
    single = reading_id(stream, MS + 7 * HOUR)
    moved = reading_id(stream, MS + 30 * HOUR + 500)
    return [
        *lists,
        f"Observations?$filter=Datastream/id eq {stream} and result gt 33",
        f"Observations({single})", f"Observations({moved})?$expand=Datastream", f"Observations({single})/result/$value",
        f"Observations({single})/Datastream/Thing", f"Observations({single})/FeatureOfInterest",
        f"Datastreams({stream})/Observations({single})",
        "Datastreams?$expand=Observations($top=2)&$select=name",
        "Datastreams?$expand=Observations($top=1;$orderby=phenomenonTime desc)",
        "Things?$expand=Datastreams/Observations($top=2;$count=true;$filter=result gt 28;$orderby=result)",
    ]  # fmt: skip


def pages(service: Asker, ask: str, most: int = 30) -> list[object]:
    """The answer, and those of the pages after it; their addresses without tokens of time are compared, too."""
    path = ask
    found: list[object] = []
    while path and len(found) < most:
        answer = service.get(quote(path, safe="?&=$(),;/:'%"))
        found.append(answer)
        link = answer.get("@iot.nextLink", "") if isinstance(answer, dict) else ""
        path = link.partition(f"{ROOT}/")[2]
    return found


def text(service: Asker, ask: str) -> object:
    if ask.endswith("$value"):
        return service.client.get(f"{ROOT}/{ask}").content
    return pages(service, ask)


def put_away(at_hand: int = 30) -> int:
    with owning():
        return len(archive_days(NOW, at_hand))


@pytest.mark.django_db(transaction=True)
def test_the_same_request_has_the_same_answer_before_and_after_archiving(service: Asker, stream: int) -> None:
    before = {ask: text(service, ask) for ask in asks(stream)}
    assert put_away() == 33
    for ask, answer in before.items():
        assert text(service, ask) == answer, ask
    assert put_away(2) == 27
    for ask, answer in before.items():
        assert text(service, ask) == answer, ask


def leave_files_of(*days: str) -> None:
    for row in ArchivedDay.objects.all():
        if row.day.isoformat() not in days:
            (Path(settings.DATA_DIR) / "readings" / row.file).unlink()


@pytest.mark.django_db(transaction=True)
def test_only_the_days_that_a_question_needs_are_read(service: Asker, stream: int) -> None:
    put_away()
    leave_files_of("2026-09-20", "2026-09-25", "2026-10-22")
    narrow = f"$filter=phenomenonTime ge {moment(120)} and phenomenonTime lt {moment(130)}&$count=true"
    assert service.get(f"Datastreams({stream})/Observations?{narrow}".replace(" ", "%20"))["@iot.count"] == 10
    assert len(service.values(f"Datastreams({stream})/Observations?$top=20")) == 20
    newest = "$orderby=phenomenonTime%20desc"
    table = service.values(f"Datastreams({stream})/Observations?{newest}&$top=600")
    assert len(table) == 600
    across = service.values(f"Datastreams({stream})/Observations?{newest}&$top=20&$skip=640")
    assert [one["phenomenonTime"][:10] for one in across][::19] == ["2026-10-23", "2026-10-22"]
    single = reading_id(stream, MS + 121 * HOUR)
    assert service.get(f"Observations({single})")["phenomenonTime"] == f"{moment(121)[:-1]}.000Z"


@pytest.mark.django_db(transaction=True)
def test_a_late_reading_of_an_archived_day_is_listed_in_its_place_and_the_kept_one_wins(
    service: Asker, stream: int
) -> None:
    put_away()
    kept = service.get(f"Observations({reading_id(stream, MS + 7 * HOUR)})")
    take(Columns.of([stream] * 2, [MS + 7 * HOUR, MS + 7 * HOUR + 60_000], [99, 98]), "test", NOW)
    window = f"$filter=phenomenonTime ge {moment(7)} and phenomenonTime lt {moment(8)}&$count=true"
    found = service.get(f"Datastreams({stream})/Observations?{window}".replace(" ", "%20"))
    assert [one["result"] for one in found["value"]] == [kept["result"], 98]
    assert found["@iot.count"] == 2


@pytest.mark.django_db(transaction=True)
def test_a_corrected_reading_keeps_its_id_in_a_file(service: Asker, stream: int) -> None:
    number = reading_id(stream, MS + 8 * HOUR)
    moved = f"{moment(8)[:-3]}25Z"
    assert service.send("PATCH", f"Observations({number})", {"phenomenonTime": moved}).status_code == 200
    before = service.get(f"Observations({number})")
    assert before["phenomenonTime"] == f"{moved[:-1]}.000Z"
    put_away()
    assert service.get(f"Observations({number})") == before
    listed = service.values(f"Datastreams({stream})/Observations?$top=12")
    assert number in [one["@iot.id"] for one in listed]


@pytest.mark.django_db(transaction=True)
def test_an_id_that_somebody_else_has_taken_is_not_given_back_by_archiving(
    service: Asker, stream: int
) -> None:
    number = reading_id(stream, MS + 8 * HOUR)
    service.send("PATCH", f"Observations({number})", {"phenomenonTime": f"{moment(8)[:-3]}25Z"})
    take(Columns.of([stream], [MS + 8 * HOUR], [50.0]), "test", NOW)
    ask = f"Datastreams({stream})/Observations?$top=12"
    before = service.values(ask), service.get(f"Observations({number})")
    put_away()
    assert (service.values(ask), service.get(f"Observations({number})")) == before
    assert before[1]["result"] == 50


@pytest.mark.django_db(transaction=True)
def test_an_archived_reading_is_not_corrected_or_deleted_and_says_why(service: Asker, stream: int) -> None:
    put_away()
    number = reading_id(stream, MS + 8 * HOUR)
    for answer in (
        service.send("PATCH", f"Observations({number})", {"result": 4}),
        service.send("DELETE", f"Observations({number})"),
    ):
        assert answer.status_code == 409
        assert f"Observation {number} is archived" in json.loads(answer.content)["detail"]
    missing = service.send("DELETE", f"Observations({number + 1})")
    assert missing.status_code == 404


@pytest.mark.django_db(transaction=True)
def test_who_does_not_reach_a_datastream_finds_nothing_of_it_in_files(
    service: Asker, stream: int, committed: Cast
) -> None:
    put_away()
    stranger = asker(committed, "jiangbei-handler")
    number = reading_id(stream, MS + 8 * HOUR)
    stranger.get(f"Observations({number})", 404)
    stranger.get(f"Datastreams({stream})/Observations", 404)
    stranger.get(f"Observations({number})/Datastream", 404)
    assert stranger.values(f"Observations?$filter=Datastream/id%20eq%20{stream}") == []


@pytest.mark.django_db(transaction=True)
def test_beyond_a_number_of_datastreams_the_files_are_left_to_the_next_page(
    service: Asker, stream: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_away()
    monkeypatch.setattr("gezhi.exchange.sensorthings.queries.fetching.MOST_WALKED", 1)
    first, second = service.values("Datastreams?$expand=Observations($top=2)")
    assert len(first["Observations"]) == 2
    assert second["Observations"] == []
    link = second["Observations@iot.nextLink"].partition(f"{ROOT}/")[2]
    assert service.values(link)[0]["phenomenonTime"] == f"{moment(0)[:-1]}.001Z"


@pytest.mark.django_db(transaction=True)
def test_more_rows_than_are_counted_are_estimated_from_what_was_looked_at(
    service: Asker, stream: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_away(2)
    monkeypatch.setattr("gezhi.exchange.sensorthings.queries.fetching.MOST_COUNTED", 300)
    for ask in ("$top=0&$count=true", "$top=0&$count=true&$filter=result%20gt%20-99"):
        told = service.get(f"Datastreams({stream})/Observations?{ask}")["@iot.count"]
        assert 1300 <= told <= 1600


def span(filter: str, series: int | None = 5) -> Span | None:
    return span_of(asked(OBSERVATION, f"$filter={quote(filter)}"), series)


T10, T20 = datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 1, 20, tzinfo=UTC)
MORE = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("filter", "since", "until"),
    [
        ("phenomenonTime ge 2026-01-10T00:00:00Z and result gt 5", T10, LAST),
        (
            "2026-01-10T00:00:00Z le phenomenonTime and phenomenonTime lt 2026-01-20T00:00:00Z",
            T10,
            T20 + MORE,
        ),
        ("phenomenonTime eq 2026-01-10T00:00:00Z", T10, T10 + MORE),
        ("during(phenomenonTime,2026-01-10T00:00:00Z/2026-01-20T00:00:00Z)", T10, T20 + MORE),
        ("phenomenonTime gt 2026-01-10T00:00:00Z or result gt 5", FIRST, LAST),
        ("not (phenomenonTime gt 2026-01-10T00:00:00Z)", FIRST, LAST),
        ("phenomenonTime lt 9999-12-31T23:59:59.999Z", FIRST, LAST),
        ("phenomenonTime ne 2026-01-10T00:00:00Z", FIRST, LAST),
    ],
)
def test_a_filter_leaves_a_span(filter: str, since: datetime, until: datetime) -> None:
    assert span(filter) == Span(5, since, until)


def test_a_question_about_many_datastreams_has_no_span() -> None:
    assert span("result gt 5", None) is None
    assert span("Datastream/id eq 7 or Datastream/id eq 8", None) is None
    assert span("7 eq Datastream/@iot.id and result gt 5", None) == Span(7)


def test_stretches_leave_no_hole_and_join_days_that_stand_near() -> None:
    days = [date(2026, 1, 12), date(2026, 1, 13), date(2026, 1, 16), date(2026, 1, 30), date(2026, 2, 9)]
    found = stretches(days, T10, datetime(2026, 1, 30, 12, tzinfo=UTC))
    assert [one.days for one in found] == [(), tuple(days[:3]), (), (days[3],)]
    assert found[0].since == T10
    assert all(one.until == two.since for one, two in pairwise(found))
    assert found[-1].until == datetime(2026, 1, 30, 12, tzinfo=UTC)
    assert stretches([], T10, T20) == [Stretch(T10, T20)]
