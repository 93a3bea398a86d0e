"""`gezhi calendar ...`"""

import csv
import sys
from datetime import date
from pathlib import Path

import click

WORDS = {"work": True, "rest": False, "班": True, "休": False}


@click.group()
def calendar() -> None:
    """Holidays and make-up workdays."""


@calendar.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--source", required=True, help="The notice that says so, e.g. its number.")
def import_file(file: Path, source: str) -> None:
    """Load a CSV with the columns day (2027-01-01) and kind (work or rest, 班 or 休)."""
    from gezhi.cases.actions.calendar import import_days

    try:
        days, faults = _read(file)
    except (UnicodeDecodeError, csv.Error) as error:
        sys.exit(f"{file} cannot be read as CSV in UTF-8: {error}")
    if faults or not days:
        sys.exit("\n".join(faults[:20]) or "The file holds no days.")
    import_days(days, source)
    click.echo(f"{len(days)} days from {min(days)} to {max(days)} are in force.")


def _read(file: Path) -> tuple[dict[date, bool], list[str]]:
    """The days, and what is wrong in which line."""
    days: dict[date, bool] = {}
    faults = []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                day, kind = ((row.get(name) or "").strip() for name in ("day", "kind"))
                days[date.fromisoformat(day)] = WORDS[kind]
            except (ValueError, KeyError):
                faults.append(f"line {number}: day must be like 2027-01-01, kind one of {', '.join(WORDS)}")
    return days, faults


@calendar.command()
@click.argument("year", type=int)
def show(year: int) -> None:
    """Whether a year's holidays are known, and its days against the ordinary week."""
    from gezhi.cases.world import world

    known = world().calendar
    if not known.is_known(year):
        sys.exit(f"{year} is not known: limits count Monday to Friday until it is imported.")
    every = (
        date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
    )
    for day in every:
        if known.is_workday(day) != (day.weekday() < 5):
            click.echo(f"{day} {'work' if known.is_workday(day) else 'rest'}")
