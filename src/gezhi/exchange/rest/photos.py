"""Photos that come with a report: keys of photos sent before, or a few inline as base64."""

import base64
import binascii
from collections.abc import Collection, Mapping

from gezhi.cases.intake.shapes import Fault, Photo
from gezhi.cases.photos import BadPhoto, load_photo, store_photo

MAX_KEYS = 12
MAX_INLINE = 3
KEYS, INLINE = "photos", "photos_base64"


def without_photos(raw: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in raw.items() if name not in (KEYS, INLINE)}


def keys_in(raw: object) -> list[str]:
    """The keys that a report names, readable or not."""
    named = raw.get(KEYS) if isinstance(raw, Mapping) else None
    return [key for key in named if isinstance(key, str)] if isinstance(named, list) else []


def inline_count(raw: object) -> int:
    inline = raw.get(INLINE) if isinstance(raw, Mapping) else None
    return len(inline) if isinstance(inline, list) else 0


def photos_of(raw: Mapping[str, object], used: Collection[str]) -> tuple[tuple[Photo, ...], list[Fault]]:
    """`used`: keys that prove another report. Inline photos are stored only when nothing else is wrong."""
    faults: list[Fault] = []
    keys = _strings(raw, KEYS, MAX_KEYS, faults)
    inline = _strings(raw, INLINE, MAX_INLINE, faults)
    photos = [photo for key in dict.fromkeys(keys) if (photo := _stored(key, used, faults))]
    if not faults:
        photos += [photo for at, text in enumerate(inline) if (photo := _inline(at, text, faults))]
    return tuple(photos), faults


def _strings(raw: Mapping[str, object], name: str, limit: int, faults: list[Fault]) -> list[str]:
    value = raw.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > limit or not all(isinstance(one, str) for one in value):
        faults.append(Fault(name, "", f"must be an array of at most {limit} texts"))
        return []
    return value


def _stored(key: str, used: Collection[str], faults: list[Fault]) -> Photo | None:
    try:
        photo = load_photo(key)
    except (KeyError, ValueError):
        problem = "is no key of a stored photo; send the photo to /api/v1/photos first"
        faults.append(Fault(KEYS, key[:60].encode("utf-8", "backslashreplace").decode(), problem))
        return None
    if key in used:
        faults.append(
            Fault(KEYS, key, "proves another report already; send the photo again for a key of its own")
        )
        return None
    return photo


def _inline(at: int, text: str, faults: list[Fault]) -> Photo | None:
    try:
        return store_photo(base64.b64decode(text.partition("base64,")[2] or text, validate=True))
    except (binascii.Error, ValueError) as error:
        says = str(error) if isinstance(error, BadPhoto) else "is not base64"
        faults.append(Fault(f"{INLINE}.{at}", "", says))
        return None
