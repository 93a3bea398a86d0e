"""What is asked of lists: filters against plain Python over the same rows, pages, order, expansion and statements."""

# ruff: noqa: E501 - a filter or a set of options in each row

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import shapely

from tests.cast import WANAN, Cast
from tests.exchange.sensorthings import HOST, Asker, asker, at, datastream, manhole, stream_of
from tests.statements import statements

pytestmark = pytest.mark.django_db
GRIDS = [f"{WANAN}001", f"{WANAN}002"]
Row = dict[str, Any]


@pytest.fixture
def service(city: Cast) -> Asker:
    return asker(city, "leader")


@pytest.fixture
def streams(service: Asker) -> list[int]:
    """Two manholes with two datastreams each; twelve observations an hour apart in each of three."""
    found = []
    for number, grid in enumerate(GRIDS):
        made = [
            datastream(f"液位{number}"),
            datastream(f"it's {number}", properties={"every_s": 60 * (number + 1)}),
        ]
        thing = service.made(
            "Things", manhole(grid, f"井{number}", *made, depth=2.5 * number, tags=["a", number])
        )
        found += [int(one["@iot.id"]) for one in service.values(f"Things({thing})/Datastreams")]
    bodies = []
    for turn, stream in enumerate(found[:3]):
        rows = [[at(60 * hour + turn), (hour * 7 + turn) % 5 - 1.5 * (hour % 2)] for hour in range(12)]
        bodies.append({
            "Datastream": {"@iot.id": stream}, "components": ["phenomenonTime", "result"], "dataArray": rows,
        })  # fmt: skip
    assert service.send("POST", "CreateObservations", bodies).status_code == 201
    return found


def time(row: Row) -> datetime:
    return datetime.fromisoformat(row["phenomenonTime"])


NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
FILTERS: list[tuple[str, Callable[[Row], bool]]] = [
    ("result gt 1", lambda r: r["result"] > 1),
    ("result le -0.5", lambda r: r["result"] <= -0.5),
    ("not (result ge 0 and result lt 2)", lambda r: not 0 <= r["result"] < 2),
    ("result eq 1 or result eq 2", lambda r: r["result"] in (1, 2)),
    ("result in (1, 2, -1.5)", lambda r: r["result"] in (1, 2, -1.5)),
    ("result gt '3'", lambda r: str(r["result"]) > "3"),
    ("result add 1 mul 2 gt 5", lambda r: r["result"] + 2 > 5),
    ("(result add 1) mul 2 gt 5", lambda r: (r["result"] + 1) * 2 > 5),
    ("result mod 2 eq 0", lambda r: math.fmod(r["result"], 2) == 0),
    ("result div 0 eq 1", lambda r: False),
    ("-result gt 1", lambda r: -r["result"] > 1),
    ("floor(result) ne ceiling(result)", lambda r: r["result"] % 1 != 0),
    ("phenomenonTime gt 2026-03-01T09:00:00Z", lambda r: time(r) > NINE),
    ("phenomenonTime le 2026-03-01T17:00:00.000+08:00", lambda r: time(r) <= NINE),
    ("phenomenonTime add duration'PT2H' ge 2026-03-01T11:00:00Z", lambda r: time(r) + timedelta(hours=2) >= NINE + timedelta(hours=2)),
    ("hour(phenomenonTime) eq 3 or minute(phenomenonTime) eq 2", lambda r: time(r).hour == 3 or time(r).minute == 2),
    ("year(phenomenonTime) eq 2026 and month(phenomenonTime) eq 3 and day(phenomenonTime) eq 1", lambda r: True),
    ("date(phenomenonTime) eq 2026-03-01 and time(phenomenonTime) lt 04:00", lambda r: time(r).hour < 4),
    ("phenomenonTime lt now() and phenomenonTime gt mindatetime()", lambda r: True),
    ("during(phenomenonTime, 2026-03-01T02:00:00Z/2026-03-01T05:00:00Z)", lambda r: 2 <= time(r).hour + time(r).minute / 60 <= 5),
    ("resultTime eq null", lambda r: True),
    ("resultTime ne null", lambda r: False),
    ("totaloffsetminutes(phenomenonTime) eq 0 and second(phenomenonTime) eq 0", lambda r: True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "holds"), FILTERS, ids=[text for text, _ in FILTERS])
