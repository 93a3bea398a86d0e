"""A photo is hashed where it is taken up: what arrives is compared, and both hashes stand in the ledger."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from pytest_django import Settings

from gezhi.cases.actions import act
from gezhi.cases.capturing import Capture, capture_in, captures_in
from gezhi.cases.models import Case, Evidence
from gezhi.cases.photos import BadPhoto, load_photo, store_photo
from gezhi.cases.procedure import Given
from gezhi.ledger.models import Entry
from gezhi.pages.photos import photos_of
from tests.cast import Cast, picture, reported

AT = datetime(2026, 7, 1, 4, tzinfo=UTC)
BEFORE = "ab" * 32


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def proof(data: bytes, before: str = BEFORE) -> str:
    return f"{sha(data)} {before} {int(AT.timestamp() * 1000)}"


def test_what_the_device_says_is_read() -> None:
    assert capture_in(proof(b"x")) == Capture(sha(b"x"), BEFORE, AT)
    assert captures_in(["", "nonsense", proof(b"x")]) == {sha(b"x"): Capture(sha(b"x"), BEFORE, AT)}


@pytest.mark.parametrize(
    "text", ["", "x", f"{BEFORE} {BEFORE}", f"{BEFORE.upper()} {BEFORE} 1", f"{BEFORE} {BEFORE} -1"]
)
def test_what_is_no_capture_is_none(text: str) -> None:
    assert capture_in(text) is None


def test_a_time_that_no_clock_shows_is_none() -> None:
    capture = capture_in(f"{BEFORE} {BEFORE} {'9' * 16}")
    assert capture is not None
    assert capture.at is None


def test_a_photo_keeps_what_it_was_when_it_was_taken_up() -> None:
    data = picture()
    photo = store_photo(data, capture=capture_in(proof(data)))
    assert (photo.original_sha256, photo.captured_sha256, photo.captured_at) == (sha(data), BEFORE, AT)
    assert load_photo(photo.key) == photo


def test_a_photo_that_changed_on_the_way_is_refused() -> None:
    with pytest.raises(BadPhoto, match="not the photo that was sent"):
        store_photo(picture(), capture=capture_in(proof(picture())))


def form(*photos: bytes, told: list[str]) -> tuple[list[str], list[str]]:
    """Of a form with these photos: the captured hashes, and the problems."""
    files = [SimpleUploadedFile(f"{number}.jpg", data) for number, data in enumerate(photos)]
    request = RequestFactory().post("/", {"photos": files, "photos_captured": told})
    found = photos_of(request)
    return [photo.captured_sha256 for photo in found.taken], found.problems


def test_each_photo_of_a_form_is_held_against_its_own_hash(db: None) -> None:
    one, other = picture(), picture()
    assert form(one, other, told=[proof(other), proof(one, "cd" * 32)]) == (["cd" * 32, BEFORE], [])
    assert form(one, one, told=[proof(one), proof(one)])[1] == []


def test_a_form_without_scripts_is_taken_as_before(db: None) -> None:
    assert form(picture(), told=[]) == ([""], [])
    assert form(picture(), told=[""]) == ([""], [])


def test_a_photo_of_a_form_that_is_not_what_was_sent_is_refused(db: None) -> None:
    taken, problems = form(picture(), told=[proof(picture())])
    assert taken == []
    assert "不一致" in problems[0]


def test_a_photo_beside_one_whose_hash_the_phone_could_not_make_is_taken(db: None) -> None:
    one, large = picture(), picture()
    assert form(one, large, told=[proof(one), ""]) == ([BEFORE, ""], [])


def test_both_hashes_stand_in_the_ledger(city: Cast) -> None:
    data, plain = picture(), picture()
    photos = (store_photo(data, capture=capture_in(proof(data))), store_photo(plain))
    case = Case.objects.get(number=reported(photos=photos).case_number)
    facts = json.loads(bytes(Entry.objects.get(kind="case.report").body))["facts"]
    assert facts["originals"] == [sha(data), sha(plain)]
    assert facts["captured"] == [BEFORE, ""]
    kept = Evidence.objects.get(case_id=case.pk, key=photos[0].key)
    assert (kept.captured_sha256, kept.captured_at) == (BEFORE, AT)


def test_the_photos_of_a_step_too(city: Cast) -> None:
    case = Case.objects.get(number=reported().case_number)
    data = picture()
    photo = store_photo(data, capture=capture_in(proof(data)))
    given = Given(reason="不属于受理范围", evidence=(photo.key,))
    act(city.actor("dispatcher"), case.pk, "reject", given)
    facts = json.loads(bytes(Entry.objects.get(kind="case.reject").body))["facts"]
    assert (facts["originals"], facts["captured"]) == ([sha(data)], [BEFORE])
    assert Evidence.objects.get(key=photo.key).captured_sha256 == BEFORE
