"""Drawn photographs with the texture, depth and noise of real ones, and what people do to a picture to use it twice.

A place looks the same from photo to photo, but no second photo fits the first: near things move against far ones,
the light has changed, others walk through, the sensor makes new noise.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

SIZE: Final = (640, 480)
MARGIN: Final = 60  # pixels drawn around the frame, that a moved camera shows
KINDS: Final = ("street", "lane", "cover", "lamp", "wall")
Colour = tuple[int, int, int]
Grey = NDArray[np.float32]


@dataclass(frozen=True)
class View:
    """Where the camera stood: pixels that the nearest things move, zoom, degrees, light (1: as before)."""

    across: float = 0.0
    down: float = 0.0
    zoom: float = 1.0
    angle: float = 0.0
    light: float = 1.0
    warmth: float = 0.0
    seed: int = 0


def by_hand(rng: Generator) -> View:
    """Somebody tried to take the same picture again."""
    return View(
        across=float(rng.normal(0, 22)),
        down=float(rng.normal(0, 14)),
        zoom=float(rng.normal(1.02, 0.05)),
        angle=float(rng.normal(0, 1.8)),
        light=float(rng.uniform(0.75, 1.3)),
        warmth=float(rng.uniform(-0.06, 0.06)),
        seed=int(rng.integers(2**31)),
    )


def photograph(place: int, view: View, *, mended: bool) -> Image.Image:
    """The place as the camera saw it; before it was mended something lies there."""
    kind = KINDS[place % len(KINDS)]
    picture = Image.new("RGB", SIZE)
    *behind, near = _layers(place, kind)
    if not mended:
        near = near.copy()
        _trouble(near, default_rng([place, 8]))
    for depth, layer in enumerate((*behind, near), start=1):
        share = depth / 3
        seen = _seen(layer, view, share)
        picture.paste(seen, (0, 0), seen)
    return _developed(picture, view)


@lru_cache(maxsize=24)
def _layers(place: int, kind: str) -> tuple[Image.Image, ...]:
    rng = default_rng([place, 7])
    far, middle, near = (Image.new("RGBA", _whole(), (0, 0, 0, 0)) for _ in range(3))
    _DRAWN[kind](far, middle, near, rng)
    return far, middle, near


def _whole() -> tuple[int, int]:
    return SIZE[0] + 2 * MARGIN, SIZE[1] + 2 * MARGIN


def _seen(layer: Image.Image, view: View, share: float) -> Image.Image:
    """The layer from where the camera stood: near things move more."""
    turn = np.deg2rad(view.angle)
    zoom = 1 + (view.zoom - 1) * (0.6 + 0.4 * share)
    cos, sin = np.cos(turn) / zoom, np.sin(turn) / zoom
    middle_x, middle_y = SIZE[0] / 2, SIZE[1] / 2
    left = MARGIN + middle_x + view.across * share - cos * middle_x + sin * middle_y
    top = MARGIN + middle_y + view.down * share - sin * middle_x - cos * middle_y
    matrix = (cos, -sin, left, sin, cos, top)
    return layer.transform(SIZE, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)


def _developed(picture: Image.Image, view: View) -> Image.Image:
    rng = default_rng([view.seed, 9])
    values = np.asarray(picture, dtype=np.float32) / 255
    across, down = np.meshgrid(np.linspace(-1, 1, SIZE[0]), np.linspace(-1, 1, SIZE[1]))
    lean = 1 + rng.normal(0, 0.10) * across + rng.normal(0, 0.10) * down
    values = values ** (1 / view.light) * lean[..., None].astype(np.float32)
    values *= np.array([1 + view.warmth, 1, 1 - view.warmth], dtype=np.float32)
    values += rng.normal(0, 0.018, values.shape).astype(np.float32)
    shot = Image.fromarray((values.clip(0, 1) * 255).astype(np.uint8))
    _passers_by(shot, rng)
    return shot.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 0.9))))


def _passers_by(shot: Image.Image, rng: Generator) -> None:
    pen = ImageDraw.Draw(shot)
    for _ in range(int(rng.integers(0, 3))):
        x, y, tall = int(rng.integers(SIZE[0])), int(rng.integers(200, 400)), int(rng.integers(30, 90))
        colour = _colour(rng, 90, 60)
        pen.rectangle((x, y - tall, x + tall // 3, y), fill=colour)
        pen.ellipse((x + tall // 12, y - tall - tall // 5, x + tall // 4, y - tall), fill=(190, 160, 140))


def _rough(rng: Generator, size: tuple[int, int], falling: float = 1.1) -> Grey:
    """Noise whose strength falls with frequency, as in stone, leaves and clouds; about -1 to 1."""
    width, height = size
    across, down = np.fft.rfftfreq(width), np.fft.fftfreq(height)
    strength = np.hypot(across[None, :], down[:, None])
    strength[0, 0] = 1
    waves = rng.normal(size=strength.shape) + 1j * rng.normal(size=strength.shape)
    values = np.fft.irfft2(waves / strength**falling, s=(height, width))
    return (values / (3 * values.std())).astype(np.float32)


def _ground(
    layer: Image.Image, box: tuple[int, int, int, int], colour: Colour, rough: Grey, depth: float
) -> None:
    left, top, right, bottom = box
    part = rough[: bottom - top, : right - left, None] * depth
    values = (np.array(colour, dtype=np.float32) * (1 + part)).clip(0, 255).astype(np.uint8)
    layer.paste(Image.fromarray(values), (left, top))


def _colour(rng: Generator, middle: int, spread: int) -> Colour:
    red, green, blue = (int(v) for v in rng.normal(middle, spread / 2, 3).clip(0, 255))
    return red, green, blue


def _street(far: Image.Image, middle: Image.Image, near: Image.Image, rng: Generator) -> None:
    width, height = _whole()
    skyline = int(height * rng.uniform(0.45, 0.6))
    _ground(far, (0, 0, width, height), (178, 200, 222), _rough(rng, (width, height), 1.6), 0.10)
    _houses(far, skyline, rng)
    _ground(middle, (0, skyline, width, height), _colour(rng, 120, 14), _rough(rng, (width, height)), 0.28)
    _trees(middle, skyline, rng)
    _furniture(near, skyline, rng)


def _lane(far: Image.Image, middle: Image.Image, near: Image.Image, rng: Generator) -> None:
    width, height = _whole()
    _ground(far, (0, 0, width, height), _colour(rng, 150, 40), _rough(rng, (width, height)), 0.22)
    _houses(far, int(height * 0.8), rng)
    _ground(
        middle,
        (0, int(height * 0.7), width, height),
        _colour(rng, 130, 30),
        _rough(rng, (width, height)),
        0.3,
    )
    _furniture(near, int(height * 0.7), rng)


def _cover(far: Image.Image, middle: Image.Image, near: Image.Image, rng: Generator) -> None:
    """A manhole cover from above: every one of a city looks alike."""
    width, height = _whole()
    _ground(far, (0, 0, width, height), (118, 117, 115), _rough(rng, (width, height), 0.9), 0.35)
    pen = ImageDraw.Draw(near)
    x, y = width / 2 + rng.normal(0, 30), height / 2 + rng.normal(0, 25)
    wide = rng.uniform(120, 170)
    tall = wide * rng.uniform(0.75, 0.95)
    pen.ellipse(
        (x - wide, y - tall, x + wide, y + tall), fill=(70, 68, 66, 255), outline=(40, 40, 40, 255), width=6
    )
    for ring in np.linspace(0.2, 0.85, 5):
        box = (x - wide * ring, y - tall * ring, x + wide * ring, y + tall * ring)
        pen.ellipse(box, outline=(96, 94, 90, 255), width=4)
    turn = rng.uniform(0, np.pi)
    for spoke in np.linspace(0, np.pi, 7):
        dx, dy = np.cos(spoke + turn) * wide * 0.85, np.sin(spoke + turn) * tall * 0.85
        pen.line((x - dx, y - dy, x + dx, y + dy), fill=(96, 94, 90, 255), width=4)


def _lamp(far: Image.Image, middle: Image.Image, near: Image.Image, rng: Generator) -> None:
    """A lamp against the sky: little else is in the picture."""
    width, height = _whole()
    _ground(far, (0, 0, width, height), _colour(rng, 190, 30), _rough(rng, (width, height), 1.5), 0.10)
    _trees(middle, int(height * 0.95), rng)
    pen = ImageDraw.Draw(near)
    x, top = width * rng.uniform(0.3, 0.7), height * rng.uniform(0.2, 0.35)
    pen.rectangle((x - 7, top, x + 7, height), fill=(92, 96, 98, 255))
    reach = rng.uniform(60, 140) * rng.choice([-1, 1])
    pen.line((x, top, x + reach, top - 30), fill=(92, 96, 98, 255), width=10)
    pen.ellipse((x + reach - 34, top - 44, x + reach + 34, top - 20), fill=(210, 210, 200, 255))


def _wall(far: Image.Image, middle: Image.Image, near: Image.Image, rng: Generator) -> None:
    """A tiled wall, on which bills were posted."""
    width, height = _whole()
    _ground(far, (0, 0, width, height), _colour(rng, 170, 40), _rough(rng, (width, height), 1.0), 0.16)
    pen = ImageDraw.Draw(far)
    step = int(rng.integers(26, 60))
    for y in range(int(rng.integers(step)), height, step):
        pen.line((0, y, width, y), fill=(120, 116, 110, 255), width=2)
    for x in range(int(rng.integers(step)), width, step * 2):
        pen.line((x, 0, x, height), fill=(120, 116, 110, 255), width=2)
    _furniture(near, int(height * 0.8), rng)


_DRAWN: Final[dict[str, Callable[[Image.Image, Image.Image, Image.Image, Generator], None]]] = {
    "street": _street,
    "lane": _lane,
    "cover": _cover,
    "lamp": _lamp,
    "wall": _wall,
}


def _houses(layer: Image.Image, base: int, rng: Generator) -> None:
    pen, left = ImageDraw.Draw(layer), -int(rng.integers(80))
    while left < layer.width:
        wide, top = int(rng.integers(110, 240)), int(base * rng.uniform(0.1, 0.7))
        pen.rectangle((left, top, left + wide, base), fill=(*_colour(rng, 170, 50), 255))
        glass = (*_colour(rng, 110, 40), 255)
        for x in range(left + 14, left + wide - 24, int(rng.integers(30, 44))):
            for y in range(top + 14, base - 30, int(rng.integers(36, 56))):
                pen.rectangle((x, y, x + 18, y + 26), fill=glass)
        left += wide + int(rng.integers(2, 30))


def _trees(layer: Image.Image, base: int, rng: Generator) -> None:
    pen = ImageDraw.Draw(layer)
    for _ in range(int(rng.integers(2, 6))):
        x, size = int(rng.integers(layer.width)), int(rng.integers(40, 90))
        pen.rectangle((x - 5, base - size, x + 5, base + 12), fill=(88, 70, 54, 255))
        for _leaf in range(160):
            dx, dy = rng.normal(0, size / 2.4, 2)
            green = int(rng.integers(70, 150))
            box = (x + dx - 5, base - size * 1.4 + dy - 4, x + dx + 5, base - size * 1.4 + dy + 4)
            pen.ellipse(box, fill=(green // 2, green, green // 3, 255))


def _furniture(layer: Image.Image, base: int, rng: Generator) -> None:
    """Bins, posts and boxes as a city buys them by the thousand: the same shapes everywhere."""
    pen = ImageDraw.Draw(layer)
    for _ in range(int(rng.integers(1, 4))):
        x, y = int(rng.integers(60, layer.width - 60)), base + int(rng.integers(20, 120))
        if rng.random() < 0.5:
            pen.rectangle(
                (x - 24, y - 76, x + 24, y), fill=(38, 104, 66, 255), outline=(24, 60, 40, 255), width=3
            )
            pen.rectangle((x - 28, y - 86, x + 28, y - 74), fill=(52, 130, 84, 255))
        else:
            pen.rectangle((x - 6, y - 150, x + 6, y), fill=(110, 112, 114, 255))
            pen.rectangle((x - 30, y - 170, x + 30, y - 138), fill=(28, 66, 140, 255))


def _trouble(layer: Image.Image, rng: Generator) -> None:
    pen = ImageDraw.Draw(layer)
    middle_x, middle_y = rng.normal(layer.width / 2, 70), rng.normal(layer.height * 0.72, 30)
    for _ in range(int(rng.integers(25, 60))):
        x, y, size = middle_x + rng.normal(0, 46), middle_y + rng.normal(0, 20), rng.uniform(8, 32)
        pen.ellipse((x - size, y - size * 0.6, x + size, y + size * 0.6), fill=(*_colour(rng, 100, 70), 255))


# What people do to a picture to use it twice.

Trick = Callable[[Image.Image, Generator], Image.Image]


def _recompressed(picture: Image.Image, rng: Generator) -> Image.Image:
    return _jpeg(picture, int(rng.integers(25, 70)))


def _cropped(picture: Image.Image, rng: Generator) -> Image.Image:
    """5 to 10 % of each side are gone, at one edge or shared between both."""
    width, height = picture.size
    gone_x, gone_y = rng.uniform(0.05, 0.10, 2) * (width, height)
    left, top = gone_x * rng.random(), gone_y * rng.random()
    box = (int(left), int(top), int(left + width - gone_x), int(top + height - gone_y))
    return _jpeg(picture.crop(box), 85)


def _mirrored(picture: Image.Image, rng: Generator) -> Image.Image:
    return _jpeg(ImageOps.mirror(picture), 85)


def _resized(picture: Image.Image, rng: Generator) -> Image.Image:
    share = rng.uniform(0.35, 0.8)
    return _jpeg(picture.resize((int(picture.width * share), int(picture.height * share))), 80)


def _brightened(picture: Image.Image, rng: Generator) -> Image.Image:
    light = ImageEnhance.Brightness(picture).enhance(float(rng.choice([0.7, 0.8, 1.2, 1.3])))
    return _jpeg(ImageEnhance.Contrast(light).enhance(float(rng.uniform(0.85, 1.15))), 85)


def _watermarked(picture: Image.Image, rng: Generator) -> Image.Image:
    """Time and place written into a corner, as camera apps do."""
    marked = picture.copy()
    pen = ImageDraw.Draw(marked, "RGBA")
    top = picture.height * 0.8
    pen.rectangle((0, top, picture.width * 0.45, picture.height), fill=(0, 0, 0, 110))
    for line in range(3):
        words = f"2026-0{rng.integers(1, 9)}-1{rng.integers(9)} 0{rng.integers(9)}:{rng.integers(10, 59)} NB"
        pen.text((12, top + 8 + line * 26), words, fill=(255, 255, 255, 235), font_size=20)
    return _jpeg(marked, 85)


def _jpeg(picture: Image.Image, quality: int) -> Image.Image:
    return Image.open(io.BytesIO(encoded(picture, quality)))


def encoded(picture: Image.Image, quality: int = 85) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


TRICKS: Final[dict[str, Trick]] = {
    "recompressed": _recompressed,
    "cropped": _cropped,
    "mirrored": _mirrored,
    "resized": _resized,
    "brightened": _brightened,
    "watermarked": _watermarked,
}
