"""One address may not flood the door, and whoever handles a matter does not learn who reported it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezhi.cases.actions import act
from gezhi.cases.models import Report
from gezhi.cases.procedure import Given
from gezhi.cases.queries import case_page
from gezhi.lib.ratelimit import TokenBuckets
from gezhi.pages.case_view import report_views
from gezhi.portal.views import report as view
from tests.cast import Cast, reported


def test_an_address_that_reports_too_much_is_asked_to_wait(
    city: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "REPORTS", TokenBuckets(2, 600))
    said = {"text": "路灯不亮", "address": "南门街道万安社区"}
    answers = [Client().post(reverse("portal:report"), said).status_code for _ in range(3)]
    assert answers == [302, 302, 429]
    assert Report.objects.count() == 2


@pytest.mark.parametrize("who", ["dispatcher", "handler", "operator", "leader"])
def test_staff_see_how_to_address_the_reporter_and_not_who_it_is(city: Cast, who: str) -> None:
    receipt = reported(reporter_name="王小明", reporter_phone="13800001234")
    unit = city.units["haishu-works"]
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=unit))
    found = case_page(city.actor(who), receipt.case_number, timezone.now())
    assert found is not None
    view = report_views(found, {})[0]
    assert (view.name, view.phone, view.hidden) == ("王**", "138****1234", True)
