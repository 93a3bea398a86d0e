"""What a person asks for is a case with limits; what needs no decision is done at once, the rest by a person."""

import json
from dataclasses import replace

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from gezhi.cases.actions import Step, Who, act, act_as_reporter, take
from gezhi.cases.contact import Contact
from gezhi.cases.models import Callback, Case, Evidence, Lesson, Objection, Report
from gezhi.cases.photos import load_photo
from gezhi.cases.procedure import Given, Refused
from gezhi.cases.queries.contact import contact_of
from gezhi.cases.world import world
from gezhi.ledger.models import Entry
from gezhi.notices.models import Notice
from gezhi.rights.actions import carry_out_when_fresh, open_request
from gezhi.rights.actions.asking import Asked, Counter
from gezhi.rights.models import Channel, Request, Right
from gezhi.rights.queries.asked import waiting_rights
from gezhi.rights.queries.people import person_of_number, person_of_report
from tests.cases.test_binding import lag_by
from tests.cast import LAMP, OTHER, Cast, reported
from tests.rights.told import Resident, close, jobs, report_of, resident, said

pytestmark = pytest.mark.django_db
CARRIED = ("rights.carry_out", "rights.finish_erasing")


def asked(who: Resident, right: Right, **more: object) -> Request:
    return open_request(who.person, replace(Asked(right), **more))  # type: ignore[arg-type]


def case_of(request: Request) -> Case:
    return Case.objects.get(id=request.case_id)


def granted(desk: Cast, request: Request, text: str = "") -> None:
    steward = desk.actor("steward")
    act(steward, request.case_id, "accept", Given())
    act(steward, request.case_id, "grant", Given(text=text))
    jobs(*CARRIED)


def told(request: Request) -> list[str]:
    return list(
        Notice.objects.filter(report_id=request.own_report_id).order_by("id").values_list("text", flat=True)
    )


def test_a_request_is_a_case_with_a_limit_and_an_answer(desk: Cast) -> None:
    who = resident()
    said(who)
    request = asked(who, Right.DELETE, words="请删除")
    case = case_of(request)
    assert (case.category, case.state, case.is_open) == ("rights-delete", "received", True)
    assert case.due_at is not None
    assert case.place_code == world().root
    assert "15 个工作日" in told(request)[0]
    entry = Entry.objects.get(kind="rights.asked")
    assert json.loads(bytes(entry.body))["facts"] == {"right": "delete", "case": case.pk, "account": None}


def test_two_people_who_ask_the_same_have_two_cases(desk: Cast) -> None:
    one, two = resident(), resident()
    said(one)
    said(two)
    assert asked(one, Right.DELETE).case_id != asked(two, Right.DELETE).case_id


def test_the_same_request_is_not_opened_twice(desk: Cast) -> None:
    who = resident()
    said(who)
    first = asked(who, Right.DELETE)
    with pytest.raises(Refused, match=case_of(first).number):
        asked(who, Right.DELETE)
    asked(who, Right.EXPLAIN)


def test_without_the_pack_it_says_where_to_go(city: Cast) -> None:
    who = resident()
    said(who)
    with pytest.raises(Refused) as refused:
        asked(who, Right.DELETE)
    assert refused.value.code == "no-rights-pack"


def test_a_deletion_is_decided_by_a_steward_and_carried_out_by_a_job(desk: Cast) -> None:
    who = resident()
    receipt = said(who)
    close(desk, receipt)
    request = asked(who, Right.DELETE)
    granted(desk, request)
    assert report_of(receipt).text == ""
    assert case_of(request).state == "done"
    request.refresh_from_db()
    assert request.done_at is not None
    assert request.outcome["rows"] > 3
    assert told(request)[-1].startswith(f"您的请求 {case_of(request).number}")
    assert "已删除" in told(request)[-1]


def test_the_request_itself_goes_once_its_answer_has_arrived(desk: Cast) -> None:
    who = resident()
    close(desk, said(who))
    request = asked(who, Right.DELETE, words=f"我是{who.marks['name']}")
    granted(desk, request)
    own = Report.objects.get(id=request.own_report_id)
    assert contact_of(own.pk).phone == who.number
    jobs("rights.forget_request", "rights.finish_erasing")
    own.refresh_from_db()
    assert (contact_of(own.pk).phone, own.text) == ("", "")
    assert Channel.objects.get().number == ""
    assert not person_of_number(who.number).is_known


