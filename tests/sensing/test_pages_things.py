"""Things on the desk: found, filtered, read, drawn and looked after, by those whose posts reach them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from gezhi.ledger.models import Entry
from gezhi.pages.series_chart import series_chart
from gezhi.sensing.columns import Mark
from gezhi.sensing.looking import SPANS
from gezhi.sensing.models import Datastream, Thing
from gezhi.sensing.queries.history import Bucket, History, Stood, history
from gezhi.sensing.queries.newest import forget
from tests.cast import Cast
from tests.desk.conftest import SignedIn
from tests.sensing.flooded import Flood, flooded, send
from tests.sensing.things import a_series, a_thing, with_packs

LIST = "/desk/sensing/things/"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _in_chinese() -> None:
    translation.activate("zh-hans")


@pytest.fixture
def flood(city: Cast) -> Flood:
    return flooded(city.units["haishu-works"])


def names(signed_in: SignedIn, who: str, **asked: str) -> set[str]:
    return {row.thing.name for row in signed_in(who).get(LIST, asked).context["rows"]}


def test_a_list_shows_the_things_of_ones_places(signed_in: SignedIn, flood: Flood) -> None:
    here = {flood.underpass.name, flood.manhole.name, flood.silent.name}
    assert names(signed_in, "dispatcher") == here
    assert names(signed_in, "jiangbei-dispatcher") == {flood.elsewhere.name}
    assert names(signed_in, "leader") == here | {flood.elsewhere.name}


def test_a_unit_sees_what_it_answers_for_and_nothing_else(signed_in: SignedIn, flood: Flood) -> None:
    assert names(signed_in, "handler") == {flood.underpass.name}
    assert names(signed_in, "jiangbei-handler") == set()
    assert signed_in("handler").get(f"{LIST}{flood.manhole.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("state", "found"), [("alarming", "underpass"), ("silent", "silent"), ("good", "manhole")]
)
def test_a_list_is_asked_by_state(signed_in: SignedIn, flood: Flood, state: str, found: str) -> None:
    assert names(signed_in, "dispatcher", state=state) == {getattr(flood, found).name}


def test_marked_readings_are_found_by_their_state(signed_in: SignedIn, flood: Flood) -> None:
    send([flood.freeboard], timezone.now() + timedelta(seconds=1), 99.0)
    forget()
    assert names(signed_in, "dispatcher", state="marked") == {flood.manhole.name}


def test_a_list_is_asked_by_kind_words_and_place(signed_in: SignedIn, flood: Flood) -> None:
    assert names(signed_in, "leader", kind="underpass-gauge") == {flood.underpass.name}
    assert names(signed_in, "leader", text=flood.silent.key) == {flood.silent.name}
    assert names(signed_in, "leader", place="江北区") == {flood.elsewhere.name}
    page = signed_in("leader").get(LIST, {"place": "没有的镇"})
    assert "没有找到这个区域" in page.content.decode()


def test_what_is_due_for_calibration_is_found(signed_in: SignedIn, flood: Flood) -> None:
    today = timezone.localdate()
    Thing.objects.filter(pk=flood.manhole.pk).update(
        calibrate_days=30, calibrated_on=today - timedelta(days=31)
    )
    Thing.objects.filter(pk=flood.silent.pk).update(calibrate_days=30, calibrated_on=today)
    assert names(signed_in, "dispatcher", due="1") == {flood.manhole.name}


def test_an_empty_list_says_how_things_come(signed_in: SignedIn) -> None:
    assert "SensorThings" in signed_in("dispatcher").get(LIST).content.decode()


def test_a_long_list_comes_in_pages_and_asks_no_more_for_it(signed_in: SignedIn, city: Cast) -> None:
    client = signed_in("dispatcher")
    for _ in range(3):
        a_series(a_thing("manhole"))
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for _ in range(52):
        a_series(a_thing("manhole"))
    client.get(LIST)
    with CaptureQueriesContext(connection) as many:
        page = client.get(LIST)
    assert len(page.context["rows"]) == 50
    assert len(many) == len(few)
    assert len(client.get(LIST, {"page": "2"}).context["rows"]) == 5


def test_a_list_leaves_as_a_numbered_file(signed_in: SignedIn, flood: Flood) -> None:
    answer = signed_in("dispatcher").get(f"{LIST}export/", {"as": "csv", "state": "silent"})
    text = answer.content.decode("utf-8-sig")
    assert flood.silent.name in text
    assert flood.underpass.name not in text
    assert "导出编号" in text
    assert signed_in("grid-worker").get(f"{LIST}export/").status_code == 403


def test_a_page_says_the_newest_reading_in_words(signed_in: SignedIn, flood: Flood) -> None:
    page = signed_in("dispatcher").get(f"{LIST}{flood.underpass.pk}/").content.decode()
    assert "积水深度" in page
    assert "30 cm" in page
    assert "橙色" in page
    assert "良好" in page


def test_a_page_says_marks_and_silence_in_words(signed_in: SignedIn, flood: Flood) -> None:
    send([flood.freeboard], timezone.now() + timedelta(seconds=1), 99.0)
    page = signed_in("dispatcher").get(f"{LIST}{flood.manhole.pk}/").content.decode()
    assert "数值不可能" in page
    assert "突变" in page
    assert (
        "已 5 小时 0 分 没有数据" in signed_in("dispatcher").get(f"{LIST}{flood.silent.pk}/").content.decode()
    )


def test_a_page_draws_its_history_with_alarms_and_a_table(signed_in: SignedIn, flood: Flood) -> None:
    page = signed_in("dispatcher").get(f"{LIST}{flood.underpass.pk}/", {"span": "7d"})
    text = page.content.decode()
    chart = page.context["charts"][0]
    assert chart.line.startswith("M")
    assert sorted(one.look for one in chart.spans) == ["orange", "yellow"]
    assert "<table>" in text.split('class="numbers"')[1]
    assert "<script" not in text.split("<main")[1].split("</main>")[0]


def test_a_page_tells_what_was_warned_and_which_case_came_of_it(signed_in: SignedIn, flood: Flood) -> None:
    page = signed_in("dispatcher").get(f"{LIST}{flood.underpass.pk}/")
    (shown,) = [one for one in page.context["warnings"] if one.row.pk == flood.warning.pk]
    assert shown.case is not None
    assert shown.case.number in page.content.decode()


def test_a_thing_elsewhere_is_not_there(signed_in: SignedIn, flood: Flood) -> None:
    assert signed_in("dispatcher").get(f"{LIST}{flood.elsewhere.pk}/").status_code == 404
    assert signed_in("dispatcher").get(f"{LIST}{2**63}/").status_code == 404


def test_things_in_homes_are_for_those_who_handle(signed_in: SignedIn, city: Cast) -> None:
    with_packs("home-smoke")
    home = a_thing("home-smoke-alarm")
    a_series(home, "smoke", "1")
    for who in ("dispatcher", "grid-worker", "verifier"):
        assert names(signed_in, who) == {home.name}, who
    for who in ("leader", "supervisor", "administrator", "operator", "handler"):
        assert names(signed_in, who) == set(), who
        assert signed_in(who).get(f"{LIST}{home.pk}/").status_code == 404
    Thing.objects.filter(pk=home.pk).update(unit_id=city.units["haishu-works"])
    assert names(signed_in, "handler") == {home.name}


def test_a_unit_notes_that_its_thing_was_calibrated(signed_in: SignedIn, flood: Flood) -> None:
    signed_in("handler").post(f"{LIST}{flood.underpass.pk}/keep/", {"do": "calibrated"})
    kept = Thing.objects.get(pk=flood.underpass.pk)
    assert kept.calibrated_on == timezone.localdate()
    assert kept.unit_id == flood.underpass.unit_id
    assert Entry.objects.order_by("-id")[0].kind == "sensing.looked-after"


def test_another_unit_takes_over_a_thing_with_its_datastreams(
    signed_in: SignedIn, flood: Flood, city: Cast
) -> None:
    works = city.units["city-works"]
    signed_in("leader").post(
        f"{LIST}{flood.underpass.pk}/keep/", {"unit_id": str(works), "service_days": "30"}
    )
    kept = Thing.objects.get(pk=flood.underpass.pk)
    assert (kept.unit_id, kept.service_days) == (works, 30)
    assert Datastream.objects.get(pk=flood.depth).unit_id == works


def test_a_unit_gives_its_thing_to_nobody(signed_in: SignedIn, flood: Flood, city: Cast) -> None:
    answer = signed_in("handler").post(
        f"{LIST}{flood.underpass.pk}/keep/", {"unit_id": str(city.units["city-works"])}
    )
    assert answer.status_code == 422
    assert "责任单位由负责该区域的岗位指定" in answer.content.decode()
    assert Thing.objects.get(pk=flood.underpass.pk).unit_id == city.units["haishu-works"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("calibrated_on", "2099-01-01"),
        ("calibrated_on", "昨天"),
        ("service_days", "0"),
        ("service_days", "1.5"),
    ],
)
def test_what_cannot_be_is_refused_with_words(
    signed_in: SignedIn, flood: Flood, name: str, text: str
) -> None:
    answer = signed_in("dispatcher").post(f"{LIST}{flood.underpass.pk}/keep/", {name: text})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_whoever_does_not_watch_changes_nothing(signed_in: SignedIn, flood: Flood) -> None:
    address = f"{LIST}{flood.manhole.pk}/keep/"
    assert signed_in("operator").post(address, {"do": "serviced"}).status_code == 403
    assert signed_in("jiangbei-dispatcher").post(address, {"do": "serviced"}).status_code == 404
    assert Thing.objects.get(pk=flood.manhole.pk).serviced_on is None


def test_everything_stands_in_english_too(signed_in: SignedIn, flood: Flood) -> None:
    client = signed_in("dispatcher")
    client.cookies["language"] = "en"
    page = client.get(f"{LIST}{flood.underpass.pk}/", headers={"Accept-Language": "en"}).content.decode()
    main = page.split("<main")[1].split("</main>")[0]
    assert "Depth of water" in main
    assert "Newest readings" in main


def test_a_history_is_counted_in_buckets_with_its_marks(city: Cast) -> None:
    series, now = a_series(low=0, high=10), timezone.now()
    for minutes, value in ((50, 2.0), (49, 4.0), (48, 50.0)):
        send([series], now - timedelta(minutes=minutes), value)
    found = history(series, SPANS["24h"], now)
    assert sum(one.count for one in found.buckets) == 3
    assert (min(one.low or 9 for one in found.buckets), max(one.high or 0 for one in found.buckets)) == (2, 4)
    assert found.buckets[-1].marks & Mark.OUT_OF_RANGE
    assert found.since.astimezone(UTC) < now < found.until


def test_a_history_reads_the_days_that_it_needs(city: Cast) -> None:
    series, now = a_series(), timezone.now()
    send([series], now - timedelta(days=5), 1.0)
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN SELECT count(*) FROM sensing_reading WHERE datastream_id = %s AND at >= %s AND at < %s",
            [series, now - timedelta(hours=2), now],
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert f"sensing_reading_{now - timedelta(days=5):%Y%m%d}" not in plan


def bucket(hours: int, low: float, high: float) -> Bucket:
    return Bucket(START + hours * HOUR, low, (low + high) / 2, high, 4, 0, Mark.GOOD)


START = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_drawing_holds_what_lies_below_zero_and_breaks_at_gaps() -> None:
    found = History(START, START + 24 * HOUR, [bucket(0, -12, -3), bucket(1, -5, 4), bucket(9, 1, 2)], ())
    chart = series_chart("气温", "°C", found, HOUR, {})
    assert [tick.words for tick in chart.ticks] == ["5", "0", "-5", "-10", "-15"]
    assert chart.line.count("M") == 2
    assert series_chart("气温", "°C", found, HOUR, {}, 9 * HOUR).line.count("M") == 1, "it holds for so long"
    assert "最低 -12" in chart.told
    assert not chart.spans


def test_a_drawing_writes_the_level_where_there_is_room() -> None:
    stood = [
        Stood("m", 4, START, START + 6 * HOUR),
        Stood("m", 3, START + 6 * HOUR, START + 6 * HOUR + timedelta(minutes=5)),
        Stood("m", 2, START + 20 * HOUR, None),
    ]
    chart = series_chart(
        "x", "", History(START, START + 24 * HOUR, [bucket(2, 1, 2)], stood), HOUR, {"m": "水位"}
    )
    assert [one.level for one in chart.spans] == ["红色", "", "黄色"]
    assert "现在" in chart.spans[2].words
    assert chart.rows[0].alarms == "红色 水位"


def test_an_empty_drawing_says_so() -> None:
    chart = series_chart("x", "", History(START, START + HOUR, [], ()), HOUR, {})
    assert chart.empty
    assert "没有可用的读数" in chart.told
