"""Notes among colleagues on a case's page, and that nobody outside reads them."""

import re

import pytest
from django.test import Client

from gezhi.cases.actions import act
from gezhi.cases.actions.talk import write_note
from gezhi.cases.models import Mention, Note, Report
from gezhi.cases.procedure import Given
from tests import cast
from tests.cast import Cast
from tests.desk.conftest import SignedIn
from tests.house.tree import files_under, short

SECRET = "这人常投诉，内部口径先别说"


def test_a_colleague_is_told_on_the_case_and_it_counts_as_read(signed_in: SignedIn, city: Cast) -> None:
    receipt = cast.reported()
    at = f"/desk/cases/{receipt.case_number}/"
    answer = signed_in("leader").post(f"{at}notes/", {"text": "@派遣员小李 今天派出去"})
    assert answer.headers["Location"] == f"{at}#talk"
    page = signed_in("dispatcher").get(at).content.decode()
    assert "今天派出去" in page and "提到您" in page
    assert Mention.objects.get().read_at is not None
    assert "提到您" not in signed_in("dispatcher").get(at).content.decode()


def test_without_a_script_a_colleague_is_chosen_from_a_list(signed_in: SignedIn, city: Cast) -> None:
    receipt = cast.reported()
    at = f"/desk/cases/{receipt.case_number}/"
    page = signed_in("leader").get(at).content.decode()
    assert f'<option value="{city.account("dispatcher").pk}" data-called="派遣员小李">' in page
    assert "江北派遣员" not in page
    signed_in("leader").post(f"{at}notes/", {"text": "请看", "mention": city.account("dispatcher").pk})
    assert Mention.objects.get().account_id == city.account("dispatcher").pk


def test_own_notes_are_changed_and_deleted_on_the_page(signed_in: SignedIn, city: Cast) -> None:
    receipt = cast.reported()
    note = write_note(city.actor("leader"), receipt.case_id, "明天")
    at = f"/desk/cases/{receipt.case_number}/notes/{note.pk}/"
    signed_in("leader").post(at, {"text": "今天", "do": ""})
    assert "已改" in signed_in("dispatcher").get(f"/desk/cases/{receipt.case_number}/").content.decode()
    signed_in("dispatcher").post(at, {"do": "delete"})
    assert Note.objects.get().text == "今天"
    signed_in("leader").post(at, {"do": "delete"})
    assert Note.objects.get().text == ""
    other = cast.reported("另一件")
    wrong = f"/desk/cases/{other.case_number}/notes/{note.pk}/"
    answer = signed_in("leader").post(wrong, {"text": "改别的"}, follow=True)
    assert "没有这条备注" in answer.content.decode()


@pytest.mark.parametrize("who", ["jiangbei-dispatcher", "nobody"])
def test_whoever_does_not_see_the_case_gets_nowhere(signed_in: SignedIn, who: str) -> None:
    receipt = cast.reported()
    answer = signed_in(who).post(f"/desk/cases/{receipt.case_number}/notes/", {"text": "看看"})
    assert answer.status_code in (403, 404)
    assert not Note.objects.exists()


def test_nothing_that_a_reporter_can_read_holds_a_note(signed_in: SignedIn, city: Cast) -> None:
    receipt = cast.reported(reporter_phone="13800001234")
    leader = city.actor("leader")
    write_note(leader, receipt.case_id, SECRET)
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    write_note(city.actor("handler"), receipt.case_id, SECRET)
    code = Report.objects.get(id=receipt.report_id).tracking_code
    anyone = Client()
    for address in (
        "/",
        f"/api/v1/reports/{code}?last4=1234",
        f"/open311/v2/requests/{receipt.case_number}.json",
        f"/open311/v2/requests/{receipt.case_number}.xml",
        "/open311/v2/requests.json",
        "/open311/v2/requests.xml",
    ):
        assert SECRET not in anyone.get(address, follow=True).content.decode(errors="replace"), address
    followed = anyone.post("/follow/", {"code": code, "last4": "1234"}, follow=True)
    assert "路灯不亮了" in followed.content.decode()
    assert SECRET not in followed.content.decode()
    exported = signed_in("dispatcher").get("/desk/cases/export/?as=csv")
    assert SECRET not in b"".join(exported).decode("utf-8-sig")
    field = signed_in("grid-worker").get(f"/field/cases/{receipt.case_number}/")
    assert SECRET not in field.content.decode()


def test_only_the_desk_and_staff_interfaces_read_notes() -> None:
    """What writes documents, answers and messages cannot even reach them."""
    readers = [
        short(path).removeprefix("src/gezhi/")
        for path in files_under("src/gezhi")
        if re.search(
            r"models import .*\bNote\b|\bnotes_of\b|\bcases_note\b", path.read_text(encoding="utf-8")
        )
    ]
    allowed = (
        *("cases/models/", "cases/migrations/", "cases/actions/talk.py", "cases/queries/talk.py"),
        *(
            "cases/personal.py",  # what columns keep of people
            "cases/queries/inbox.py",
            "desk/views/talk.py",
            "exchange/rest/api/talk.py",
        ),
    )
    assert [one for one in readers if not one.startswith(allowed)] == []
