"""A child under fourteen leaves how to be reached only with a guardian's word."""

import uuid

import pytest
from django.test import Client

from gezhi.cases.models import Report, Reporter
from tests.cast import WANAN, Cast

pytestmark = pytest.mark.django_db
SAID = {"text": "学校门口路灯不亮", "address": "南门小学", "send": "1"}


def sent(client: Client, **more: str) -> int:
    """The status of the page that a report came back with."""
    given = {**SAID, "place": WANAN, "source_id": str(uuid.uuid4()), **more}
    return client.post("/report/", given).status_code


def test_a_child_with_contact_data_needs_a_guardian(city: Cast, client: Client) -> None:
    assert sent(client, child="1", reporter_phone="13800001111") == 422
    assert not Report.objects.exists()
    assert sent(client, child="1", guardian="1", reporter_phone="13800001111") in (200, 302)
    assert Report.objects.get().attributes["guardian-consent"] == "given"


def test_a_child_who_leaves_nothing_needs_nobody(city: Cast, client: Client) -> None:
    assert sent(client, child="1") in (200, 302)
    assert not Reporter.objects.exists()


def test_nobody_else_is_asked(city: Cast, client: Client) -> None:
    assert sent(client, reporter_phone="13800001111") in (200, 302)
    assert "guardian-consent" not in Report.objects.get().attributes


def test_the_elders_version_asks_at_the_same_place(city: Cast, client: Client) -> None:
    client.cookies["large"] = "1"
    given = {**SAID, "place": WANAN, "source_id": str(uuid.uuid4()), "step": "check", "child": "1"}
    page = client.post("/report/", {**given, "reporter_phone": "13800001111"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "监护人" in text
    assert 'name="guardian"' in text
