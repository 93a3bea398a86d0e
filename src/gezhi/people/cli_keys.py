"""`gezhi people signing-keys ...`: the keys with which persons sign."""

import sys

import click


@click.group("signing-keys")
def signing_keys() -> None:
    """The keys with which decisions are signed."""


@signing_keys.command("list")
@click.argument("username", required=False)
def list_keys(username: str | None) -> None:
    """Keys in force, of everybody or of one account: account, key, who holds it, since when."""
    from gezhi.people.queries.keys import keys_in_force

    for one in keys_in_force(username):
        told = f"{one.held}{' alone' if one.alone else ''}"
        click.echo(f"{one.account.username}\t{one.key}\t{told}\t{one.made_at:%Y-%m-%d %H:%M}Z")


@signing_keys.command()
@click.argument("username", required=False)
@click.option("--all", "everybody", is_flag=True, help="Of everybody: after the server's lock was lost.")
@click.option("--reason", required=True, help="Why; it stands in the ledger.")
def renew(username: str | None, everybody: bool, reason: str) -> None:
    """End the server's key of an account; its next decision makes a new one. What was signed stays signed."""
    from gezhi.people.actions.keys import end_keys
    from gezhi.people.keys import SERVER
    from gezhi.people.models import Account

    if everybody == bool(username):
        raise click.UsageError("Name one account, or say --all.")
    found = Account.objects.filter(username=username).values_list("id", flat=True) if username else None
    if found is not None and not found:
        sys.exit(f"There is no account '{username}'.")
    ended = end_keys(None if found is None else list(found), SERVER, None, reason)
    click.echo(f"{ended} keys ended.")


@signing_keys.command()
def rotate() -> None:
    """A new lock for all the keys that the server holds. Keep data/signing-keys in the backup, apart from the
    database's."""
    from gezhi.people.actions.keys import rotate_lock_now

    click.echo(f"{rotate_lock_now()} keys lie under the new lock.")
