"""`gezhi security ...`"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gezhi.security.queries.tracing import Candidate, Looked, Trace

_NOBODY = (
    "No export holds them. They may come from a screen, from before exports were kept, or from elsewhere."
)


@click.group()
def security() -> None:
    """Warnings, and where a leaked file could have come from."""


@security.command()
def watch() -> None:
    """Go through the rules of warnings now, as the worker does every minute."""
    from gezhi.security.actions import notice_state, take_up_warnings
    from gezhi.security.actions import watch as go_through

    told = notice_state()
    made = go_through()
    cases = take_up_warnings()
    click.echo(
        f"{len(told)} signals of the node, {len(made)} warnings changed, {len(cases)} opened or joined a case."
    )


@security.command()
@click.argument("year", type=click.IntRange(2020, 2100))
def review(year: int) -> None:
    """The incidents, warnings and signals of a year, as JSON."""
    from dataclasses import asdict

    from gezhi.security.queries.review import review as of_year

    click.echo(json.dumps(asdict(of_year(year)), ensure_ascii=False, default=str, indent=1))


@security.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--top", default=5, show_default=True, help="How many exports to name.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each.")
def trace(file: Path, top: int, as_json: bool) -> None:
    """Which exports and lookups a leaked file could have come from (xlsx, csv, json, html, text)."""
    from gezhi.security.actions.tracing import trace_leak
    from gezhi.security.leaks import NoTable

    try:
        found = trace_leak(file.read_bytes(), None)
    except NoTable as error:
        raise click.ClickException(str(error)) from error
    lines = _plain(found, top) if as_json else _told(found, top)
    for line in lines:
        click.echo(line)


def _told(found: "Trace", top: int) -> list[str]:
    lines = [f"{found.rows} rows looked for in {found.exports} exports."]
    if not found.candidates:
        lines.append(_NOBODY)
    for one in found.candidates[:top]:
        lines += _candidate(one, found)
    if found.looked:
        lines.append(
            "Who had looked at personal data of the cases that it names (looking is work, not a leak):"
        )
    lines += [_looked(one, found) for one in found.looked[:top]]
    return lines


def _candidate(one: "Candidate", found: "Trace") -> list[str]:
    export = one.export
    who = found.names.get(export.account_id or 0, "the system")
    when = f"{export.at:%Y-%m-%d %H:%M} UTC"
    what = f"{export.title}, {export.format}, {when}, taken by {who} for {export.purpose}"
    head = f"could have come from {export.number}: {what}"
    why = [
        *(["it is this very file, byte by byte"] if one.same_file else []),
        *(["the file itself names this number (which anybody could write)"] if one.named else []),
    ]
    if one.held:
        held = one.held
        why.append(
            f"{held.rows} of {held.of_rows} rows stand in it, {held.cells} of {held.of_cells} cells as written"
        )
        if held.of_pairs:
            why.append(f"{held.pairs} of {held.of_pairs} cells beside their row's key")
        if held.of_marks:
            why.append(
                f"{held.marks} of {held.of_marks} times are rounded as in it (others of the same rows: about half)"
            )
    if one.alone:
        why.append("no other export holds as much")
    return [head, *(f"    {reason}" for reason in why)]


def _looked(one: "Looked", found: "Trace") -> str:
    who = found.names.get(one.account_id, str(one.account_id))
    when = f"{one.first_at:%Y-%m-%d} to {one.last_at:%Y-%m-%d}"
    return f"    {who}: {one.cases} of {one.of_cases} cases, {one.looks} looks, {when}"


def _plain(found: "Trace", top: int) -> list[str]:
    exports = [
        {
            "export": one.export.number,
            "account": one.export.account_id,
            "at": one.export.at.isoformat(),
            "same_file": one.same_file,
            "named": one.named,
            "alone": one.alone,
            "rows": one.held.rows if one.held else 0,
            "of_rows": found.rows,
            "cells": one.held.cells if one.held else 0,
            "marks": one.held.marks if one.held else 0,
            "of_marks": one.held.of_marks if one.held else 0,
        }
        for one in found.candidates[:top]
    ]
    looks = [
        {"account": one.account_id, "cases": one.cases, "of_cases": one.of_cases}
        for one in found.looked[:top]
    ]
    return [json.dumps(one, ensure_ascii=False) for one in (*exports, *looks)]
