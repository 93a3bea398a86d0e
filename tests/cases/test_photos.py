"""Photos as evidence: what the camera wrote is read and then gone; what is no photo is refused with a reason."""

import io
import json
import struct
import warnings
import zlib
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from gezhi.cases.photos import MAX_BYTES, MAX_EDGE, BadPhoto, is_stored, load_photo, photo_path, store_photo
from tests.cast import picture

SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def refusal(data: bytes) -> str:
    with pytest.raises(BadPhoto) as caught:
        store_photo(data)
    assert caught.value.zh
    assert str(caught.value) == caught.value.en
    return caught.value.code


def degrees(value: float) -> tuple[Fraction, Fraction, Fraction]:
    whole, minutes = int(value), (value % 1) * 60
    return Fraction(whole), Fraction(int(minutes)), Fraction(minutes % 1 * 60).limit_denominator(10_000)


def taken(
    lon: float | None = 121.505, lat: float = 29.805, at: str = "2026:07:01 12:30:00", orientation: int = 1
) -> bytes:
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.Make] = "SecretCamera"
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = at
    if lon is not None:
        position = {GPS.GPSLongitude: degrees(abs(lon)), GPS.GPSLongitudeRef: "W" if lon < 0 else "E"}
        position |= {GPS.GPSLatitude: degrees(abs(lat)), GPS.GPSLatitudeRef: "S" if lat < 0 else "N"}
        exif.get_ifd(IFD.GPSInfo).update(position)
    out = io.BytesIO()
    Image.new("RGB", (40, 20), (10, 200, 30)).save(out, "JPEG", exif=exif, comment=b"by Mr Wang")
    return out.getvalue()


def test_time_and_place_are_read_and_then_stripped() -> None:
    photo = store_photo(taken())
    assert photo.taken_at == datetime(2026, 7, 1, 4, 30, tzinfo=UTC)
    assert (photo.lon, photo.lat) == (pytest.approx(121.505, abs=1e-6), pytest.approx(29.805, abs=1e-6))
    stored = photo_path(photo.key).read_bytes()
    assert not Image.open(io.BytesIO(stored)).getexif()
    assert not any(trace in stored for trace in (b"Exif", b"SecretCamera", b"Wang", b"GPS"))


def test_west_and_south_are_negative() -> None:
    photo = store_photo(taken(-71.06, -33.4))
    assert (photo.lon, photo.lat) == (pytest.approx(-71.06, abs=1e-6), pytest.approx(-33.4, abs=1e-6))


def test_a_photo_without_position_or_with_a_broken_clock_is_taken_all_the_same() -> None:
    photo = store_photo(taken(None, at="0000:00:00 00:00:00"))
    assert (photo.taken_at, photo.lon, photo.lat) == (None, None, None)


@pytest.mark.parametrize("place", [(181.0, 10.0), (10.0, 91.0)])
def test_a_position_off_the_earth_is_no_position(place: tuple[float, float]) -> None:
    photo = store_photo(taken(*place))
    assert (photo.lon, photo.lat) == (None, None)


def test_a_photo_is_stored_upright() -> None:
    photo = store_photo(taken(orientation=6))
    assert (photo.width, photo.height) == (20, 40)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_usual_format_becomes_a_jpeg(kind: str) -> None:
    photo = store_photo(picture(30, 20, kind))
    assert photo.content_type == "image/jpeg"
    assert Image.open(photo_path(photo.key)).format == "JPEG"
    assert photo.size == photo_path(photo.key).stat().st_size


def test_a_transparent_picture_is_taken() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(out, "PNG")
    assert store_photo(out.getvalue()).width == 9


def test_a_large_photo_is_made_smaller() -> None:
    photo = store_photo(picture(4000, 3000))
    assert (photo.width, photo.height) == (MAX_EDGE, MAX_EDGE * 3 // 4)


def gif() -> bytes:
    return picture(kind="GIF")


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", SVG, b"<html><script>1</script>", gif(), b"%PDF-1.7", b"BM" + bytes(60), b"\xff\xd8\xff"],
)
def test_what_is_no_photo_is_refused(data: bytes) -> None:
    assert refusal(data) in ("not-a-photo", "broken-photo")


def test_a_truncated_photo_is_broken() -> None:
    whole = picture(400, 300)
    assert refusal(whole[: len(whole) // 2]) == "broken-photo"


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds almost nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(7746, 7746), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert refusal(png_header(*size)) in ("photo-too-many-pixels", "broken-photo")


def test_a_file_of_more_than_fifteen_megabytes_is_refused_unread() -> None:
    assert refusal(picture() + bytes(MAX_BYTES)) == "photo-too-large"


def test_a_stored_photo_is_known_by_its_key_alone() -> None:
    photo = store_photo(taken())
    assert load_photo(photo.key) == photo
    assert is_stored(photo.key)
    for other in (
        "",
        "../secret-key",
        photo.key.upper(),
        f"{photo.key}/",
        "7a0a6a3e-8a06-4f0e-9d0b-0a4c2a0f6a11",
    ):
        assert not is_stored(other)
        with pytest.raises(KeyError):
            load_photo(other)


def test_nothing_half_written_stays() -> None:
    photo = store_photo(picture())
    folder = photo_path(photo.key).parent
    assert sorted(path.suffix for path in folder.glob(f"{photo.key}*")) == [".jpg", ".json"]
    assert json.loads((folder / f"{photo.key}.json").read_text())["sha256"] == photo.sha256


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(2, 400), st.binary(min_size=1, max_size=8))
@example(24, b"\xff\xff\xff\xff")
def test_any_damage_is_survived(at: int, damage: bytes) -> None:
    """Mostly in the header and EXIF: either a photo or a refusal, never another error."""
    whole = bytearray(taken())
    whole[at : at + len(damage)] = damage
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            store_photo(bytes(whole))
        except BadPhoto as refused:
            assert refused.code  # noqa: PT017 - both ways out are right
