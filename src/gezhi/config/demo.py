"""`gezhi demo`: a city set up on this machine and served, alive."""

import getpass
import os
import shutil
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from gezhi.demo.sensors.names import PLATFORM
from gezhi.ledger.authority import Authority
from gezhi.lib.command import pure

HJ212, SIP, MQTT = 12, 60, 83  # of the ports of devices, above that of the pages
MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")


@pure
@click.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--live-port", type=int, help="The port of the stream; the next one unless given.")
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), default="var/demo", show_default=True
)
@click.option("--days", type=click.IntRange(1, 365), default=30, show_default=True, help="Days of history.")
@click.option("--simulate/--no-simulate", default=True, help="Keep reporting and playing every post.")
def demo(port: int, live_port: int | None, data: Path, days: int, simulate: bool) -> None:
    """Set up a city with a past (minutes, the first time), print its accounts and serve it until interrupted."""
    from gezhi.config import cli
    from gezhi.config.serving import serve_forever, streaming

    os.environ["GEZHI_SMS_URL"] = ""  # the people of this city are invented: nobody is sent a message
    stream = streaming("127.0.0.1", live_port or port + 1)
    cli.use_data(data)
    clock, broker = own_clock(data), own_broker(data, port + MQTT)
    hear_devices(port)
    cli.prepare()
    from django.utils import timezone

    from gezhi.demo.sensors.inventing import settle_broker
    from gezhi.demo.setting_up import Plan, set_up, show_accounts

    set_up(Plan(days))
    show_accounts()
    if broker:
        settle_broker(f"mqtt://127.0.0.1:{port + MQTT}", timezone.now())
    simulator = [[sys.executable, "-m", "gezhi", "simulate"], devices(port, broker != [])] if simulate else []
    serve_forever("127.0.0.1", port, 2, with_worker=True, beside=[*stream, *clock, *broker, *simulator])


def hear_devices(port: int) -> None:
    """Where the process that hears devices listens; before the settings are read."""
    os.environ.setdefault("GEZHI_HJ212_LISTEN", f"127.0.0.1:{port + HJ212}")
    os.environ.setdefault("GEZHI_GB28181_LISTEN", f"127.0.0.1:{port + SIP}")
    os.environ.setdefault("GEZHI_GB28181_ID", PLATFORM)


def own_broker(data: Path, port: int) -> list[list[str]]:
    """The command of a broker for this machine alone; none where Debian's mosquitto is not installed."""
    if MOSQUITTO is None:
        return []
    folder = data.resolve() / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    lines = (
        *(f"listener {port} 127.0.0.1", "allow_anonymous true", "persistence true"),
        *(f"persistence_location {folder}/", "autosave_interval 30", "max_queued_messages 100000"),
        *("max_inflight_messages 1000", "log_type error", f"user {getpass.getuser()}"),
    )
    (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
    return [[MOSQUITTO, "-c", str(folder / "mosquitto.conf")]]


def devices(port: int, has_broker: bool) -> list[str]:
    """The command that lets the city's devices measure."""
    where = ["--http", f"http://127.0.0.1:{port}"]
    where += ["--hj212", os.environ["GEZHI_HJ212_LISTEN"], "--sip", os.environ["GEZHI_GB28181_LISTEN"]]
    where += ["--mqtt", f"127.0.0.1:{port + MQTT}"] if has_broker else []
    return [sys.executable, "-m", "gezhi", "simulate", "sensors", *where]


def own_clock(data: Path) -> list[list[str]]:
    """The command that stamps the ledger's heads by this machine's clock, which shows how it works and proves nothing
    to others; none where a setting names an authority."""
    if os.environ.get("GEZHI_TIMESTAMP_URL"):
        return []
    folder = data.resolve() / "own-clock"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    os.environ["GEZHI_TIMESTAMP_URL"] = f"http://127.0.0.1:{port}/"
    os.environ["GEZHI_TIMESTAMP_CERT"] = str(Authority(folder, datetime.now(UTC)).certificate)
    words = ("ledger", "timestamp-authority", "--folder", str(folder), "--port", str(port))
    return [[sys.executable, "-m", "gezhi", *words]]
