"""Drawn photos that say of themselves that they are simulated; each case gets copies under keys of its own."""

import dataclasses
import io
import json
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from gezhi.cases.intake.shapes import Photo
from gezhi.cases.photos import is_stored, load_photo, photo_path, store_photo

SIZE: Final = (960, 720)
COUNT: Final = 12  # of each: before and after
Colour = tuple[int, int, int]
_FONTS: Final = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
)


@dataclass(frozen=True)
class Album:
    before: tuple[Photo, ...]
    after: tuple[Photo, ...]


def album(folder: Path, seed: int) -> Album:
    """The stored originals; drawn when they are not there yet."""
    index = folder / "album.json"
    if index.exists():
        keys = json.loads(index.read_text())
        if all(is_stored(key) for key in (*keys["before"], *keys["after"])):
            return Album(_loaded(keys["before"]), _loaded(keys["after"]))
    rng = Random(seed)
    drawn = Album(*(tuple(store_photo(draw(rng, after)) for _ in range(COUNT)) for after in (False, True)))
    folder.mkdir(parents=True, exist_ok=True)
    keys = {"before": [photo.key for photo in drawn.before], "after": [photo.key for photo in drawn.after]}
    index.write_text(json.dumps(keys))
    return drawn


def _loaded(keys: Sequence[str]) -> tuple[Photo, ...]:
    return tuple(load_photo(key) for key in keys)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a camera writes into a photo."""

    at: datetime | None = None
    lon: float | None = None
    lat: float | None = None


def copy(photo: Photo, taken: Taken = Taken()) -> Photo:
    """The same picture under a key of its own, without a second copy of its bytes. It stands for another photo, so
    it is one that nobody looked at: its own look would say that every case was closed with the same picture."""
    twin = dataclasses.replace(
        photo,
        key=str(uuid.uuid4()),
        look=None,
        look_bands=(),
        taken_at=taken.at,
        lon=taken.lon,
        lat=taken.lat,
    )
    path = photo_path(twin.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.link(photo_path(photo.key), path)
    path.with_suffix(".json").write_text(json.dumps(dataclasses.asdict(twin), default=str))
    return twin


def draw(rng: Random, after: bool) -> bytes:
    """A street: sky, houses, a road; before handling with something left lying on it. JPEG."""
    picture = Image.new("RGB", SIZE, _shade(rng, (176, 205, 226)))
    pen = ImageDraw.Draw(picture)
    _houses(pen, rng)
    pen.rectangle((0, 470, 960, 720), fill=_shade(rng, (110, 112, 116)))
    pen.rectangle((0, 450, 960, 480), fill=(190, 188, 180))
    for left in range(rng.randrange(60), 960, 150):
        pen.rectangle((left, 610, left + 80, 620), fill=(235, 235, 225))
    if not after:
        _heap(pen, rng)
    _stamp(pen, after)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def _houses(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    left = -20
    while left < SIZE[0]:
        width, top = rng.randrange(120, 220), rng.randrange(120, 320)
        pen.rectangle((left, top, left + width, 455), fill=_shade(rng, (196, 176, 156)))
        for x in range(left + 18, left + width - 20, 38):
            for y in range(top + 20, 420, 52):
                pen.rectangle((x, y, x + 20, y + 28), fill=_shade(rng, (120, 140, 158)))
        left += width + 6


def _heap(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    middle = rng.randrange(250, 700)
    for _ in range(rng.randrange(14, 30)):
        x, y, size = middle + rng.gauss(0, 70), rng.gauss(560, 22), rng.randrange(18, 60)
        pen.ellipse((x - size, y - size / 2, x + size, y + size / 2), fill=_shade(rng, (118, 96, 70), 50))


def _stamp(pen: ImageDraw.ImageDraw, after: bool) -> None:
    path = next((path for path in _FONTS if Path(path).exists()), None)
    chinese = "模拟 · 处置后 · " if after else "模拟 · 处置前 · "
    words = "SIMULATED, after" if after else "SIMULATED, before"
    font = ImageFont.truetype(path, 40) if path else ImageFont.load_default(40)
    pen.rectangle((0, 654, 960, 720), fill=(20, 34, 52))
    pen.text((24, 662), chinese + words if path else words, font=font, fill=(255, 255, 255))


def _shade(rng: Random, colour: Colour, spread: int = 18) -> Colour:
    red, green, blue = (max(0, min(255, part + rng.randrange(-spread, spread))) for part in colour)
    return red, green, blue
