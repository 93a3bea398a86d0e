"""The database with the cast in it. A test is rolled back; one that must commit asks for `committed`.

The tests run as the role of the application, behind the same walls, and reach everything as a job does; a request
inside them reaches what whoever asks may reach. What the role may not do (empty tables) is done as the owner.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import hypothesis
import pytest
from django.apps import apps
from django.db import connection, connections
from django.test.utils import setup_databases, teardown_databases
from pytest_django.plugin import DjangoDbBlocker

from gezhi.config.walls import as_owner, settle_walls
from gezhi.lib.reach import EVERYTHING, for_this_process
from tests.owner import owning

if TYPE_CHECKING:
    from tests.cast import Cast

hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is no bug
hypothesis.settings.load_profile("house")

LIVING = (
    "cases",
    "insight",
    "rounds",
    "sensing",
    "notices",
    "rights",
    "procrastinate",
)  # what is written every day, by app
MODELLESS = ", ".join(
    f"sensing_{name}" for name in ("reading", "extra", "block", "watch", "transition", "refusal")
)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Also for tests that commit: pytest-django alone makes a database only for those it rolls back."""
    from tests import cast

    with django_db_blocker.unblock():
        for_this_process(EVERYTHING)
        with as_owner():
            made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
        settle_walls()
        cast.settle()
        connections.close_all()
        yield
        connections.close_all()  # the test that ended last may have left a broken one
        _end_others()
        with as_owner():
            teardown_databases(made, verbosity=0)


def _end_others() -> None:
    """Threads of tests that wait for something hold a connection each, which nobody closes any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )
    connections.close_all()


@pytest.fixture
def city(db: None) -> "Cast":
    from tests import cast

    if not cast.is_settled():
        cast.settle()
    return cast.here()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> "Iterator[Cast]":
    """The cast, with commits that other threads and processes see; what was added is removed afterwards."""
    from tests import cast

    with django_db_blocker.unblock():
        if not cast.is_settled():
            cast.settle()
        newest = _newest_entry()
        yield cast.here()
        _remove_since(newest)
        connections.close_all()


@pytest.fixture
def empty_node(db: None) -> None:
    """A node that nobody has set up yet, until the roll-back."""
    empty_all()


def empty_all() -> None:
    tables = [model._meta.db_table for model in apps.get_models() if model.__module__.startswith("gezhi")]
    with owning(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)}, {MODELLESS} CASCADE")


@pytest.fixture(autouse=True)
def _leave_no_readings(request: pytest.FixtureRequest) -> Iterator[None]:
    """Django empties the tables of its models alone after a test that commits."""
    if not {"transactional_db", "live_server"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db")  # so that it ends after this
    yield
    with owning(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {MODELLESS}")


@pytest.fixture(autouse=True)
def _forget_what_was_rolled_back(request: pytest.FixtureRequest) -> Iterator[None]:
    """A process keeps its configuration by a stamp that only grows; a roll-back turns the stamp back."""
    if "db" not in request.fixturenames:
        yield
        return
    from gezhi.cases import world
    from gezhi.ledger.actions import configurings
    from gezhi.sensing.queries import sensed

    before = world._world
    world._seen, sensed._sensed = configurings(), None
    yield
    world._world, world._seen = before, configurings()


def _newest_entry() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_entry")
        return int(cursor.fetchone()[0])


def _remove_since(entry: int) -> None:
    tables = [model._meta.db_table for label in LIVING for model in apps.get_app_config(label).get_models()]
    with owning(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)}, {MODELLESS}, people_lookup, people_signal CASCADE")
        cursor.execute("SET session_replication_role = replica")  # past the guard of what has a place
        cursor.execute("DELETE FROM ledger_checkpoint")
        cursor.execute("DELETE FROM ledger_entry WHERE id > %s", [entry])
        cursor.execute("UPDATE ledger_entry SET tree_index = NULL WHERE tree_index IS NOT NULL")
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("DELETE FROM people_apitoken")
        cursor.execute("DELETE FROM people_signingkey")
