"""Times, geometries, patches, addresses and ids, without a database."""

# ruff: noqa: E501 - a case in each row

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.exchange.sensorthings.addressing import NoSuchPath, address_of
from gezhi.exchange.sensorthings.arrays import arrays_in
from gezhi.exchange.sensorthings.bodies import BadBody
from gezhi.exchange.sensorthings.entities import instant, reading_id, reading_of
from gezhi.exchange.sensorthings.expressions import BadQuery, duration_of, instant_of, parsed
from gezhi.exchange.sensorthings.patching import patched
from gezhi.exchange.sensorthings.times import times_of

TIMES = st.integers(-(2**31), 2**32).map(lambda ms: datetime.fromtimestamp(ms, UTC))
FORMS = (
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S.%fZ",
    "%Y-%m-%dT%H:%M:%S+00:00",
    "%Y-%m-%dT%H:%M:%S.%f+00:00",
)


@given(st.lists(TIMES, min_size=1, max_size=20), st.sampled_from(FORMS))
def test_many_times_are_read_as_one_by_one(times: list[datetime], form: str) -> None:
    texts = [one.strftime(form) for one in times]
    found, usable = times_of(texts)
    assert usable.all()
    assert found.tolist() == [int(instant_of(text).timestamp() * 1000 // 1) for text in texts]


@given(st.integers(-1439, 1439), TIMES)
def test_an_offset_is_taken_off(minutes: int, time: datetime) -> None:
    sign, size = "-" if minutes < 0 else "+", abs(minutes)
    text = f"{time:%Y-%m-%dT%H:%M:%S}{sign}{size // 60:02}:{size % 60:02}"
    (found,), _ = times_of([text])
    assert found == int((time.replace(microsecond=0) - timedelta(minutes=minutes)).timestamp()) * 1000


@pytest.mark.parametrize(
    "text", ["2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2025-02-29T00:00:00Z",
             "2026-01-01 00:00:00Z", "2026-01-01T00:00:0aZ", "2026/01/01T00:00:00Z", "0000-01-01T00:00:00Z", "2026-01-01T00:00:00X"],
)  # fmt: skip
def test_a_time_that_is_none_is_not_usable(text: str) -> None:
    _, usable = times_of([text, "2026-01-01T00:00:00Z"])
    assert usable.tolist() == [False, True]


@given(st.lists(st.text(alphabet="0123456789-T:.Z+ ", min_size=20, max_size=20), min_size=1, max_size=5))
def test_the_block_takes_no_more_than_the_one_by_one(texts: list[str]) -> None:
    _, usable = times_of(texts)
    for text, good in zip(texts, usable.tolist(), strict=True):
        if good:
            instant_of(text)


@given(st.integers(1, 2**22 - 1), st.integers(946_684_800_000, 946_684_800_000 + 2**41 - 1))
def test_an_id_is_series_and_time(series: int, ms: int) -> None:
    number = reading_id(series, ms)
    assert 0 < number < 2**63
    assert reading_of(number) == (series, ms)
    assert instant(ms) == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


def test_an_address_is_read_step_by_step() -> None:
    found = address_of("Things(5)/Datastreams(2)/Observations")
    assert [step.entity.name for step in found.steps] == ["Thing", "Datastream", "Observation"]
    assert not found.is_one
    assert address_of("Datastreams(2)/Thing/properties/a/$value").keys == ("properties", "a")
    assert address_of("Things/$ref").ref


@pytest.mark.parametrize(
    "path", ["", "Thing", "Things(1", "Things(1)/Thing", "Datastreams(1)/Thing(2)", "Things/Datastreams"]
)
def test_an_address_that_leads_nowhere_is_refused(path: str) -> None:
    with pytest.raises(NoSuchPath):
        address_of(path)


@pytest.mark.parametrize(
    ("text", "seconds"), [("PT1H", 3600), ("P1DT1S", 86401), ("-PT0.5S", -0.5), ("PT90M", 5400)]
)
def test_durations_have_a_length(text: str, seconds: float) -> None:
    assert duration_of(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["P", "PT", "P1M", "P1Y", "1H", "PT1H30"])
def test_what_has_no_length_is_no_duration(text: str) -> None:
    with pytest.raises(BadQuery):
        duration_of(text)


@given(st.text(max_size=200))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    with suppress(BadQuery):
        parsed(text)


def test_a_patch_of_rfc_6902_does_each_operation() -> None:
    body = {"name": "a", "properties": {"x": [1, 2], "a/b": 1}}
    operations = [
        {"op": "add", "path": "/properties/x/-", "value": 3},
        {"op": "add", "path": "/properties/x/0", "value": 0},
        {"op": "remove", "path": "/properties/a~1b"},
        {"op": "copy", "from": "/name", "path": "/properties/y"},
        {"op": "move", "from": "/properties/y", "path": "/properties/z"},
        {"op": "test", "path": "/properties/z", "value": "a"},
    ]
    assert patched(body, operations) == {"properties": {"x": [0, 1, 2, 3], "z": "a"}}
    assert body["properties"] == {"x": [1, 2], "a/b": 1}


@pytest.mark.parametrize(
    "one", [{}, 3, {"op": "add", "path": "x", "value": 1}, {"op": "remove", "path": "/q"}, {"op": "add", "path": "/n"},
            {"op": "replace", "path": "/q", "value": 1}, {"op": "remove", "path": ""}, {"op": "add", "path": "/l/9", "value": 1},
            {"op": "move", "from": "/o", "path": "/o/p"}, {"op": "add", "path": "/n/x", "value": 1}, {"op": "test", "path": "/n", "value": 2}],
)  # fmt: skip
def test_a_patch_that_cannot_be_done_is_refused(one: object) -> None:
    with pytest.raises(BadBody):
        patched({"n": 1, "l": [1], "o": {"p": 1}}, [one])


def test_rows_of_many_series_become_columns_in_their_order() -> None:
    body = [
        {"Datastream": {"@iot.id": 7}, "components": ["result", "phenomenonTime"], "dataArray": [[1, "2026-01-01T00:00:00Z"], [2.5, "2026-01-01T00:00:01Z"]]},
        {"Datastream": {"@iot.id": 3}, "components": ["result"], "dataArray": [[4], ["words"]]},
    ]  # fmt: skip
    found = arrays_in(body, 1_767_225_600_500)
    assert found.columns.series.tolist() == [7, 7, 3, 3]
    assert found.columns.at.tolist() == [
        1_767_225_600_000,
        1_767_225_601_000,
        1_767_225_600_500,
        1_767_225_600_500,
    ]
    assert found.columns.value.tolist() == [1, 2.5, 4, 0]
    assert found.extras == {3: {"result": "words"}}
