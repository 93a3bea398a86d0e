"""What everybody at a place is told: by this node, by other authorities, and how others read it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from gezhi.exchange.cap.actions import OurOwn, take_cap
from gezhi.exchange.cap.notice import Area, Notice, Reference, Said
from gezhi.exchange.cap.reading import read_cap
from gezhi.exchange.cap.writing import cap_xml
from gezhi.lib.refused import Refused
from gezhi.sensing.actions.broadcasting import NoticeDraft, broadcast, sender, withdraw
from gezhi.sensing.queries.notices import standing_notices
from tests.cast import GAOQIAO, HAISHU, JIANGBEI, NANMEN, WANAN, Cast

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
DRAFT = NoticeDraft(
    3, "下穿通道封闭", "柳汀街下穿积水，已封闭。", "请绕行。", [NANMEN], NOW + 6 * HOUR, "Underpass closed"
)


def weather(identifier: str, message: str = "Alert", after: str = "", **more: object) -> bytes:
    references = (Reference("nmc@cma.gov.cn", after, NOW - HOUR),) if after else ()
    plain: dict[str, object] = {
        "level": "orange",
        "areas": (Area("南门街道", codes=(NANMEN,)),),
        "expires": NOW + 12 * HOUR,
        "category": "Met",
    }
    return cap_xml(
        Notice(
            identifier,
            "nmc@cma.gov.cn",
            NOW - HOUR,
            (Said("zh-CN", "暴雨", "暴雨橙色预警", "三小时五十毫米", "不去低洼处"),),
            message=message,  # type: ignore[arg-type]
            references=references,
            **plain | more,  # type: ignore[arg-type]
        )
    )


def test_a_notice_is_told_at_its_place_above_and_below(city: Cast) -> None:
    row = broadcast(DRAFT, city.actor("dispatcher"), NOW)
    for place in (WANAN, NANMEN, HAISHU):
        assert list(standing_notices(NOW, place)) == [row]
    for place in (GAOQIAO, JIANGBEI):
        assert not standing_notices(NOW, place).exists()
    assert not standing_notices(NOW + 7 * HOUR).exists()


def test_nobody_tells_other_jurisdictions_anything(city: Cast) -> None:
    with pytest.raises(Refused) as refused:
        broadcast(DRAFT, city.actor("jiangbei-dispatcher"), NOW)
    assert refused.value.code == "not-your-place"
    with pytest.raises(Refused):
        broadcast(DRAFT, city.actor("handler"), NOW)


def test_everything_wrong_with_a_notice_is_said_at_once(city: Cast) -> None:
    wrong = NoticeDraft(0, "短", "", "", [], NOW)
    with pytest.raises(Refused) as refused:
        broadcast(wrong, city.actor("dispatcher"), NOW)
    for word in ("级别", "标题", "地点", "结束时间"):
        assert word in refused.value.zh


def test_what_was_told_is_withdrawn_once(city: Cast) -> None:
    row = broadcast(DRAFT, city.actor("dispatcher"), NOW)
    withdraw(row.pk, city.actor("second-dispatcher"), NOW)
    assert not standing_notices(NOW).exists()
    with pytest.raises(Refused, match="over"):
        withdraw(row.pk, city.actor("dispatcher"), NOW)


def test_others_read_what_was_told_by_feed_and_cap(city: Cast, client: Client) -> None:
    row = broadcast(DRAFT, city.actor("dispatcher"), NOW)
    feed = client.get("/cap/feed.xml")
    assert row.identifier in feed.content.decode()
    read = read_cap(client.get(f"/cap/{row.identifier}.xml").content)
    assert (read.level, read.said[0].headline, read.areas[0].codes) == ("orange", "下穿通道封闭", (NANMEN,))
    assert read.said[1].headline == "Underpass closed"
    assert client.get("/cap/nothing.xml").status_code == 404


def test_a_warning_of_the_weather_office_is_taken_once_updated_and_cancelled(city: Cast) -> None:
    account = city.account("administrator").pk
    first, new = take_cap(weather("a"), account, NOW)
    assert (new, take_cap(weather("a"), account, NOW)) == (True, (first, False))
    second, _ = take_cap(weather("b", "Update", "a", level="red"), account, NOW)
    assert [row.pk for row in standing_notices(NOW, WANAN)] == [second.pk]
    take_cap(weather("c", "Cancel", "b"), account, NOW)
    assert not standing_notices(NOW).exists()


def test_an_exercise_is_kept_and_never_shown(city: Cast) -> None:
    row, _ = take_cap(weather("drill", status="Exercise"), city.account("administrator").pk, NOW)
    assert not row.actual
    assert not standing_notices(NOW).exists()


def test_nobody_else_speaks_in_this_nodes_name(city: Cast) -> None:
    xml = weather("x").replace(b"nmc@cma.gov.cn", sender().encode())
    with pytest.raises(OurOwn):
        take_cap(xml, city.account("administrator").pk, NOW)


def test_a_polygon_tells_the_towns_that_it_touches(city: Cast) -> None:
    ring = ((121.500, 29.800), (121.505, 29.800), (121.505, 29.805), (121.500, 29.805), (121.500, 29.800))
    row, _ = take_cap(
        weather("p", areas=(Area("方形", polygons=(ring,)),)), city.account("administrator").pk, NOW
    )
    assert row.places == [NANMEN]


def test_residents_read_notices_without_signing_in(city: Cast, client: Client) -> None:
    from gezhi.portal.views.notices import _KEPT

    _KEPT.clear()
    broadcast(DRAFT, city.actor("dispatcher"), NOW)
    assert "下穿通道封闭" in client.get("/").content.decode()
    assert "橙色" in client.get("/notices/").content.decode()
    assert "下穿通道封闭" not in client.get(f"/notices/?place={GAOQIAO}").content.decode()
    _KEPT.clear()
