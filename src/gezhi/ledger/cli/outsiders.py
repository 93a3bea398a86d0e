"""`gezhi ledger ...` for what outsiders say of the log, and what this node says of other logs."""

from pathlib import Path

import click

from gezhi.lib.command import pure


@click.command()
def vouch() -> None:
    """Ask the timestamp authority and the witnesses now. (The worker does so every minute.)"""
    from django.utils import timezone

    from gezhi.ledger.actions.vouching import vouch as ask
    from gezhi.ledger.notes import BadNote

    try:
        ask(timezone.now)
        _tell()
    except BadNote as error:
        raise click.ClickException(str(error)) from error


@click.command()
def outsiders() -> None:
    """Who vouches for this log, up to where, and how far each lags."""
    _tell()


def configured_cert() -> Path | None:
    """The certificate of the authority that this node asks."""
    from django.conf import settings

    return Path(settings.TIMESTAMP_CERT) if settings.TIMESTAMP_CERT else None


def _tell() -> None:
    from django.utils import timezone

    from gezhi.ledger.queries.outsiders import lag, outsiders

    for (kind, name), one in sorted(outsiders().items()):
        when = f"{one.vouched_at:%Y-%m-%d %H:%M:%S}Z" if one.vouched_at else "never"
        click.echo(f"{kind} {name}: {one.size} entries, {when}{f' - {one.problem}' if one.problem else ''}")
    for found in lag(timezone.now()):
        click.echo(f"{found.kind}: {found.state}, behind by {found.minutes} minutes")


@click.group()
def witness() -> None:
    """This node as a witness of other logs."""


@witness.command("key")
def witness_key() -> None:
    """This node's key as a witness, for the logs that ask it; made when there is none."""
    from gezhi.ledger.actions.cosigning import witness_signer

    click.echo(witness_signer().verifier.vkey())


@witness.command("add")
@click.argument("vkey")
def add_log(vkey: str) -> None:
    """Witness the log of this key (name+id+key) from now on."""
    from gezhi.ledger.actions.cosigning import witness_log
    from gezhi.ledger.notes import BadNote

    try:
        click.echo(f"{witness_log(vkey).origin} is witnessed.")
    except BadNote as error:
        raise click.ClickException(str(error)) from error


@witness.command("remove")
@click.argument("origin")
def remove_log(origin: str) -> None:
    """Witness a log no longer. What was cosigned stays known."""
    from gezhi.ledger.actions.cosigning import stop_witnessing

    if not stop_witnessing(origin):
        raise click.ClickException(f"No log '{origin}' was added here. See gezhi ledger witness logs.")


@witness.command("logs")
def list_logs() -> None:
    """The logs that are witnessed: the last head cosigned, and heads that do not go on from what was signed before."""
    from gezhi.ledger.queries.outsiders import fault_counts, witnessed_logs

    faults = fault_counts()
    for one in witnessed_logs():
        when = f"{one.cosigned_at:%Y-%m-%d %H:%M:%S}Z" if one.cosigned_at else "never"
        click.echo(f"{one.origin}\t{one.size}\t{when}\t{faults.get(one.origin, 0)} faults")


@pure
@click.command("timestamp-authority")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=3161, show_default=True)
def timestamp_authority(folder: Path, host: str, port: int) -> None:
    """Serve timestamps by this machine's own clock until interrupted: for a demonstration and for tests.

    A clock of one's own proves nothing to others. A city names an authority that it does not run.
    """
    from datetime import UTC, datetime

    from gezhi.ledger.authority import Authority, server
    from gezhi.lib.parent import end_with_parent

    end_with_parent()
    authority = Authority(folder, datetime.now(UTC))
    serving = server(authority, host, port)
    click.echo("Timestamps by this machine's own clock: they prove nothing to others.")
    click.echo(f"GEZHI_TIMESTAMP_URL=http://{host}:{serving.server_address[1]}/")
    click.echo(f"GEZHI_TIMESTAMP_CERT={authority.certificate.resolve()}")
    try:
        serving.serve_forever()
    finally:
        serving.server_close()
