"""Photos as evidence: checked, re-encoded, EXIF read and then stripped, written before any row names them.

A stored photo is two files, <key>.jpg and <key>.json (what is known of it), under the data folder.
"""

import dataclasses
import hashlib
import io
import json
import uuid
import warnings
from datetime import UTC, datetime
from pathlib import Path
from threading import BoundedSemaphore
from zoneinfo import ZoneInfo

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.ExifTags import GPS, IFD, Base

from gezhi.cases.capturing import Capture
from gezhi.cases.intake.shapes import Photo
from gezhi.cases.likeness import Look, look_of
from gezhi.lib.durable import write_whole

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 60_000_000
MAX_EDGE = 2560  # pixels of the stored photo
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")
TYPE = "image/jpeg"
_decoding = BoundedSemaphore(2)  # a picture of 60 million pixels takes 400 MB while it is read


class BadPhoto(ValueError):
    """A file that is not taken as a photo; `zh` and `en` say why and what is possible."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en


def store_photo(data: bytes, key: str = "", capture: Capture | None = None) -> Photo:
    """Write the photo safely to disk. `key`: the name that its sender gave it, so that a photo sent twice is stored
    once; "" for a new one. `capture`: what its sender says that it was. Raises BadPhoto."""
    if capture is not None and hashlib.sha256(data).hexdigest() != capture.sent:
        raise BadPhoto(
            "photo-changed",
            "收到的照片与发出的不一致，请重新发送。",
            "What arrived is not the photo that was sent. Send it again.",
        )
    if key and is_stored(key):
        return _same(load_photo(key), data)
    if len(data) > MAX_BYTES:
        raise BadPhoto(
            "photo-too-large",
            "照片超过 15 MB，请压缩后再上传。",
            "The photo is over 15 MB. Send a smaller one.",
        )
    with _decoding:
        picture = _open(data)
        taken_at, lon, lat = _exif(picture)
        encoded, width, height, look = _encode(picture)
    photo = Photo(
        key=key or str(uuid.uuid4()),
        sha256=hashlib.sha256(encoded).hexdigest(),
        original_sha256=hashlib.sha256(data).hexdigest(),
        content_type=TYPE,
        size=len(encoded),
        width=width,
        height=height,
        taken_at=taken_at,
        lon=lon,
        lat=lat,
        look=look.whole.hex() if look else "",
        look_bands=look.bands if look else (),
        captured_sha256=capture.captured if capture else "",
        captured_at=capture.at if capture else None,
    )
    write_whole(photo_path(photo.key), encoded)
    write_whole(_facts_path(photo.key), json.dumps(dataclasses.asdict(photo), default=str).encode())
    return photo


def _same(photo: Photo, data: bytes) -> Photo:
    """Raises BadPhoto for another picture under the name of this one."""
    if hashlib.sha256(data).hexdigest() != photo.original_sha256:
        raise BadPhoto(
            "photo-name-taken", "这个编号已是另一张照片。", "Another photo has this key. Take a new key."
        )
    return photo


def load_photo(key: str) -> Photo:
    """What is known of a stored photo. Raises KeyError."""
    if not is_stored(key):
        raise KeyError(key)
    facts = json.loads(_facts_path(key).read_bytes())
    times = {name: _time(facts.get(name)) for name in ("taken_at", "captured_at")}
    return Photo(**facts | times | {"look_bands": tuple(facts.get("look_bands", ()))})


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def forget_position(key: str) -> None:
    """Where a stored photo was taken, as its camera said, goes from what is known of it."""
    if is_stored(key):
        facts = json.loads(_facts_path(key).read_bytes())
        write_whole(_facts_path(key), json.dumps({**facts, "lon": None, "lat": None}).encode())


def is_stored(key: str) -> bool:
    return _is_key(key) and _facts_path(key).exists()


def photo_path(key: str) -> Path:
    """Where the picture lies. `key` must be a key that we made."""
    if not _is_key(key):
        raise KeyError(key)
    return Path(settings.DATA_DIR) / "evidence" / key[:2] / f"{key}.jpg"


def small_picture(key: str, edge: int = 256) -> Image.Image:
    """A stored photo, decoded no larger than needed for this edge. Raises FileNotFoundError."""
    with Image.open(photo_path(key)) as picture:
        picture.draft("L", (edge, edge))
        return picture.convert("L")


def _facts_path(key: str) -> Path:
    return photo_path(key).with_suffix(".json")


def _is_key(key: str) -> bool:
    try:
        return str(uuid.UUID(key)) == key
    except ValueError:
        return False


def _open(data: bytes) -> Image.Image:
    """The header is read first: a picture of too many pixels is refused before it is decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            raise BadPhoto(
                "photo-too-many-pixels",
                "照片像素过大（超过 6000 万），请缩小后再上传。",
                "The photo has over 60 million pixels.",
            )
        picture.draft(None, (MAX_EDGE, MAX_EDGE))  # a JPEG is decoded at the size that is kept
        picture.load()
    except BadPhoto:
        raise
    except UnidentifiedImageError:
        raise BadPhoto(
            "not-a-photo",
            "无法识别的图片，请上传 JPEG、PNG 或 WebP 照片。",
            "Not a JPEG, PNG or WebP picture.",
        ) from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, EOFError, MemoryError):
        raise BadPhoto(
            "broken-photo",
            "照片已损坏，请重新拍摄或选择。",
            "The picture is damaged. Take or choose another.",
        ) from None
    return picture


def _encode(picture: Image.Image) -> tuple[bytes, int, int, Look | None]:
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((MAX_EDGE, MAX_EDGE))
    upright.info.clear()  # comments and XMP would be written again
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=QUALITY, exif=b"")
    return out.getvalue(), upright.width, upright.height, look_of(upright)


def _exif(picture: Image.Image) -> tuple[datetime | None, float | None, float | None]:
    """When and where it was taken, as far as the camera said so plausibly."""
    try:
        exif = picture.getexif()
        taken = _instant(exif.get_ifd(IFD.Exif).get(Base.DateTimeOriginal))
        gps = exif.get_ifd(IFD.GPSInfo)
        lon = _degrees(gps.get(GPS.GPSLongitude), gps.get(GPS.GPSLongitudeRef), "W", 180)
        lat = _degrees(gps.get(GPS.GPSLatitude), gps.get(GPS.GPSLatitudeRef), "S", 90)
    except (OSError, ValueError, TypeError, KeyError, SyntaxError, ZeroDivisionError):
        return None, None, None
    return (taken, lon, lat) if lon is not None and lat is not None else (taken, None, None)


def _instant(value: object) -> datetime | None:
    """A camera's clock shows local time, without saying which: the node's is assumed."""
    try:
        local = datetime.strptime(f"{value} +0000", "%Y:%m:%d %H:%M:%S %z")
    except ValueError:
        return None
    return local.replace(tzinfo=ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)


def _degrees(value: object, side: object, negative: str, limit: int) -> float | None:
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    degrees, minutes, seconds = (float(part) for part in value)
    size = degrees + minutes / 60 + seconds / 3600
    if not 0 <= size <= limit:
        return None
    return -size if side == negative else size
