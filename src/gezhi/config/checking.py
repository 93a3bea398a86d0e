"""`gezhi check`: whether what the node promises of itself holds here."""

import click


@click.command()
def check() -> None:
    """Say whether the walls around personal data stand; fails where they do not."""
    from gezhi.config.walls import faults

    found = faults()
    for words in found:
        click.echo(f"The second wall is down: {words}", err=True)
    if found:
        raise SystemExit(1)
    click.echo(
        "The second wall stands: PostgreSQL itself holds personal data back from whoever has no reach."
    )
