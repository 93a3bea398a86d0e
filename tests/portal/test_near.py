"""Before a report is sent, what others said nearby is shown, and "the same here" joins it."""

import pytest
from django.test import Client

from gezhi.cases.models import Case, Report
from tests import cast

SPOT = cast.centre_of(f"{cast.WANAN}001")


def form(**fields: object) -> dict[str, object]:
    lon, lat = SPOT
    plain = {"source_id": "near-1", "text": "路灯还是不亮", "lon": lon, "lat": lat + 100 * cast.METRE}
    return plain | fields


@pytest.fixture
def lamp(city: cast.Cast) -> str:
    text = "12 号王家门口路灯不亮"
    return cast.reported(text, category=cast.LAMP, reporter_name="王秀英").case_number


def test_what_is_known_nearby_is_shown_and_nothing_of_who_said_it(client: Client, lamp: str) -> None:
    page = client.post("/report/", form(category=cast.LAMP)).content.decode()
    assert "附近已有人反映" in page and lamp in page
    assert "王家" not in page and "王秀英" not in page and "第1网格" not in page
    assert Report.objects.count() == 1


def test_everything_typed_travels_along(client: Client, lamp: str) -> None:
    sent = form(category=cast.LAMP, reporter_phone="13800001234", kept_photo=cast.photo())
    carried = dict(client.post("/report/", sent).context["carried"])
    assert carried.items() >= {"text": "路灯还是不亮", "reporter_phone": "13800001234"}.items()
    assert carried["kept_photo"] == sent["kept_photo"]
    client.post("/report/", carried | {"near": "other"})
    assert Report.objects.count() == 2
    assert Case.objects.count() == 2


def test_the_same_here_joins_that_matter_and_has_a_code_of_its_own(client: Client, lamp: str) -> None:
    client.post("/report/", form(text="又黑了", same=lamp))
    case = Case.objects.get()
    assert (case.number, case.report_count) == (lamp, 2)
    assert Report.objects.order_by("-id")[0].text == "又黑了"


def test_a_private_or_unknown_matter_cannot_be_joined_by_its_number(client: Client, city: cast.Cast) -> None:
    private = cast.reported("家里的事", category=cast.OTHER).case_number
    for number in (private, "nonsense"):
        client.post("/report/", form(text="路灯不亮了", source_id=number, same=number))
    assert Case.objects.get(number=private).report_count == 1


@pytest.mark.parametrize("lat", [SPOT[1] + 0.02, "nan", "", "91"])
def test_nobody_joins_a_matter_from_afar(client: Client, lamp: str, lat: object) -> None:
    client.post("/report/", form(text="来打差评", lat=lat, address="万安巷", same=lamp))
    assert Case.objects.get(number=lamp).report_count == 1


def test_a_report_of_the_village_joins_a_matter_of_the_village(client: Client, lamp: str) -> None:
    steps = [cast.HAISHU, cast.NANMEN, cast.WANAN]
    for place, count in ((steps[:2], 1), (steps, 2)):
        sent = form(text="又黑了", source_id=str(place), lon="", lat="", place=place, same=lamp)
        client.post("/report/", sent)
        assert Case.objects.get(number=lamp).report_count == count


def test_other_matters_and_other_places_do_not_ask(client: Client, lamp: str) -> None:
    assert client.post("/report/", form(category=cast.RUBBISH)).status_code == 302
    far = cast.centre_of(f"{cast.BAISHA}001")
    assert (
        client.post("/report/", form(category=cast.LAMP, source_id="far", lon=far[0], lat=far[1])).status_code
        == 302
    )
