"""The real server as a child process that can be killed in parts."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

READY_WITHIN = 90.0  # seconds
INSTALLED = {  # as an installed node begins: compiled once, without what only developers have
    "PYTHONPATH": os.pathsep.join((str(Path(__file__).with_name("production")), *filter(None, sys.path))),
    "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir(), f"gezhi-compiled-{os.geteuid()}")),
    "PYTHONDONTWRITEBYTECODE": "",
}
ELSEWHERE = (
    "DATABASE_URL",
    "GEZHI_OWNER_URL",
    "GEZHI_BACKUP_URL",
    "GEZHI_DATA_DIR",
)  # the server finds its own database in its folder


class NotReady(Exception):
    """The server did not become ready; see its log."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """`more`: further environment. `log`: beside the data folder when that may run full."""

    data: Path
    sms_url: str
    port: int = field(default_factory=free_port)
    restarts: int = 0
    more: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None
    options: tuple[str, ...] = ()
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_file(self) -> Path:
        return self.log or self.data / "server.log"

    def start(self) -> None:
        command = [sys.executable, "-m", "gezhi", "serve", "--port", str(self.port), "--data", str(self.data)]
        own = {"GEZHI_SMS_URL": self.sms_url, "DJANGO_SETTINGS_MODULE": "gezhi.config.settings", **INSTALLED}
        environment = {name: value for name, value in os.environ.items() if name not in ELSEWHERE} | own
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--processes", "2", *self.options],
                stdout=log,
                stderr=log,
                env={**environment, **self.more},
                start_new_session=True,
            )

    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2):
                return True
        except (urllib.error.URLError, OSError, ValueError):
            return False

    def wait_ready(self, within: float = READY_WITHIN) -> None:
        """A server that gave up is started again, as systemd would. Raises NotReady."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            if self.has_ended():
                self.restarts += 1
                self.start()
            if self.is_ready():
                return
            time.sleep(0.1)
        raise NotReady(f"{self.url} was not ready within {within:.0f} s; see {self.log_file}.")

    def processes(self) -> dict[str, list[int]]:
        """The live process ids: main, worker, web (the workers of the web server), backup."""
        assert self._process is not None
        main = self._process.pid
        found: dict[str, list[int]] = {"main": [main], "worker": [], "web": [], "backup": []}
        for pid in descendants(main):
            words = command_of(pid).split("\0")
            for kind, word in (("worker", "worker"), ("web", "serve"), ("backup", "follow")):
                if word in words:
                    found[kind].append(pid)
        return found

    def kill(self, pids: list[int]) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def kill_all(self) -> None:
        """The main process first, so that it starts nothing again; then everything that it had started."""
        assert self._process is not None
        children = descendants(self._process.pid)
        self.kill([self._process.pid, *children])
        self._process.wait(10)

    def stop(self) -> None:
        if self._process is None or self.has_ended():
            return
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill_all()


def descendants(pid: int) -> list[int]:
    """Children, their children and so on, of a process that we started."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found, waiting = list[int](), [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return [child for child in found if "postgres" not in command_of(child).split("\0")[0]]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""