def test_a_deletion_names_what_stays_and_why(desk: Cast) -> None:
    who = resident()
    close(desk, said(who))
    still = said(who, text="井盖坏了", category=OTHER)
    request = asked(who, Right.DELETE)
    granted(desk, request)
    assert report_of(still).tracking_code in told(request)[-1]
    assert "第四十七条" in told(request)[-1]
    assert contact_of(still.report_id).phone == who.number


def test_a_refusal_needs_reasons_and_a_second_person_and_says_how_to_appeal(desk: Cast) -> None:
    who = resident()
    said(who)
    request = asked(who, Right.DELETE)
    steward, leader = desk.actor("steward"), desk.actor("leader")
    act(steward, request.case_id, "accept", Given())
    with pytest.raises(Refused, match="a reason"):
        act(steward, request.case_id, "refuse", Given())
    act(steward, request.case_id, "refuse", Given(reason="事项正在办理"))
    assert case_of(request).is_open
    act(leader, request.case_id, "approve", Given())
    assert case_of(request).state == "refused"
    answer = told(request)[-1]
    assert "事项正在办理" in answer
    assert "第五十条" in answer
    assert "人民法院" in answer


def test_nobody_but_a_steward_decides(desk: Cast) -> None:
    who = resident()
    said(who)
    request = asked(who, Right.DELETE)
    for other in ("dispatcher", "operator", "supervisor", "administrator"):
        with pytest.raises(Refused):
            act(desk.actor(other), request.case_id, "accept", Given())


def test_a_person_answers_what_is_asked_and_takes_a_request_back(desk: Cast) -> None:
    who = resident()
    said(who)
    request = asked(who, Right.CORRECT)
    steward = desk.actor("steward")
    act(steward, request.case_id, "accept", Given())
    act(steward, request.case_id, "ask-person", Given(reason="请说明是哪一处"))
    assert "请说明是哪一处" in told(request)[-1]
    act_as_reporter(request.case_id, request.own_report_id, "told", Given(text="是门牌号"))
    assert case_of(request).state == "deciding"
    act_as_reporter(request.case_id, request.own_report_id, "take-back", Given())
    assert case_of(request).state == "taken-back"


def test_withdrawn_consent_stops_at_once_what_rests_on_it(desk: Cast) -> None:
    who = resident()
    receipt = said(who)
    Lesson.objects.create(report_id=receipt.report_id, text="x", category=LAMP, at=timezone.now())
    Callback.objects.create(
        case_id=receipt.case_id,
        report_id=receipt.report_id,
        place_code="",
        reason="sample",
        at=timezone.now(),
    )
    Evidence.objects.filter(report_id=receipt.report_id).update(lon=121.5, lat=29.8)
    key = str(Evidence.objects.get(report_id=receipt.report_id).key)
    request = asked(who, Right.WITHDRAW)
    assert case_of(request).state == "carrying-out"
    jobs(*CARRIED)
    row = report_of(receipt)
    assert contact_of(row.pk) == Contact()
    assert row.text.endswith(who.marks["text"]), "the matter itself rests on a duty and goes on"
    assert row.case.is_open
    assert not Callback.objects.filter(report_id=receipt.report_id).exists()
    assert not Lesson.objects.filter(report_id=receipt.report_id).exists()
    assert Evidence.objects.get(report_id=receipt.report_id).lon is None
    assert load_photo(key).lon is None
    assert Objection.objects.get().teaching
    assert case_of(request).state == "done"


def test_after_an_objection_a_person_names_category_and_unit(desk: Cast) -> None:
    who = resident()
    receipt = said(who)
    assert report_of(receipt).case.suggested_unit_id
    jobs_before = asked(who, Right.OBJECT)
    jobs(*CARRIED)
    case = Case.objects.get(id=receipt.case_id)
    assert (case.suggested_unit_id, case.confidence) == (None, 0.0)
    later = reported("路灯不亮，晚上看不见路", reporter_phone=f"+86 {who.number}")
    opened = Case.objects.get(id=later.case_id)
    assert (opened.category, opened.suggested_unit_id, opened.confidence) == (OTHER, None, 0.0)
    others = Case.objects.get(id=reported("路灯不亮，晚上看不见路", reporter_phone="13911112222").case_id)
    assert others.category == LAMP
    assert case_of(jobs_before).state == "done"