def test_a_filter_keeps_what_python_keeps(
    service: Asker, streams: list[int], text: str, holds: Callable[[Row], bool]
) -> None:
    everything = service.values("Observations?$top=1000")
    assert len(everything) == 36
    found = service.values(f"Observations?$top=1000&$filter={quote(text)}")
    assert [one["@iot.id"] for one in found] == [one["@iot.id"] for one in everything if holds(one)]


THINGS: list[tuple[str, set[int]]] = [
    ("name eq '井1'", {1}),
    ("properties/depth ge 2", {1}),
    ("properties/kind eq 'manhole' and properties/tags/1 lt 1", {0}),
    ("properties/nothing eq 1", set()),
    ("properties/kind eq 5", set()),
    ("startswith(name, '井') and endswith(name, '0')", {0}),
    ("substringof('1', name)", {1}),
    ("length(concat(name, 'ab')) eq 4 and indexof(name, '1') eq 1", {1}),
    ("substring(name, 1) eq '0' or substring(name, 1, 1) eq '1'", {0, 1}),
    ("tolower(toupper(trim(name))) eq name", {0, 1}),
    ("Datastreams/name eq 'it''s 1'", {1}),
    ("Datastreams/ObservedProperty/name eq 'level' and Datastreams/properties/every_s eq 60", {0}),
    ("not (Datastreams/name eq '液位0') and name eq '井0'", {0}),
    ("st_within(Locations/location, geography'POLYGON((121.5 29.8,121.51 29.8,121.51 29.9,121.5 29.9,121.5 29.8))')", {0}),
    ("geo.distance(Locations/location, geography'POINT(121.515 29.805)') lt 0.001", {1}),
    ("st_disjoint(Locations/location, geography'POINT(121.515 29.805)')", {0}),
    ("geo.intersects(geography'LINESTRING(121.4 29.805, 121.6 29.805)', Locations/location)", {0, 1}),
    ("st_relate(Locations/location, geography'POINT(121.515 29.805)', 'T********')", {1}),
    ("geo.length(Locations/location) eq 0", {0, 1}),
    ("HistoricalLocations/time lt now()", {0, 1}),
    ("true", {0, 1}),
    ("id eq null", set()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), THINGS, ids=[text for text, _ in THINGS])
def test_a_filter_over_properties_links_and_geometries(
    service: Asker, streams: list[int], text: str, wanted: set[int]
) -> None:
    found = service.values(f"Things?$filter={quote(text)}")
    assert {int(one["name"][1:]) for one in found} == wanted


@pytest.mark.parametrize(
    "function", ["st_within", "st_contains", "st_touches", "st_overlaps", "st_crosses", "st_equals"]
)
def test_geometries_are_related_as_geos_says(service: Asker, function: str) -> None:
    shapes = ["POINT(121.505 29.805)", "POINT(121.5 29.8)", "POLYGON((121.5 29.8,121.52 29.8,121.52 29.82,121.5 29.82,121.5 29.8))",
              "POLYGON((121.51 29.81,121.53 29.81,121.53 29.83,121.51 29.83,121.51 29.81))", "LINESTRING(121.49 29.805,121.54 29.805)"]  # fmt: skip
    given = "POLYGON((121.5 29.8,121.52 29.8,121.52 29.82,121.5 29.82,121.5 29.8))"
    for text in shapes:
        geometry = shapely.geometry.mapping(shapely.from_wkt(text))
        service.made("Locations", {"name": text, "description": "", "encodingType": "application/geo+json", "location": geometry})  # fmt: skip
    test = getattr(shapely, function.removeprefix("st_"))
    wanted = {text for text in shapes if test(shapely.from_wkt(text), shapely.from_wkt(given))}
    found = service.values(f"Locations?$filter={quote(f'''{function}(location, geography'{given}')''')}")
    assert {one["name"] for one in found} == wanted


