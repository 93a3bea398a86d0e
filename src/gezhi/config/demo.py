"""`gezhi demo`: a city set up on this machine and served, alive."""

import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from gezhi.ledger.authority import Authority
from gezhi.lib.command import pure


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
    clock = own_clock(data)
    cli.prepare()
    from gezhi.demo.setting_up import Plan, set_up, show_accounts

    set_up(Plan(days))
    show_accounts()
    simulator = [[sys.executable, "-m", "gezhi", "simulate"]] if simulate else []
    serve_forever("127.0.0.1", port, 2, with_worker=True, beside=[*stream, *clock, *simulator])


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
