"""`gezhi sense` and `gezhi sensing ...`"""

from __future__ import annotations

import sys
from typing import IO, TYPE_CHECKING

import click

from gezhi.exchange.backfill.cli import sensing

if TYPE_CHECKING:
    from gezhi.exchange.feeds.binding import Bound
    from gezhi.sensing.models import Feed

SECRET = click.File()


@click.command()
@click.option("--hj212", metavar="HOST:PORT", help="Where stations call; GEZHI_HJ212_LISTEN without.")
@click.option(
    "--gb28181", metavar="HOST:PORT", help="Where platforms and cameras call; GEZHI_GB28181_LISTEN without."
)
def sense(hj212: str | None, gb28181: str | None) -> None:
    """Hear stations, brokers and cameras, and wind the clock of monitors, until stopped."""
    from django.conf import settings
    from django.db import connections

    from gezhi.exchange.feeds.process import Plan, run
    from gezhi.lib.parent import end_with_parent

    stations = _at(hj212) if hj212 else settings.HJ212_LISTEN
    cameras = _at(gb28181) if gb28181 else settings.GB28181_LISTEN
    if cameras and not settings.GB28181_ID:
        raise click.UsageError("Set GEZHI_GB28181_ID, this platform's 20 digits.")
    connections.close_all()
    end_with_parent()
    run(Plan(stations, cameras, settings.GB28181_ID, settings.GB28181_SHOWN))


def _at(text: str) -> tuple[str, int]:
    from gezhi.lib.addresses import NoAddress, host_and_port

    try:
        return host_and_port(text)
    except NoAddress as error:
        raise click.UsageError(str(error)) from error


@sensing.command()
@click.argument("mn")
@click.argument("name")
@click.option("--thing", required=True, help="Whose datastreams its factors are: a thing's key or number.")
@click.option("--password-file", type=SECRET, help="PW, in a file; - reads it from input.")
@click.option(
    "--key-file", type=SECRET, help="The SM4 key as 32 hexadecimal digits; its data must come ciphered."
)
@click.option("--st", multiple=True, help="A system code ST that it may send; any without.")
@click.option(
    "--unit", "units", multiple=True, metavar="CODE=UNIT", help="The unit in which it sends a factor."
)
@click.option(
    "--take", "takes", multiple=True, metavar="CODE=CN:FIELD", help="Which value is kept: a34004=2051:Avg."
)
@click.option("--own", multiple=True, metavar="CODE=LOW:HIGH", help="A code of its maker, and what can be.")
@click.option("--odd", multiple=True, type=click.Choice(["modbus", "lower", "alone"]), help="See the guide.")
def station(
    mn: str,
    name: str,
    thing: str,
    password_file: IO[str] | None,
    key_file: IO[str] | None,
    **options: tuple[str, ...],
) -> None:
    """Hear a station that speaks HJ 212, whatever the version, by its MN."""
    from django.utils import timezone

    from gezhi.exchange.feeds.adding import add_station
    from gezhi.sensing.actions.feeds import BadFeed

    said = {"password": _line(password_file), "key": _line(key_file)}
    try:
        bound = add_station(
            mn, name, thing, _told(options), {k: v for k, v in said.items() if v}, timezone.now()
        )
    except BadFeed as bad:
        sys.exit(str(bad))
    _show(bound)


def _told(options: dict[str, tuple[str, ...]]) -> dict[str, object]:
    """As a Station is written."""
    told: dict[str, object] = {
        "stations": list(options["st"]),
        "sent_in": dict(_pair(one) for one in options["units"]),
        "takes": dict(_pair(one) for one in options["takes"]),
        "own": {code: span.split(":") for code, span in map(_pair, options["own"])},
    }
    return told | dict.fromkeys(options["odd"], True)


def _pair(text: str) -> tuple[str, str]:
    code, is_pair, value = text.partition("=")
    if not is_pair:
        raise click.UsageError(f"'{text}': write CODE=...")
    return code, value


def _line(file: IO[str] | None) -> str:
    return file.read(1000).strip() if file else ""


