"""A pack as plain JSON and back, and its digest."""

import hashlib
import json
from collections.abc import Mapping

import rfc8785

from gezhi.packs.shapes import Pack


def content_of(pack: Pack) -> dict[str, object]:
    """Keys with their default are left out, so that a later optional key changes no earlier digest."""
    return pack.model_dump(mode="json", by_alias=True, exclude={"digest"}, exclude_defaults=True)


def digest_of(pack: Pack) -> str:
    """SHA-256 of the canonical JSON (RFC 8785), hex."""
    plain = json.loads(json.dumps(content_of(pack)))
    return hashlib.sha256(rfc8785.dumps(plain)).hexdigest()


def sealed(pack: Pack) -> Pack:
    return pack.model_copy(update={"digest": digest_of(pack)})


def pack_from(content: Mapping[str, object]) -> Pack:
    """The pack that content_of gave. Raises pydantic.ValidationError."""
    return sealed(Pack.model_validate(content))