@pytest.mark.parametrize(
    "text",
    ["name eq", "name == 'a'", "colour eq 1", "name eq 'a' and", "name add 1 eq 2", "foo(name)", "length(name, name) eq 1",
     "(" * 60 + "1" + ")" * 60, "name eq 'a", "Datastreams", "Datastreams eq 1", "name", "1", "name eq now()",
     "st_within(name, geography'POINT(1 1)')", "st_within(Locations/location, geography'POINT(x)')", "id/x eq 1",
     "st_relate(Locations/location, geography'POINT(1 1)', name)", "properties/a eq 2026-02-30", "a" * 5000,
     "HistoricalLocations/time eq 2026-13-01T00:00:00Z", "year(name) eq 1", "not name", "name eq 1;DROP TABLE x",
     "id eq 99999999999999999999999999999999999999999e999"],
)  # fmt: skip
def test_a_filter_that_cannot_be_understood_says_why(service: Asker, text: str) -> None:
    problem = service.get(f"Things?$filter={quote(text)}", status=400)
    assert problem["code"] == "unusable"
    assert problem["detail"]


@pytest.mark.parametrize(
    "text", ["name eq ''' OR 1=1 --'", "properties/a'; DROP TABLE x; --/b eq 1", "name eq '%s %(a)s {t} {0}'", "id eq 9223372036854775807"]
)  # fmt: skip
def test_words_of_a_filter_are_never_sql(service: Asker, streams: list[int], text: str) -> None:
    answer = service.client.get("/api/sensorthings/v1.1/Things", {"$filter": text})
    assert answer.status_code in (200, 400)
    assert len(service.values("Things")) == 2


@pytest.mark.parametrize(
    "query",
    ["$top=-1", "$top=x", "$skip=100001", "$count=maybe", "$select=colour", "$expand=Colours", "$expand=Datastreams(",
     "$expand=Datastreams($top=a)", "$color=1", "$top=1&$top=2", "$orderby=Datastreams/name", "$orderby=name sideways",
     "$skiptoken=x", "$skiptoken=1.2", "$resultFormat=csv", "$expand=" + "Datastreams/Thing/" * 8 + "Datastreams",
     "$orderby=name&$skiptoken=5", "foo=bar"],
)  # fmt: skip
def test_options_that_cannot_be_understood_say_why(service: Asker, query: str) -> None:
    assert service.get(f"Things?{quote(query, safe='$=&(),')}", status=400)["code"] == "unusable"


@pytest.mark.parametrize(
    "query", ["", "$orderby=phenomenonTime desc", "$orderby=phenomenonTime", "$orderby=result desc", "$filter=result gt 0&$orderby=Datastream/name,result"]
)  # fmt: skip
def test_pages_follow_each_other_without_gap_or_repetition(
    service: Asker, streams: list[int], query: str
) -> None:
    whole = service.values(f"Observations?$top=1000&{quote(query, safe='$=&,/')}")
    found, path = [], f"Observations?$top=7&{quote(query, safe='$=&,/')}"
    while path:
        page = service.get(path)
        assert len(page["value"]) <= 7
        found += [one["@iot.id"] for one in page["value"]]
        path = page.get("@iot.nextLink", "").removeprefix(f"{HOST}/")
    assert found == [one["@iot.id"] for one in whole]
    assert len(found) > 14


def test_things_page_by_their_key_and_skip_where_asked(service: Asker, streams: list[int]) -> None:
    page = service.get("Things?$top=1&$count=true")
    assert page["@iot.count"] == 2
    assert "$skiptoken=" in page["@iot.nextLink"]
    assert "@iot.nextLink" not in service.get("Things?$top=1&$skip=1")
    assert "$skip=1" in service.get("Things?$top=1&$orderby=name desc")["@iot.nextLink"]


