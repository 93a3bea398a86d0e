"""The elders' version: three doors, one question on a page, remembered by a cookie."""

import pytest
from django.conf import LazySettings
from django.test import Client

from gezhi.cases.models import Report
from tests import cast


@pytest.fixture
def elder(client: Client, city: cast.Cast) -> Client:
    client.post("/display/", {"large": "1", "next": "/"})
    return client


def test_the_first_page_has_three_doors_and_the_way_back(elder: Client) -> None:
    page = elder.get("/").content.decode()
    assert page.count('<a class="door') == 3
    assert 'href="tel:12345"' in page
    elder.post("/display/", {"large": "", "next": "/"})
    assert "承诺与兑现" in elder.get("/").content.decode()


def asked(client: Client, **fields: object) -> str:
    """The step that is shown next."""
    return str(client.post("/report/", {"source_id": "elder-1"} | fields).context["step"])


def test_a_step_is_left_only_when_it_is_answered(elder: Client) -> None:
    assert elder.get("/report/").context["step"] == "what"
    assert asked(elder, step="what", go="photo", text="") == "what"
    assert asked(elder, step="what", go="photo", text="路灯不亮") == "photo"
    assert asked(elder, step="where", go="who", text="路灯不亮") == "where"
    assert asked(elder, step="where", go="who", text="路灯不亮", place=[cast.HAISHU]) == "who"
    assert asked(elder, step="who", go="where", text="路灯不亮", reporter_phone="x") == "where"


def test_going_back_never_scolds(elder: Client) -> None:
    back = elder.post("/report/", {"source_id": "e", "step": "photo", "go": "what", "text": ""})
    assert (back.status_code, back.context["faults"]) == (200, {})


def test_what_is_sent_unanswered_leads_to_the_question(elder: Client) -> None:
    answer = elder.post("/report/", {"source_id": "e", "step": "check", "send": "1", "text": "路灯不亮"})
    assert (answer.status_code, answer.context["step"]) == (422, "where")
    assert not Report.objects.exists()


def test_places_are_chosen_list_by_list(elder: Client) -> None:
    sent = {"source_id": "e", "step": "where", "refine": "1", "text": "路灯不亮", "place": [cast.HAISHU]}
    answer = elder.post("/report/", sent)
    assert (answer.context["step"], answer.context["choice"].code) == ("where", cast.HAISHU)


def test_a_whole_answer_is_reported(elder: Client) -> None:
    sent = {"source_id": "e", "step": "check", "send": "1", "text": "路灯不亮", "address": "南门街道"}
    assert elder.post("/report/", sent).status_code == 302
    assert Report.objects.get().source == "portal"


@pytest.mark.parametrize("path", ["/", "/report/", "/follow/", "/map/", "/kept/", "/verify/", "/purchases/"])
def test_every_page_names_the_telephone_and_the_counter(
    client: Client, city: cast.Cast, settings: LazySettings, path: str
) -> None:
    settings.NODE_COUNTER = "万安社区服务大厅|解放南路 12 号|周一至周五 8:30-17:00"
    page = client.get(path).content.decode()
    for words in ("12345", "万安社区服务大厅", "解放南路 12 号", "8:30-17:00", "长辈版", "English"):
        assert words in page
