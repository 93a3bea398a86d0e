"""A node that takes alarms at a port of its own, in a thread of the test."""

import asyncio
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connections
from django.utils import timezone

from gezhi.exchange.gb28181.cli import server_of
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.sensing.actions.sources import NewSource, register_source
from gezhi.sensing.models import EventWay
from tests.cast import WANAN, centre_of
from tests.exchange.gb28181 import DEVICE, PLATFORM, SECRET


@dataclass(frozen=True)
class Node:
    port: int

    def settle(self) -> None:
        """Until what was refused is written."""
        time.sleep(1.6)


@contextmanager
def node() -> Iterator[Node]:
    for name in ("street-parts", "rivers", "fire-hazards", "camera-events"):
        publish(read_pack(settings.PACKS_DIR / name))
    lon, lat = centre_of(f"{WANAN}001")
    register_source(
        NewSource(DEVICE, "高点摄像机", EventWay.GB28181, secret=SECRET, lon=lon, lat=lat), timezone.now()
    )
    ports: queue.Queue[int] = queue.Queue()
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    server = server_of(PLATFORM, "127.0.0.1", 0)

    def run() -> None:
        loop.run_until_complete(server.serve(stop, ports.put))
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield Node(ports.get(timeout=10))
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