def _show(bound: Bound) -> None:
    for one in bound.factors:
        turned = f"  {one.sent_in} -> {one.unit}" if one.times != 1.0 else f"  {one.unit}"
        click.echo(f"{one.code:10}{one.names[0]:24}datastream {one.series}{turned}")
    for problem in bound.problems:
        click.echo(f"not kept: {problem}")


@sensing.command()
@click.argument("key")
@click.argument("name")
@click.argument("url")
@click.option(
    "--mappings",
    "mappings",
    type=SECRET,
    required=True,
    help="YAML: what is subscribed to, and how it is read.",
)
@click.option("--user", default="", help="The account at the broker.")
@click.option("--password-file", type=SECRET, help="Its password, in a file; - reads it from input.")
@click.option("--ca-file", type=SECRET, help="Certificates (PEM) by which the broker is known.")
@click.option("--client", default="", help="The client name; gezhi-KEY without. It must stay the same.")
@click.option(
    "--things", default="", metavar="PREFIX", help="It may write readings of things whose keys begin so."
)
@click.option("--old", is_flag=True, help="MQTT 3.1.1 instead of 5.")
def broker(
    key: str,
    name: str,
    url: str,
    mappings: IO[str],
    password_file: IO[str] | None,
    ca_file: IO[str] | None,
    old: bool,
    **options: str,
) -> None:
    """Read messages of the broker at URL (mqtts://HOST:PORT)."""
    from django.utils import timezone

    from gezhi.exchange.feeds.adding import add_broker, mappings_in
    from gezhi.sensing.actions.feeds import BadFeed

    said: dict[str, object] = {name: value for name, value in options.items() if value}
    said |= {"url": url, "version": "3.1.1" if old else "5", "ca": ca_file.read() if ca_file else ""}
    try:
        found = add_broker(
            key,
            name,
            said | {"subscriptions": mappings_in(mappings.read())},
            _line(password_file),
            timezone.now(),
        )
    except BadFeed as bad:
        sys.exit(str(bad))
    click.echo(
        f"{key}: {len(found.subscriptions)} subscriptions at {found.host}:{found.port}, as {found.client}"
    )


@sensing.command()
@click.argument("key")
def end(key: str) -> None:
    """Hear a station or a broker no more. What it sent stays."""
    from django.utils import timezone

    from gezhi.sensing.actions.feeds import end_feed

    sys.exit(None if end_feed(key, timezone.now()) else f"Nothing is heard under '{key}'.")


@sensing.command("list")
@click.option("--hours", default=24, show_default=True, help="Over which what was refused is counted.")
def show(hours: int) -> None:
    """Each station and broker, what of it is kept, and what was refused; the process that hears them."""
    from django.utils import timezone

    from gezhi.exchange.feeds.reading import wanted
    from gezhi.sensing.queries.feeds import SENSE, active_feeds, pulse_of, refused_since

    now = timezone.now()
    refused, found = refused_since(now, hours), wanted()
    for feed in active_feeds().select_related("thing"):
        source = f"{feed.way}:{feed.key}"
        click.echo(f"{source:32}{feed.name}  {_what(feed)}  {_counts(refused.pop(source, {}))}")
        for problem in found.problems.get(feed.key, ()):
            click.echo(f"    not kept: {problem}")
    for source, counts in refused.items():
        click.echo(f"{source:32}{_counts(counts)}")
    pulse = pulse_of(SENSE)
    click.echo(
        f"heard by a process that last gave a sign at {pulse.at:%Y-%m-%d %H:%M:%S}Z"
        if pulse
        else "nobody listens"
    )
    for adapter, numbers in sorted((pulse.counted.get("adapters", {}) if pulse else {}).items()):
        click.echo(
            f"    {adapter}: " + ", ".join(f"{name} {number}" for name, number in sorted(numbers.items()))
        )


def _what(feed: Feed) -> str:
    if feed.thing is not None:
        return f"thing {feed.thing.key or feed.thing.pk}"
    return str(feed.options.get("url", ""))


def _counts(counts: dict[str, int]) -> str:
    return (
        "refused: " + ", ".join(f"{why} {count}" for why, count in counts.items())
        if counts
        else "nothing refused"
    )
