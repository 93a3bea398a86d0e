"""Warnings, silences, monitors, feeds and areas on the desk; the layer of things in the command centre."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gezhi.sensing.actions.silencing import SilenceDraft, silence
from gezhi.sensing.actions.stores import count_refused
from gezhi.sensing.actions.tallying import tally
from gezhi.sensing.models import (
    EventFate,
    Feed,
    ForecastRow,
    Pulse,
    SensedWarning,
    SilenceRow,
    TrainedForecast,
    WarningMember,
)
from tests.cast import HAISHU, NANMEN, WANAN, Cast
from tests.desk.conftest import SignedIn
from tests.sensing.flooded import Flood, flooded, send
from tests.sensing.things import a_series, a_thing, with_packs

LIST = "/desk/sensing/"
SILENCES = "/desk/sensing/silences/"


@pytest.fixture
def flood(city: Cast) -> Flood:
    return flooded(city.units["haishu-works"])


def shown(signed_in: SignedIn, who: str, **asked: str) -> list[str]:
    return [one.row.monitor for one in signed_in(who).get(LIST, asked).context["warnings"]]


def test_the_highest_standing_warning_comes_first(signed_in: SignedIn, flood: Flood) -> None:
    assert shown(signed_in, "dispatcher") == ["dr-underpass-depth", "dr-underpass-wet"]
    assert shown(signed_in, "dispatcher", level="orange") == ["dr-underpass-depth"]
    assert shown(signed_in, "jiangbei-dispatcher") == []
    assert shown(signed_in, "handler") == ["dr-underpass-depth", "dr-underpass-wet"]
    assert shown(signed_in, "jiangbei-handler") == []


def test_a_list_is_asked_by_monitor_place_and_standing(signed_in: SignedIn, flood: Flood) -> None:
    assert shown(signed_in, "leader", monitor="dr-underpass-wet") == ["dr-underpass-wet"]
    assert shown(signed_in, "leader", place="江北区") == []
    SensedWarning.objects.filter(monitor="dr-underpass-wet").update(ended_at=timezone.now(), level=0)
    assert shown(signed_in, "leader", standing="ended") == ["dr-underpass-wet"]
    assert shown(signed_in, "leader", standing="") == ["dr-underpass-depth", "dr-underpass-wet"]
    assert "看不懂" in signed_in("leader").get(LIST, {"level": "violet"}).content.decode()


def test_a_page_says_what_to_do_which_alarms_and_how_it_came(signed_in: SignedIn, flood: Flood) -> None:
    page = signed_in("dispatcher").get(f"{LIST}warnings/{flood.warning.pk}/")
    text = page.content.decode()
    assert "下穿通道积水" in text
    assert "该做什么" in text
    assert [one.value for one in page.context["members"]] == ["30 cm"]
    assert [one.words for one in page.context["moves"]] == ["达到条件"]
    assert page.context["warning"].case.number in text
    assert "value &gt;= 25" in text


def test_an_alarm_that_nobody_is_told_of_is_shown_with_why(
    signed_in: SignedIn, flood: Flood, city: Cast
) -> None:
    now = timezone.now()
    draft = SilenceDraft("泵站检修", now, now + timedelta(hours=1), thing_id=flood.underpass.pk)
    row = silence(draft, city.actor("dispatcher"), now)
    WarningMember.objects.filter(warning=flood.warning).update(muted=f"silence:{row.pk}")
    page = signed_in("dispatcher").get(f"{LIST}warnings/{flood.warning.pk}/")
    assert [one.muted for one in page.context["muted"]] == ["静默：泵站检修"]
    WarningMember.objects.filter(warning=flood.warning).update(muted=f"dr-underpass-wet:{flood.depth}")
    page = signed_in("dispatcher").get(f"{LIST}warnings/{flood.warning.pk}/")
    assert [one.muted for one in page.context["muted"]] == ["已由“下穿通道开始积水”的预警涵盖"]


def test_a_warning_is_acknowledged_by_who_watches_there(
    signed_in: SignedIn, flood: Flood, city: Cast
) -> None:
    address = f"{LIST}warnings/{flood.warning.pk}/answer/"
    assert signed_in("jiangbei-dispatcher").post(address).status_code == 404
    assert signed_in("operator").post(address).status_code == 403
    assert signed_in("grid-worker").post(address).status_code == 403
    assert flood.warning.acknowledged_at is None
    signed_in("handler").post(address, {"do": "acknowledge"})
    assert flood.warning.acknowledged_by_id == city.account("handler").pk
    page = signed_in("dispatcher").post(address, {"do": "acknowledge"}, follow=True)
    assert "已有人确认" in page.content.decode()


def test_a_case_is_opened_by_hand_before_the_level_would(signed_in: SignedIn, flood: Flood) -> None:
    SensedWarning.objects.filter(pk=flood.warning.pk).update(case_id=None, report_id=None)
    page = signed_in("dispatcher").get(f"{LIST}warnings/{flood.warning.pk}/")
    assert page.context["may_open"]
    signed_in("dispatcher").post(f"{LIST}warnings/{flood.warning.pk}/answer/", {"do": "case"})
    assert flood.warning.case_id is not None


def test_a_silence_is_set_with_why_and_until_when(signed_in: SignedIn, flood: Flood, city: Cast) -> None:
    given = {"monitor": "dr-underpass-depth", "place": "南门街道", "hours": "4", "why": "泵站检修"}
    page = signed_in("dispatcher").post(SILENCES, given, follow=True)
    row = SilenceRow.objects.get()
    assert (row.monitors, row.place_code, row.why) == (["dr-underpass-depth"], NANMEN, "泵站检修")
    assert timedelta(hours=3) < row.until - timezone.now() < timedelta(hours=5)
    assert "派遣员小李" in page.content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"place": NANMEN, "hours": "1", "why": "修"}, "理由"),
        ({"hours": "1", "why": "全部都不要响"}, "全市岗位"),
        ({"place": "330205000000", "hours": "1", "why": "别人的地方"}, "您岗位负责"),
        ({"place": NANMEN, "hours": "9000", "why": "很久很久"}, "30 天"),
        ({"place": NANMEN, "until": "明天", "why": "说不清楚"}, "截止时间"),
        ({"place": NANMEN, "monitor": "no-such", "hours": "1", "why": "没有规则"}, "没有这条监测规则"),
        ({"thing": "999999", "hours": "1", "why": "没有设备"}, "没有这台设备"),
    ],
)
def test_a_silence_that_cannot_be_is_refused_with_words(
    signed_in: SignedIn, flood: Flood, given: dict[str, str], words: str
) -> None:
    answer = signed_in("dispatcher").post(SILENCES, given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not SilenceRow.objects.exists()


def test_a_handler_silences_the_own_units_thing_alone(signed_in: SignedIn, flood: Flood) -> None:
    given = {"hours": "1", "why": "换传感器"}
    assert signed_in("handler").post(SILENCES, {**given, "place": HAISHU}).status_code == 422
    assert signed_in("handler").post(SILENCES, {**given, "thing": str(flood.underpass.pk)}).status_code == 302
    assert signed_in("operator").post(SILENCES, {**given, "place": HAISHU}).status_code == 422


def test_silences_are_seen_where_they_hold(signed_in: SignedIn, flood: Flood, city: Cast) -> None:
    now, later = timezone.now(), timezone.now() + timedelta(hours=1)
    leader = city.actor("leader")
    for place in (NANMEN, "330205000000", "330200000000"):
        silence(SilenceDraft(f"检修 {place}", now, later, place_code=place), leader, now)
    assert len(signed_in("leader").get(SILENCES).context["silences"]) == 3
    seen = [one.row.place_code for one in signed_in("grid-worker").get(SILENCES).context["silences"]]
    assert sorted(seen) == ["330200000000", NANMEN]
    ending = {
        one.row.place_code: one.may_end for one in signed_in("dispatcher").get(SILENCES).context["silences"]
    }
    assert ending == {NANMEN: True, "330200000000": False}


def test_a_silence_is_ended_by_who_watches_there(signed_in: SignedIn, flood: Flood, city: Cast) -> None:
    now = timezone.now()
    row = silence(
        SilenceDraft("泵站检修", now, now + timedelta(hours=2), place_code=NANMEN), city.actor("leader"), now
    )
    assert signed_in("jiangbei-dispatcher").post(f"{SILENCES}{row.pk}/end/").status_code == 404
    signed_in("dispatcher").post(f"{SILENCES}{row.pk}/end/")
    assert SilenceRow.objects.get().until <= timezone.now()
    assert len(signed_in("dispatcher").get(SILENCES, {"over": "1"}).context["silences"]) == 1


def test_monitors_say_what_they_watch_and_what_they_cannot(signed_in: SignedIn, flood: Flood) -> None:
    a_series(a_thing("underpass-gauge", f"{WANAN}002"), "depth", "m")
    views = {
        one.key: one for one in signed_in("dispatcher").get("/desk/sensing/monitors/").context["monitors"]
    }
    assert (views["dr-underpass-depth"].watched, views["dr-underpass-depth"].foreign) == (1, [("m", 1)])
    assert [one.level for one in views["dr-underpass-depth"].levels] == ["橙色", "红色"]
    blind = signed_in("dispatcher").get("/desk/sensing/monitors/", {"blind": "1", "text": "下穿"})
    assert {one.key for one in blind.context["monitors"]} >= {"dr-underpass-depth"}
    one = signed_in("dispatcher").get("/desk/sensing/monitors/", {"monitor": "dr-underpass-depth"})
    assert [(line.stream.thing_id == flood.underpass.pk, line.unit) for line in one.context["series"]] == [
        (False, "m"),
        (True, ""),
    ]
    elsewhere = signed_in("jiangbei-dispatcher").get(
        "/desk/sensing/monitors/", {"monitor": "dr-underpass-depth"}
    )
    assert [one.watched for one in elsewhere.context["monitors"]] == [0]


def test_feeds_say_what_was_refused_of_whom_and_when(signed_in: SignedIn, city: Cast) -> None:
    now = timezone.now()
    count_refused("hj212:1001", now, {"checksum": 7, "from-the-future": 2})
    count_refused("mqtt:gate", now - timedelta(days=3), {"not-a-number": 5})
    tally("", EventFate.PERSON, now, 3)
    client = signed_in("leader")
    page = client.get("/desk/sensing/feeds/")
    text = page.content.decode()
    assert [(one.row.source, one.reason, one.row.count) for one in page.context["refusals"]] == [
        ("hj212:1001", "校验码不符", 7),
        ("hj212:1001", "时间超前 10 分钟以上（时钟错误）", 2),
    ]
    assert "含人脸或个人特征，已拒收 3" in text
    assert page.context["total"] == 9
    assert len(client.get("/desk/sensing/feeds/", {"days": "7"}).context["refusals"]) == 3
    one = client.get("/desk/sensing/feeds/", {"source": "hj212:1001"})
    assert [many for _, _, many in one.context["hours"]] == [7, 2]


def test_feeds_say_which_stations_are_heard_and_whether_anybody_hears(
    signed_in: SignedIn, flood: Flood
) -> None:
    now, client = timezone.now(), signed_in("leader")
    Feed.objects.create(
        way="hj212", key="1001", name="东站", secret="x", thing=flood.underpass, made_at=now, changed_at=now
    )
    page = client.get("/desk/sensing/feeds/")
    assert [(one.name, one.source) for one in page.context["feeds"]] == [("东站", "hj212:1001")]
    assert "接收进程还没有运行过" in page.content.decode()
    Pulse.objects.create(process="sense", begun_at=now, at=now)
    assert "接收进程正常" in client.get("/desk/sensing/feeds/").content.decode()
    Pulse.objects.update(at=now - timedelta(minutes=5))
    assert "没有动静" in client.get("/desk/sensing/feeds/").content.decode()


def test_feeds_are_for_posts_of_the_whole_node(signed_in: SignedIn, city: Cast) -> None:
    assert signed_in("dispatcher").get("/desk/sensing/feeds/").status_code == 403
    assert "/desk/sensing/feeds/" not in signed_in("dispatcher").get(LIST).content.decode()
    assert "/desk/sensing/feeds/" in signed_in("leader").get(LIST).content.decode()


def test_an_area_shows_what_is_sensed_known_and_done(signed_in: SignedIn, flood: Flood) -> None:
    page = signed_in("dispatcher").get("/desk/sensing/area/", {"place": NANMEN})
    assert [one.state for one in page.context["rows"]] == ["alarming", "silent", "good"]
    assert {one.row.monitor for one in page.context["sensed"].warnings} == {
        "dr-underpass-depth",
        "dr-underpass-wet",
    }
    assert page.context["open"] == 1
    assert "网格" in dict(page.context["described"])
    assert [one.state for one in page.context["map"].spots] == ["good", "silent", "alarming"], (
        "the worst is drawn last"
    )


def test_an_area_shows_what_is_forecast_in_it(signed_in: SignedIn, flood: Flood) -> None:
    now = timezone.now()
    made = TrainedForecast.objects.create(kind="underpass-gauge", code="depth", made_at=now, threshold=25)
    for hours, value in ((1, 31.0), (6, 44.5)):
        due = now + timedelta(hours=hours)
        ForecastRow.objects.create(
            datastream_id=flood.depth,
            made_at=now,
            hours=hours,
            due_at=due,
            value=value,
            low=20,
            high=60,
            warns=True,
            by=made,
        )
    page = signed_in("dispatcher").get("/desk/sensing/area/", {"place": NANMEN})
    (row,) = page.context["forecasts"]
    assert [cell and cell.value for cell in row.cells] == ["31 cm", "44.5 cm", None]
    assert "可能超标" in page.content.decode()
    assert signed_in("jiangbei-dispatcher").get("/desk/sensing/area/").context["forecasts"] == []


def test_an_area_elsewhere_is_not_there(signed_in: SignedIn, flood: Flood) -> None:
    client = signed_in("dispatcher")
    assert client.get("/desk/sensing/area/", {"place": "330205000000"}).status_code == 404
    assert client.get("/desk/sensing/area/", {"place": "没有的镇"}).status_code == 404
    assert client.get("/desk/sensing/area/").context["place"] == HAISHU


def test_a_handler_reads_no_base_numbers_of_an_area(signed_in: SignedIn, flood: Flood) -> None:
    page = signed_in("handler").get("/desk/sensing/area/")
    assert page.context["described"] == []
    assert [one.thing.pk for one in page.context["rows"]] == [flood.underpass.pk]


def test_a_grid_shows_what_is_sensed_in_it(signed_in: SignedIn, flood: Flood) -> None:
    page = signed_in("leader").get(f"/desk/appraisal/grids/{WANAN}001/")
    assert len(page.context["sensed"].rows) == 3
    assert flood.underpass.name in page.content.decode()


def test_the_command_centre_draws_things_of_a_box_by_state(signed_in: SignedIn, flood: Flood) -> None:
    rows = signed_in("dispatcher").get("/command/things/", {"box": "121,29,122,30"}).json()["rows"]
    assert [(row[0], row[4], row[5]) for row in rows] == [
        (flood.underpass.pk, "alarming", 3),
        (flood.silent.pk, "silent", 0),
        (flood.manhole.pk, "good", 0),
    ]
    assert signed_in("dispatcher").get("/command/things/", {"box": "1,1,2,2"}).json()["rows"] == []
    assert signed_in("dispatcher").get("/command/things/", {"box": "x"}).status_code == 422
    assert signed_in("handler").get("/command/things/", {"box": "121,29,122,30"}).status_code == 403


def test_a_warning_from_a_home_is_for_those_who_handle(signed_in: SignedIn, city: Cast) -> None:
    with_packs("home-smoke")
    now = timezone.now()
    home = a_thing("home-smoke-alarm")
    series = a_series(home, "smoke", "1")
    send([series], now, 1.0)
    warning = SensedWarning.objects.create(
        monitor="hs-smoke",
        area="x",
        place_code=home.place_code,
        level=4,
        peak=4,
        told=1,
        raised_at=now,
        changed_at=now,
    )
    WarningMember.objects.create(warning=warning, datastream_id=series, level=4, since=now)
    assert shown(signed_in, "dispatcher") == shown(signed_in, "grid-worker") == ["hs-smoke"]
    assert shown(signed_in, "leader") == shown(signed_in, "operator") == []
    assert signed_in("leader").get(f"{LIST}warnings/{warning.pk}/").status_code == 404
