"""Hazards that cameras see: each a case once, nothing about people, pictures only where allowed and not for long."""

import base64
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image
from PIL.ExifTags import Base

from gezhi.cases.models import Case, Evidence, Report
from gezhi.cases.photos import photo_path
from gezhi.exchange.hazards import actions as taking
from gezhi.lib.ratelimit import TokenBuckets
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.actions import issue_token, open_account
from gezhi.people.models import Account
from gezhi.sensing.actions.scenes import remove_scenes
from gezhi.sensing.actions.sources import BadSource, NewSource, end_source, register_source
from gezhi.sensing.models import EventSource, EventTally, EventWay, Scene
from tests.cast import RUBBISH, WANAN, Cast, centre_of, picture

LON, LAT = centre_of(f"{WANAN}001")
HAZARDS = "/api/v1/sensing/hazards"


@pytest.fixture
def owner(city: Cast) -> Account:
    for name in ("street-parts", "rivers", "fire-hazards", "camera-events"):
        publish(read_pack(settings.PACKS_DIR / name))
    return open_account("cameras", "视频平台", None, is_system=True)


@pytest.fixture
def cameras(owner: Account) -> Iterator[Client]:
    taking.paces = TokenBuckets(size=1000, seconds=1)
    register_source(
        NewSource("cam-17", "南门路17号摄像机", EventWay.CAMERA, owner, lon=LON, lat=LAT, pictures=True),
        timezone.now(),
    )
    register_source(NewSource("cam-18", "无坐标摄像机", EventWay.CAMERA, owner), timezone.now())
    key = issue_token(owner, "cameras", ["sense"], timezone.now())
    return Client(headers={"Authorization": f"Bearer {key}"})  # type: ignore[return-value]


def event(**changed: object) -> dict[str, Any]:
    usual = {
        "id": "e1",
        "source": "cam-17",
        "kind": "rubbish",
        "at": timezone.now().isoformat(),
        "confidence": 0.9,
    }
    return usual | changed


def send(client: Client, body: object) -> Any:
    return client.post(HAZARDS, json.dumps(body), content_type="application/json")


def tallies(source: str = "cam-17") -> dict[str, int]:
    return dict(EventTally.objects.filter(source=source).values_list("fate", "count"))


def test_a_hazard_becomes_a_case_where_the_camera_looks(cameras: Client) -> None:
    answer = send(cameras, event())
    assert answer.status_code == 201 and answer.json()["outcome"] == "opened"
    case = Case.objects.get(number=answer.json()["receipt"]["case_number"])
    assert (case.category, case.source, case.place_code) == (RUBBISH, "sensor", f"{WANAN}001")
    assert "南门路17号摄像机" in case.title
    assert Report.objects.get(case=case).source == "sensor:cam-17"
    assert tallies() == {"opened": 1}


def test_the_same_event_sent_again_is_known(cameras: Client) -> None:
    first, again = send(cameras, event()), send(cameras, event())
    assert (again.status_code, again.json()["outcome"]) == (200, "again")
    assert again.json()["receipt"]["case_number"] == first.json()["receipt"]["case_number"]
    assert Report.objects.filter(source="sensor:cam-17").count() == 1


def test_what_a_camera_repeats_is_counted_and_makes_one_case(cameras: Client) -> None:
    outcomes = [send(cameras, event(id=f"e{n}")).json()["outcome"] for n in range(5)]
    assert outcomes == ["opened", *["joined"] * 4]
    assert Case.objects.filter(source="sensor").count() == 1 and tallies() == {"opened": 1, "joined": 4}


def test_after_the_quiet_span_it_joins_the_open_case_as_a_report(cameras: Client) -> None:
    send(cameras, event())
    Report.objects.update(received_at=timezone.now() - timedelta(hours=5))
    answer = send(cameras, event(id="e2")).json()
    assert answer["outcome"] == "joined" and answer["receipt"]["joined"]
    assert Case.objects.filter(source="sensor").count() == 1


def test_below_the_packs_confidence_it_is_heard_and_becomes_nothing(cameras: Client) -> None:
    answer = send(cameras, event(confidence=0.2))
    assert (answer.status_code, answer.json()["outcome"]) == (200, "heard")
    assert not Report.objects.filter(source="sensor:cam-17").exists()


