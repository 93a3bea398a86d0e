"""Addresses for other systems."""

from django.urls import URLPattern, include, path, re_path

from gezhi.exchange.open311.urls import urlpatterns as open311
from gezhi.exchange.rest.access import guarded, photo_body
from gezhi.exchange.rest.api import api
from gezhi.exchange.rest.views import document, left, unknown


def _guarded(pattern: URLPattern) -> URLPattern:
    largest = photo_body() if str(pattern.pattern) == "photos" else None
    return URLPattern(pattern.pattern, guarded(pattern.callback, largest))


rest = [_guarded(one) for one in api.urls[0] if isinstance(one, URLPattern) and str(one.pattern)]

urlpatterns = [
    path("api/sensorthings/", include("gezhi.exchange.sensorthings.urls")),
    path("api/v1/openapi.json", document),
    path("api/v1/identity/logout", left),
    path("api/v1/", include(rest)),
    re_path(r"^api/v1(?:/.*)?$", unknown),
    path("cap/", include("gezhi.exchange.cap.urls")),
    path("open311/v2/", include(open311)),
    path("tiles/", include("gezhi.exchange.tiles.urls")),
    path("ledger/", include("gezhi.exchange.ledger.urls")),
    path("ledger/witness/", include("gezhi.exchange.witness.urls")),
]
