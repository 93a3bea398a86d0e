"""Answers go out once, through a real gateway on this machine."""

import json
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from gezhi.notices.actions import MOST_ATTEMPTS, Answer, queue_answers, send_some
from gezhi.notices.models import Notice
from gezhi.notices.tasks import send_notices
from tests.cast import Cast, reported
from tests.chaos.gateway import Gateway
from tests.chaos.server import free_port
from tests.together import together


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Gateway]:
    with Gateway() as running:
        settings.SMS_URL = running.url
        yield running


def queue(count: int, transport: str = "sms") -> None:
    at = timezone.now()
    queue_answers(
        [Answer(n, n, f"1380000{n:04}", transport, "received", f"第{n}号已收到") for n in range(count)], at
    )


def unsent() -> int:
    return Notice.objects.filter(sent_at=None).count()


def test_an_answer_goes_out_once_with_its_key(city: Cast, gateway: Gateway) -> None:
    reported(reporter_phone="13800001234")
    notice = Notice.objects.get()
    assert (notice.transport, notice.sent_at) == ("sms", None)
    assert (send_some(timezone.now()), send_some(timezone.now())) == (1, 0)
    assert [json.loads(body) for body in gateway.taken[f"notice-{notice.pk}"]] == [
        {"to": "13800001234", "text": notice.text}
    ]
    assert Notice.objects.get().sent_at is not None


def test_the_job_is_deferred_in_the_same_transaction(city: Cast, gateway: Gateway) -> None:
    reported(reporter_phone="13800001234")
    assert list(ProcrastinateJob.objects.values_list("task_name", "status")) == [("notices.send", "todo")]


def test_a_portal_answer_is_delivered_by_being_there(city: Cast, gateway: Gateway) -> None:
    queue(1, "portal")
    assert unsent() == 0
    assert not ProcrastinateJob.objects.exists()
    assert send_some(timezone.now()) == 0


def test_one_job_sends_all_that_wait(city: Cast, gateway: Gateway) -> None:
    queue(250)
    send_notices()
    assert unsent() == 0
    assert len(gateway.taken) == 250


def test_what_the_gateway_refuses_is_tried_again_and_the_rest_goes_out(
    city: Cast, settings: Settings
) -> None:
    with Gateway(refuse_every=3) as gateway:
        settings.SMS_URL = gateway.url
        queue(30)
        assert send_some(timezone.now()) == 20
        assert unsent() == 10
        assert "503" in Notice.objects.filter(sent_at=None)[0].error
        for _ in range(10):
            send_notices()
        assert unsent() == 0
        assert {len(bodies) for bodies in gateway.taken.values()} == {1}


def test_a_gateway_that_is_away_is_asked_once_in_a_run(city: Cast, settings: Settings) -> None:
    settings.SMS_URL = f"http://127.0.0.1:{free_port()}/"
    queue(150)
    send_notices()
    assert unsent() == 150
    assert sorted(Notice.objects.values_list("attempts", flat=True))[-2:] == [0, 1]


def test_answers_outlive_an_outage_of_an_hour(city: Cast, settings: Settings) -> None:
    settings.SMS_URL = f"http://127.0.0.1:{free_port()}/"
    queue(2)
    for _ in range(60):
        send_notices()
    with Gateway() as gateway:
        settings.SMS_URL = gateway.url
        send_notices()
    assert unsent() == 0


def test_a_notice_that_was_refused_for_days_is_left(city: Cast, gateway: Gateway) -> None:
    queue(1)
    Notice.objects.update(attempts=MOST_ATTEMPTS)
    assert send_some(timezone.now()) == 0
    assert gateway.taken == {}


def test_workers_at_once_send_each_once(committed: Cast, gateway: Gateway) -> None:
    from django.db import transaction

    with transaction.atomic():
        queue(60)
    together([partial(send_some, timezone.now(), 20) for _ in range(4)])
    send_notices()
    assert unsent() == 0
    assert {len(bodies) for bodies in gateway.taken.values()} == {1}
    assert len(gateway.taken) == 60


def test_the_gateway_of_the_tests_refuses_when_asked() -> None:
    with Gateway(refuse_every=1) as gateway:
        request = urllib.request.Request(gateway.url, b"{}", {"Idempotency-Key": "k"})
        with pytest.raises(urllib.error.HTTPError, match="503"):
            urllib.request.urlopen(request, timeout=5)
        assert gateway.refused == 1


def test_an_answer_is_held_for_a_moment_but_not_for_a_day_by_a_clock_that_was_wrong(
    city: Cast, gateway: Gateway
) -> None:
    now = timezone.now()
    for seconds in (30, 86_400):
        answer = Answer(seconds, seconds, "13800001234", "sms", "received", "已收到")
        queue_answers([answer], now + timedelta(seconds=seconds))
    assert send_some(now) == 1
    assert [notice.report_id for notice in Notice.objects.filter(sent_at=None)] == [30]
    assert send_some(now + timedelta(seconds=30)) == 1
