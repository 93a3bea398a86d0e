"""`gezhi backup ...`, `gezhi restore`, `gezhi drill`."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click

from gezhi.lib.command import pure

P = ParamSpec("P")
_DRILL = ("ok", "seconds", "behind_s", "copy", "rows", "entries", "files", "bytes", "fault")


def _told(function: Callable[P, None]) -> Callable[P, None]:
    """What is refused is said in a sentence, with exit code 1."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from gezhi.config.keeping.choosing import NotKept
        from gezhi.config.keeping.keeper import TROUBLES
        from gezhi.config.keeping.restoring import CannotRestore

        try:
            function(*args, **kwargs)
        except (*TROUBLES, NotKept, CannotRestore) as error:
            raise click.ClickException(str(error)) from error

    return run


FROM = click.option(
    "--from", "source", type=click.Path(path_type=Path, file_okay=False), envvar="GEZHI_BACKUP_DIR",
    required=True, help="The backup folder; GEZHI_BACKUP_DIR unless given.",
)  # fmt: skip


@click.group()
def backup() -> None:
    """Follow the node, copy it, look at the copies."""


@backup.command()
@_told
def follow() -> None:
    """Follow database and files until interrupted (`gezhi serve` does it where GEZHI_BACKUP_DIR is set)."""
    from gezhi.config.keeping.keeping import keeper
    from gezhi.lib.parent import end_with_parent

    end_with_parent()
    stopping = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stopping.set())
    keeper().run(stopping)


@backup.command()
@_told
def now() -> None:
    """Copy the whole database now, with everything that is needed to restore it."""
    from gezhi.config.keeping.keeping import copy_now

    base, mark = copy_now(_progress)
    click.echo(f"\nThe copy {base.stamp}: {base.raw / 1e6:.1f} MB, complete to {mark.at.isoformat()}.")


def _progress(done: int, of: int) -> None:
    click.echo(f"\r{done / 1e6:.0f} of about {of / 1e6:.0f} MB", nl=False)


@pure
@backup.command(name="list")
@FROM
@_told
def list_copies(source: Path) -> None:
    """The copies, and to which moments one can go back."""
    from gezhi.config.keeping.keeping import store_at

    store = store_at(source)
    store.described()
    for base in store.bases():
        click.echo(
            f"{base.stamp}  {base.raw / 1e6:10.1f} MB  PostgreSQL {base.version}  Gezhi {base.program}"
        )
    marks = list(store.marks())
    if marks:
        click.echo(
            f"From {marks[0].at.isoformat()} to {store.state().get('complete_at') or marks[-1].at.isoformat()}."
        )
    else:
        click.echo("There is no moment yet to which one could go back.")


@pure
@backup.command()
@FROM
@_told
def check(source: Path) -> None:
    """Read the whole backup and compare it with its digests; 1 when something is not what was stored."""
    from gezhi.config.keeping.checking import faults_of
    from gezhi.config.keeping.keeping import store_at

    store = store_at(source)
    faults, counts = faults_of(store)
    click.echo(f"{counts['bases']} copies, {counts['segments']} segments, {counts['files']} files were read.")
    for fault in faults[:50]:
        click.echo(f"  {fault}")
    click.echo(f"{len(faults)} faults." if faults else "Everything is as it was stored.")
    sys.exit(1 if faults else 0)


@backup.command()
@click.option(
    "--settle",
    is_flag=True,
    help="After a restoring: pass by numbers that were lost, take in what only the ledger's files tell, erase again.",
)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def prove(settle: bool, as_json: bool) -> None:
    """Look through database and data folder: the ledger, and every file that a row names. 1 when one is amiss."""
    from dataclasses import asdict

    from gezhi.config.keeping.proof import erase_again, look_through, pass_by_lost_numbers, settle_ledger

    if settle:
        pass_by_lost_numbers()
        settle_ledger()
        erase_again()
    proof = look_through()
    if as_json:
        click.echo(json.dumps(asdict(proof), ensure_ascii=False))
    else:
        _show(proof.rows, proof.entries, proof.broken, proof.named, [*proof.missing, *proof.different])
        click.echo(proof.ledger or "The ledger verifies.")
    sys.exit(0 if proof.whole else 1)


def _show(rows: dict[str, int], entries: int, broken: int, named: int, amiss: list[str]) -> None:
    click.echo(
        f"{sum(rows.values()):,} rows in {len(rows)} tables; {entries:,} entries, {broken} do not match."
    )
    click.echo(
        f"{named:,} files are named; {len(amiss)} of them are missing or different{':' if amiss else '.'}"
    )
    for name in amiss:
        click.echo(f"  {name}")


@pure
@click.command()
@click.option("--to", default="latest", show_default=True, help="latest, end, or a moment.")
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), required=True, help="The new data folder."
)
@click.option(
    "--postgres-into", type=click.Path(path_type=Path, file_okay=False),
    help="Where the database's folder goes; INTO/postgres unless given.",
)  # fmt: skip
@FROM
@click.option("--yes", is_flag=True, help="Into a folder that holds something: that is set aside first.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
@_told
def restore(to: str, into: Path, postgres_into: Path | None, source: Path, yes: bool, as_json: bool) -> None:
    """Make a node's data folder anew as it was at a moment, and look through it."""
    from gezhi.config.keeping import restoring
    from gezhi.config.keeping.keeping import store_at

    os.environ["GEZHI_DATA_DIR"] = str(into.resolve())
    moment = restoring.moment_in(to)
    for folder in filter(None, (into, postgres_into)):
        if folder.exists() and any(folder.iterdir()):
            if not yes:
                raise click.ClickException(
                    f"{folder} is not empty. With --yes what is in it is set aside first."
                )
            aside = restoring.set_aside(folder)
            click.echo(f"What was in {folder} lies in {aside}.")
    done = restoring.restore(store_at(source), moment, into.resolve(), click.echo, postgres=postgres_into)
    proof = done.proof
    _show(proof.rows, proof.entries, proof.broken, proof.named, [*proof.missing, *proof.different])
    click.echo(f"Restored to {done.at.isoformat()} in {done.seconds} s.")
    if as_json:
        click.echo(done.line())
    sys.exit(0 if proof.whole else 1)


@click.command()
@click.option(
    "--within", type=click.Path(path_type=Path, file_okay=False), help="Where the temporary folder is made."
)
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
@_told
def drill(within: Path | None, as_json: bool) -> None:
    """Restore the newest copy into a temporary folder, look through it, record the result; 1 when it failed."""
    from gezhi.config.keeping.actions import hold_drill

    held = hold_drill(within=within, say=click.echo)
    click.echo(
        f"The drill {'succeeded' if held.ok else 'failed'}: {held.seconds:.1f} s, {held.behind_s:.1f} s behind."
    )
    if held.fault:
        click.echo(held.fault)
    if as_json:
        plain = {name: getattr(held, name) for name in _DRILL}
        click.echo(json.dumps(plain, ensure_ascii=False))
    sys.exit(0 if held.ok else 1)
