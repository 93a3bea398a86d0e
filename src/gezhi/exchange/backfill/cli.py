"""`gezhi sensing ...`"""

import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gezhi.exchange.backfill.layout import Layout
    from gezhi.sensing.actions.backfilling import Backfilled
    from gezhi.sensing.past import Wrong

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def sensing() -> None:
    """Stations and brokers; readings from files and into files; forecasts."""


@sensing.command("backfill")
@click.argument("file", type=FILE)
@click.option(
    "--time", default="at", show_default=True, help="The column of the time, or year,month,day,hour."
)
@click.option("--series", default="series", show_default=True, help="The column that names the datastream.")
@click.option("--value", default="value", show_default=True, help="The column of the value.")
@click.option("--mark", default="", help="A column with marks of the device, as numbers.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="COLUMN=SERIES",
    help="Instead: which column is which datastream.",
)
@click.option("--zone", default="+08:00", show_default=True, help="Of times that name no zone.")
@click.option(
    "--errors", type=click.Path(path_type=Path, dir_okay=False), help="Write what was not taken here (CSV)."
)
def backfill_file(
    file: Path, time: str, series: str, value: str, mark: str, columns: tuple[str, ...], zone: str,
    errors: Path | None,
) -> None:  # fmt: skip
    """Take the readings of a CSV, Parquet, XLSX or JSONL file. A second run adds nothing twice.

    A datastream is named by its number, or THING/PROPERTY. Exit code 0: every reading was taken or known. 1: some were
    not, each is told with its row and why. 2: the file cannot be read.
    """
    from gezhi.exchange.backfill.layout import BadLayout, layout_of
    from gezhi.exchange.files.rows import FileUnreadable

    try:
        layout = layout_of(time, series, value, mark, columns, zone)
        with _told(errors) as tell:
            done = _take(file, layout, tell)
    except (FileUnreadable, BadLayout) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(f"read {done.read}, new {done.new}, known {done.again}, not taken {done.wrong}")
    sys.exit(1 if done.wrong else 0)


def _take(file: Path, layout: "Layout", tell: "Callable[[Wrong], None]") -> "Backfilled":
    from django.utils import timezone

    from gezhi.exchange.backfill.layout import checked, readings_in
    from gezhi.exchange.backfill.parquet_rows import opened_readings
    from gezhi.sensing.actions.backfilling import backfill

    with opened_readings(file, layout.needed()) as table:
        checked(table, layout)
        with click.progressbar(length=max(1, table.expected), label="Readings", file=sys.stderr) as bar:

            def done(so_far: "Backfilled") -> None:
                bar.update(min(so_far.read, table.expected) - bar.pos)

            return backfill(readings_in(table.rows, layout), file.name, None, timezone.now(), tell, done)


@contextmanager
def _told(errors: Path | None) -> "Iterator[Callable[[Wrong], None]]":
    """Into the file, or the first hundred on the screen."""
    if errors is not None:
        with errors.open("w", encoding="utf-8", newline="") as out:
            lines = csv.writer(out)
            lines.writerow(["row", "series", "why"])
            yield lambda one: lines.writerow([one.number, one.series, one.why])
        return
    count = 0

    def say(one: "Wrong") -> None:
        nonlocal count
        count += 1
        if count <= 100:
            click.echo(f"row {one.number}{f' ({one.series})' if one.series else ''}: {one.why}", err=True)
        elif count == 101:
            click.echo("more follow; --errors FILE has all of them", err=True)

    yield say


@sensing.command("archive")
@click.option(
    "--at-hand", type=int, help="Days that stay in the database; as GEZHI_READINGS_AT_HAND says unless given."
)
def archive_now(at_hand: int | None) -> None:
    """Put old days of readings into files now, as each night's job does."""
    from django.utils import timezone

    from gezhi.sensing.actions.archiving import archive_days, days_at_hand

    try:
        gone = archive_days(timezone.now(), at_hand if at_hand is not None else days_at_hand())
    except ValueError as error:
        sys.exit(str(error))
    click.echo(f"{len(gone)} days" + (f", {gone[0]} to {gone[-1]}" if gone else ""))


@sensing.command("train")
def train_now() -> None:
    """Make every forecaster that packs ask for now, and say how good it was on hours that it had not seen."""
    from django.utils import timezone

    from gezhi.sensing.actions.forecasting import train_all

    for made in train_all(timezone.now()):
        click.echo(f"{made.kind} {made.code}: " + (made.fault or f"{len(made.series)} series"))
        for one in made.skills:
            click.echo(
                f"  +{one['hours']} h: error {one['error']:.3g}, persistence {one['persistence']:.3g}, "
                f"{'in service' if one['useful'] else 'not shown: a peer that costs nothing is better'}"
            )
