"""What every request passes before anything of ours sees it."""

from collections.abc import Callable
from typing import Final

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseNotAllowed,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render

from gezhi.cases.photos import MAX_BYTES
from gezhi.cases.queries import reach_of
from gezhi.config.failing import unusable
from gezhi.exchange.files.uploads import MAX_UPLOAD
from gezhi.lib.reach import NOTHING, current, declare, each_within, within
from gezhi.live.address import stream_origin
from gezhi.pages.photos import MOST
from gezhi.people.access import Actor

METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
_NUL: Final = "The address holds a NUL byte. Send it without."
_TEXTS: Final = ("application/json", "application/problem+json", "application/xml", "image/svg+xml")
_WORDS: Final = 1024**2  # bytes; what a form holds besides its files
_FORM: Final = MOST * MAX_BYTES + _WORDS
_IMPORT: Final = MAX_UPLOAD + _WORDS
View = Callable[[HttpRequest], HttpResponse]


class KeepReach:
    """A request reaches no personal data before whoever asks is known, and what it reached ends with it."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with within(NOTHING):
            request.reaching = _reach_of  # type: ignore[attr-defined]
            response = self.get_response(request)
            if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
                response.streaming_content = each_within(current(), iter(response))
            return response


def _reach_of(actor: Actor) -> None:
    declare(reach_of(actor))


class CompressText(GZipMiddleware):
    """Pages and data; pictures and archives are small as they are."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        is_text = kind.startswith("text/") or kind in _TEXTS
        return super().process_response(request, response) if is_text else response


class AllowStream:
    """Pages may listen to the stream where it has an origin of its own."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        origin = stream_origin(request)
        if origin:
            more = {**getattr(response, "_csp_update", {}), "connect-src": [origin]}
            response._csp_update = more  # type: ignore[attr-defined]
        return response


class RefuseStrangeAddresses:
    """PostgreSQL text cannot hold U+0000, and no address, key or name needs one. Methods that no address knows, TRACE
    among them, reach none."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return unusable(request, _NUL) if _refuses_itself(request) else HttpResponseBadRequest(_NUL)
        if request.method not in METHODS and not _refuses_itself(request):
            return HttpResponseNotAllowed(METHODS)
        return self.get_response(request)


class RefuseLargeBodies:
    """Before a body is read, and its files written to disk: no form is larger than its photos may be.

    Only somebody who is signed in may send a whole file of reports.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length[:20]) > _largest(request) and not _refuses_itself(request):
            return render(request, "400.html", status=413)
        return self.get_response(request)


def _largest(request: HttpRequest) -> int:
    importing = (
        request.path.startswith(("/desk/import/", "/desk/sensing/backfills/"))
        and request.user.is_authenticated
    )
    return _IMPORT if importing else _FORM


def _refuses_itself(request: HttpRequest) -> bool:
    """The interfaces for other systems, in their own form."""
    return request.path.startswith(("/api/", "/open311/"))
