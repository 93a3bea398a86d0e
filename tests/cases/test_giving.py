"""A case on its way: what may not be put on a village, what a contractor may have, how a list changes."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from gezhi.cases.actions import act, act_as_reporter
from gezhi.cases.intake.door import accept
from gezhi.cases.models import Assignment, Case, Charge
from gezhi.cases.procedure import Given, Refused
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.actions import end_contract, import_admissions, load_people
from gezhi.people.models import Account, Post
from gezhi.people.queries import admissions_on, editions
from gezhi.people.staffing import AdmissionRow
from tests.cast import CITY, LAMP, LINGXIA, RUBBISH, SINCE, Cast, photo, report, reported
from tests.people.contracted import contractor, signed

JAN = date(2026, 1, 1)


def dispatched(city: Cast, case_id: int, unit_id: int) -> None:
    act(city.actor("dispatcher"), case_id, "dispatch", Given(unit_id=unit_id))


def test_what_is_not_admitted_is_not_dispatched_to_a_village(city: Cast) -> None:
    import_admissions([AdmissionRow(LAMP, CITY, False, JAN, None, "list")], "list")
    case = reported("路灯不亮", category=LAMP)
    with pytest.raises(Refused) as refused:
        dispatched(city, case.case_id, city.units["wanan"])
    assert refused.value.code == "not-admitted"
    dispatched(city, case.case_id, city.units["haishu-works"])


def test_what_is_admitted_is_dispatched_to_a_village(city: Cast) -> None:
    case = reported("路灯不亮", category=LAMP)
    dispatched(city, case.case_id, city.units["wanan"])
    assert Case.objects.get(id=case.case_id).unit_id == city.units["wanan"]


def test_a_contractor_has_what_its_contract_covers_and_is_paid_once(city: Cast) -> None:
    contract = signed(city, categories=(LAMP,), functions=())
    handler = Account(username="lamp-handler", name="灯工")
    post = Post(account=handler, unit=contractor(), role="handler", place_code=CITY, valid_from=SINCE)
    load_people([handler], [], [post])
    case = reported("路灯不亮", category=LAMP, reporter_phone="13800000000")
    dispatched(city, case.case_id, contract.unit_id)
    assert Assignment.objects.get(case_id=case.case_id).contract_id == contract.pk
    _handled(city, case.case_id)
    act_as_reporter(case.case_id, case.report_id, "reopen", Given(reason="又不亮了"))
    dispatched(city, case.case_id, contract.unit_id)
    _handled(city, case.case_id)
    assert list(Charge.objects.values_list("contract_id", "cents")) == [(contract.pk, 8800)]


def _handled(city: Cast, case_id: int) -> None:
    act(city.actor("lamp-handler"), case_id, "receive", Given())
    act(city.actor("lamp-handler"), case_id, "finish", Given(text="修好了", evidence=(photo(),)))
    act(city.actor("verifier"), case_id, "verify", Given())


@pytest.mark.parametrize("where", ["category", "place", "ended"])
def test_a_contractor_is_refused_outside_its_contract(city: Cast, where: str) -> None:
    contract = signed(city)
    if where == "ended":
        end_contract(contract.pk, timezone.localdate(), "多次返工", None)
    category = RUBBISH if where == "category" else LAMP
    place = {"place_code": LINGXIA, "grid": ""} if where == "place" else {}
    case = reported("一件事", category=category, **place)
    with pytest.raises(Refused) as refused:
        dispatched(city, case.case_id, contract.unit_id)
    assert refused.value.code == "outside-contract"


def finished_by_contractor(city: Cast) -> tuple[int, int]:
    """The case, handled, and the contract."""
    contract = signed(city, categories=(LAMP,), functions=())
    handler = Account(username="lamp-handler", name="灯工")
    post = Post(account=handler, unit=contractor(), role="handler", place_code=CITY, valid_from=SINCE)
    load_people([handler], [], [post])
    case = reported("路灯不亮", category=LAMP)
    dispatched(city, case.case_id, contract.unit_id)
    act(city.actor("lamp-handler"), case.case_id, "receive", Given())
    act(city.actor("lamp-handler"), case.case_id, "finish", Given(text="修好了", evidence=(photo(),)))
    return case.case_id, contract.pk


def test_a_contractor_whose_contract_ended_gets_no_rework_and_another_unit_does(city: Cast) -> None:
    case_id, contract = finished_by_contractor(city)
    end_contract(contract, timezone.localdate(), "多次返工", None)
    with pytest.raises(Refused, match="dispatch it anew") as refused:
        act(city.actor("verifier"), case_id, "rework", Given(reason="仍不亮"))
    assert refused.value.code == "outside-contract"
    dispatched(city, case_id, city.units["haishu-works"])
    assert Case.objects.get(id=case_id).state == "dispatched"


def test_a_contractor_in_force_gets_the_rework(city: Cast) -> None:
    case_id, _ = finished_by_contractor(city)
    assert act(city.actor("verifier"), case_id, "rework", Given(reason="仍不亮")).state == "dispatched"


def test_a_case_is_not_corrected_to_what_its_unit_may_not_have(city: Cast) -> None:
    case_id, _ = finished_by_contractor(city)
    with pytest.raises(Refused, match="dispatch it anew"):
        act(city.actor("dispatcher"), case_id, "correct", Given(category=RUBBISH))
    assert Case.objects.get(id=case_id).category == LAMP


def proposed(city: Cast, **answers: object) -> int:
    publish(read_pack(settings.PACKS_DIR / "lists"))
    form = {"list": "admission", "action": "set", "category": LAMP, "place_code": CITY, "admitted": "false"}
    form |= {"law": "某市网格事项准入办法", "article": "第五条", "valid_from": "2026-01-01"}
    by = city.account("supervisor").pk
    new = report(
        "路灯不应由网格员负责", category="list-change", attributes=form | answers, submitted_by_id=by
    )
    return accept([new])[0].case_id


def test_a_change_that_is_reviewed_approved_and_published_is_on_the_list(city: Cast) -> None:
    case_id = proposed(city)
    with pytest.raises(Refused) as own:
        act(city.actor("supervisor"), case_id, "review", Given(text="符合第五条"))
    assert own.value.code == "own-work"
    Post.objects.create(
        account=city.account("verifier"), unit_id=city.units["centre"], role="supervisor", place_code=CITY,
        valid_from=SINCE,
    )  # fmt: skip
    act(city.actor("verifier"), case_id, "review", Given(text="符合第五条"))
    act(city.actor("leader"), case_id, "approve", Given())
    assert admissions_on(timezone.localdate()) == []
    act(city.actor("dispatcher"), case_id, "enforce", Given())
    row = admissions_on(timezone.localdate())[0]
    assert (row.category, row.admitted, row.law) == (LAMP, False, "某市网格事项准入办法")
    assert editions()[0].case_number == Case.objects.get(id=case_id).number


def test_a_change_that_ends_nothing_is_refused_before_it_is_published(city: Cast) -> None:
    case_id = proposed(city, action="end", valid_from=str(timezone.localdate() - timedelta(days=1)))
    Case.objects.filter(id=case_id).update(state="approved")
    with pytest.raises(Refused) as refused:
        act(city.actor("dispatcher"), case_id, "enforce", Given())
    assert refused.value.code == "nothing-to-end"
    assert editions() == []
