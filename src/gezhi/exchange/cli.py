"""`gezhi reports ...`"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gezhi.cases.models import ImportRun
    from gezhi.exchange.files.mapping import Mapping

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def reports() -> None:
    """Reports from files."""


@reports.command("import")
@click.argument("file", type=FILE)
@click.option("--mapping", "mapping_file", type=FILE, required=True, help="YAML: which column is what.")
@click.option("--dry-run", is_flag=True, help="Read and check everything, take nothing.")
@click.option(
    "--errors", type=click.Path(path_type=Path, dir_okay=False), help="Write the bad rows here (CSV)."
)
def import_reports(file: Path, mapping_file: Path, dry_run: bool, errors: Path | None) -> None:
    """Take the reports of a CSV, XLSX or JSONL file. A second run adds nothing twice.

    Exit code 0: every row was taken or known. 1: some were refused. 2: file or mapping cannot be read.
    """
    from gezhi.exchange.files.mapping import mapping_from_yaml
    from gezhi.exchange.files.rows import FileUnreadable

    try:
        mapping = mapping_from_yaml(mapping_file.read_bytes().decode("utf-8-sig"))
        refused = (_check if dry_run else _take)(file, mapping, errors)
    except (FileUnreadable, UnicodeDecodeError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    sys.exit(1 if refused else 0)


def _take(file: Path, mapping: Mapping, errors: Path | None) -> int:
    from gezhi.exchange.files.actions import errors_csv, run_import, start_from_path

    run = start_from_path(file.resolve(), mapping)
    with click.progressbar(length=1, label="Importing", file=sys.stderr, item_show_func=str) as bar:

        def show(run: ImportRun) -> None:
            bar.length = max(run.total or 0, run.read)
            bar.update(run.read - bar.pos, run.read)

        run_import(run, show)
    click.echo(f"read {run.read}, added {run.added}, known {run.known}, refused {run.refused}")
    _report(errors_csv(run), run.refused, errors)
    return run.refused


def _check(file: Path, mapping: Mapping, errors: Path | None) -> int:
    from gezhi.exchange.files.queries import check_file

    checked = check_file(file, mapping, errors)
    click.echo(f"read {checked.read}, acceptable {checked.read - checked.refused}, refused {checked.refused}")
    click.echo("Nothing was taken: this was a dry run.")
    return checked.refused


def _report(lines: Iterator[str], refused: int, errors: Path | None) -> None:
    if errors is not None:
        with errors.open("w", encoding="utf-8", newline="") as out:
            out.writelines(lines)
    if refused:
        where = f"each is named in {errors}" if errors else "run again with --errors FILE to have each named"
        click.echo(f"{refused} rows were refused; {where}.", err=True)