def test_the_order_is_the_one_that_was_asked_for(service: Asker, streams: list[int]) -> None:
    rows = service.values("Observations?$orderby=result desc,phenomenonTime asc&$top=1000")
    assert rows == sorted(rows, key=lambda one: (-one["result"], one["phenomenonTime"]))
    names = [one["name"] for one in service.values("Datastreams?$orderby=Thing/name desc,name")]
    assert names == ["it's 1", "液位1", "it's 0", "液位0"]
    near = "geo.distance(location,geography'POINT(121.52 29.805)')"
    found = service.values(f"Locations?$orderby={quote(near)}&$expand=Things")
    assert [one["Things"][0]["name"] for one in found] == ["井1", "井0"]


def test_only_what_is_selected_comes(service: Asker, streams: list[int]) -> None:
    (row, *_) = service.values("Things?$select=name,Datastreams,id")
    assert set(row) == {"name", "@iot.id", "Datastreams@iot.navigationLink"}
    (row, *_) = service.values("Datastreams?$select=phenomenonTime")
    assert row == {"phenomenonTime": "2026-03-01T00:00:00.000Z/2026-03-01T11:00:00.000Z"}


def fewest(service: Asker, path: str) -> int:
    """Statements, without those that look once a second whether something else has changed."""

    def count() -> int:
        with statements() as found:
            service.get(path)
        return len(found)

    return min(count() for _ in range(4))


def test_the_latest_observation_of_every_datastream_is_one_statement(
    service: Asker, streams: list[int]
) -> None:
    path = (
        "Datastreams?$expand=Observations($top=1;$orderby=phenomenonTime desc;$select=result,phenomenonTime)"
    )
    rows, few = service.values(path), fewest(service, path)
    assert [len(one["Observations"]) for one in rows] == [1, 1, 1, 0]
    assert rows[0]["Observations"][0]["phenomenonTime"] == "2026-03-01T11:00:00.000Z"
    assert rows[0]["Observations@iot.nextLink"].startswith(f"{HOST}/Datastreams({streams[0]})/Observations?")
    for number in range(5):
        service.made("Things", manhole(GRIDS[0], f"多{number}"))
    assert fewest(service, path) == few


def test_an_expansion_is_a_statement_a_link_whatever_the_rows(service: Asker, streams: list[int]) -> None:
    path = "Things?$expand=Locations,Datastreams($expand=Sensor,Observations($top=2;$count=true;$expand=FeatureOfInterest))"
    more = fewest(service, path) - fewest(service, "Things")
    links = 6  # Locations, Datastreams, Sensor, Observations with their count, FeatureOfInterest
    assert more == links + 4  # which days lie in files
    first = service.values(path)[0]["Datastreams"][0]
    assert first["Observations@iot.count"] == 12
    assert len(first["Observations"]) == 2
    assert first["Observations"][1]["FeatureOfInterest"]["encodingType"] == "application/geo+json"


def test_expanded_rows_are_filtered_skipped_and_paged(service: Asker, streams: list[int]) -> None:
    inner = "$filter=result gt 0;$orderby=result desc;$skip=1;$top=3"
    (row,) = service.values(f"Datastreams?$filter=id eq {streams[0]}&$expand=Observations({inner})")
    plain = service.values(f"Datastreams({streams[0]})/Observations?{inner.replace(';', '&')}")
    assert [one["@iot.id"] for one in row["Observations"]] == [one["@iot.id"] for one in plain]
    link = row["Observations@iot.nextLink"].removeprefix(f"{HOST}/")
    following = service.values(
        f"Datastreams({streams[0]})/Observations?$filter=result gt 0&$orderby=result desc&$skip=4&$top=3"
    )
    assert service.values(link) == following


def test_an_observation_is_read_with_its_thing_in_three_statements(
    service: Asker, streams: list[int]
) -> None:
    (row, *_) = service.values("Observations?$top=1&$expand=Datastream/Thing")
    assert row["Datastream"]["Thing"]["name"] == "井0"
    assert stream_of(service, row["Datastream"]["Thing"]["@iot.id"]) == streams[0]
