"""A photo that the browser makes smaller still says when, where and of which bytes it was taken, and stands upright."""

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from numpy.random import default_rng
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from gezhi.cases.models import Evidence
from tests.browser.conftest import Arrive


def taken_sideways() -> bytes:
    """2,400 x 1,800 pixels of detail, to be turned by the camera's mark."""
    noise = default_rng(1).integers(0, 256, (180, 240, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2026:07:01 12:30:00"
    place = {GPS.GPSLongitude: (121.0, 30.0, 18.0), GPS.GPSLongitudeRef: "E"}
    exif.get_ifd(IFD.GPSInfo).update({**place, GPS.GPSLatitude: (29.0, 48.0, 18.0), GPS.GPSLatitudeRef: "N"})
    out = io.BytesIO()
    Image.fromarray(noise).resize((2400, 1800)).save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


def test_time_and_place_survive_being_made_smaller(arrive: Arrive, tmp_path: Path) -> None:
    photo = tmp_path / "lamp.jpg"
    photo.write_bytes(taken_sideways())
    here = {"longitude": 121.505, "latitude": 29.805}
    resident = arrive(geolocation=here, permissions=["geolocation"])
    resident.go("/report/")
    resident.page.fill("#text", "路灯不亮了，晚上很黑")
    resident.page.set_input_files("#photos", photo)
    resident.page.wait_for_selector(".chosen img")
    resident.page.get_by_role("button", name="用我现在的位置").click()
    resident.page.get_by_text("已定位").wait_for()
    resident.page.get_by_role("button", name="提交", exact=True).click()
    resident.page.wait_for_url("**/thanks/**")
    kept = Evidence.objects.get()
    assert (kept.width, kept.height) == (1200, 1600)
    assert (kept.lon, kept.lat) == (pytest.approx(121.505, abs=1e-5), pytest.approx(29.805, abs=1e-5))
    assert kept.taken_at is not None
    assert kept.taken_at.isoformat() == "2026-07-01T04:30:00+00:00"
    assert kept.look_bands
    assert kept.captured_sha256 == hashlib.sha256(taken_sideways()).hexdigest()
    assert kept.captured_sha256 != kept.original_sha256  # what arrived was made smaller
    assert kept.captured_at is not None
