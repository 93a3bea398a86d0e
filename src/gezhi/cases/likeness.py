"""Whether two photos are one picture, also after recompression, resizing, cropping, mirroring or a watermark. Pure.

First a perceptual hash finds pictures that might be the same among all that are stored (`look_of`); it keeps only the
coarse shape of a picture, so that different photos of one street corner meet here too. Then the two pictures are
laid over each other and compared in fine detail (`same_picture`): a second photo, held in a hand, never fits the
first one to the pixel.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, product
from typing import Final, TypeVar

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from scipy import fft, ndimage

Grey = NDArray[np.float32]
Bits = NDArray[np.bool_]
_Value = TypeVar("_Value", np.float32, np.bool_)

SIDE: Final = 16  # a look is SIDE x SIDE bits
BAND: Final = 16  # bits
WHOLE, UPPER, COARSE = 16, 8, 4  # bands of the whole picture, of its upper part, of each window
BAND_NUMBERS: Final = (*range(WHOLE + UPPER), *(list(range(COARSE)) * 9))  # of a look's words, in their order
NEAR: Final = 56  # of 256 bits; what differs more is not laid over each other
ALMOST: Final = 12  # of 256 bits; so near is the picture itself
LEAST_SPREAD: Final = 4.0  # grey levels of 255; a picture that varies less shows nothing
CROP: Final = 0.075  # windows leave out so much of each side in all, since crops come between 5 and 10 %
_ABOVE: Final = 0.76  # the part of the height above what camera apps write
_SIZE: Final = 256  # pixels of the longer edge that looks are taken from


@dataclass(frozen=True, slots=True)
class Look:
    """`whole`: 32 bytes of the whole picture. `bands`: words of 16 bits with the number of their band above them:
    of the whole picture, of its upper part (the lower carries watermarks), of nine windows (a crop meets the
    picture that it was cut from)."""

    whole: bytes
    bands: tuple[int, ...]


def look_of(picture: Image.Image) -> Look | None:
    """None for a picture without features: one colour, fog, a finger before the lens."""
    small = picture.convert("L")
    small.thumbnail((_SIZE, _SIZE))
    if _spread(small) < LEAST_SPREAD:
        return None
    whole = _bits(small)
    upper = _words(_bits(_part(small, 0, 0, 1, _ABOVE)))[:UPPER]
    windows = [_words(_bits(window))[:COARSE] for window in _windows(small)]
    marked = ((WHOLE << BAND) + word for word in upper)
    return Look(np.packbits(whole).tobytes(), (*_words(whole), *marked, *chain.from_iterable(windows)))


def mirrored(look: bytes) -> bytes:
    """The look of the mirrored picture: every second column of frequencies changes its sign."""
    bits = _unpacked(look).reshape(SIDE, SIDE)
    flipped = np.where(np.arange(SIDE) % 2 == 1, ~bits, bits)
    return np.packbits(flipped).tobytes()


def words_of(look: Look) -> list[int]:
    """What is looked for among the bands of others, for the picture as it is and mirrored."""
    return [*look.bands[: WHOLE + UPPER], *_words(_unpacked(mirrored(look.whole)))]


def distance(asked: Look, held: Look) -> int:
    """Bits of 256 that differ between a picture, mirrored or not, and the nearest part of another."""
    return min(_upper(asked, held), *(_nearest(side, held) for side in _sides(asked)))


def _sides(asked: Look) -> tuple[Sequence[int], Sequence[int]]:
    return asked.bands, _words(_unpacked(mirrored(asked.whole)))


def _upper(asked: Look, held: Look) -> int:
    return _differing(asked.bands[WHOLE:], held.bands[WHOLE:], UPPER) * WHOLE // UPPER


def _nearest(asked: Sequence[int], held: Look) -> int:
    windows = range(WHOLE + UPPER, len(held.bands), COARSE)
    parts = (_differing(asked, held.bands[at:], COARSE) * WHOLE // COARSE for at in windows)
    return min(_differing(asked, held.bands, WHOLE), *parts)


def _differing(one: Sequence[int], other: Sequence[int], bands: int) -> int:
    return sum(((a ^ b) & 0xFFFF).bit_count() for a, b in zip(one[:bands], other[:bands], strict=True))


def _spread(grey: Image.Image) -> float:
    """How much a picture varies, apart from noise and from light that changes evenly along one side."""
    values = np.asarray(grey.resize((32, 32), Image.Resampling.BOX), dtype=np.float32)
    rows, columns = values.mean(axis=1, keepdims=True), values.mean(axis=0, keepdims=True)
    return float((values - rows - columns + values.mean()).std())


def _bits(grey: Image.Image) -> Bits:
    found: Bits = imagehash.phash(grey, hash_size=SIDE).hash
    return found


def _unpacked(look: bytes) -> Bits:
    return np.unpackbits(np.frombuffer(look, dtype=np.uint8)).astype(bool)


@lru_cache(maxsize=1)
def _order() -> NDArray[np.intp]:
    """Coarse frequencies first: the first bands survive a crop, the last ones a watermark."""
    rows, columns = np.indices((SIDE, SIDE))
    return np.lexsort((rows.ravel(), (rows + columns).ravel()))


def _words(bits: Bits) -> list[int]:
    packed = np.packbits(bits.ravel()[_order()]).view(">u2")
    return [(number << BAND) | int(word) for number, word in enumerate(packed)]


def _windows(grey: Image.Image) -> Iterator[Image.Image]:
    """Nine windows that each leave out a part of the edges."""
    for across, down in product((0, CROP / 2, CROP), repeat=2):
        yield _part(grey, across, down, 1 - CROP, 1 - CROP)


def _part(grey: Image.Image, left: float, top: float, width: float, height: float) -> Image.Image:
    """A part, in shares of the whole, at the size of the whole."""
    (wide, tall), bilinear = grey.size, Image.Resampling.BILINEAR
    box = (left * wide, top * tall, (left + width) * wide, (top + height) * tall)
    return grey.transform(grey.size, Image.Transform.EXTENT, box, bilinear)


# Laying two pictures over each other.

LIKE: Final = 0.9  # correlation of a tile's detail in both
SHARE: Final = 0.85  # of the tiles with detail that must be alike
LEAST_TILES: Final = 8
_COARSE: Final = 96  # pixels of the longer edge
_FINE: Final = 288
_TILE: Final = 16  # pixels of the fine picture
_SCALES: Final = tuple(float(scale) for scale in np.geomspace(0.87, 1.15, 15))
_ROUNDS: Final = 6


@dataclass(frozen=True, slots=True)
class Fit:
    """A pixel (y, x) of the held picture is at (k * y + down, k * x + across) of the other."""

    k: float
    down: float
    across: float


def almost(asked: Look, held: Look) -> bool:
    """Whether the looks, or those of the upper parts, differ so little that it is one picture without looking closer:
    strong compression eats the detail that a closer look needs."""
    return (
        min(_upper(asked, held), *(_differing(side, held.bands, WHOLE) for side in _sides(asked))) <= ALMOST
    )


def same_picture(one: Image.Image, other: Image.Image) -> bool:
    """Whether one was made from the other, or both from a third, by a closer look. About 0.1 s."""
    held = _small(one)
    return any(likeness(held, _small(side)) >= SHARE for side in (other, ImageOps.mirror(other)))


def likeness(held: Image.Image, asked: Image.Image) -> float:
    """The share of tiles alike when `asked` is scaled and moved, not turned, to fit `held` best."""
    fine = _detail(held, 1)
    fit = _first_fit(held, asked)
    return _alike(fine, *_refined(fine, _detail(asked, 1), fit))


def _small(picture: Image.Image) -> Image.Image:
    small = picture.convert("L")
    small.thumbnail(
        (_FINE, _FINE), Image.Resampling.LANCZOS
    )  # rougher means lose detail to a crop's new raster
    return small


def _detail(picture: Image.Image, scale: float) -> Grey:
    """Slow changes of light are taken out."""
    size = (max(8, round(picture.width * scale)), max(8, round(picture.height * scale)))
    values = np.asarray(picture.resize(size, Image.Resampling.BILINEAR), dtype=np.float32)
    found: Grey = ndimage.gaussian_filter(values, 0.8) - ndimage.gaussian_filter(values, 3)
    return found


def _first_fit(held: Image.Image, asked: Image.Image) -> Fit:
    """By phase correlation of small copies at every scale."""
    coarse = _COARSE / _FINE
    still = _detail(held, coarse)
    tried = [(*_peak(still, _detail(asked, coarse * scale)), scale) for scale in _SCALES]
    _, down, across, scale = max(tried)
    return Fit(1 / scale, -down / coarse / scale, -across / coarse / scale)


def _peak(held: Grey, asked: Grey) -> tuple[float, int, int]:
    """How well and where `asked` lies on `held`: (height, down, across)."""
    sides = zip(held.shape, asked.shape, strict=True)
    size = [fft.next_fast_len(max(both) * 5 // 4, real=True) for both in sides]
    cross = fft.rfft2(held, size) * np.conj(fft.rfft2(asked, size))
    surface = fft.irfft2(cross / (np.sqrt(np.abs(cross)) + 1e-6), size)
    height = float(surface.max() / (surface.std() + 1e-9))
    found = np.unravel_index(int(surface.argmax()), surface.shape)
    down, across = (int(at) - side * int(at > side // 2) for at, side in zip(found, size, strict=True))
    return height, down, across


def _refined(held: Grey, asked: Grey, fit: Fit) -> tuple[Grey, Bits]:
    """`asked` as it lies on `held`, to a part of a pixel, and where it does (least squares on the gradients)."""
    grid: Grey = np.indices(held.shape, dtype=np.float32)
    rows, columns = grid[0] - held.shape[0] / 2, grid[1] - held.shape[1] / 2
    for _ in range(_ROUNDS):
        moved, inside = _laid(held, asked, fit)
        if inside.sum() < held.size * 0.6:
            break
        lit = moved * float((held * moved)[inside].sum() / ((moved * moved)[inside].sum() + 1e-6))
        steep_y, steep_x = np.gradient(lit, axis=0)[inside], np.gradient(lit, axis=1)[inside]
        grown = steep_y * rows[inside] + steep_x * columns[inside]
        slopes = np.stack([steep_y, steep_x, grown], axis=1)
        normal = slopes.T @ slopes + np.eye(3, dtype=np.float32) * 1e-3
        y, x, grow = np.linalg.solve(normal, slopes.T @ (held - lit)[inside]).tolist()
        fit = Fit(
            fit.k * (1 + grow),
            fit.down + fit.k * (y - grow * held.shape[0] / 2),
            fit.across + fit.k * (x - grow * held.shape[1] / 2),
        )
    return _laid(held, asked, fit)


def _laid(held: Grey, asked: Grey, fit: Fit) -> tuple[Grey, Bits]:
    k = min(max(fit.k, 0.5), 2.0)
    off = (fit.down, fit.across)
    moved = ndimage.affine_transform(asked, [k, k], off, held.shape, order=1, cval=np.nan)
    inside = np.isfinite(moved)
    return np.where(inside, moved, np.float32(0)), inside


def _alike(held: Grey, moved: Grey, inside: Bits) -> float:
    """Share of tiles of the common part whose detail correlates; 0 where too few show any."""
    if inside.sum() < held.size * 0.6:
        return 0.0
    mine, theirs, whole = _tiles(held), _tiles(moved), _tiles(inside).all(axis=1)
    mine, theirs = (part - part.mean(axis=1, keepdims=True) for part in (mine[whole], theirs[whole]))
    spread = np.minimum(mine.std(axis=1), theirs.std(axis=1))
    rich = spread > max(1.0, float(np.median(spread)) / 2)
    if rich.sum() < LEAST_TILES:
        return 0.0
    like = (mine * theirs).mean(axis=1)[rich] / (mine.std(axis=1) * theirs.std(axis=1))[rich]
    return float((like > LIKE).mean())


def _tiles(part: NDArray[_Value]) -> NDArray[_Value]:
    """(tiles, pixels of each)."""
    rows, columns = part.shape[0] // _TILE, part.shape[1] // _TILE
    cut = part[: rows * _TILE, : columns * _TILE].reshape(rows, _TILE, columns, _TILE)
    return cut.transpose(0, 2, 1, 3).reshape(rows * columns, -1)
