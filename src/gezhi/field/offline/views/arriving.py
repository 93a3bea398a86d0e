"""What a phone's queue is told about each thing that it sends: a form as it was filled in, perhaps hours ago.

Whatever is sent again is told what the first time came to; see docs/guide/field.md.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.http import JsonResponse
from django.utils.translation import gettext as _

from gezhi.cases.photos import is_stored
from gezhi.pages.asked import number, posted
from gezhi.people.access import ActorRequest

LONGEST: Final = timedelta(hours=36)  # that a thing may have waited on the phone


def from_queue(request: ActorRequest) -> bool:
    return request.method == "POST" and request.headers.get("Accept") == "application/json"


def not_yet(request: ActorRequest) -> JsonResponse | None:
    """Why nothing can be done with what came: somebody else is signed in, or photos of it are not here."""
    if request.POST.get("account") != str(request.actor.account_id):
        return JsonResponse({"outcome": "other"}, status=403)
    missing = [key for key in kept_keys(request) if not is_stored(key)]
    return JsonResponse({"outcome": "photos", "missing": missing}, status=409) if missing else None


def kept_keys(request: ActorRequest) -> Iterator[str]:
    for name in request.POST:
        if name.startswith("kept_"):
            yield from request.POST.getlist(name)


def sent_of(request: ActorRequest) -> str:
    """The name that the phone gave to what it sends."""
    return posted(request, ("sent",))["sent"][:60]


def seen_at(request: ActorRequest, now: datetime) -> datetime:
    """When it was done on the phone. The phone's own clock may be wrong: it says how long ago."""
    waited = timedelta(seconds=min(number(posted(request, ("waited",))["waited"]) or 0, 10**7))
    return now - min(waited, LONGEST)


def done(words: str, href: str, case: str = "", version: int | None = None) -> JsonResponse:
    return JsonResponse({"outcome": "done", "words": words, "href": href, "number": case, "version": version})


def refused(
    words: str, faults: Mapping[str, str] | None = None, newer: Mapping[str, object] | None = None
) -> JsonResponse:
    """`newer`: what the case is like now, where somebody changed it meanwhile."""
    said = words or " ".join((faults or {}).values()) or _("这件没有收下，请打开看看。")
    body: dict[str, object] = {"outcome": "refused", "words": said, "faults": dict(faults or {})}
    return JsonResponse(body | ({"newer": newer} if newer else {}), status=409 if newer else 422)


def gone(words: str) -> JsonResponse:
    return JsonResponse({"outcome": "gone", "words": words}, status=404)
