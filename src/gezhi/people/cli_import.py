"""`gezhi people import`: units, posts, duties and admissions from CSV."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic

import click

from gezhi.people import staffing
from gezhi.people.staffing import Changes, Fault, Kind, Known, R, Sheet, Unreadable, read_rows, read_sheet

SHOWN: Final = 100


def _nothing() -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True)
class Above:
    """What parts that people may not import know; the command line passes one as the context's object.

    `functions`, `categories`: keys of the published packs. `places`: those of some codes that the node has.
    """

    functions: Callable[[], frozenset[str]] = _nothing
    categories: Callable[[], frozenset[str]] = _nothing
    places: Callable[[Iterable[str]], frozenset[str]] = frozenset


@dataclass(frozen=True)
class Way(Generic[R]):
    """How one kind of list is read, shown and written."""

    kind: Kind[R]
    plan: Callable[[Sequence[R]], Changes[R]]
    write: Callable[[Sequence[R], str], Changes[R]]
    clashes: Callable[[Mapping[int, R]], list[Fault]] = lambda rows: []


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--kind", type=click.Choice(["units", "posts", "duties", "admissions"]), required=True)
@click.option("--dry-run", is_flag=True, help="Show what would happen.")
@click.pass_context
def import_list(context: click.Context, file: Path, kind: str, dry_run: bool) -> None:
    """Load a CSV list of units, posts, duties or admissions. All of it, or nothing when a row is bad."""
    above = context.find_object(Above) or Above()
    if kind == "units":
        _bring(_units(), file, above, dry_run)
    elif kind == "posts":
        _bring(_posts(), file, above, dry_run)
    elif kind == "duties":
        _bring(_duties(), file, above, dry_run)
    else:
        _bring(_admissions(), file, above, dry_run)


def _bring(way: Way[R], file: Path, above: Above, dry_run: bool) -> None:
    content = file.read_bytes()
    try:
        sheet = read_sheet(content, way.kind.columns, way.kind.optional)
    except Unreadable as error:
        raise click.ClickException(f"{file.name}: {error}") from error
    rows, faults = read_rows(way.kind, sheet, _known(sheet, above))
    _refuse(faults or way.clashes(rows), len(sheet.lines))
    wanted = tuple(rows.values())
    changes = way.plan(wanted) if dry_run else way.write(wanted, _named(file.name, content))
    would = " Nothing was written: this is a dry run." if dry_run else ""
    click.echo(f"{changes}.{would}")


def _named(name: str, content: bytes) -> str:
    """For the ledger: the file that a list came from can be told from any other."""
    return f"{name} sha256:{hashlib.sha256(content).hexdigest()}"


def _known(sheet: Sheet, above: Above) -> Known:
    from gezhi.people.models import Role, UnitKind
    from gezhi.people.queries import unit_ids

    return Known(
        above.functions(),
        above.categories(),
        above.places(sheet.column("place_code")),
        frozenset(unit_ids()),
        tuple(Role.values),
        tuple(UnitKind.values),
    )


def _refuse(faults: Sequence[Fault], lines: int) -> None:
    if not lines:
        raise click.ClickException("The file holds no rows. Nothing was written.")
    for fault in faults[:SHOWN]:
        click.echo(str(fault), err=True)
    if faults:
        more = f" (the first {SHOWN} are shown)" if len(faults) > SHOWN else ""
        raise click.ClickException(
            f"{len(faults)} faults{more}. Nothing was written; mend them and try again."
        )


def _units() -> Way[staffing.UnitRow]:
    from gezhi.people.actions import import_units
    from gezhi.people.queries import unit_changes

    return Way(staffing.UNITS, unit_changes, import_units)


def _posts() -> Way[staffing.PostRow]:
    from gezhi.people.actions import import_posts
    from gezhi.people.queries import post_changes, posts_of

    def clashes(rows: Mapping[int, staffing.PostRow]) -> list[Fault]:
        return staffing.clashes(rows, posts_of(row.username for row in rows.values()))

    return Way(staffing.POSTS, post_changes, import_posts, clashes)


def _duties() -> Way[staffing.DutyRow]:
    from gezhi.people.actions import import_duties
    from gezhi.people.queries import duty_changes

    return Way(staffing.DUTIES, duty_changes, import_duties)


def _admissions() -> Way[staffing.AdmissionRow]:
    from gezhi.people.actions import import_admissions
    from gezhi.people.queries import admission_changes

    return Way(staffing.ADMISSIONS, admission_changes, import_admissions)
