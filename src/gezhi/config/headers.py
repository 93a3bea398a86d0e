"""Headers of every answer that Django sets none of: what pages may use of a device, and who may embed what is here.
And who is led to HTTPS."""

import json
import re
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_OWN: Final = (
    "geolocation",
    "fullscreen",
    "publickey-credentials-get",
    "publickey-credentials-create",
)
_NONE: Final = (
    *(
        "accelerometer",
        "autoplay",
        "bluetooth",
        "browsing-topics",
        "camera",
        "display-capture",
        "encrypted-media",
    ),
    *("gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment"),
    *("picture-in-picture", "screen-wake-lock", "serial", "usb", "web-share", "xr-spatial-tracking"),
)
PERMISSIONS: Final = ", ".join([*(f"{name}=(self)" for name in _OWN), *(f"{name}=()" for name in _NONE)])
# Of styles, scripts and pictures, a dozen to a page, which ask for nothing: each byte is sent with each of them.
PERMISSIONS_OF_FILES: Final = "camera=(), geolocation=(), microphone=()"
POLICY_OF_FILES: Final = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
# What others are meant to read from their own pages: the interfaces for other systems.
_FOR_OTHERS: Final = ("/api/", "/open311/", "/ledger/", "/healthz", "/readyz")
# What programs call, as Django's SECURE_REDIRECT_EXEMPT wants it: without the first slash.
PROGRAMS: Final = r"^(api/|open311/|ledger/|health|readyz|metrics)"
_SIGNS: Final = r"^(health|readyz|metrics)"  # which a watcher on the machine itself asks without TLS
_OPEN_CALL: Final = {
    "type": "urn:gezhi:problem:https-only", "title": "Forbidden", "status": 403, "code": "https-only",
    "detail": "This node speaks HTTPS only. Nothing was done. What was sent went unencrypted: end the key if it held "
    "one, and call again with https://.",
    "errors": [],
}  # fmt: skip


class SayWhatIsAllowed:
    """`Permissions-Policy` and `Cross-Origin-Resource-Policy`; an answer that says otherwise rules."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_file = request.path.startswith(settings.STATIC_URL)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_OF_FILES if is_file else PERMISSIONS)
        if is_file and not request.path.endswith(".js"):  # a worker keeps to the policy of its own file
            response.headers.setdefault("Content-Security-Policy", POLICY_OF_FILES)
        if not request.path.startswith(_FOR_OTHERS):
            response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class RefuseOpenCalls:
    """A program that calls without TLS is told so instead of being led on: what it sends in the open, keys among it,
    would otherwise go unnoticed for years. People's browsers are led to HTTPS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure() and _is_open_call(request):
            return HttpResponse(json.dumps(_OPEN_CALL), status=403, content_type="application/problem+json")
        return self.get_response(request)


def _is_open_call(request: HttpRequest) -> bool:
    path = request.path.lstrip("/")
    at_home = request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1") and re.match(_SIGNS, path)
    return re.match(PROGRAMS, path) is not None and not at_home
