"""One picture used twice is recognised whatever was done to it; two photos of one place are two."""

import io
from itertools import combinations

import numpy as np
import pytest
from numpy.random import default_rng
from PIL import Image, ImageFilter, ImageOps
from sklearn.datasets import load_sample_images

from benchmarks._scenes import TRICKS, View, by_hand, encoded, photograph
from gezhi.cases.likeness import (
    BAND,
    BAND_NUMBERS,
    NEAR,
    Look,
    almost,
    distance,
    look_of,
    mirrored,
    same_picture,
    words_of,
)
from gezhi.cases.photos import load_photo, store_photo

PLACES = (0, 1, 2, 8, 4)  # a street, a lane, a manhole cover, a lamp against the sky, a wall


def as_sent(picture: Image.Image) -> Image.Image:
    return Image.open(io.BytesIO(encoded(picture)))


def seen(picture: Image.Image) -> Look:
    look = look_of(picture)
    assert look is not None
    return look


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("place", PLACES)
def test_a_picture_that_was_changed_is_still_the_same(trick: str, place: int) -> None:
    first = as_sent(photograph(place, View(seed=place), mended=False))
    again = as_sent(TRICKS[trick](first, default_rng(place)))
    held, asked = seen(first), seen(again)
    assert set(words_of(asked)) & set(held.bands)
    assert distance(asked, held) <= NEAR
    assert almost(asked, held) or same_picture(first, again)


@pytest.mark.parametrize("place", PLACES)
def test_a_second_photo_of_the_same_place_is_another_picture(place: int) -> None:
    rng = default_rng(place)
    first = as_sent(photograph(place, View(seed=place), mended=False))
    for _ in range(3):
        after = as_sent(photograph(place, by_hand(rng), mended=True))
        assert not almost(seen(after), seen(first))
        assert not same_picture(first, after)


def test_two_manhole_covers_are_two_pictures() -> None:
    one, other = (as_sent(photograph(place, View(seed=place), mended=True)) for place in (2, 7))
    assert not same_picture(one, other)


def parts_of_real_photos() -> list[Image.Image]:
    """Two photographs, cut in halves that share nothing."""
    whole = [Image.fromarray(one) for one in load_sample_images().images]
    boxes = ((0, 0, 320, 427), (320, 0, 640, 427))
    return [as_sent(one.crop(box)) for one in whole for box in boxes]


@pytest.mark.parametrize("trick", TRICKS)
def test_real_photographs_are_recognised_too(trick: str) -> None:
    for number, first in enumerate(parts_of_real_photos()):
        again = as_sent(TRICKS[trick](first, default_rng(number)))
        assert set(words_of(seen(again))) & set(seen(first).bands)
        assert almost(seen(again), seen(first)) or same_picture(first, again)


def test_real_photographs_are_told_apart() -> None:
    for one, other in combinations(parts_of_real_photos(), 2):
        assert not almost(seen(one), seen(other))
        assert not same_picture(one, other)


def plain() -> Image.Image:
    return Image.new("RGB", (400, 300), (200, 80, 40))


def dusk() -> Image.Image:
    return Image.linear_gradient("L").resize((400, 300))


def noisy() -> Image.Image:
    values = default_rng(1).normal(40, 6, (300, 400)).clip(0, 255).astype(np.uint8)
    return Image.fromarray(values).filter(ImageFilter.GaussianBlur(1))


@pytest.mark.parametrize("made", [plain, dusk, noisy])
def test_a_picture_on_which_nothing_can_be_seen_has_no_look(made: object) -> None:
    assert callable(made)
    assert look_of(made()) is None


def test_a_mirrored_look_is_the_look_of_the_mirrored_picture() -> None:
    street = photograph(0, View(), mended=False)
    expected, found = seen(ImageOps.mirror(street)).whole, mirrored(seen(street).whole)
    assert sum((a ^ b).bit_count() for a, b in zip(expected, found, strict=True)) <= 12


def test_words_carry_the_number_of_their_band() -> None:
    assert [word >> BAND for word in seen(photograph(1, View(), mended=True)).bands] == list(BAND_NUMBERS)


def test_a_stored_photo_keeps_its_look() -> None:
    street = photograph(0, View(), mended=False)
    photo = store_photo(encoded(street))
    assert photo.look == seen(as_sent(street)).whole.hex()
    assert load_photo(photo.key) == photo


def test_a_stored_photo_without_features_says_so() -> None:
    out = io.BytesIO()
    plain().save(out, "JPEG")
    photo = store_photo(out.getvalue())
    assert (photo.look, photo.look_bands) == ("", ())
