"""Packs and parameters on the desk: who reads, who sets, and what the page then says."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gezhi.packs.models import ParameterValue
from tests import cast
from tests.desk.conftest import SignedIn


def text(client: Client, path: str, **query: str) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def leader(city: cast.Cast, signed_in: SignedIn) -> Client:
    return signed_in("leader")


def test_a_pack_is_read_with_its_procedure_and_stories(leader: Client) -> None:
    assert "/desk/packs/city-management/" in text(leader, "/desk/packs/")
    page = text(leader, "/desk/packs/city-management/")
    assert "标准流程" in page
    assert "/desk/packs/city-management/standard.svg" in page


def test_the_drawing_leaves_out_deviations_when_asked(leader: Client) -> None:
    whole = leader.get("/desk/packs/city-management/standard.svg")
    assert whole["Content-Type"] == "image/svg+xml"
    assert "不予立案" in whole.content.decode()
    plain = text(leader, "/desk/packs/city-management/standard.svg", deviations="no")
    assert "重办" in whole.content.decode()
    assert "重办" not in plain


def test_what_does_not_exist_is_not_found(leader: Client) -> None:
    for path in ("packs/nothing/", "packs/city-management/nothing.svg", "parameters/nothing/"):
        assert leader.get(f"/desk/{path}").status_code == 404


def test_parameters_are_found_by_name_and_pack(leader: Client) -> None:
    page = text(leader, "/desk/parameters/", q="立案", pack="city-management")
    assert "filing" in page
    assert "handling.normal" not in page
    assert "没有符合条件的参数" in text(leader, "/desk/parameters/", q="nothing like it")


def test_a_leader_sets_and_withdraws_a_coming_value(leader: Client) -> None:
    day = timezone.localdate() + timedelta(days=7)
    form = {"since": day.isoformat(), "value": "45", "unit": "working minutes", "source": "第7号令"}
    assert leader.post("/desk/parameters/filing/set/", form).status_code == 302
    page = text(leader, "/desk/parameters/filing/")
    assert "45 个工作分钟" in page
    assert "将要生效" in page
    assert "45 个工作分钟" in text(leader, "/desk/parameters/", coming="yes")
    row = ParameterValue.objects.get()
    assert leader.post(f"/desk/parameters/filing/{row.pk}/withdraw/").status_code == 302
    assert "已撤回" in text(leader, "/desk/parameters/filing/")


def test_a_wrong_value_is_refused_with_what_is_possible(leader: Client) -> None:
    form = {"since": "2020-01-01", "value": "45", "unit": "working minutes", "source": "第7号令"}
    answer = leader.post("/desk/parameters/filing/set/", form)
    assert answer.status_code == 422
    assert "过去的值不能改" in answer.content.decode()
    assert not ParameterValue.objects.exists()


def test_a_dispatcher_reads_and_sets_nothing(signed_in: SignedIn) -> None:
    client = signed_in("dispatcher")
    assert "<h2>设定新值" not in text(client, "/desk/parameters/filing/")
    assert client.post("/desk/parameters/filing/set/", {}).status_code == 403
    assert not ParameterValue.objects.exists()
