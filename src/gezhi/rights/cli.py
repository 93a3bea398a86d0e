"""`gezhi rights ...`"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gezhi.rights.queries.keeping import Due


@click.group()
def rights() -> None:
    """Personal rights: the register, what goes when, erasing again after a restore."""


@rights.command()
def register() -> None:
    """Print the register of personal information (Markdown), written from the tags."""
    from gezhi.rights.register import register as written
    from gezhi.rights.tags import all_tags

    click.echo(written(all_tags()), nl=False)


@rights.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, and take nothing.")
def retention(dry_run: bool) -> None:
    """Take what has been kept long enough, as the job of every night does."""
    from django.utils import timezone

    from gezhi.rights.queries.keeping import dues, orphans

    now = timezone.now()
    for due in dues(now):
        if due.rows or due.held:
            click.echo(_line(due))
    click.echo(f"{len(orphans(now))} photos were uploaded and never sent.")
    if not dry_run:
        from gezhi.rights.actions import keep_no_longer

        done = keep_no_longer(now)
        files = sum(len(names) for names in done.files.values())
        click.echo(f"{done.total} rows and {files} files were taken.")


def _line(due: "Due") -> str:
    lot = due.lot
    next_at = f", the next on {due.next_at:%Y-%m-%d}" if due.next_at else ""
    columns = "the row" if lot.deletes else ", ".join(lot.columns)
    return f"{lot.table} ({columns}): {due.rows} over {lot.days} days, {due.held} held{next_at}"


@rights.command()
@click.option("--list", "path", type=click.Path(path_type=Path, exists=True, file_okay=False))
def replay(path: Path | None) -> None:
    """Erase again what a restored backup brought back. --list: the folder rights/erased of another copy."""
    from gezhi.rights.actions import replay as again
    from gezhi.rights.queries.erased import listed

    lines = list(listed(path))
    back = again(lines)
    click.echo(f"{len(lines)} erasures in the list; {back} had come back and were erased again.")
