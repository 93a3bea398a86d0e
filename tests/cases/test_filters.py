"""Filters of a list, as an address carries them; whatever stands there is a list or a named mistake."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gezhi.cases.models import Case, Report
from gezhi.cases.queries import BadFilter, Filters, beside, case_list, saved_views
from gezhi.cases.queries.tracking import tracked_many
from tests.cast import METRE, WANAN, Cast, centre_of, reported

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("sort", "price", "must be one of due, newest"),
        ("due", "never", "must be one of overdue, soon"),
        ("status", "half", "must be one of open, closed"),
        ("place", "33020", "12-digit"),
        ("unit", "２", "number of a unit"),
        ("unit", "9" * 30, "number of a unit"),
        ("since", "2026-02-30", "must be a day such as"),
        ("until", "0001-01-01", "between 1990 and 2200"),
        ("text", "a\0b", "NUL"),
    ],
)
def test_a_filter_that_cannot_be_is_named(field: str, value: str, problem: str) -> None:
    with pytest.raises(BadFilter, match=problem) as caught:
        Filters.read({field: value})
    assert caught.value.field == field


def test_names_that_are_no_filters_are_left_aside() -> None:
    assert Filters.read({"utm_source": "x", "page": "2", "state": ""}) == Filters()


def test_an_address_gives_the_same_filters_again() -> None:
    filters = Filters.read({"text": "路灯 & 井盖=?", "place": WANAN, "due": "soon", "sort": "due"})
    from urllib.parse import parse_qsl

    assert Filters.read(dict(parse_qsl(filters.query_string()))) == filters
    assert Filters().query_string() == ""
    assert filters.query_string(due="", text="", place="") == "sort=due"


@pytest.mark.parametrize("cursor", ["x", "====", "MQ", "MjAyNi0wNy0wMVQwMDowMDowMCA1", "路"])
def test_a_cursor_that_we_did_not_give_is_named(city: Cast, cursor: str) -> None:
    with pytest.raises(BadFilter, match="not a cursor of this list"):
        case_list(city.actor("leader"), Filters(), NOW, after=cursor)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from(list(Filters.__slots__)), st.text(max_size=40), max_size=4),
    st.text(max_size=30),
)
def test_any_address_gives_a_list_or_a_named_mistake(city: Cast, asked: dict[str, str], after: str) -> None:
    try:
        page = case_list(city.actor("leader"), Filters.read(asked), NOW, after=after)
    except BadFilter as bad:
        assert bad.problem  # noqa: PT017 - both ways out are right
        return
    assert page.lines == []


def test_days_are_those_of_the_node(city: Cast) -> None:
    reported(now=datetime(2026, 6, 30, 16, 30, tzinfo=UTC))  # half past midnight on 1 July here
    for asked, count in (
        ({"since": "2026-07-01"}, 1),
        ({"until": "2026-06-30"}, 0),
        ({"until": "2026-07-01"}, 1),
    ):
        assert len(case_list(city.actor("leader"), Filters.read(asked), NOW).lines) == count, asked


def test_a_search_without_a_word_finds_nothing(city: Cast) -> None:
    reported()
    assert case_list(city.actor("leader"), Filters.read({"text": "？！"}), NOW).lines == []


def test_similar_cases_are_of_one_kind_at_one_place(city: Cast) -> None:
    lon, lat = centre_of(f"{WANAN}001")
    first, near = reported(), reported(lon=lon, lat=lat + 200 * METRE)
    reported(grid=f"{WANAN}002")
    assert [
        one.id for one in beside(city.actor("dispatcher"), Case.objects.get(id=first.case_id)).similar
    ] == [near.case_id]
    assert not beside(city.actor("jiangbei-dispatcher"), Case.objects.get(id=first.case_id)).similar


def test_an_operator_reads_what_was_reported_for_others(city: Cast) -> None:
    receipt = reported(
        source="hotline", submitted_by_id=city.account("operator").pk, reporter_phone="13800001234"
    )
    seen = tracked_many(Report.objects.filter(submitted_by_id=city.account("operator").pk))
    assert [one.report.pk for one in seen] == [receipt.report_id]
    assert saved_views(city.account("operator").pk) == []
    assert seen[0].case.opened_at <= timezone.now()
