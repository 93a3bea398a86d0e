"""An incident from the warning to the lesson: reported, contained, told to those affected, verified by another."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from gezhi.cases.actions import act, make_document
from gezhi.cases.case_row import CaseRow
from gezhi.cases.models import Case, IssuedDocument
from gezhi.cases.papers import read_paper
from gezhi.cases.procedure import Given, Refused
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.access import Actor, actor_of
from gezhi.people.actions import record_signal
from gezhi.people.models import Account, Post, Unit
from gezhi.security.actions import take_up_warnings, watch
from gezhi.security.queries.review import review
from tests.cast import CITY, Cast

REPORT = {
    "event_grade": "larger",
    "system_name": "宁波市社会治理平台",
    "found_at": "2026-07-06T09:00",
    "event_type": "leak",
    "impact": "一份案件清单流出，约 400 行",
    "measures": "已停用账户、撤销密钥",
    "reported_to": "省委网信办",
    "reported_at": "2026-07-06T10:30",
}
NOTICE = {
    "affected_people": 120,
    "data_kinds": "姓名、电话",
    "harm": "可能接到骚扰电话",
    "remedies": "已下架、已报警",
    "own_steps": "警惕以本平台名义的来电",
    "told_how": "each",
    "told_on": "2026-07-07",
}
LESSON = {
    "cause": "合同单位人员共用账户",
    "damage": "120 人的姓名和电话外泄",
    "done": "停用账户，逐一告知",
    "lesson": "合同单位账户改为一人一号",
    "affected_people": 120,
    "told_on": "2026-07-07",
}


@pytest.fixture
def incident(city: Cast) -> int:
    publish(read_pack(settings.PACKS_DIR / "security"))
    record_signal("export", city.account("handler").pk, "10.0.0.5", {"rows": 300_000})
    now = timezone.now()
    watch(now)
    return take_up_warnings(now)[0]


@pytest.fixture
def first(city: Cast) -> Actor:
    return city.actor("administrator")


@pytest.fixture
def second(city: Cast) -> Actor:
    account = Account.objects.create(username="second-administrator", name="管理员小宋")
    since = timezone.localdate() - timedelta(days=1)
    unit = Unit.objects.get(code="centre")
    Post.objects.create(account=account, unit=unit, role="administrator", place_code=CITY, valid_from=since)
    return actor_of(account, timezone.localdate())


def paper(case_id: int, template: str) -> str:
    """What the issued document says, once it is made."""
    issued = IssuedDocument.objects.get(case_id=case_id, template=template)
    make_document(issued.pk)
    pdf = read_paper(issued.code)
    assert pdf is not None
    assert pdf.startswith(b"%PDF")
    return str(issued.facts)


def contained(first: Actor, incident: int) -> CaseRow:
    act(first, incident, "report-up", Given(form=REPORT))
    act(first, incident, "measure", Given(text="已通知合同单位"))
    act(first, incident, "tell-affected", Given(form=NOTICE))
    return act(first, incident, "finish", Given(form=LESSON))


def test_an_incident_goes_from_the_warning_to_the_lesson(incident: int, first: Actor, second: Actor) -> None:
    assert contained(first, incident).state == "handled"
    assert act(second, incident, "verify", Given(text="账户已逐一核对")).state == "closed"
    assert "宁波市社会治理平台" in paper(incident, "sec-event-report")
    assert "第五十七条" in paper(incident, "sec-affected-notice")
    assert "合同单位人员共用账户" in paper(incident, "sec-summary")


def test_whoever_contained_it_does_not_verify_it(incident: int, first: Actor) -> None:
    contained(first, incident)
    with pytest.raises(Refused) as refused:
        act(first, incident, "verify", Given(text="好了"))
    assert refused.value.code == "own-work"


def test_what_is_not_done_goes_back(incident: int, first: Actor, second: Actor) -> None:
    contained(first, incident)
    assert act(second, incident, "rework", Given(reason="没有写明整改期限")).state == "handling"
    assert act(first, incident, "finish", Given(form=LESSON)).state == "handled"


def test_affected_people_are_told_or_it_is_said_why_not(incident: int, first: Actor) -> None:
    act(first, incident, "report-up", Given(form=REPORT))
    untold = {key: value for key, value in LESSON.items() if key != "told_on"}
    with pytest.raises(Refused):
        act(first, incident, "finish", Given(form=untold))
    why = {**untold, "why_not_told": "数据已加密，能够有效避免危害"}
    assert act(first, incident, "finish", Given(form=why)).state == "handled"


def test_the_year_tells_of_it_with_cause_and_lesson(incident: int, first: Actor, second: Actor) -> None:
    contained(first, incident)
    act(second, incident, "verify", Given(text="好了"))
    [one] = review(timezone.localdate().year).incidents
    assert (one.in_time, one.affected, one.cause) == (True, 120, "合同单位人员共用账户")
    assert one.told_at is not None
    assert one.closed_at is not None


def test_an_incident_that_was_reported_late_is_counted_so(incident: int, first: Actor) -> None:
    Case.objects.filter(pk=incident).update(opened_at=timezone.now() - timedelta(hours=5))
    act(first, incident, "report-up", Given(form=REPORT))
    found = review(timezone.localdate(timezone.now() - timedelta(hours=5)).year)
    assert found.late == 1
