"""Wrong tries at a password: counted in the database, by name and by address, each wait longer than the last."""

import statistics
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from gezhi.people.actions.tries import Taken, forget_old_tries, take_try
from gezhi.people.models import Signal, TryCount
from gezhi.people.signing_in.counting import limits_for
from gezhi.people.signing_in.tries import ADDRESS, NAME, Count, Limit, faded, forgiven, tried, wait_after
from tests import cast
from tests.people.signing import Door
from tests.together import together

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def after(tries: int, limit: Limit = NAME) -> Count:
    count: Count | None = None
    at = NOW
    for _ in range(tries):
        at = max(at, count.until if count else at)
        count = tried(count, limit, at)
    assert count is not None
    return count


def test_the_first_tries_are_free_and_each_wait_is_twice_the_last() -> None:
    waits = [wait_after(tries, NAME).total_seconds() for tries in range(1, 22)]
    assert waits[:9] == [0] * 9
    assert waits[9:17] == [15, 30, 60, 120, 240, 480, 960, 1920]
    assert waits[17:] == [3600] * 4


def test_somebody_who_tries_as_often_as_allowed_gets_few_tries_in_a_day() -> None:
    count, at, tries = None, NOW, 0
    while at < NOW + timedelta(days=1):
        count = tried(count, NAME, at)
        at, tries = max(count.until, at), tries + 1
    assert tries < 60


@given(st.integers(1, 60), st.integers(0, 10**6))
def test_a_count_only_fades(tries: int, seconds: int) -> None:
    count = after(tries)
    later = faded(count, NAME, count.at + timedelta(seconds=seconds))
    assert 0 <= later <= count.tries


def test_what_was_right_counts_for_nothing() -> None:
    count = after(12, ADDRESS)
    assert forgiven(count, ADDRESS, count.at).tries == pytest.approx(count.tries - 1)
    assert forgiven(count, ADDRESS, count.at).until == count.at


def test_many_at_once_get_no_more_tries_than_many_in_a_row(committed: cast.Cast) -> None:
    TryCount.objects.all().delete()
    limits, now = limits_for("password:li", "192.0.2.9", at_home=False), datetime.now(UTC)
    taken = together([lambda: take_try(limits, now)] * 40)
    assert all(isinstance(one, Taken) for one in taken)
    assert sum(isinstance(one, Taken) and not one.wait for one in taken) == NAME.free
    TryCount.objects.all().delete()


def test_counts_lie_in_the_database_and_name_nobody(city: cast.Cast) -> None:
    Door().sign_in("a password typed into the wrong field", "wrong")
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM people_trycount t")
        held = cursor.fetchone()[0]
    assert "password" not in held
    assert "192.0.2.1" not in held


def test_after_ten_wrong_tries_nobody_gets_in_for_a_while_not_even_with_the_right_word(
    city: cast.Cast,
) -> None:
    door = Door()
    answers = [door.sign_in("dispatcher", "wrong") for _ in range(10)]
    assert [answer.status_code for answer in answers] == [422] * 10
    refused = Door("192.0.2.77").sign_in("dispatcher")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) <= 15
    assert "请稍等再试" in refused.content.decode()
    assert not door.is_in()


def test_a_stranger_locks_nobody_out_of_the_desk_where_they_work(city: cast.Cast) -> None:
    at_work, stranger = Door("192.0.2.10"), Door("203.0.113.5")
    assert at_work.sign_in("dispatcher").status_code == 302
    for _ in range(12):
        stranger.sign_in("dispatcher", "wrong")
    assert stranger.sign_in("dispatcher").status_code == 429
    assert Door("192.0.2.10").sign_in("dispatcher").status_code == 302


def test_one_address_cannot_try_a_password_on_everybody(city: cast.Cast) -> None:
    door = Door("203.0.113.6")
    answers = [door.sign_in(f"somebody-{number}", "a common word").status_code for number in range(45)]
    assert answers.count(422) in (ADDRESS.free, ADDRESS.free + 1)  # tries are forgotten as time passes
    assert answers[-1] == 429
    assert Door("203.0.113.7").sign_in("dispatcher").status_code == 302


def test_a_right_word_clears_the_count(city: cast.Cast) -> None:
    door = Door()
    for _ in range(4):
        for _ in range(8):
            assert door.sign_in("dispatcher", "wrong").status_code == 422
        assert door.sign_in("dispatcher").status_code == 302
        door.post("/desk/sign-out/")


def test_every_failure_is_a_signal_without_what_was_typed(city: cast.Cast) -> None:
    Door().sign_in("dispatcher", "my-secret-word")
    Door().sign_in("my-secret-name", "x")
    known, unknown = Signal.objects.filter(kind="sign-in-failed").order_by("id")
    assert (known.account_id, known.address) == (city.account("dispatcher").pk, "192.0.2.1")
    assert known.facts == {"step": "password", "known": True}
    assert (unknown.account_id, unknown.facts) == (None, {"step": "password", "known": False})
    assert "my-secret" not in str(list(Signal.objects.values()))


def test_the_try_that_shuts_the_door_is_a_signal_of_its_own(city: cast.Cast) -> None:
    for _ in range(11):
        Door().sign_in("dispatcher", "wrong")
    assert Signal.objects.filter(kind="locked-out").count() == 1


def test_an_unknown_name_takes_as_long_and_reads_the_same_as_a_wrong_word(city: cast.Cast) -> None:
    def seconds(name: str) -> float:
        begun = time.perf_counter()
        answer = Door(f"198.51.100.{next(addresses)}").sign_in(name, "wrong")
        taken = time.perf_counter() - begun
        assert answer.status_code == 422
        return taken

    addresses = iter(range(1, 200))
    known, unknown = [], []
    for _ in range(8):
        known.append(seconds("operator"))
        unknown.append(seconds("nobody-of-that-name"))
    assert 0.5 < statistics.median(known) / statistics.median(unknown) < 2


def test_old_counts_are_forgotten(city: cast.Cast) -> None:
    take_try(limits_for("password:li", "192.0.2.9", at_home=False), NOW)
    forget_old_tries(NOW + timedelta(days=5))
    assert not TryCount.objects.exists()
