"""A grid worker's phone."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gezhi.cases.actions import act
from gezhi.cases.models import Case, Evidence, Report
from gezhi.cases.procedure import Given
from tests import cast

GRID = f"{cast.WANAN}001"


@pytest.fixture
def worker(city: cast.Cast) -> Client:
    client = Client()
    client.force_login(city.account("grid-worker"))
    return client


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("lamp.jpg", cast.picture(), "image/jpeg")


def test_three_taps_report(worker: Client) -> None:
    worker.post(
        "/field/report/", {"source_id": "f-1", "photos": photo(), "category": cast.LAMP, "place_code": GRID}
    )
    report = Report.objects.get()
    assert (report.source, report.text, report.case.category) == ("field", "路灯异常", cast.LAMP)
    assert report.case.place_code == GRID
    assert Evidence.objects.get().report_id == report.pk


def test_a_position_goes_before_the_chosen_grid(worker: Client) -> None:
    lon, lat = cast.centre_of(f"{cast.WANAN}002")
    worker.post("/field/report/", {"text": "路灯不亮", "lon": lon, "lat": lat, "place_code": GRID})
    assert Case.objects.get().place_code == f"{cast.WANAN}002"


def test_nothing_said_is_refused(worker: Client) -> None:
    answer = worker.post("/field/report/", {"place_code": GRID})
    assert answer.status_code == 422
    assert list(answer.context["faults"]) == ["text"]


def test_the_home_shows_what_is_open_in_my_grid_alone(worker: Client) -> None:
    cast.reported("路灯不亮了", grid=GRID)
    cast.reported("垃圾没人收", grid=f"{cast.LIUJIN}001")
    page = worker.get("/field/").content.decode()
    assert "路灯不亮了" in page
    assert "垃圾没人收" not in page


def test_handling_on_the_spot(worker: Client, city: cast.Cast) -> None:
    receipt = cast.reported(grid=GRID)
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    address = f"/field/cases/{receipt.case_number}/"
    worker.post(address, {"step": "receive", "version": "2"})
    refused = worker.post(address, {"step": "finish", "version": "3", "text": "拧紧了"})
    assert refused.status_code == 422
    assert "佐证照片" in refused.context["refused"]
    worker.post(address, {"step": "finish", "version": "3", "text": "拧紧了", "photos": photo()})
    assert Case.objects.get().state == "handled"


def test_an_operator_is_no_grid_worker(client: Client, city: cast.Cast) -> None:
    client.force_login(city.account("operator"))
    assert client.get("/field/").status_code == 403
