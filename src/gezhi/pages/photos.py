"""Photos that come with a form. Stored at once, so that a form shown again need not ask for them twice."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from gezhi.cases.capturing import Capture, captures_in
from gezhi.cases.intake.shapes import Photo
from gezhi.cases.photos import MAX_BYTES, BadPhoto, is_stored, load_photo, photo_path, store_photo
from gezhi.cases.queries.around import used_photos
from gezhi.pages.showing import english

MOST: Final = 6


@dataclass(frozen=True, slots=True)
class Photos:
    taken: tuple[Photo, ...] = ()
    problems: list[str] = field(default_factory=list)

    @property
    def keys(self) -> tuple[str, ...]:
        """They carry the same photos through a form that is shown again."""
        return tuple(photo.key for photo in self.taken)


def photos_of(request: HttpRequest, limit: int = MOST, name: str = "photos") -> Photos:
    """`name`: of the input, where a form has several; kept ones come as kept_NAME (photos: kept_photo)."""
    kept = _kept(request.POST.getlist("kept_photo" if name == "photos" else f"kept_{name}")[:limit])
    problems: list[str] = []
    uploads = request.FILES.getlist(name)
    told = [text for text in request.POST.getlist(f"{name}_captured") if text]
    captures = captures_in(told)
    for upload in uploads:
        if len(kept) == limit:
            problems.append(_("最多 %(limit)s 张照片，多出的没有收下。") % {"limit": limit})
            break
        try:
            kept.append(_stored(upload.read(MAX_BYTES + 1), captures, each=len(told) == len(uploads)))
        except BadPhoto as bad:
            problems.append(f"{upload.name}: {bad.en if english() else bad.zh}")
    return Photos(tuple(kept), problems)


def _stored(data: bytes, captures: Mapping[str, Capture], *, each: bool) -> Photo:
    """`captures`: of the form's photos by what was sent. `each`: every photo has one, so that one without is not what
    was sent. Raises BadPhoto."""
    other = next(iter(captures.values()), None) if each else None
    return store_photo(data, capture=captures.get(hashlib.sha256(data).hexdigest(), other))


def _kept(keys: Iterable[str]) -> list[Photo]:
    """Those that wait for use. A form sent twice brings photos that the first time took: they are left out."""
    stored = [key for key in dict.fromkeys(keys) if is_stored(key)]
    used = used_photos(stored)
    return [load_photo(key) for key in stored if key not in used]


def photo_response(key: str) -> HttpResponse:
    """A stored photo. It may show people and homes, so no browser keeps it. Raises Http404."""
    try:
        data = photo_path(key).read_bytes()
    except FileNotFoundError:
        raise Http404 from None
    response = HttpResponse(data, content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    return response
