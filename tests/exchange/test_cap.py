"""CAP 1.2 out and in: readers that we did not write understand what is written; what is read is bounded and checked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree

import capparser
import pytest
import shapely
from cap_tools.models import Alert
from lxml import etree
from xsdata.formats.dataclass.parsers import XmlParser

from gezhi.cases.intake.shapes import Unreadable
from gezhi.exchange.cap.ground import places_of
from gezhi.exchange.cap.notice import Area, Circle, Notice, Reference, Said, in_force
from gezhi.exchange.cap.reading import MOST_BYTES, division_code, read_cap
from gezhi.exchange.cap.writing import CAP, Unsayable, atom_xml, cap_xml, digest_of

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 7, 1, 8, 30, tzinfo=CHINA)
RING = ((121.5, 29.8), (121.6, 29.8), (121.6, 29.9), (121.5, 29.8))
RAIN = Notice(
    identifier="3302-20260701083000-1",
    sender="gezhi.haishu.example",
    sent=NOW,
    level="orange",
    said=(
        Said("zh-CN", "暴雨内涝", "海曙区内涝橙色预警", "下穿<立交> & 地下车库积水", "请勿涉水"),
        Said("en-US", "Waterlogging", "Orange warning of waterlogging"),
    ),
    areas=(
        Area("海曙区", (RING,), (Circle(121.55, 29.85, 1.5),), ("330203000000",), (("ISO 3166-2", "CN-ZJ"),)),
    ),
    category="Met",
    urgency="Immediate",
    certainty="Observed",
    event_code=("GB/T 35561", "11B03"),
    onset=NOW,
    expires=NOW + timedelta(hours=6),
    sender_name="海曙区社会治理中心",
    contact="12345",
    web="https://gezhi.example/warnings/1",
    note="第一号",
)


def chinese(**changed: str) -> bytes:
    """As a provincial centre writes it: colours for severities, codes of 6 digits, times with +08:00."""
    parts = {
        "status": "Actual", "msgType": "Alert", "severity": "Orange", "references": "", "code": "330203",
        "expires": "<expires>2026-07-01T14:30:00+08:00</expires>", "sent": "2026-07-01T08:30:00+08:00",
        "headline": "宁波市气象台发布暴雨橙色预警", "area": "", "identifier": "33020041600000_20260701083000",
    } | changed  # fmt: skip
    return """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>{identifier}</identifier><sender>33020041600000</sender><sent>{sent}</sent><status>{status}</status>
