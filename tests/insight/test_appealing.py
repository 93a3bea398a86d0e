"""A unit appeals against a case that is counted for it; somebody impartial decides."""

import pytest

from gezhi.cases.models import Case, CaseEvent
from gezhi.insight.actions.appeals import AppealRefused, decide_appeal, lodge_appeal
from gezhi.insight.actions.tallying import tally_all
from gezhi.insight.periods import Period
from gezhi.insight.queries.checking import differences
from gezhi.insight.queries.figures import figures
from gezhi.ledger.models import Entry
from gezhi.ledger.signing import is_signed_by
from gezhi.people.models import SigningKey
from tests import cast
from tests.insight.stories import handled, happened
from tests.owner import owning

JULY = Period("month", "2026-07")


@pytest.fixture
def works(city: cast.Cast) -> int:
    return city.units["haishu-works"]


@pytest.fixture
def case(works: int) -> Case:
    told = happened(handled(works, done=60, due=24))
    tally_all()
    return told


def test_an_accepted_appeal_takes_the_case_out_of_the_units_counts(
    city: cast.Cast, works: int, case: Case
) -> None:
    appeal = lodge_appeal(city.actor("handler"), case.pk, works, "该路灯属电力公司")
    assert figures(JULY, "unit").row(str(works))["handled"] == 1
    decide_appeal(city.actor("supervisor"), appeal.pk, True, "情况属实")
    assert figures(JULY, "unit").row(str(works))["handled"] == 0
    assert figures(JULY, "all").row("")["handled"] == 1
    assert list(differences()) == []
    kinds = Entry.objects.filter(subject=f"appeal:{appeal.pk}").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["appeal.lodged", "appeal.accepted"]
    decided = Entry.objects.get(kind="appeal.accepted")
    key = SigningKey.objects.get(account_id=city.account("supervisor").pk)
    assert is_signed_by(bytes(decided.body), bytes(key.public))


def test_a_refused_appeal_changes_nothing_and_may_be_lodged_again(
    city: cast.Cast, works: int, case: Case
) -> None:
    appeal = lodge_appeal(city.actor("handler"), case.pk, works, "不是我们的")
    decide_appeal(city.actor("supervisor"), appeal.pk, False, "权责清单列明由贵局负责")
    assert figures(JULY, "unit").row(str(works))["handled"] == 1
    assert lodge_appeal(city.actor("handler"), case.pk, works, "附上新材料").state == "open"


def _refusal(code: str, *given: object) -> None:
    with pytest.raises(AppealRefused) as refused:
        lodge_appeal(*given)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_an_appeal_needs_a_reason_an_own_unit_and_a_counted_case(
    city: cast.Cast, works: int, case: Case
) -> None:
    _refusal("not-your-unit", city.actor("jiangbei-handler"), case.pk, works, "x")
    _refusal("lacking", city.actor("handler"), case.pk, works, "  ")
    _refusal("not-counted", city.actor("jiangbei-handler"), case.pk, city.units["jiangbei-works"], "x")
    lodge_appeal(city.actor("handler"), case.pk, works, "x")
    _refusal("already-lodged", city.actor("second-handler"), case.pk, works, "x")


@pytest.mark.parametrize(
    ("username", "code"), [("handler", "not-your-role"), ("dispatcher", "not-your-role")]
)
def test_only_supervisors_leaders_and_administrators_decide(
    city: cast.Cast, works: int, case: Case, username: str, code: str
) -> None:
    appeal = lodge_appeal(city.actor("handler"), case.pk, works, "x")
    with pytest.raises(AppealRefused) as refused:
        decide_appeal(city.actor(username), appeal.pk, True, "y")
    assert refused.value.code == code


def test_whoever_gave_the_unit_the_case_may_not_decide(city: cast.Cast, works: int, case: Case) -> None:
    supervisor = city.actor("supervisor")
    with owning():
        CaseEvent.objects.filter(case=case, kind="dispatch").update(account_id=supervisor.account_id)
    appeal = lodge_appeal(city.actor("handler"), case.pk, works, "x")
    with pytest.raises(AppealRefused) as refused:
        decide_appeal(supervisor, appeal.pk, True, "y")
    assert refused.value.code == "own-work"
    assert decide_appeal(city.actor("leader"), appeal.pk, True, "y").state == "accepted"
