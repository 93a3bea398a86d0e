"""Headers of every answer that Django sets none of: what pages may use of a device, and who may embed what is here."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

_OWN: Final = (
    "geolocation",
    "camera",
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
# What others are meant to read from their own pages: the interfaces for other systems.
_FOR_OTHERS: Final = ("/api/", "/open311/", "/ledger/", "/healthz", "/readyz")


class SayWhatIsAllowed:
    """`Permissions-Policy` and `Cross-Origin-Resource-Policy`; an answer that says otherwise rules."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if not request.path.startswith(_FOR_OTHERS):
            response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
