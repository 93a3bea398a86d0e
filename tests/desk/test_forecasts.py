"""The page of forecasts' skill: it says how good they are beside what costs nothing, and hides nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gezhi.packs.shapes import Words
from gezhi.sensing.models import ForecastRow, TrainedForecast
from gezhi.sensing.queries import forecasts as queries
from gezhi.sensing.queries.forecasts import Target
from tests.cast import Cast
from tests.desk.conftest import SignedIn
from tests.sensing.things import a_series, a_thing

TARGET = Target("air-station", "pm25", Words(zh="细颗粒物", en="PM2.5"), "ug/m3", 75.0, (), 0)
HITS = {"hits": 5, "missed": 5, "false": 10, "quiet": 80, "csi": 0.25, "pod": 0.5, "far": 0.667}


def skill(hours: int, *, useful: bool, series: int) -> dict[str, object]:
    return {
        "hours": hours, "rows": 1234, "error": 8.6, "persistence": 9.96, "day_before": 57.0, "climatology": None,
        "inside": 0.898, "width": 40.0, "onset": HITS, "by_forecast": {**HITS, "csi": 0.2}, "always": HITS,
        "reliability": [[0.1, 0.12, 50]], "by_series": [[str(series), 8.1, 9.2]], "useful": useful, "warns": useful,
    }  # fmt: skip


@pytest.fixture
def told(city: Cast, monkeypatch: pytest.MonkeyPatch) -> int:
    for module in ("gezhi.desk.views.forecasts",):
        monkeypatch.setattr(f"{module}.targets", lambda: [TARGET])
    series, now = a_series(a_thing("air-station"), "pm25"), timezone.now()
    model = TrainedForecast.objects.create(
        kind="air-station", code="pm25", made_at=now, threshold=75, series=[series], content=b"x", digest="ab" * 32,
        tested_from=now - timedelta(days=60), tested_until=now,
        skills=[skill(1, useful=True, series=series), skill(24, useful=False, series=series)],
    )  # fmt: skip
    ForecastRow.objects.create(
        datastream_id=series, made_at=now, hours=1, due_at=now + timedelta(hours=1), value=42.5, low=30, high=60,
        chance=0.35, warns=True, by=model,
    )  # fmt: skip
    assert queries.in_service(TARGET) == model
    return series


def test_the_list_says_which_lead_times_are_in_service(signed_in: SignedIn, told: int) -> None:
    page = signed_in("leader").get("/desk/forecasts/").content.decode()
    assert "细颗粒物" in page
    assert "+1</td>" in page


def test_a_forecast_is_shown_beside_what_costs_nothing(signed_in: SignedIn, told: int) -> None:
    page = signed_in("leader").get("/desk/forecasts/air-station/pm25/").content.decode()
    for words in ("提前 1 小时", "8.6 ug/m3", "9.96 ug/m3", "+13.7%", "90%", "42.5", "35%"):
        assert words in page, words
    assert page.count("没有比不花钱的办法都好") == 1, "the one that is not is shown as such"
    assert "style=" not in page


def test_what_nobody_forecasts_is_no_page(signed_in: SignedIn, told: int) -> None:
    assert signed_in("leader").get("/desk/forecasts/air-station/ozone/").status_code == 404


def test_who_does_not_reach_a_station_does_not_see_it(signed_in: SignedIn, told: int) -> None:
    page = signed_in("jiangbei-dispatcher").get("/desk/forecasts/air-station/pm25/").content.decode()
    assert "42.5" not in page