def test_an_event_may_say_its_own_place_in_the_citys_coordinates(cameras: Client) -> None:
    lon, lat = centre_of(f"{WANAN}002")
    answer = send(cameras, event(source="cam-18", lon=lon, lat=lat, crs="wgs84"))
    assert answer.json()["receipt"]["place_code"] == f"{WANAN}002"
    assert (
        send(cameras, event(id="e2", source="cam-18", place_code=WANAN)).json()["receipt"]["place_code"]
        == WANAN
    )


def test_without_any_place_it_is_refused(cameras: Client) -> None:
    answer = send(cameras, event(source="cam-18"))
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "place_code"
    assert tallies("cam-18") == {"invalid": 1}


@pytest.mark.parametrize(
    "more",
    [
        {"faceImage": "/9j/4AAQSkZJRg=="},
        {"extra": {"targets": [{"attributes": {"gender": "male", "age": 30}}]}},
        {"objects": [{"label": "person", "box": [1, 2, 3, 4]}]},
        {"车牌": "浙B12345"},
        {"kind": "人脸识别"},
        {"id": "11010519491231002X"},
        {"picture": {"faceRect": [0, 0, 1, 1]}},
    ],
)
def test_a_device_that_sends_a_person_is_refused_counted_and_nothing_of_it_is_kept(
    cameras: Client, more: dict[str, object]
) -> None:
    sent = event(picture_base64=base64.b64encode(picture()).decode()) | more
    answer = send(cameras, sent)
    assert (answer.status_code, answer.json()["code"]) == (422, "person-data")
    assert tallies() == {"person": 1}
    assert not Report.objects.filter(source__startswith="sensor").exists()
    assert not Scene.objects.exists() and not list(
        photo_path("0" * 8 + "-0000-4000-8000-" + "0" * 12).parent.parent.glob("*/*")
    )
    for value in ("男", "浙B12345", "11010519491231002X", "4AAQ"):
        assert value not in answer.content.decode()


def test_what_was_refused_is_shown_to_the_owner_of_the_device(cameras: Client) -> None:
    send(cameras, event(face="x"))
    send(cameras, event(id="e2"))
    shown = {one["key"]: one["counts"] for one in cameras.get("/api/v1/sensing/sources").json()["sources"]}
    assert shown == {"cam-17": {"opened": 1, "person": 1}, "cam-18": {}}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "earthquake"}, "kind"),
        ({"at": "1970-01-01T00:00:00+08:00"}, "at"),
        ({"at": "2099-01-01T00:00:00+08:00"}, "at"),
        ({"at": "2026-07-01T08:30:00"}, "at"),
        ({"confidence": 87}, "confidence"), ({"confidence": "high"}, "confidence"),
        ({"id": ""}, "id"), ({"severity": 3}, "severity"),
        ({"picture_base64": "%%%"}, "picture_base64"),
        ({"lon": 200, "lat": 95}, "lat"), ({"lon": "nan", "lat": 1}, "lon"), ({"id": "a\nb"}, "id"),
    ],
)  # fmt: skip
def test_each_wrong_field_is_named(cameras: Client, changed: dict[str, object], field: str) -> None:
    answer = send(cameras, event(**changed))
    assert answer.status_code == 422 and field in {one["field"] for one in answer.json()["errors"]}
    assert tallies() == {"invalid": 1}


def test_not_a_number_is_no_confidence(cameras: Client) -> None:
    body = json.dumps(event()).replace("0.9", "NaN")
    assert cameras.post(HAZARDS, body, content_type="application/json").status_code == 422


def test_nobody_speaks_for_anothers_device(cameras: Client, city: Cast) -> None:
    other = open_account("other", "别的系统", None, is_system=True)
    client = Client(
        headers={"Authorization": f"Bearer {issue_token(other, 'other', ['sense'], timezone.now())}"}
    )
    assert send(client, event()).json()["code"] == "not-your-source"
    assert send(cameras, event(source="cam-99")).status_code == 403
    assert tallies("") == {"mistrusted": 2} and tallies() == {}
    assert client.get("/api/v1/sensing/sources").json() == {"sources": []}


def test_a_key_of_another_scope_and_a_picture_as_the_body_are_refused(
    cameras: Client, owner: Account
) -> None:
    reporting = Client(
        headers={"Authorization": f"Bearer {issue_token(owner, 'r', ['report'], timezone.now())}"}
    )
    assert send(reporting, event()).status_code == 403
    assert cameras.post(HAZARDS, picture(), content_type="image/jpeg").status_code == 415


