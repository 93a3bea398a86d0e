"""Ready answers: who keeps them, what may stand in them, where they are offered."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.cases.actions import act
from gezhi.cases.actions.phrases import set_phrase
from gezhi.cases.models import Phrase
from gezhi.cases.phrasing import check_phrase, filled
from gezhi.cases.procedure import Given, Refused
from gezhi.ledger.models import Entry
from tests import cast
from tests.cast import Cast
from tests.desk.conftest import SignedIn

FACTS = {"number": "20260712001", "category": "路灯", "place": "万安", "unit": "市政"}


def test_placeholders_stand_for_what_the_case_is() -> None:
    assert filled("{unit}已受理{number}（{place}{category}）", FACTS) == "市政已受理20260712001（万安路灯）"


@pytest.mark.parametrize(
    ("title", "text", "code"),
    [
        ("", "好的", "lacking"),
        ("受理", " ", "lacking"),
        ("受理", "您好{name}", "unknown-placeholder"),
        ("受理", "您好{", "unknown-placeholder"),
        ("受" * 41, "好的", "too-long"),
        ("受理", "好" * 1001, "too-long"),
    ],
)
def test_what_cannot_be_kept_says_why(title: str, text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_phrase(title, text)
    assert refused.value.code == code


@given(st.text(max_size=200))
def test_what_is_kept_is_always_filled_without_braces(text: str) -> None:
    try:
        _title, kept = check_phrase("名", text)
    except Refused:
        return
    assert not re.search(r"[{}]", filled(kept, FACTS))


def test_a_changed_one_is_a_new_version_and_the_ledger_knows_both(city: Cast) -> None:
    leader, unit = city.actor("leader"), city.units["centre"]
    set_phrase(leader, unit, "dispatch", "派单", "请{unit}办理", None)
    again = set_phrase(leader, unit, "dispatch", "派单", "请{unit}尽快办理", None)
    assert set_phrase(leader, unit, "dispatch", "派单", "请{unit}尽快办理", None) == again
    assert (again.version, Phrase.objects.filter(ended_at=None).count()) == (2, 1)
    kept = [json.loads(bytes(one.body))["facts"]["text"] for one in Entry.objects.filter(kind="phrase.set")]
    assert kept == ["请{unit}办理", "请{unit}尽快办理"]


def test_dispatchers_keep_those_of_their_unit_and_leaders_those_of_all(city: Cast) -> None:
    set_phrase(city.actor("dispatcher"), city.units["centre"], "", "一", "好")
    set_phrase(city.actor("leader"), None, "", "二", "好")
    for who, unit in (
        ("dispatcher", None),
        ("dispatcher", city.units["haishu-works"]),
        ("handler", city.units["haishu-works"]),
    ):
        with pytest.raises(Refused) as refused:
            set_phrase(city.actor(who), unit, "", "三", "好")
        assert refused.value.code == "not-your-role"


def test_a_case_offers_those_that_fit_its_steps_filled(signed_in: SignedIn, city: Cast) -> None:
    receipt = cast.reported()
    leader = city.actor("leader")
    set_phrase(leader, None, "dispatch", "派单", "请{unit}到{place}处理{number}")
    set_phrase(leader, None, "verify", "核查", "不该出现")
    set_phrase(leader, city.units["jiangbei-works"], "", "江北", "江北口径")
    page = signed_in("dispatcher").get(f"/desk/cases/{receipt.case_number}/").content.decode()
    assert f"处理{receipt.case_number}" in page and 'data-steps="dispatch"' in page
    assert "不该出现" not in page and "江北口径" not in page
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))


def test_the_page_keeps_changes_and_ends_them(signed_in: SignedIn, city: Cast) -> None:
    client = signed_in("dispatcher")
    unit = city.units["centre"]
    wrong = client.post("/desk/phrases/save/", {"unit": unit, "title": "受理", "text": "您好{name}"})
    assert wrong.status_code == 422 and "您好{name}" in wrong.content.decode()
    client.post("/desk/phrases/save/", {"unit": unit, "kind": "reject", "title": "受理", "text": "您好"})
    page = client.get("/desk/phrases/").content.decode()
    assert "受理" in page and "第 1 版" in page
    assert "受理" not in signed_in("handler").get("/desk/phrases/").content.decode()
    client.post(f"/desk/phrases/{Phrase.objects.get().pk}/end/")
    assert not Phrase.objects.filter(ended_at=None).exists()
    assert Entry.objects.filter(kind="phrase.ended").count() == 1
    answer = client.post(f"/desk/phrases/{Phrase.objects.get().pk}/end/", follow=True)
    assert "没有这条常用语" in answer.content.decode()


def test_whoever_may_not_change_them_cannot(signed_in: SignedIn, city: Cast) -> None:
    assert (
        signed_in("handler").post("/desk/phrases/save/", {"title": "受理", "text": "您好"}).status_code == 403
    )
