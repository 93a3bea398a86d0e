"""`gezhi insight ...`"""

import sys

import click


@click.group()
def insight() -> None:
    """Counts, appraisals and bulletins."""


@insight.command()
@click.option("--all", "everything", is_flag=True, help="Tally every case anew.")
@click.option("--workers", default=2, show_default=True, help="Connections at once, with --all.")
def tally(everything: bool, workers: int) -> None:
    """Tally what happened since the last time."""
    from gezhi.insight.actions.tallying import tally_all, tally_new

    number = tally_all(workers) if everything else tally_new()
    click.echo(f"{number} cases tallied.")


@insight.command()
@click.option(
    "--period", default="", help="A month (2026-07), week (2026-W28) or day; all of time unless given."
)
@click.option("--most", default=20, show_default=True, help="Differences that are printed.")
def check(period: str, most: int) -> None:
    """Tell every case again from its events, slowly, and compare. Exit code 1 when a tally does not follow."""
    from gezhi.insight.periods import BadPeriod, named
    from gezhi.insight.queries.checking import differences

    try:
        found = list(differences(named(period) if period else None))
    except BadPeriod as bad:
        raise click.ClickException(str(bad)) from bad
    click.echo(f"{len(found)} tallies do not follow from the events.")
    for one in found[:most]:
        click.echo(f"  case {one.case_id}, {one.origin}/{one.ref}")
        click.echo(f"    stored: {one.stored or 'nothing'}")
        click.echo(f"    events: {one.told or 'nothing'}")
    sys.exit(1 if found else 0)


@insight.command()
@click.argument("appraisal")
@click.argument("period")
def publish(appraisal: str, period: str) -> None:
    """Publish the bulletin of an appraisal for a period that is over."""
    from gezhi.insight.actions.bulletins import AlreadyPublished, publish_bulletin
    from gezhi.insight.periods import BadPeriod
    from gezhi.insight.queries.methods import NoAppraisal

    try:
        made = publish_bulletin(appraisal, period)
    except (AlreadyPublished, BadPeriod, NoAppraisal) as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"Published {made.appraisal} {made.period}, sha256 {made.sha256}.")
