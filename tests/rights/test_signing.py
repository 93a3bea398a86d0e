"""Signing in by a number: codes that nobody can guess, read from a dump, or use twice."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from gezhi.people.models import Signal
from gezhi.rights.actions import ask_code, send_code, try_code
from gezhi.rights.actions.signing import TRIES, TooMany, code_words
from gezhi.rights.models import Channel, Code
from tests.cast import Cast
from tests.chaos.gateway import Gateway
from tests.rights.told import jobs, resident, said

pytestmark = pytest.mark.django_db
HERE = "10.0.0.1"


def sent(gateway: Gateway) -> list[dict[str, str]]:
    return [json.loads(body) for bodies in gateway.taken.values() for body in bodies]


def test_a_code_goes_to_the_number_and_opens_it_once(desk: Cast, gateway: Gateway) -> None:
    who = resident()
    said(who)
    code = ask_code(who.number)
    jobs("rights.send_code")
    [message] = [one for one in sent(gateway) if "验证码" in one["text"]]
    assert message["to"] == who.number
    assert code_words(code) in message["text"]
    channel = try_code(code.pk, who.number, f" {code_words(code)} ", HERE)
    assert channel is not None
    assert channel.number == who.number
    assert try_code(code.pk, who.number, code_words(code), HERE) is None, "once"


def test_nothing_goes_to_a_number_under_which_nothing_is_held(desk: Cast, gateway: Gateway) -> None:
    code = ask_code("13700000000")
    assert jobs("rights.send_code") == ["rights.send_code"]
    assert sent(gateway) == []
    assert Code.objects.get(id=code.pk).number == "", "a stranger's number is not even kept"
    assert try_code(code.pk, "13700000000", code_words(code), HERE) is None
    assert not Channel.objects.exists()


def test_after_five_wrong_tries_the_right_one_is_wrong_too(desk: Cast) -> None:
    who = resident()
    said(who)
    code = ask_code(who.number)
    for _ in range(TRIES):
        assert (
            try_code(code.pk, who.number, "000000" if code_words(code) != "000000" else "111111", HERE)
            is None
        )
    assert try_code(code.pk, who.number, code_words(code), HERE) is None
    assert Signal.objects.filter(kind="rights-code-wrong").count() == 1


def test_a_code_ends_after_five_minutes(desk: Cast) -> None:
    who = resident()
    said(who)
    code = ask_code(who.number)
    late = timezone.now() + timedelta(minutes=5, seconds=1)
    assert try_code(code.pk, who.number, code_words(code), HERE, late) is None


def test_a_code_of_one_number_opens_no_other(desk: Cast) -> None:
    who, other = resident(), resident()
    said(who)
    said(other)
    code = ask_code(who.number)
    assert try_code(code.pk, other.number, code_words(code), HERE) is None


def test_known_and_unknown_numbers_are_asked_equally_often(desk: Cast) -> None:
    who = resident()
    said(who)
    for number in (who.number, "13700000001"):
        for _ in range(3):
            ask_code(number)
        with pytest.raises(TooMany) as many:
            ask_code(number)
        assert 1 <= many.value.minutes <= 11


def test_no_dump_of_the_database_tells_a_code(desk: Cast) -> None:
    who = resident()
    said(who)
    code = ask_code(who.number)
    words = code_words(code)
    with connection.cursor() as cursor:
        for table in ("rights_code", "procrastinate_jobs"):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            assert not any(words in row for (row,) in cursor.fetchall())


def test_a_code_that_was_never_fetched_is_not_sent_late(desk: Cast, gateway: Gateway) -> None:
    who = resident()
    said(who)
    code = ask_code(who.number)
    Code.objects.filter(id=code.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    send_code(code.pk)
    assert sent(gateway) == []


def test_signing_in_again_finds_the_same_channel(desk: Cast) -> None:
    who = resident()
    said(who)
    first = try_code((one := ask_code(who.number)).pk, who.number, code_words(one), HERE)
    second = try_code((two := ask_code(f"+86{who.number}")).pk, who.number, code_words(two), HERE)
    assert first is not None
    assert first == second