<msgType>{msgType}</msgType><scope>Public</scope>{references}
<info><language>zh-CN</language><category>Met</category><event>暴雨</event><urgency>Immediate</urgency>
<severity>{severity}</severity><certainty>Likely</certainty>
<eventCode><valueName>eventType</valueName><value>11B03</value></eventCode>{expires}
<senderName>宁波市气象台</senderName><headline>{headline}</headline><description>预计未来六小时有暴雨</description>
<area><areaDesc>海曙区</areaDesc>{area}<geocode><valueName>行政区划代码</valueName><value>{code}</value></geocode></area>
</info></alert>""".format(**parts).encode()


def test_what_is_written_is_read_again_as_it_was() -> None:
    assert read_cap(cap_xml(RAIN)) == RAIN


def test_cap_tools_reads_what_we_write() -> None:
    alert = XmlParser().from_bytes(cap_xml(RAIN), Alert)
    first = alert.infos[0]
    assert (alert.identifier, alert.sender, str(alert.sent)) == (
        RAIN.identifier,
        RAIN.sender,
        "2026-07-01T08:30:00+08:00",
    )
    assert (first.event, first.severity.value, first.description) == (
        "暴雨内涝",
        "Severe",
        RAIN.said[0].description,
    )
    assert first.areas[0].polygons == ["29.8,121.5 29.8,121.6 29.9,121.6 29.8,121.5"]
    assert [code.value.value for code in first.areas[0].geocodes] == ["330203000000", "CN-ZJ"]
    assert alert.infos[1].language == "en-US"


def test_capparser_reads_what_we_write() -> None:
    alert = capparser.parse(stringXML=cap_xml(RAIN).decode())
    assert alert.identifier[0] == RAIN.identifier
    assert alert.info[0][0].headline[0] == "海曙区内涝橙色预警"
    assert alert.info[0][0].area[0][0].circle[0] == "29.85,121.55 1.5"


def test_it_is_canonical_so_that_a_signature_covers_it_as_it_is() -> None:
    xml = cap_xml(RAIN)
    assert etree.tostring(etree.fromstring(xml), method="c14n") == xml
    assert digest_of(b'<?xml version="1.0"?>' + xml) == digest_of(xml)


def test_a_character_that_xml_cannot_hold_is_left_out() -> None:
    said = replace(RAIN.said[0], description="水\x0b深\ufffe")
    assert read_cap(cap_xml(replace(RAIN, said=(said,)))).said[0].description == "水深"


@pytest.mark.parametrize(
    "wrong",
    [
        {"identifier": "a b"},
        {"sender": ""},
        {"sent": NOW.replace(tzinfo=None)},
        {"said": ()},
        {"message": "Update"},
        {"areas": (Area("a", (RING[:3],)),)},
    ],
)
def test_what_cap_cannot_say_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Unsayable):
        cap_xml(replace(RAIN, **wrong))


def test_the_feed_has_the_newest_first_and_says_where_each_lies() -> None:
    later = replace(RAIN, identifier="2", sent=NOW + timedelta(minutes=5))
    feed = ElementTree.fromstring(
        atom_xml(
            [(RAIN, "https://a.example/1"), (later, "https://a.example/2")],
            address="https://a.example/feed", title="预警", author="海曙", updated=later.sent,
        )
    )  # fmt: skip
    space = "{http://www.w3.org/2005/Atom}"
    entries = feed.findall(f"{space}entry")
    assert [one.findtext(f"{space}id") for one in entries] == ["https://a.example/2", "https://a.example/1"]
    link = entries[0].find(f"{space}link")
    assert (
        link is not None
        and link.get("type") == "application/cap+xml"
        and link.get("href") == "https://a.example/2"
    )
    assert feed.findtext(f"{space}updated") == "2026-07-01T08:35:00+08:00"
    assert {one.get("term") for one in entries[0].findall(f"{space}category")} == {"Alert", "orange"}


def test_a_chinese_alert_is_read_with_its_colour_and_its_place() -> None:
    found = read_cap(chinese())
    assert (found.level, found.areas[0].codes, found.said[0].event) == ("orange", ("330203000000",), "暴雨")
    assert found.expires == datetime(2026, 7, 1, 6, 30, tzinfo=UTC)
    assert found.event_code == ("eventType", "11B03")


@pytest.mark.parametrize(
    ("severity", "headline", "level"),
    [
        ("Extreme", "", "red"), ("Unknown", "暴雨蓝色预警信号", "blue"), ("红色", "", "red"), ("YELLOW", "", "yellow"),
        ("Minor", "", "blue"), ("Unknown", "暴雨", None), ("Ⅱ级", "", "orange"),
    ],
)  # fmt: skip
def test_the_level_is_the_colour_or_else_the_severity(
    severity: str, headline: str, level: str | None
) -> None:
    assert read_cap(chinese(severity=severity, headline=headline)).level == level


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"status": "Real"}, "status"), ({"msgType": "Hello"}, "msgType"), ({"msgType": "Cancel"}, "references"),
        ({"sent": "2026-07-01T08:30:00"}, "sent"), ({"sent": "yesterday"}, "sent"), ({"severity": "Bad"}, "severity"),
        ({"expires": "<expires>9999</expires>"}, "expires"), ({"identifier": "a,b"}, "identifier"),
        ({"references": "<references>a b</references>"}, "references"),
        ({"area": "<polygon>1,1 2,2 3,3</polygon>"}, "polygon"),
        ({"area": "<polygon>91,1 2,2 3,3 91,1</polygon>"}, "polygon"),
        ({"area": "<polygon>" + "1,1 " * 20_001 + "</polygon>"}, "polygon"),
        ({"area": "<circle>1,1 nan</circle>"}, "circle"),
        ({"area": "<circle>1,1</circle>"}, "circle"), ({"headline": "x" * 1001}, "headline"),
    ],
)  # fmt: skip
def test_each_fault_is_named_by_its_field(changed: dict[str, str], field: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_cap(chinese(**changed))
    assert field in {fault.field for fault in refused.value.faults}


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{}", b"<a/>", b"<alert/>", b"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'/>",
        b" " * (MOST_BYTES + 1),
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'>&b;</alert>", b"\xff\xfe<",
    ],
)  # fmt: skip
def test_what_is_no_cap_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_cap(data)


def test_codes_of_six_and_nine_digits_become_those_of_twelve() -> None:
    found = [
        division_code(text)
        for text in ("330203", "330203001", "330203001001", "330203001001001", "CN-ZJ", "0", "３３")
    ]
    assert found == ["330203000000", "330203001000", "330203001001", "330203001001001", "", "", ""]


def test_an_update_takes_the_place_and_a_cancel_ends_it_whatever_the_order_of_arrival() -> None:
    update = replace(
        RAIN,
        identifier="u",
        sent=NOW + timedelta(minutes=5),
        message="Update",
        references=(RAIN.name,),
        level="red",
    )
    cancel = replace(
        RAIN, identifier="c", sent=NOW + timedelta(minutes=9), message="Cancel", references=(update.name,)
    )
    at = NOW + timedelta(minutes=6)
    assert in_force([update, RAIN], at) == [update]
    assert in_force([cancel, update, RAIN], at) == [update]
    assert in_force([cancel, update, RAIN], NOW + timedelta(minutes=10)) == []


def test_nobody_ends_anothers_warning_and_an_exercise_never_stands() -> None:
    foreign = replace(RAIN, sender="else", identifier="c", message="Cancel", references=(RAIN.name,))
    assert in_force([RAIN, foreign], NOW) == [RAIN]
    assert in_force([replace(RAIN, status="Exercise")], NOW) == []


def test_a_warning_ends_by_itself_and_one_of_tomorrow_waits() -> None:
    assert in_force([RAIN], NOW + timedelta(hours=6)) == []
    assert in_force([replace(RAIN, sent=NOW + timedelta(days=1))], NOW) == []


def test_a_reference_is_read_back() -> None:
    name = Reference("33020041600000", "33020041600000_20260701083000", NOW)
    text = "<references>33020041600000,33020041600000_20260701083000,2026-07-01T08:30:00+08:00</references>"
    assert read_cap(chinese(msgType="Cancel", references=text)).references == (name,)


def test_places_are_those_whose_ground_is_touched_or_whose_code_is_named() -> None:
    ground = {
        "330203001001": shapely.box(121.50, 29.80, 121.52, 29.82),
        "330203001002": shapely.box(121.52, 29.80, 121.54, 29.82),
        "330203002001": shapely.box(121.60, 29.80, 121.62, 29.82),
    }
    inside = Area("a", (((121.505, 29.805), (121.515, 29.805), (121.515, 29.815), (121.505, 29.805)),))
    assert places_of([inside], ground) == ["330203001001"]
    assert places_of([Area("b", circles=(Circle(121.52, 29.81, 0.5),))], ground) == [
        "330203001001",
        "330203001002",
    ]
    assert places_of([inside, Area("c", codes=("330203001000",))], ground) == ["330203001000"]
    assert places_of([Area("d", codes=("440100000000",))], ground) == ["440100000000"]


def test_a_border_that_is_only_shared_is_not_touched_and_a_ring_that_crosses_itself_is_mended() -> None:
    ground = {"330203001001": shapely.box(0, 0, 1, 1), "330203001002": shapely.box(1, 0, 2, 1)}
    assert places_of([Area("a", (((0, 0), (1, 0), (1, 1), (0, 1), (0, 0)),))], ground) == ["330203001001"]
    bow = Area("b", (((0.1, 0.1), (0.9, 0.9), (0.9, 0.1), (0.1, 0.9), (0.1, 0.1)),))
    assert places_of([bow], ground) == ["330203001001"]


def test_the_namespace_is_caps() -> None:
    assert cap_xml(RAIN).startswith(f'<alert xmlns="{CAP}">'.encode())
