"""Reading what others send: every field, every fault named, nothing taken by mistake."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.cases.intake.reading import FIELDS, LIMITS, TEXT_LIMIT, Edge, read_report
from gezhi.cases.intake.shapes import NewReport, Unreadable
from gezhi.places.coordinates import wgs84_to_bd09, wgs84_to_gcj02

NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)
EDGE = Edge("api:7", NOW, ZoneInfo("Asia/Shanghai"), {"matter-01037"}, {"330203001001", "330203001001001"}, 7)
LON, LAT = 121.505, 29.805


def read(**fields: object) -> NewReport:
    return read_report({"text": "路灯不亮"} | fields, EDGE)


def faults(**fields: object) -> dict[str, str]:
    with pytest.raises(Unreadable) as caught:
        read(**fields)
    return {fault.field: fault.problem for fault in caught.value.faults}


def test_a_few_words_are_enough() -> None:
    report = read()
    assert (report.source, report.text, report.occurred_at, report.submitted_by_id) == (
        "api:7",
        "路灯不亮",
        NOW,
        7,
    )
    assert (report.lon, report.lat, report.place_code, report.category, report.language) == (
        None,
        None,
        "",
        "",
        "zh-hans",
    )
    assert report.source_id
    assert report.source_id != read().source_id


def test_every_field_is_kept() -> None:
    said = {
        "source_id": 4711,
        "address": "中山西路 2 号",
        "category": "matter-01037",
        "place_code": "330203001001001",
        "reporter_name": "王先生",
        "reporter_phone": "+86 (574) 8718-0000",
        "reporter_email": "wang@example.org",
        "language": "en-GB",
        "attributes": {"pole": 12, "😀": "🌙"},
    }
    report = read(**said)
    kept = {name: getattr(report, name) for name in said}
    assert kept == said | {"source_id": "4711", "language": "en", "attributes": {"pole": "12", "😀": "🌙"}}


def test_white_space_is_tidied_and_emoji_stay() -> None:
    report = read(text="  路灯😀\n不亮  ", address=" 中山路\n\t2 号 ")
    assert (report.text, report.address) == ("路灯😀\n不亮", "中山路 2 号")


@pytest.mark.parametrize("text", [None, "", "   ", "\n\t"])
def test_a_report_without_words_is_refused(text: object) -> None:
    assert "is missing" in faults(text=text)["text"]


@pytest.mark.parametrize("name", sorted(LIMITS.keys() | {"text"}))
@pytest.mark.parametrize(
    ("value", "problem"), [("a\0b", "NUL"), ("\ud800", "surrogate"), (["x"], "must be text, is list")]
)
def test_what_no_database_holds_is_named(name: str, value: object, problem: str) -> None:
    assert problem in faults(**{name: value})[name]


@pytest.mark.parametrize("name", sorted(LIMITS.keys() | {"text"}))
def test_what_is_too_long_is_named(name: str) -> None:
    limit = LIMITS.get(name, TEXT_LIMIT)
    with pytest.raises(
        Unreadable, match=f"{name}: is {limit + 1} characters long; at most {limit} are taken"
    ):
        read(**{name: "1" * (limit + 1)})


def test_every_fault_is_told_at_once() -> None:
    found = faults(
        text="", lon="x", occurred_at="yesterday", reporter_phone="abc", reporter_email="at", colour="red"
    )
    assert set(found) == {"text", "lon", "occurred_at", "reporter_phone", "reporter_email", "colour"}
    assert "known are address, attributes" in found["colour"]


@pytest.mark.parametrize(
    ("lon", "lat", "where", "problem"),
    [
        (29.8, 121.5, "lat", "looks swapped"),
        (384_400, 0, "lon", "off the earth"),
        (120, -91, "lat", "off the earth"),
        (float("nan"), 1, "lon", "finite"),
        ("inf", 1, "lon", "finite"),
        (10**400, 1, "lon", "finite"),
        (True, 1, "lon", "number of degrees, is bool"),
        ([1], 1, "lon", "number of degrees, is list"),
        ("東経", 1, "lon", "finite"),
        (121.5, None, "lat", "needs both"),
        (None, 29.8, "lon", "needs both"),
    ],
)
def test_a_point_that_is_none_is_named(lon: object, lat: object, where: str, problem: str) -> None:
    assert problem in faults(lon=lon, lat=lat)[where]


@pytest.mark.parametrize(("crs", "convert"), [("gcj02", wgs84_to_gcj02), ("BD09", wgs84_to_bd09)])
def test_chinese_map_coordinates_are_turned_back(crs: str, convert: object) -> None:
    shifted = convert(LON, LAT)  # type: ignore[operator]
    assert abs(float(shifted[0]) - LON) > 1e-3
    report = read(lon=float(shifted[0]), lat=str(float(shifted[1])), crs=crs)
    assert (report.lon, report.lat) == (pytest.approx(LON, abs=1e-6), pytest.approx(LAT, abs=1e-6))


@pytest.mark.parametrize("crs", ["", "wgs84", "cgcs2000"])
def test_a_satellite_position_stays_as_it_is(crs: str) -> None:
    report = read(lon=LON, lat=LAT, crs=crs)
    assert (report.lon, report.lat) == (LON, LAT)


def test_an_unknown_coordinate_system_is_named() -> None:
    assert "known are wgs84" in faults(lon=LON, lat=LAT, crs="epsg:3857")["crs"]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-06-30T08:30:00+08:00", datetime(2026, 6, 30, 0, 30, tzinfo=UTC)),
        ("2026-06-30T08:30:00Z", datetime(2026, 6, 30, 8, 30, tzinfo=UTC)),
        ("2026-06-30 08:30", datetime(2026, 6, 30, 0, 30, tzinfo=UTC)),  # naive: the node's own time
        ("2026/6/3 8:30:09", datetime(2026, 6, 3, 0, 30, 9, tzinfo=UTC)),
        ("2026-6-3", datetime(2026, 6, 2, 16, tzinfo=UTC)),
        (datetime(2026, 6, 30, 8, 30), datetime(2026, 6, 30, 0, 30, tzinfo=UTC)),  # noqa: DTZ001 - as XLSX gives
    ],
)
def test_an_instant_is_understood(text: object, instant: datetime) -> None:
    assert read(occurred_at=text).occurred_at == instant


@pytest.mark.parametrize(
    "value", ["yesterday", "2026-13-01", "2026-02-30 10:00", 20260701.5, True, {"a": 1}, "0"]
)
def test_what_is_no_instant_is_named(value: object) -> None:
    assert "is not a time such as" in faults(occurred_at=value)["occurred_at"]


@pytest.mark.parametrize("away", [timedelta(minutes=11), timedelta(days=365), timedelta(days=-365 * 31)])
def test_the_future_and_the_distant_past_are_refused(away: timedelta) -> None:
    assert "future" in faults(occurred_at=(NOW + away).isoformat())["occurred_at"]


def test_a_clock_that_is_a_little_fast_is_forgiven() -> None:
    assert read(occurred_at=(NOW + timedelta(minutes=9)).isoformat()).occurred_at > NOW


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_the_ends_of_time_are_refused(text: str) -> None:
    assert "future" in faults(occurred_at=text)["occurred_at"]


def test_categories_and_places_must_be_known() -> None:
    found = faults(category="part-01037", place_code="330203009999")
    assert "not in the catalogue" in found["category"]
    assert "no jurisdiction or grid of this node" in found["place_code"]
    assert "12-digit" in faults(place_code="33020")["place_code"]


@pytest.mark.parametrize(
    "value", [["a"], "a", {str(n): "x" for n in range(51)}, {"a": "\0"}, {"\ud800": "a"}]
)
def test_attributes_are_a_few_texts(value: object) -> None:
    assert "attributes" in faults(attributes=value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*sorted(FIELDS), "else"]), JSON))
def test_whatever_comes_is_a_report_or_a_list_of_faults(raw: dict[str, object]) -> None:
    try:
        report = read_report(raw, EDGE)
    except Unreadable as unreadable:
        told = [(fault.field, fault.value, fault.problem) for fault in unreadable.faults]
        assert json.dumps(told, ensure_ascii=False).encode()
        assert told
        return
    assert 0 < len(report.text) <= TEXT_LIMIT
    assert "\0" not in repr(report).replace("\\x00", "\0")
