"""What every page knows of the node."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from gezhi.live.address import stream_url
from gezhi.pages.display import display_of


@dataclass(frozen=True, slots=True)
class Counter:
    """Where people are served by people."""

    name: str
    address: str = ""
    hours: str = ""


def counter_in(text: str) -> Counter | None:
    """`name|address|hours`; None for nothing."""
    parts = [part.strip() for part in text.split("|", 2)]
    return Counter(*parts) if parts[0] else None


def node(request: HttpRequest) -> dict[str, object]:
    return {
        "node_name": settings.NODE_NAME,
        "node_phone": settings.NODE_PHONE,
        "node_counter": counter_in(settings.NODE_COUNTER),
        "live_url": stream_url(request),
        "display": display_of(request),
    }
