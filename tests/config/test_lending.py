"""Threads that wait hold no connection to the database."""

import threading
from collections.abc import Iterator

import pytest
from django.core.signals import request_finished
from django.db import connection, transaction

from gezhi.config import lending
from gezhi.config.lending import borrowed
from tests.cast import Cast


@pytest.fixture
def lends(committed: Cast) -> Iterator[None]:
    lending.lend_connections()
    yield
    request_finished.disconnect(dispatch_uid="gezhi.lending")
    for one in lending._spare or ():
        one.close()
    lending._spare = None


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def elsewhere() -> int:
    found = list[int]()

    def work() -> None:
        with borrowed():
            found.append(backend())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    return found[0]


def test_threads_one_after_the_other_share_a_connection(lends: None) -> None:
    assert len({elsewhere() for _ in range(5)}) == 1


def test_two_at_once_have_two(lends: None) -> None:
    with borrowed():
        assert backend() != elsewhere()


def test_outside_a_place_a_thread_has_its_own_again(lends: None) -> None:
    own = backend()
    with borrowed():
        assert backend() != own
    assert backend() == own


def test_a_failure_inside_leaves_a_connection_that_works(lends: None) -> None:
    first = elsewhere()
    with pytest.raises(Rollback), borrowed(), transaction.atomic():
        raise Rollback
    with borrowed():
        assert backend() == first


class Rollback(Exception):
    """What somebody's mistake is here."""


def test_a_connection_that_the_server_ended_is_made_anew(lends: None) -> None:
    with borrowed():
        ended = backend()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [ended])
    with borrowed():
        assert backend() != ended


def test_nothing_is_lent_where_nobody_serves() -> None:
    with borrowed():
        assert lending._spare is None
