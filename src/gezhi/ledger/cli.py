"""`gezhi ledger ...`"""

import sys

import click


@click.group()
def ledger() -> None:
    """The append-only log of every action."""


@ledger.command()
def verify() -> None:
    """Recompute the hash of every entry. Exit code 1 when one does not match."""
    from gezhi.ledger import queries

    verdict = queries.verify()
    click.echo(f"{verdict.entries} entries read, {len(verdict.broken)} do not match their hash.")
    for entry in verdict.broken:
        click.echo(f"  entry {entry}: its body is not what was recorded")
    sys.exit(1 if verdict.broken else 0)
