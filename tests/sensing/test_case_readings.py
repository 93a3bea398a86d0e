"""A case that readings opened shows what they say now, whether they let it close, and leads to the warning."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gezhi.cases.models import Case
from gezhi.pages.case_readings import sensed_case
from gezhi.sensing.actions.raising import raise_warnings
from gezhi.sensing.actions.waking import Waker
from tests.cast import Cast
from tests.desk.conftest import SignedIn
from tests.sensing.flooded import Flood, flooded, send


@pytest.fixture
def flood(city: Cast) -> Flood:
    return flooded(city.units["haishu-works"])


@pytest.mark.parametrize(
    ("who", "page"), [("dispatcher", "/desk/cases/{}/"), ("grid-worker", "/field/cases/{}/")]
)
def test_a_case_leads_to_its_warning_and_says_what_it_reads_now(
    flood: Flood, signed_in: SignedIn, who: str, page: str
) -> None:
    case = Case.objects.get(pk=flood.warning.case_id)
    text = signed_in(who).get(page.format(case.number)).content.decode()
    assert f'href="/desk/sensing/warnings/{flood.warning.pk}/"' in text
    assert "30 cm" in text
    assert "读数还没有恢复；恢复满" in text


def test_the_warning_leads_to_its_case(flood: Flood, signed_in: SignedIn) -> None:
    case = Case.objects.get(pk=flood.warning.case_id)
    page = signed_in("dispatcher").get(f"/desk/sensing/warnings/{flood.warning.pk}/").content.decode()
    assert f"/desk/cases/{case.number}/" in page


def test_the_closing_rule_counts_down_and_is_met(flood: Flood, city: Cast) -> None:
    case, waker, now = Case.objects.get(pk=flood.warning.case_id), Waker(), timezone.now()
    for minute in range(1, 40):
        at = now + timedelta(minutes=minute)
        send([flood.depth], at, 1.0)
        waker.wake(at)
        raise_warnings(at)
    actor = city.actor("dispatcher")
    back = case.readings.back_at
    assert back is not None
    within = timedelta(seconds=case.readings.within_s)
    half = sensed_case(case, actor, back + within / 2)
    done = sensed_case(case, actor, back + within)
    assert half and half.rule and done and done.rule
    assert (half.rule.met, bool(half.rule.left)) == (False, True)
    assert (done.rule.met, done.rule.left) == (True, "")
    assert [one.out for one in done.warnings[0].readings] == [False]


def test_a_case_that_people_reported_asks_nothing_of_readings(city: Cast) -> None:
    assert sensed_case(Case(pk=0), city.actor("dispatcher"), timezone.now()) is None
