"""Running the node: the web server and the worker that does the deferred jobs."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gezhi.lib.command import pure
from gezhi.lib.parent import end_with_parent, mark_children

QUEUES = {"quick": "default", "slow": "slow"}  # notices and limits never wait for training or imports
AT_ONCE = {"quick": 3, "slow": 2}  # jobs
SENSING = [sys.executable, "-m", "gezhi", "sense"]


@pure
@click.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="The data folder.")
@click.option("--processes", default=2, show_default=True, help="Web processes.")
@click.option("--worker/--no-worker", default=True, help="Also do the deferred jobs, and hear devices.")
@click.option("--live/--no-live", default=True, help="Also stream changes to open pages.")
@click.option("--live-port", type=int, help="The stream's port; the next one unless given.")
@click.option(
    "--backup/--no-backup", default=True, help="Also follow the node, where GEZHI_BACKUP_DIR is set."
)
def serve(
    port: int,
    host: str,
    data: Path | None,
    processes: int,
    worker: bool,
    live: bool,
    live_port: int | None,
    backup: bool,
) -> None:
    """Serve the pages and the API until interrupted."""
    from gezhi.config import cli

    if data:
        cli.use_data(data)
    beside = streaming(host, live_port or port + 1) if live else []
    if backup and os.environ.get("GEZHI_BACKUP_DIR"):
        beside = [*beside, [sys.executable, "-m", "gezhi", "backup", "follow"]]
    cli.prepare()
    serve_forever(host, port, processes, worker, beside)


def streaming(host: str, port: int) -> list[list[str]]:
    """The command that streams changes. Pages are told of its port, unless a setting names another address; so this
    comes before the settings are read. Raises ClickException."""
    require_free(host, port, "--live-port")
    os.environ.setdefault("GEZHI_LIVE_URL", f":{port}")
    return [[sys.executable, "-m", "gezhi", "live", "--host", host, "--port", str(port)]]


def serve_forever(
    host: str, port: int, processes: int, with_worker: bool, beside: Sequence[Sequence[str]] = ()
) -> None:
    """The database is ready and DATABASE_URL names it, so that every child process finds it.

    `beside`: further commands that are kept running as long as the server.
    """
    from django.db import connections

    from gezhi.config.database import keep_embedded_running
    from gezhi.config.metrics import forget_earlier_runs
    from gezhi.config.walls import faults
    from gezhi.places.tiles.queries import ensure_current_tiles

    require_free(host, port)
    ensure_current_tiles()
    for words in faults():
        click.echo(f"The second wall is down: {words}", err=True)
    connections.close_all()
    mark_children()
    stopping = threading.Event()
    forget_earlier_runs()
    keep_embedded_running(stopping)
    commands = [*([*(_worker(kind) for kind in QUEUES), SENSING] if with_worker else []), *beside]
    children = [KeptRunning(command) for command in commands]
    click.echo(f"Gezhi answers at http://{host}:{port}/")
    try:
        _keep_serving(host, port, processes)
    finally:
        stopping.set()
        for child in children:
            child.stop()


def _worker(kind: str) -> list[str]:
    return [sys.executable, "-m", "gezhi", "worker", "--only", kind]


def require_free(host: str, port: int, option: str = "--port") -> None:
    """The server shares its port among its processes, so that a second node there would go unnoticed.
    Raises ClickException."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} at {host} is taken. Choose another with {option}."
            ) from error


def _keep_serving(host: str, port: int, processes: int) -> None:
    """The web server gives up when one of its processes dies twice within seconds: then it is begun again."""
    while True:
        server = _web_server(host, port, processes)
        try:
            server.serve()
        except SystemExit as gave_up:
            click.echo(f"The web server gave up ({gave_up.code}) and is begun again.", err=True)
            time.sleep(1)
        else:
            return
        if server.interrupt_signal:
            return


def _web_server(host: str, port: int, processes: int) -> Any:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings

    from gezhi.config.overload import THREADS, WAITING

    return Granian(
        "gezhi.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        backlog=2048,
        backpressure=WAITING,
        respawn_failed_workers=True,
        workers_max_rss=int(os.environ.get("GEZHI_WEB_MEMORY_MB", "1500")),
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=30_000),
        log_level="error",  # type: ignore[arg-type]  # its warning about threads does not fit: ours wait for the database
    )


class KeptRunning:
    """A child process that is started again whenever it dies, until stopped."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._stopping = threading.Event()
        self._process = subprocess.Popen(command)
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            self._process.wait()
            if self._stopping.wait(1):
                return
            self._process = subprocess.Popen(self._command)

    def stop(self) -> None:
        self._stopping.set()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()


@click.command()
@click.option("--only", type=click.Choice(list(QUEUES)), help="Only the quick jobs, or only the slow ones.")
def worker(only: str | None) -> None:
    """Do the deferred jobs until interrupted: the slow ones in a process beside this one."""
    from django.core.management import call_command

    end_with_parent()
    slow = None
    if only is None:
        mark_children()
        slow = KeptRunning(_worker("slow"))
    kind = only or "quick"
    try:
        call_command(
            "procrastinate",
            "worker",
            f"--queues={QUEUES[kind]}",
            f"--concurrency={AT_ONCE[kind]}",
            "--delete-jobs=successful",
            "--shutdown-graceful-timeout=5",
        )
    finally:
        if slow:
            slow.stop()


@pure
@click.command()
@click.option("--check", is_flag=True, help="Change nothing; 1 when something is to be done.")
@click.option("--plan", is_flag=True, help="Change nothing; say what would be done.")
def migrate(check: bool, plan: bool) -> None:
    """Bring the database's tables up to date. (Every other command does so when needed.)"""
    from gezhi.config import cli

    cli.prepare(migrating=not (check or plan))
    from gezhi.config.tables import pending

    waiting = pending()
    for step in waiting:
        click.echo(step)
    click.echo(f"{len(waiting)} changes wait." if waiting else "The tables are up to date.")
    sys.exit(1 if check and waiting else 0)


@pure
@click.command()
def openapi() -> None:
    """Print the OpenAPI document of the REST API."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezhi.config.settings")
    import django

    django.setup()
    from gezhi.exchange.rest.api import openapi_document

    click.echo(json.dumps(openapi_document(), ensure_ascii=False, indent=1, sort_keys=True))
