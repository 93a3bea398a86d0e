"""Where a page finds the stream."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

PATH = "/live/stream"


def stream_url(request: HttpRequest) -> str:
    """ "" when this node has no stream: pages then ask again every few seconds."""
    url = str(settings.LIVE_URL)
    if not url.startswith(":"):
        return url
    host = urlsplit(f"//{request.get_host()}")
    name = f"[{host.hostname}]" if ":" in (host.hostname or "") else host.hostname
    return f"{request.scheme}://{name}{url}{PATH}"


def stream_origin(request: HttpRequest) -> str:
    """ "" when the stream is at the page's own origin, or nowhere."""
    parts = urlsplit(stream_url(request))
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
