"""Points by the formulas of two cities, computed by hand; ranks with caution; days from noon to noon."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from gezhi.insight.counts import NAMES
from gezhi.insight.marking import Mark, Method, marks, spelled, wilson
from gezhi.insight.periods import BadPeriod, Period, named
from gezhi.packs.loading import read_pack
from gezhi.packs.shapes import Pack
from tests.house.tree import ROOT

ZONE = ZoneInfo("Asia/Shanghai")
PACK: Path = ROOT / "packs" / "appraisal"


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(PACK)


def method(pack: Pack, key: str, **changes: object) -> Method:
    appraisal = next(one for one in pack.appraisals if one.key == key).model_copy(update=changes)
    known = {one.key: one for one in pack.indicators}
    return Method(appraisal, [known[key] for key in appraisal.indicators])


def marked(how: Method, *rows: dict[str, float]) -> list[Mark]:
    columns = {name: np.array([row.get(name, 0.0) for row in rows]) for name in NAMES}
    keys = [f"unit {at}" for at in range(len(rows))]
    return marks(how, keys, {one.key: columns for one in how.indicators}, columns)


def test_the_district_score_is_the_hand_computed_one(pack: Pack) -> None:
    """180 of 200 handled, 160 on time, 9 of 180 reworked, 20 overdue, 10 extended:
    0.9 x 30 + 0.8 x 20 + 0.95 x 20 + 0.9 x 20 + 0.95 x 10 = 27 + 16 + 19 + 18 + 9.5 = 89.5."""
    (mark,) = marked(
        method(pack, "district-score"),
        {
            **{"should_handle": 200, "handled": 180, "handled_on_time": 160, "overdue_open": 20},
            **{"should_close": 180, "reworked": 9, "extended": 10},
        },
    )
    assert mark.points == pytest.approx(89.5)
    assert mark.values["rework-rate"].value == pytest.approx(0.05)


def test_the_hotline_rates_are_the_hand_computed_ones(pack: Pack) -> None:
    """Of 50: 48 contacted, 40 resolved, 30 satisfied, 10 basically: 0.96, 0.8, (30 + 9) / 50 = 0.78.
    10 x 0.96 + 50 x 0.8 + 40 x 0.78 = 80.8; 30 x 0.96 + 35 x 0.8 + 35 x 0.78 = 84.1."""
    asked = {"asked": 50, "responded": 48, "resolved": 40, "satisfied": 30, "basically_satisfied": 10}
    assert marked(method(pack, "hotline-rates"), asked)[0].points == pytest.approx(80.8)
    assert marked(method(pack, "hotline-rates-even"), asked)[0].points == pytest.approx(84.1)


def test_a_hotline_day_runs_from_noon_to_noon(pack: Pack) -> None:
    appraisal = next(one for one in pack.appraisals if one.key == "hotline-rates")
    since, until = Period("day", "2026-07-06", appraisal.day_starts).bounds(ZONE)
    assert since == datetime(2026, 7, 5, 12, tzinfo=ZONE)
    assert until == datetime(2026, 7, 6, 12, tzinfo=ZONE)
    since, until = Period("month", "2026-07", appraisal.day_starts).bounds(ZONE)
    assert since == datetime(2026, 6, 30, 12, tzinfo=ZONE)
    assert until == datetime(2026, 7, 31, 12, tzinfo=ZONE)


def test_luck_with_few_cases_does_not_lead(pack: Pack) -> None:
    how = method(pack, "hotline-rates", least=5)
    all_good = dict.fromkeys(("asked", "responded", "resolved", "satisfied"), 6)
    nearly = {"asked": 1000, "responded": 990, "resolved": 980, "satisfied": 980}
    found = marked(how, all_good, nearly)
    assert [mark.key for mark in found] == ["unit 1", "unit 0"]
    assert found[1].points == pytest.approx(100)
    assert [mark.rank for mark in found] == [1, 2]


def test_too_few_are_listed_apart_and_unranked(pack: Pack) -> None:
    how = method(pack, "hotline-rates")
    few = dict.fromkeys(("asked", "responded", "resolved", "satisfied"), 19)
    enough = {"asked": 20}
    found = marked(how, few, enough)
    assert [(mark.key, mark.rank) for mark in found] == [("unit 1", 1), ("unit 0", None)]


def test_equal_points_share_a_rank(pack: Pack) -> None:
    same = {"asked": 40, "responded": 20}
    found = marked(method(pack, "hotline-rates"), same, same, {"asked": 40})
    assert [mark.rank for mark in found] == [1, 1, 3]


def test_nothing_to_say_it_from_is_unknown_and_not_nought(pack: Pack) -> None:
    (mark,) = marked(method(pack, "hotline-rates"), {})
    assert mark.points is None
    assert mark.values["response-rate"].value is None


def test_the_interval_is_wilsons() -> None:
    low, high = wilson(np.array([0.3]), np.array([40.0]))
    known = binomtest(12, 40).proportion_ci(method="wilson")
    assert (low[0], high[0]) == pytest.approx((known.low, known.high))


SMALL = st.integers(0, 500)


@given(handled=SMALL, late=SMALL, overdue=SMALL, reworked=SMALL, extended=SMALL)
def test_a_find_of_ones_own_that_went_well_never_lowers_a_mark(
    pack: Pack, handled: int, late: int, overdue: int, reworked: int, extended: int
) -> None:
    before: dict[str, float] = {
        "should_handle": handled + late + overdue,
        "handled": handled + late,
        "handled_on_time": handled,
        "overdue_open": overdue,
        "should_close": handled + late,
        "reworked": min(reworked, handled + late),
        "extended": min(extended, handled + late + overdue),
    }
    kept = ("should_handle", "handled", "handled_on_time", "should_close")
    after = before | {name: before[name] + 1 for name in kept}
    how = method(pack, "district-score")
    found = {mark.key: mark.points for mark in marked(how, before, after)}
    if found["unit 0"] is not None:
        assert (found["unit 1"] or 0) >= found["unit 0"] - 1e-6


def test_formulas_are_said_in_words() -> None:
    assert (
        spelled("handled / should_handle * 2", {"handled": "处置数", "should_handle": "应处置数"})
        == "处置数 ÷ 应处置数 × 2"
    )


@pytest.mark.parametrize("text", ["2026-07", "2026-W28", "2026-07-06"])
def test_periods_are_read_as_they_are_written(text: str) -> None:
    period = named(text)
    assert period.name == text
    assert period.next().back() == period


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-W60", "1890-01", "July", "2026-7", "20260706"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(BadPeriod):
        named(text)


def test_every_count_is_described_where_appraisals_are_explained() -> None:
    page = (ROOT / "docs/howto/appraise.md").read_text(encoding="utf-8")
    assert not [name for name in NAMES if f"`{name}`" not in page]
