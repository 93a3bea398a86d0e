"""A node of its own for a benchmark: an embedded PostgreSQL server with the tests' small city, thrown away after."""

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def start(kept: Path | None = None) -> Path:
    """Settings, tables and cast. Returns the data folder. `kept`: a folder that stays for the next run."""
    folder = kept or Path(tempfile.mkdtemp(prefix="gezhi-bench-"))
    if kept is None:
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    sys.path.insert(0, str(PROJECT))
    os.environ.update(GEZHI_DATA_DIR=str(folder), DJANGO_SETTINGS_MODULE="gezhi.config.settings")
    os.environ.pop("DATABASE_URL", None)
    from gezhi.config.cli import prepare

    prepare()
    from tests import cast

    if not cast.is_settled():
        cast.settle()
    return folder


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[int]:
    """`gezhi serve` over the folder until the block ends; yields its port, once it answers."""
    port = free_port()
    command = [sys.executable, "-m", "gezhi", "serve", "--port", str(port), "--data", str(folder), *options]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The server did not answer within a minute.")


def tell(name: str, value: float, unit: str, peer: str, peer_value: float, **more: object) -> None:
    """One line of JSON; the ratio is ours to the peer's."""
    line = {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "peer": peer,
        "peer_value": round(peer_value, 3),
    }
    print(json.dumps(line | {"ratio": round(value / peer_value, 3)} | more, ensure_ascii=False), flush=True)
