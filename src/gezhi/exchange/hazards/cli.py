"""`gezhi sources ...`"""

import sys
from datetime import timedelta
from typing import IO

import click

WAYS = click.Choice(["gb28181", "camera", "scam"])


@click.group()
def sources() -> None:
    """Devices and authorities that send events."""


@sources.command()
@click.argument("key")
@click.argument("name")
@click.option(
    "--way", type=WAYS, required=True, help="gb28181: by SIP; camera, scam: by HTTP with a key of --account."
)
@click.option("--account", default="", help="The other system whose key sends (see `gezhi people token`).")
@click.option(
    "--secret-file", type=click.File(), help="The device's SIP password, in a file; - reads it from input."
)
@click.option("--place", default="", help="The code of the place where it stands.")
@click.option("--at", type=(float, float), metavar="LON LAT", help="Where it looks, WGS-84 degrees.")
@click.option(
    "--pictures", default=0, metavar="DAYS", help="Take pictures of scenes and keep them so long; 0: none."
)
def add(
    key: str,
    name: str,
    way: str,
    account: str,
    secret_file: IO[str] | None,
    place: str,
    at: tuple[float, float] | None,
    pictures: int,
) -> None:
    """Register a source: KEY is its own id (20 digits with GB/T 28181)."""
    from django.utils import timezone

    from gezhi.people.models import Account
    from gezhi.sensing.actions.sources import BadSource, NewSource, register_source
    from gezhi.sensing.models import EventWay

    owner = Account.objects.filter(username=account).first() if account else None
    if account and owner is None:
        sys.exit(f"There is no account '{account}'.")
    secret = secret_file.read().strip() if secret_file else ""
    lon, lat = at or (None, None)
    new = NewSource(key, name, EventWay(way), owner, secret, place, lon, lat, pictures > 0, pictures or 1)
    try:
        register_source(new, timezone.now())
    except BadSource as bad:
        sys.exit(str(bad))
    click.echo(f"{key} may send now; its reports come from sensor:{key}.")


@sources.command()
@click.argument("key")
def end(key: str) -> None:
    """Take nothing from a source any more."""
    from gezhi.sensing.actions.sources import end_source

    sys.exit(None if end_source(key) else f"There is no source '{key}' in use.")


@sources.command("list")
@click.option("--days", default=7, show_default=True)
def show(days: int) -> None:
    """Each source, when it was last heard, and what came of its events."""
    from django.utils import timezone

    from gezhi.sensing.queries.sources import counts_of_unknown, sources_with_counts

    since = timezone.now().date() - timedelta(days=days)
    for line in sources_with_counts(since):
        one = line.source
        seen = one.seen_at.isoformat(timespec="seconds") if one.seen_at else "never"
        state = "" if one.is_active else "  ended"
        click.echo(f"{one.key:22}{one.way:9}{one.name}  heard {seen}{state}  {_counts(line.counts)}")
    if unknown := counts_of_unknown(since):
        click.echo(f"{'(not registered)':31}{_counts(unknown)}")


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{fate} {count}" for fate, count in counts.items()) or "nothing came"


@sources.command()
@click.option("--id", "own_id", required=True, help="This platform's 20 digits.")
@click.option("--host", default="0.0.0.0", show_default=True, help="Where to listen.")  # noqa: S104 - devices call
@click.option("--port", default=5060, show_default=True)
@click.option("--shown-host", default="", help="Where devices find this node, if elsewhere.")
def listen(own_id: str, host: str, port: int, shown_host: str) -> None:
    """Take alarms of GB/T 28181 by UDP and TCP until stopped."""
    from gezhi.exchange.gb28181.cli import run, server_of
    from gezhi.sensing.actions.sources import is_gb_id

    if not is_gb_id(own_id):
        sys.exit(f"'{own_id}' is no id of GB/T 28181, which has 20 digits.")
    server = server_of(own_id, host, port, shown_host)
    run(server, lambda chosen: click.echo(f"SIP at {host}:{chosen}, UDP and TCP"))