def test_a_picture_is_made_anew_without_what_the_camera_wrote_and_goes_when_its_time_is_over(
    cameras: Client,
) -> None:
    exif = Image.Exif()
    exif[Base.Artist] = "who took it"
    out = io.BytesIO()
    Image.open(io.BytesIO(picture())).save(out, "JPEG", exif=exif, comment=b"secret words")
    answer = send(cameras, event(picture_base64=base64.b64encode(out.getvalue()).decode()))
    kept = Evidence.objects.get()
    path = photo_path(str(kept.key))
    assert (
        answer.json()["picture"] == ""
        and b"who took it" not in path.read_bytes()
        and b"secret" not in path.read_bytes()
    )
    assert Scene.objects.get().until.date() == (timezone.now() + timedelta(days=7)).date()
    assert remove_scenes(timezone.now() + timedelta(days=6)) == 0


def test_scenes_are_removed_with_their_files(
    cameras: Client, django_capture_on_commit_callbacks: Any
) -> None:
    send(cameras, event(picture_base64=base64.b64encode(picture()).decode()))
    path = photo_path(str(Evidence.objects.get().key))
    with django_capture_on_commit_callbacks(execute=True):
        assert remove_scenes(timezone.now() + timedelta(days=8)) == 1
    assert not path.exists() and not path.with_suffix(".json").exists()
    assert not Evidence.objects.exists() and not Scene.objects.exists()


def test_a_source_that_may_send_no_pictures_is_heard_without_them(cameras: Client) -> None:
    sent = event(source="cam-18", place_code=WANAN, picture_base64=base64.b64encode(picture()).decode())
    answer = send(cameras, sent).json()
    assert (answer["outcome"], answer["picture"]) == ("opened", "this source may send no pictures")
    assert tallies("cam-18") == {"opened": 1, "picture": 1} and not Evidence.objects.exists()


def test_what_is_no_picture_is_left_out_and_the_hazard_is_taken(cameras: Client) -> None:
    answer = send(cameras, event(picture_base64=base64.b64encode(b"GIF89a").decode())).json()
    assert answer["outcome"] == "opened" and "Not a JPEG" in answer["picture"]


def test_a_device_that_floods_is_slowed_down_and_counted(cameras: Client) -> None:
    taking.paces = TokenBuckets(size=3, seconds=600)
    codes = [send(cameras, event(id=f"e{n}")).status_code for n in range(5)]
    assert codes == [201, 200, 200, 429, 429] and tallies()["too-many"] == 2


def test_a_source_is_registered_once_and_may_come_back_after_its_end(cameras: Client, owner: Account) -> None:
    again = NewSource("cam-17", "新摄像机", EventWay.CAMERA, owner)
    with pytest.raises(BadSource, match="registered already"):
        register_source(again, timezone.now())
    assert end_source("cam-17") and not end_source("cam-17")
    assert send(cameras, event()).status_code == 403
    register_source(again, timezone.now())
    assert EventSource.objects.get(key="cam-17").name == "新摄像机"


def test_a_devices_secret_lies_sealed(city: Cast) -> None:
    row = register_source(
        NewSource("33020300001180000001", "平台", EventWay.GB28181, secret="a long secret"), timezone.now()
    )
    assert row.secret and "a long secret" not in row.secret


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "1234", "way": EventWay.GB28181, "secret": "a long secret"},
        {"key": "33020300001180000001", "way": EventWay.GB28181, "secret": "short"},
        {"key": "cam 1", "way": EventWay.CAMERA},
        {"key": "cam", "way": EventWay.CAMERA, "account": None},
        {"key": "cam", "way": EventWay.CAMERA, "lon": 1.0},
        {"key": "cam", "way": EventWay.CAMERA, "picture_days": 400},
    ],
)
def test_a_source_that_cannot_prove_itself_is_not_registered(owner: Account, wrong: dict[str, Any]) -> None:
    account = None if wrong["way"] is EventWay.GB28181 else owner
    with pytest.raises(BadSource):
        register_source(NewSource(**{"name": "x", "account": account} | wrong), timezone.now())


def test_no_migration_is_missing(db: None) -> None:
    call_command("makemigrations", "sensing", check=True, dry_run=True, verbosity=0)
