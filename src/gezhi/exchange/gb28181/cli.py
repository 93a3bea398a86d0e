"""A node's agent: its sources behind it, until it is told to stop."""

import asyncio
import signal
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings

from gezhi.exchange.gb28181.actions import Sources
from gezhi.exchange.gb28181.agent import Agent, Own
from gezhi.exchange.gb28181.server import Server, clock


def server_of(own_id: str, host: str, port: int, shown_host: str = "") -> Server:
    """`shown_host`: where devices find this node, if it listens elsewhere."""
    own = Own(own_id, shown_host or host, port, ZoneInfo(settings.TIME_ZONE))
    sources = Sources()
    return Server(Agent(own, sources, clock), host, port, sources.tidy)


def run(server: Server, ready: Callable[[int], None] = lambda port: None) -> None:
    """Until SIGTERM or SIGINT."""

    async def whole() -> None:
        stop = asyncio.Event()
        for one in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(one, stop.set)
        await server.serve(stop, ready)

    asyncio.run(whole())
