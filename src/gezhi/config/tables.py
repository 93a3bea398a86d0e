"""The database's tables: what is missing in them, bringing them up to date, and never by an older program; as their
owner, who then settles the walls around them."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from gezhi.config.walls import as_owner, settle_walls

_TURN = 0x67657A68  # of the advisory lock: one process changes tables, the others wait for it


class NewerDatabase(click.ClickException):
    """The database was brought up to date by a newer program."""

    def __init__(self, names: list[str]) -> None:
        known = ", ".join(names[:5])
        super().__init__(
            f"A newer program has changed this database ({known}). Install that release, or restore a backup from "
            "before: an older program does not start on newer tables."
        )


def pending() -> list[str]:
    """What bringing the tables up to date would do, in order: app, migration, and what it is. Raises NewerDatabase."""
    with as_owner():
        return _pending()


def _pending() -> list[str]:
    executor = MigrationExecutor(connection)
    _refuse_newer(executor)
    steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{step.app_label} {step.name}: {_said(step)}" for step, _ in steps]


def migrate_when_needed() -> None:
    """Raises NewerDatabase."""
    with as_owner():
        if _pending():
            with _turn():
                if _pending():  # nobody else did it meanwhile
                    call_command("migrate", verbosity=0, interactive=False)
    settle_walls()


def _said(step: object) -> str:
    operations = getattr(step, "operations", [])
    return "; ".join(operation.describe() for operation in operations) or "nothing in the tables"


def _refuse_newer(executor: MigrationExecutor) -> None:
    """Raises NewerDatabase."""
    from django.apps import apps

    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("gezhi.")}
    known = executor.loader.disk_migrations or {}
    applied = executor.loader.applied_migrations or {}
    unknown = sorted(f"{app} {name}" for app, name in applied if app in ours and (app, name) not in known)
    if unknown:
        raise NewerDatabase(unknown)


@contextmanager
def _turn() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_TURN])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_TURN])
