"""Patrols and visits on a phone."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from gezhi.cases.models import Evidence, Report
from gezhi.rounds.actions import save_subject
from gezhi.rounds.models import Known, Round, Subject
from gezhi.rounds.reading import SubjectRow
from tests import cast

GRID = f"{cast.WANAN}001"


@pytest.fixture
def worker(walks: cast.Cast) -> Client:
    client = Client()
    client.force_login(walks.account("grid-worker"))
    return client


def due(plan: str, subject: Subject | None = None, grid: str = GRID) -> Round:
    now = timezone.now()
    return Round.objects.create(
        plan=plan,
        pack_version_id=1,
        place_code=grid,
        subject=subject,
        opens_at=now - timedelta(hours=1),
        due_at=now + timedelta(hours=2),
    )


@pytest.fixture
def house(walks: cast.Cast) -> Subject:
    lon, lat = cast.centre_of(GRID)
    row = SubjectRow("house", "万安巷 1 号", GRID, lon=lon, lat=lat, known={"danger-grade": "C"})
    return save_subject(walks.actor("administrator"), row)


def test_what_is_due_is_listed_once_for_each_door(worker: Client, house: Subject) -> None:
    due("danger-visit", house)
    due("house-visit", house)
    due("daily-walk", grid=f"{cast.LIUJIN}001")
    page = worker.get("/field/rounds/").content.decode()
    assert page.count("万安巷 1 号") == 1
    assert "危房巡查" in page
    assert "房屋走访" in page
    assert "柳锦" not in page


def test_doors_of_one_day_stand_nearest_first(worker: Client, walks: cast.Cast, house: Subject) -> None:
    lon, lat = cast.centre_of(GRID)
    far = SubjectRow("house", "远处", GRID, lon=lon + 0.004, lat=lat)
    due("house-visit", save_subject(walks.actor("administrator"), far))
    due("house-visit", house)
    calls = worker.get("/field/rounds/", {"lon": lon, "lat": lat}).context["calls"]
    assert [call.where for call in calls] == ["万安巷 1 号", "远处"]
    assert (calls[0].away, calls[1].away) == ("0 米", "390 米")


def test_known_elements_are_shown_with_their_day_and_not_asked(worker: Client, house: Subject) -> None:
    address = f"/field/rounds/{due('danger-visit', house).pk}/"
    page = worker.get(address).content.decode()
    assert "C 级" in page
    assert "仍然如此" in page
    assert "更正" in page


def test_a_visit_is_finished_with_one_tap_for_what_is_known(worker: Client, house: Subject) -> None:
    one = due("danger-visit", house)
    before = Known.objects.get().confirmed_at
    answer = worker.post(
        f"/field/rounds/{one.pk}/",
        {"do": "finish", "same": "all", "form.note": "无变化", "form.storeys": "3"},
    )
    assert answer.status_code == 302
    one.refresh_from_db()
    assert (one.state, one.answers) == ("done", {"storeys": 3, "note": "无变化"})
    assert Known.objects.get(element="danger-grade").confirmed_at > before
    assert Known.objects.get(element="storeys").value == 3


def test_a_finding_with_a_photo_opens_a_case(worker: Client, house: Subject) -> None:
    one = due("danger-visit", house)
    crack = SimpleUploadedFile("crack.jpg", cast.picture(), "image/jpeg")
    given = {"do": "finish", "form.note": "裂缝", "found": "wall-crack", "photos-wall-crack": crack}
    assert worker.post(f"/field/rounds/{one.pk}/", given).status_code == 302
    report = Report.objects.get()
    assert (report.text, report.source, report.case.category) == ("墙体裂缝", "field", "wall-crack")
    assert report.lon == pytest.approx(cast.centre_of(GRID)[0])
    assert Evidence.objects.get().report_id == report.pk
    one.refresh_from_db()
    assert one.found == [report.case.number]


def test_what_is_wrong_is_told_and_what_was_typed_stays(worker: Client, house: Subject) -> None:
    one = due("danger-visit", house)
    given = {"do": "finish", "form.storeys": "0", "text-wall-crack": "很宽"}
    answer = worker.post(f"/field/rounds/{one.pk}/", given)
    assert answer.status_code == 422
    assert set(answer.context["faults"]) == {"form.storeys", "form.note"}
    assert "很宽" in answer.content.decode()
    assert not Report.objects.exists()


def test_a_patrol_begins_walks_and_ends(worker: Client) -> None:
    one = due("daily-walk")
    address = f"/field/rounds/{one.pk}/"
    assert "开始巡查" in worker.get(address).content.decode()
    worker.post(address, {"do": "begin"})
    worker.post(address, {"do": "finish", "track": "121.5,29.8 121.5,29.801", "form.hydrants": "2"})
    one.refresh_from_db()
    assert (one.state, one.points, one.metres) == ("done", 2, 111)
    assert "0.1" in worker.get("/field/rounds/week/").content.decode()


def test_not_doing_it_needs_a_reason_and_then_it_is_gone(worker: Client) -> None:
    one = due("daily-walk")
    address = f"/field/rounds/{one.pk}/"
    assert worker.post(address, {"do": "skip", "reason": " "}).status_code == 422
    assert worker.post(address, {"do": "skip", "reason": "台风"}).status_code == 302
    again = worker.post(address, {"do": "finish"})
    assert again.status_code == 422
    assert "已说明不做" in again.context["refused"]


def test_a_round_of_another_grid_is_not_there(worker: Client) -> None:
    assert worker.get(f"/field/rounds/{due('daily-walk', grid=f'{cast.BAISHA}001').pk}/").status_code == 404
    assert worker.get(f"/field/rounds/{'9' * 20}/").status_code == 404
