"""What lies outside a person's posts cannot be seen, changed, taken along or found out about."""

import io

import openpyxl
import pytest
from django.test import Client

from gezhi.cases.actions import act
from gezhi.cases.models import Case, Evidence
from gezhi.cases.photos import load_photo
from gezhi.cases.procedure import Given, Refused
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(city: cast.Cast) -> Client:
    """The browser of Jiangbei's dispatcher, who has nothing to do with Haishu."""
    client = Client()
    client.force_login(city.account("jiangbei-dispatcher"))
    return client


@pytest.fixture
def here(city: cast.Cast) -> Case:
    """A case of Haishu, with a photo."""
    receipt = cast.reported(photos=(load_photo(cast.photo()),))
    return Case.objects.get(id=receipt.case_id)


def test_a_case_elsewhere_is_not_there(there: Client, here: Case) -> None:
    photo = Evidence.objects.get(case_id=here.pk).key
    for address in (
        f"/desk/cases/{here.number}/",
        f"/field/cases/{here.number}/",
        f"/desk/evidence/{photo}/",
    ):
        assert there.get(address).status_code in (403, 404)


def test_a_bulk_step_leaves_cases_elsewhere_as_they_are(there: Client, here: Case) -> None:
    there.post("/desk/cases/bulk/", {"case": f"{here.pk}:{here.version}", "do": "accept"})
    here.refresh_from_db()
    assert (here.state, here.version) == ("registered", 1)


def test_an_export_holds_no_case_elsewhere(there: Client, here: Case) -> None:
    answer = there.post("/desk/cases/export/", {"case": f"{here.pk}:{here.version}"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))
    assert book.active.max_row == 3  # headings, and whose export it is


def test_a_case_cannot_be_merged_into_one_elsewhere(city: cast.Cast, here: Case) -> None:
    mine = cast.reported("路灯坏了", grid=f"{cast.BAISHA}001")
    actor = city.actor("jiangbei-dispatcher")
    with pytest.raises(Refused) as refused:
        act(actor, mine.case_id, "merge", Given(case_number=here.number))
    with pytest.raises(Refused) as unknown:
        act(actor, mine.case_id, "merge", Given(case_number="1" * 15))
    assert refused.value.code == unknown.value.code == "unknown-case"
