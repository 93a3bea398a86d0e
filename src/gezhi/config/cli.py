"""The command `gezhi`. Each part offers its own commands; they are imported only when called."""

import importlib
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gezhi.lib.command import wrap_leaves

if TYPE_CHECKING:
    from gezhi.packs.catalogue import Catalogue
    from gezhi.packs.shapes import Pack

COMMANDS = {
    "serve": ("gezhi.config.serving:serve", "Serve the pages and the API."),
    "worker": ("gezhi.config.serving:worker", "Do the deferred jobs: notices, sweeps, training."),
    "live": ("gezhi.live.cli:live", "Stream to open pages what is committed."),
    "sense": (
        "gezhi.exchange.feeds.cli:sense",
        "Hear stations, brokers and cameras; wind the clock of monitors.",
    ),
    "migrate": ("gezhi.config.serving:migrate", "Bring the database's tables up to date."),
    "backup": ("gezhi.config.keeping.cli:backup", "Follow the node, copy it, look at the copies."),
    "restore": ("gezhi.config.keeping.cli:restore", "Make a data folder anew as it was at a moment."),
    "drill": (
        "gezhi.config.keeping.cli:drill",
        "Restore the newest copy for a try, and record what came of it.",
    ),
    "demo": ("gezhi.config.demo:demo", "Set up a city with thirty days of history and serve it, alive."),
    "simulate": (
        "gezhi.demo.cli:simulate",
        "Play every post of a demonstration city, or its sensors (`demo` starts both).",
    ),
    "places": ("gezhi.places.cli:places", "Jurisdictions, grids, locating."),
    "people": ("gezhi.people.cli:people", "Accounts, units, posts, duties, keys."),
    "packs": ("gezhi.packs.cli:packs", "Scenario packs: check, plan, apply, diff, export."),
    "reports": ("gezhi.exchange.cli:reports", "Import reports from files."),
    "sensing": (
        "gezhi.exchange.feeds.cli:sensing",
        "Stations and brokers; readings from and into files; forecasts.",
    ),
    "sources": ("gezhi.exchange.hazards.cli:sources", "Devices and authorities that send events."),
    "classify": ("gezhi.cases.cli_classify:classify", "Train and measure the classifier."),
    "calendar": ("gezhi.cases.cli_calendar:calendar", "Holidays and make-up workdays."),
    "insight": ("gezhi.insight.cli:insight", "Counts, appraisals, bulletins; check them against the events."),
    "ledger": ("gezhi.ledger.cli:ledger", "Publish, verify and prove the ledger."),
    "rights": ("gezhi.rights.cli:rights", "Personal rights: the register, what goes when, erasing."),
    "security": ("gezhi.security.cli:security", "Warnings, and where a leak could have come from."),
    "check": ("gezhi.config.checking:check", "Say whether the walls around personal data stand."),
    "static": ("gezhi.config.statics:static", "Collect, hash and compress the static files."),
    "openapi": ("gezhi.config.serving:openapi", "Print the OpenAPI document."),
}


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        command.context_settings["obj"] = _from_above(cmd_name)
        return wrap_leaves(command, prepare)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="The data folder.")
@click.version_option(package_name="gezhi")
def main(data: Path | None) -> None:
    """Gezhi 格治: the platform on which a city runs its social governance."""
    if data:
        use_data(data)


def _from_above(command: str) -> object:
    """What a part needs from parts that it may not import: the ledger's pen, open cases, the engine."""
    if command == "places":
        return record_configuration
    if command == "ledger":
        return prepare
    if command == "packs":
        from gezhi.packs.cli import Above

        return Above(open_states, _waiting, _move, _prove)
    if command == "people":
        return _above_people()
    return None


def _prove(pack: "Pack", needed: Sequence["Pack"]) -> list[str]:
    """What of a pack's situations and recordings goes otherwise than they say."""
    from gezhi.cases import situations
    from gezhi.sensing import recordings

    return [*situations.prove(pack, needed), *recordings.prove(pack, needed)]


def _above_people() -> object:
    from gezhi.people.cli_import import Above

    return Above(
        functions=lambda: frozenset(_catalogue().functions),
        categories=lambda: frozenset(_catalogue().categories),
        places=_places_among,
    )


def _catalogue() -> "Catalogue":
    from gezhi.ledger.queries import configuration_stamp
    from gezhi.packs.queries import active_catalogue

    return active_catalogue(configuration_stamp())


def _places_among(codes: Iterable[str]) -> frozenset[str]:
    from gezhi.places.queries import place_names

    return frozenset(place_names(codes))


def open_states() -> frozenset[tuple[str, str]]:
    from gezhi.cases.queries import open_states

    return open_states()


def _waiting(name: str) -> Mapping[tuple[str, str], int]:
    from gezhi.cases.actions.moving import waiting

    return waiting(name)


def _move(name: str) -> int:
    from gezhi.cases.actions.moving import move_open_cases

    return move_open_cases(name)


def record_configuration(kind: str, subject: str, facts: Mapping[str, str | int]) -> None:
    """For parts that are the ledger's neighbours and so are handed the pen."""
    from gezhi.ledger.actions import record

    record(kind, subject, facts, configures=True)


def use_data(data: Path) -> None:
    os.environ["GEZHI_DATA_DIR"] = str(data.resolve())


def prepare(*, migrating: bool = True) -> None:
    """Settings, database and tables for a command that needs them. `migrating` False: tables stay as they are."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezhi.config.settings")
    from gezhi.config.database import ensure_database
    from gezhi.config.paths import data_dir

    if "django.conf" in sys.modules and sys.modules["django.conf"].settings.configured:
        return
    ensure_database(data_dir())
    import django

    django.setup()
    from gezhi.config.tables import migrate_when_needed
    from gezhi.lib.reach import EVERYTHING, for_this_process

    for_this_process(EVERYTHING)  # whoever runs commands holds the machine; web servers say otherwise

    if migrating:
        migrate_when_needed()
