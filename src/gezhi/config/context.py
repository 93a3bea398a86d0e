"""What every page knows of the node."""

from django.conf import settings
from django.http import HttpRequest

from gezhi.live.address import stream_url


def node(request: HttpRequest) -> dict[str, str]:
    return {
        "node_name": settings.NODE_NAME,
        "node_phone": settings.NODE_PHONE,
        "live_url": stream_url(request),
    }
