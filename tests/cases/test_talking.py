"""Notes among colleagues: who may read, who is called, what may still be changed, what the ledger keeps."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from gezhi.cases.actions import act
from gezhi.cases.actions.talk import delete_note, edit_note, write_note
from gezhi.cases.models import Case, Mention, Note
from gezhi.cases.procedure import Given, Refused
from gezhi.cases.queries.talk import colleagues_of, notes_of
from gezhi.cases.talking import Colleague, named_in
from gezhi.ledger.entries import salted
from gezhi.ledger.models import Entry
from tests import cast
from tests.cast import Cast

LI = Colleague(1, "li", "小李", "Li", 1)
LINA = Colleague(2, "lina", "小李娜", "Lina", 1)
OTHER_LI = Colleague(3, "li-2", "小李", "", 2)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("请 @小李娜 看一下", [2]),
        ("@小李 和 @小李娜", [1, 3, 2]),
        ("@li-2 请看", [3]),
        ("@lina 请看", [2]),
        ("@LINA, please", [2]),
        ("@link 不是谁", []),
        ("写信给 a@example.cn", []),
        ("没有人", []),
    ],
)
def test_the_longest_name_behind_the_sign_is_meant(text: str, named: list[int]) -> None:
    assert named_in(text, [LI, LINA, OTHER_LI]) == named


@given(st.text())
def test_any_text_names_at_most_those_who_are_there(text: str) -> None:
    assert set(named_in(text, [LI, LINA])) <= {1, 2}


def test_whoever_sees_the_case_is_a_colleague_and_nobody_else(city: Cast) -> None:
    receipt = cast.reported()
    names = {one.username for one in colleagues_of(_case(receipt.case_id), timezone.localdate())}
    assert {"dispatcher", "leader", "grid-worker", "verifier"} <= names
    assert not names & {"handler", "jiangbei-dispatcher", "nobody"}
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    found = colleagues_of(_case(receipt.case_id), timezone.localdate())
    assert found[0].unit_id == city.units["haishu-works"]
    assert {"handler", "second-handler"} <= {one.username for one in found}


def test_a_note_calls_colleagues_and_the_ledger_keeps_its_hash_alone(city: Cast) -> None:
    receipt = cast.reported()
    text = "反映人情绪激动，@派遣员小李 先电话联系"
    note = write_note(city.actor("leader"), receipt.case_id, text)
    assert list(Mention.objects.values_list("account_id", flat=True)) == [city.account("dispatcher").pk]
    entry = Entry.objects.get(kind="case.note")
    body = bytes(entry.body).decode()
    assert text not in body and "情绪" not in body
    assert json.loads(body)["facts"]["text"] == salted(bytes(note.salt), text)


def test_nobody_calls_themselves_or_those_who_cannot_see_the_case(city: Cast) -> None:
    receipt, leader = cast.reported(), city.actor("leader")
    write_note(leader, receipt.case_id, "@吴局长 记一下，@江北派遣员 也看看")
    assert not Mention.objects.exists()
    with pytest.raises(Refused, match="cannot see"):
        write_note(leader, receipt.case_id, "请看", [city.account("jiangbei-dispatcher").pk])


def test_whoever_does_not_see_the_case_writes_nothing(city: Cast) -> None:
    receipt = cast.reported()
    for who in ("jiangbei-dispatcher", "handler", "nobody"):
        with pytest.raises(Refused, match="no case"):
            write_note(city.actor(who), receipt.case_id, "看看")
    assert not Note.objects.exists()


@pytest.mark.parametrize(("text", "code"), [("  ", "lacking"), ("长" * 2001, "too-long")])
def test_a_note_has_words_and_an_end(city: Cast, text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        write_note(city.actor("leader"), cast.reported().case_id, text)
    assert refused.value.code == code


def test_a_note_can_be_changed_for_minutes_and_says_so(city: Cast) -> None:
    receipt, leader, now = cast.reported(), city.actor("leader"), timezone.now()
    note = write_note(leader, receipt.case_id, "明天去看", at=now)
    edit_note(leader, note.pk, "今天去看 @派遣员小李", now + timedelta(minutes=3))
    line = notes_of(receipt.case_id, leader.account_id, now)[0]
    assert (line.text, line.who, line.edited_at is not None) == ("今天去看 @派遣员小李", "吴局长", True)
    assert Mention.objects.count() == 1
    for who, after, code in (("leader", 16, "too-late"), ("dispatcher", 1, "not-yours")):
        with pytest.raises(Refused) as refused:
            edit_note(city.actor(who), note.pk, "改", now + timedelta(minutes=after))
        assert refused.value.code == code


def test_a_deleted_note_leaves_a_mark_without_words(city: Cast) -> None:
    receipt, leader, now = cast.reported(), city.actor("leader"), timezone.now()
    note = write_note(leader, receipt.case_id, "写错了 @派遣员小李", at=now)
    delete_note(leader, note.pk, now + timedelta(minutes=1))
    line = notes_of(receipt.case_id, city.account("dispatcher").pk, now)[0]
    assert (line.text, line.new, line.deleted_at is not None) == ("", False, True)
    assert bytes(Note.objects.get(id=note.pk).salt) == b""
    assert [entry.kind for entry in Entry.objects.order_by("id")][-2:] == ["case.note", "case.note-deleted"]


def _case(pk: int) -> Case:
    return Case.objects.get(id=pk)
