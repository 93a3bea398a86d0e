"""`gezhi rights ...`"""

import click


@click.group()
def rights() -> None:
    """Personal rights: the register, what goes when, erasing again after a restore."""


@rights.command()
def register() -> None:
    """Print the register of personal information (Markdown), written from the tags."""
    from gezhi.rights.register import register as written
    from gezhi.rights.tags import all_tags

    click.echo(written(all_tags()), nl=False)
