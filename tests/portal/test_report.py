"""A resident reports without scripts, and is told what is missing."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gezhi.cases.models import Case, Evidence, Report
from gezhi.cases.queries.contact import contact_of
from tests import cast

WORDS = "万安社区门口的路灯不亮了"


def form(**fields: object) -> dict[str, object]:
    return {"source_id": "form-1", "text": WORDS, "address": "解放南路 12 号"} | fields


def upload(data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("lamp.jpg", data or cast.picture(), "image/jpeg")


def test_a_report_gets_a_tracking_code(client: Client, city: cast.Cast) -> None:
    answer = client.post("/report/", form(reporter_phone="13800001234"), follow=True)
    report = Report.objects.get()
    assert answer.redirect_chain == [(f"/report/thanks/{report.tracking_code}/", 302)]
    assert report.tracking_code in answer.content.decode()
    assert (report.source, contact_of(report.pk).phone) == ("portal", "13800001234")


def test_the_same_form_sent_twice_is_one_report(client: Client, city: cast.Cast) -> None:
    first, second = (client.post("/report/", form()) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"text": " "}, "text"), ({"address": ""}, "address"), ({"reporter_phone": "call me"}, "phone")],
)
def test_what_is_missing_is_named_and_what_was_typed_stays(
    client: Client, city: cast.Cast, fields: dict[str, str], field: str
) -> None:
    answer = client.post("/report/", form(reporter_name="小林", **fields))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert list(answer.context["faults"]) == [field]
    assert f'href="#{field}"' in page
    assert "小林" in page
    assert not Report.objects.exists()


def test_photos_survive_a_form_that_is_shown_again(client: Client, city: cast.Cast) -> None:
    page = client.post("/report/", form(text="", photos=upload())).content.decode()
    kept = re.findall(r'name="kept_photo" value="([^"]+)"', page)
    client.post("/report/", form(kept_photo=kept))
    assert [str(one.key) for one in Evidence.objects.all()] == kept


def test_a_file_that_is_no_photo_is_refused_by_name(client: Client, city: cast.Cast) -> None:
    answer = client.post("/report/", form(photos=upload(b"not a picture")))
    assert answer.status_code == 422
    assert "lamp.jpg" in answer.context["faults"]["photos"]


def test_a_place_is_chosen_from_above_to_below_without_scripts(client: Client, city: cast.Cast) -> None:
    chosen: list[str] = []
    for code in (cast.HAISHU, cast.NANMEN, cast.WANAN, f"{cast.WANAN}002"):
        chosen.append(code)
        page = client.post("/report/", form(refine="1", place=chosen, address="")).content.decode()
        assert f'value="{code}" selected' in page
        assert WORDS in page
    client.post("/report/", form(place=chosen, address=""))
    assert Case.objects.get().place_code == f"{cast.WANAN}002"


def test_places_that_do_not_hang_together_are_left_out(client: Client, city: cast.Cast) -> None:
    answer = client.get("/report/places/", {"place": [cast.HAISHU, cast.ZHONGMA, "no code"]})
    assert answer.context["choice"].code == cast.HAISHU


def test_a_position_is_named(client: Client, city: cast.Cast) -> None:
    lon, lat = cast.centre_of(f"{cast.BAISHA}001")
    here = client.get("/report/here/", {"lon": lon, "lat": lat}).json()
    assert here["inside"]
    assert "白沙社区" in here["words"]


@pytest.mark.parametrize(
    "point", [{"lon": "2.3", "lat": "48.8"}, {"lon": "x", "lat": ""}, {"lon": "nan", "lat": "inf"}]
)
def test_a_position_elsewhere_is_told(client: Client, city: cast.Cast, point: dict[str, str]) -> None:
    here = client.get("/report/here/", point).json()
    assert not here["inside"]
    assert here["words"]


def test_pages_speak_the_language_that_was_chosen(client: Client, city: cast.Cast) -> None:
    assert "我要上报" in client.get("/").content.decode()
    client.post("/display/", {"language": "en", "next": "/"})
    assert "Report a problem" in client.get("/").content.decode()


def test_display_never_leads_elsewhere(client: Client, city: cast.Cast) -> None:
    assert client.post("/display/", {"next": "https://example.org/"})["Location"] == "/"


def test_a_photo_goes_with_one_report_only(client: Client, city: cast.Cast) -> None:
    key = cast.photo()
    for source_id, text in (("a", "路灯不亮"), ("b", "垃圾没有人收"), ("a", "路灯不亮")):
        sent = form(kept_photo=[key, key], source_id=source_id, text=text)
        assert client.post("/report/", sent).status_code == 302
    assert Evidence.objects.get().report_id == Report.objects.get(source_id="a").pk


@pytest.mark.parametrize(("value", "kept"), [("dark", "dark"), ("light", "light"), ("", ""), ("pink", "")])
def test_light_or_dark_is_remembered(client: Client, city: cast.Cast, value: str, kept: str) -> None:
    client.post("/display/", {"scheme": value, "next": "/"})
    found = client.cookies.get("scheme")
    assert (found.value if found else "") == kept
    page = client.get("/").content.decode()
    assert ("css/dark." in page) is (kept != "light")
    assert ("prefers-color-scheme" in page) is (kept == "")