def test_a_correction_that_is_granted_takes_the_place_of_what_was_said(desk: Cast) -> None:
    who = resident()
    receipt = said(who)
    before = bytes(report_of(receipt).salt)
    request = asked(who, Right.CORRECT, wish={"text": "第三盏路灯不亮"}, report_id=receipt.report_id)
    granted(desk, request)
    row = report_of(receipt)
    assert row.text == "第三盏路灯不亮"
    assert row.case.title == "第三盏路灯不亮"
    assert bytes(row.salt) != before
    found = Report.objects.filter(id=row.pk).extra(where=["words @@ '''第三'''::tsquery"])
    assert found.exists()


def test_an_explanation_is_written_by_a_person(desk: Cast) -> None:
    who = resident()
    said(who)
    request = asked(who, Right.EXPLAIN, words="为什么派给综合执法局")
    granted(desk, request, "路灯归市政，市政由综合执法局负责")
    assert any("路灯归市政" in text for text in told(request))


def test_a_tracking_code_alone_asks_for_one_report(desk: Cast) -> None:
    who = resident()
    one, two = said(who, reporter_phone=""), said(who, text="井盖坏了", category=OTHER)
    close(desk, one)
    request = open_request(person_of_report(one.report_id), Asked(Right.DELETE))
    granted(desk, request)
    assert report_of(one).text == ""
    assert report_of(two).text == "井盖坏了"
    assert request.channel is None


def test_at_the_counter_who_took_it_up_is_kept(desk: Cast) -> None:
    who = resident()
    said(who)
    operator = desk.account("operator")
    request = open_request(who.person, Asked(Right.DELETE), Counter(operator.pk, "id-card", "self"))
    assert (request.account_id, request.paper, request.standing) == (operator.pk, "id-card", "self")
    facts = json.loads(bytes(Entry.objects.get(kind="rights.asked").body))["facts"]
    assert facts["account"] == operator.pk


def test_the_system_carries_out_nothing_that_a_person_must_decide(desk: Cast) -> None:
    who = resident()
    said(who)
    request = asked(who, Right.DELETE)
    assert jobs(*CARRIED) == []
    refused = take([Step(request.case_id, "grant", Who())])[0]
    assert isinstance(refused, Refused)


def test_what_was_decided_waits_for_fresh_timestamps_and_what_needs_no_decision_does_not(
    desk: Cast, settings: Settings
) -> None:
    who, other = resident(), resident()
    said(who)
    said(other)
    decided, at_once = asked(who, Right.DELETE), asked(other, Right.WITHDRAW)
    steward = desk.actor("steward")
    act(steward, decided.case_id, "accept", Given())
    act(steward, decided.case_id, "grant", Given())
    lag_by(241, settings)
    ProcrastinateJob.objects.all().delete()
    for request in (at_once, decided):
        carry_out_when_fresh(request.case_id)
    assert case_of(at_once).state == "done"
    assert case_of(decided).state == "carrying-out"
    assert waiting_rights() == 1
    again = ProcrastinateJob.objects.get(task_name="rights.carry_out")
    assert again.args == {"case_id": decided.case_id} and again.scheduled_at > timezone.now()
    settings.TIMESTAMP_URL = ""
    jobs(*CARRIED)
    assert case_of(decided).state == "done"
    assert waiting_rights() == 0


def test_granting_a_right_is_signed(desk: Cast) -> None:
    who = resident()
    said(who)
    request = asked(who, Right.DELETE)
    act(desk.actor("steward"), request.case_id, "accept", Given())
    act(desk.actor("steward"), request.case_id, "grant", Given())
    entry = Entry.objects.get(subject=f"case:{request.case_id}", kind="case.handle")
    facts = json.loads(bytes(entry.body))["facts"]
    assert facts["step"] == "grant" and facts["signed"]
