"""A node with everything around it that can go wrong: its disk, its clock, its lines, its database, its clients."""

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chaos.clock import Clock, can_shift
from tests.chaos.disk import Disk, can_mount
from tests.chaos.gateway import Gateway
from tests.chaos.outside import Outside, any_version, kill, server_pid
from tests.chaos.server import Server
from tests.chaos.wire import Wire

if TYPE_CHECKING:
    from tests.chaos.load import Book, Client


@dataclass
class Ground:
    """`folder`: of this chapter. `database`: embedded or external."""

    folder: Path
    database: str
    data: Path
    cluster: Path
    server: Server
    gateway: Gateway
    clock: Clock
    client_wire: Wire
    book: "Book"
    clients: list["Client"] = field(default_factory=list)
    disk: Disk | None = None
    outside: Outside | None = None
    database_wire: Wire | None = None

    def need_disk(self) -> Disk:
        assert self.disk is not None
        return self.disk

    def need_database_wire(self) -> Wire:
        assert self.database_wire is not None
        return self.database_wire

    @property
    def backup(self) -> Path:
        return self.folder / "backup"


@contextmanager
def laid(folder: Path, database: str, seed: int, calm: float = 1.0) -> Iterator[Ground]:
    """The node serves and its clients report until the block ends. The process that calls this has no Django yet."""
    with ExitStack() as stack:
        disk = stack.enter_context(Disk(folder / "disk.img", folder / "disk")) if can_mount() else None
        root = disk.root if disk else folder / "disk"
        data, clock = root / "data", Clock(folder / "clock")
        data.mkdir(parents=True)
        gateway = stack.enter_context(Gateway(refuse_every=50))
        shifted = clock.environment() if can_shift() else {}
        os.environ.update(shifted)  # also for the embedded database, which this process begins
        outside, line = None, None
        if database == "external":
            outside = stack.enter_context(Outside(root / "cluster", any_version(), folder / "postgres.log"))
            line = stack.enter_context(Wire(outside.port))
        _settle(data, outside)
        more = {**shifted, "GEZHI_BACKUP_DIR": str(folder / "backup"), "GEZHI_LIVE_CLIENTS": "50"}
        if outside and line:
            more |= outside.environment(line.port)
        server = Server(data, gateway.url, more=more, log=folder / "server.log")
        wire = stack.enter_context(Wire(server.port))
        cluster = outside.folder if outside else data / "postgres"
        from tests.chaos.load import Book

        ground = Ground(
            folder, database, data, cluster, server, gateway, clock, wire, Book(calm=calm), disk=disk
        )
        ground.outside = outside
        ground.database_wire = line
        server.start()
        stack.callback(_end, ground)
        server.wait_ready(180)
        _begin_clients(ground, seed)
        yield ground


def destroy(ground: Ground) -> float:
    """Everything that runs is killed and everything that it kept is removed, but the backup. Returns when."""
    if ground.outside:
        ground.outside.give_up()
    ground.server.kill_all()
    kill(server_pid(ground.cluster))
    at = time.time()
    ground.book.gate.clear()
    for folder in {ground.data, ground.cluster}:
        shutil.rmtree(folder, ignore_errors=True)
    return at


def _settle(data: Path, outside: Outside | None) -> None:
    """The cast in a database of its own."""
    os.environ["GEZHI_DATA_DIR"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "gezhi.config.settings"
    for name in ("DATABASE_URL", "GEZHI_OWNER_URL", "GEZHI_BACKUP_URL"):
        os.environ.pop(name, None)
    os.environ.update(outside.environment() if outside else {})
    from gezhi.config.cli import prepare

    prepare()
    from tests import cast

    cast.settle()


def _begin_clients(ground: Ground, seed: int) -> None:
    from django.utils import timezone

    from gezhi.people.actions import issue_token
    from tests import cast
    from tests.chaos.doubled import Stutterer, TwinDispatchers
    from tests.chaos.load import Client, Dispatcher

    city = cast.here()
    report = issue_token(city.account("operator"), "chaos", ["report"], timezone.now())
    act = issue_token(city.account("dispatcher"), "chaos", ["act"], timezone.now())
    ports, book = (ground.server.port, ground.client_wire.port), ground.book
    dispatcher = Dispatcher(8, ports[0], act, book, seed)
    twins = TwinDispatchers(9, ports, act, book, seed)
    dispatcher.unit_id = twins.unit_id = city.units["haishu-works"]
    ground.clients += [
        *(Client(number, ports[number % 2], report, book, seed) for number in range(3)),
        Stutterer(7, ports, report, book, seed),
        dispatcher,
        twins,
    ]
    for client in ground.clients:
        client.start()


def _end(ground: Ground) -> None:
    for client in ground.clients:
        client.stopping.set()
    ground.book.gate.set()
    for client in ground.clients:
        client.join(5)
    ground.server.stop()
    pid = server_pid(ground.cluster)
    if ground.outside is None and pid:
        os.kill(pid, signal.SIGINT)
        for _ in range(100):
            if not server_pid(ground.cluster):
                break
            time.sleep(0.1)


def probe(ground: Ground, chance: random.Random, within: float) -> float:
    """Seconds until a new report was acknowledged. Raises TimeoutError."""
    before, begun = len(ground.book.acknowledged), time.monotonic()
    while len(ground.book.acknowledged) == before:
        if time.monotonic() - begun > within:
            raise TimeoutError(
                f"No report was acknowledged within {within:.0f} s; see {ground.server.log_file}."
            )
        time.sleep(0.05)
    return time.monotonic() - begun


def clear(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
