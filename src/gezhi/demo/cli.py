"""`gezhi simulate ...`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gezhi.demo.sensors.faults import Fault


class Plays(click.Group):
    """`simulate` alone plays the posts."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        plain = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        return super().parse_args(ctx, ["posts", *args] if plain else args)


@click.group(cls=Plays)
def simulate() -> None:
    """Play every post of a demonstration city, or its sensors, until interrupted."""


@simulate.command()
@click.option("--seed", default=1, show_default=True)
@click.option("--every", default=2.0, show_default=True, help="Seconds between reports.")
def posts(seed: int, every: float) -> None:
    """Report and play every post of a demonstration city until interrupted."""
    from gezhi.demo.setting_up import spots, stage
    from gezhi.demo.simulator import Simulator, run_forever

    run_forever(lambda: Simulator(stage(), spots(seed), seed), every)


@simulate.command()
@click.option("--http", default="http://127.0.0.1:8000", show_default=True, help="The node.")
@click.option("--key-file", type=click.File(), help="The key that sends; that of the demonstration without.")
@click.option("--hj212", metavar="HOST:PORT", help="Where stations call; they send by HTTP without.")
@click.option("--mqtt", metavar="HOST:PORT", help="A broker; messages go by HTTP without.")
@click.option("--sip", metavar="HOST:PORT", help="Where the alarm box calls.")
@click.option(
    "--recorded", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Measured hours (CSV)."
)
@click.option(
    "--fault", "wanted", multiple=True, metavar="WHAT=THING", help="stuck, gap, jump, clock, silence, flood."
)
@click.option("--faulty/--sound", default=True, show_default=True, help="Further faults by chance.")
@click.option("--seed", default=1, show_default=True)
def sensors(
    http: str,
    key_file: IO[str] | None,
    recorded: Path | None,
    wanted: tuple[str, ...],
    faulty: bool,
    seed: int,
    **addresses: str | None,
) -> None:
    """Let the devices of a demonstration city measure, by every way in, until interrupted."""
    from gezhi.demo.sensors.playing import Sensors, Ways, play_forever
    from gezhi.demo.sensors.recorded import NoRecordings, recorded_in

    try:
        if recorded:
            recorded_in(recorded)
    except NoRecordings as error:
        sys.exit(str(error))
    faults = [_fault(one) for one in wanted]
    hj212, mqtt, sip = (_address(addresses[name]) for name in ("hj212", "mqtt", "sip"))
    ways = Ways(http, key_file.read().strip() if key_file else _own_key(), hj212, mqtt, sip)
    play_forever(lambda: Sensors(ways, seed, recorded, faults, faulty))


def _own_key() -> str:
    from gezhi.demo.setting_up import sensors_key

    if not sensors_key().exists():
        sys.exit("This node has no invented devices. Begin with: gezhi demo")
    return sensors_key().read_text().strip()


def _address(text: str | None) -> tuple[str, int] | None:
    from gezhi.lib.addresses import NoAddress, host_and_port

    try:
        return host_and_port(text) if text else None
    except NoAddress as error:
        raise click.UsageError(str(error)) from error


def _fault(text: str) -> Fault:
    from django.utils import timezone

    from gezhi.demo.sensors.faults import Fault, What

    what, _, thing = text.partition("=")
    if what not in set(What) or not thing:
        raise click.UsageError(f"'{text}': write WHAT=THING, WHAT one of {', '.join(What)}")
    return Fault(What(what), thing, timezone.now())
