"""Queueing answers in the transaction that causes them, and sending each once."""

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app

from gezhi.lib.calling import called
from gezhi.lib.rows import insert_arrays
from gezhi.notices.models import Notice

COLUMNS = {
    "subject": "text",
    "case_id": "bigint",
    "report_id": "bigint",
    "to": "text",
    "transport": "text",
    "message": "text",
    "text": "text",
    "queued_at": "timestamptz",
    "sent_at": "timestamptz",
    "attempts": "smallint",
    "error": "text",
}
MOST_ATTEMPTS = 3 * 24 * 60  # one a minute: an answer waits three days for its gateway
LONGEST_HELD = timedelta(minutes=5)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one reporter is told. `transport`: "portal" (read on the follow page) or "sms"."""

    case_id: int
    report_id: int
    to: str
    transport: str
    message: str
    text: str


def queue_answers(answers: Sequence[Answer], at: datetime) -> None:
    """Two statements at most. `at`: from when on the reporters may be told, within LONGEST_HELD. A portal answer is
    delivered by being there; the others are sent by a job."""
    if not answers:
        return
    insert_arrays("notices_notice", COLUMNS, [_row(answer, at) for answer in answers])
    if any(answer.transport != "portal" for answer in answers):
        app.configure_task("notices.send", allow_unknown=False, schedule_at=at).defer()


def _row(answer: Answer, at: datetime) -> tuple[object, ...]:
    sent_at = at if answer.transport == "portal" else None
    subject = f"report:{answer.report_id}"
    return (
        subject,
        answer.case_id,
        answer.report_id,
        answer.to,
        answer.transport,
        answer.message,
        answer.text,
        at,
        sent_at,
        0,
        "",
    )


def withdraw_answers(case_id: int, report_ids: Sequence[int], at: datetime) -> None:
    """Answers about the case that nobody may be told before `at`."""
    Notice.objects.filter(report_id__in=report_ids, case_id=case_id, queued_at=at).delete()


def due(now: datetime) -> QuerySet[Notice]:
    """What waits and may be told. Nothing is held back for long: what lies further ahead was queued by a clock that
    was wrong."""
    may_be_told = Q(queued_at__lte=now) | Q(queued_at__gt=now + LONGEST_HELD)
    return Notice.objects.filter(may_be_told, sent_at=None)


def send_some(now: datetime, limit: int = 100) -> int:
    """Send up to `limit` waiting notices; returns how many were sent. Workers never try the same one at once.

    A gateway that does not answer is not asked again for the others: they wait for the next run. It gets the
    notice's id as idempotency key: should this process die between the gateway's yes and our commit, the repeated
    request is the same request.
    """
    with transaction.atomic():
        waiting = due(now).select_for_update(skip_locked=True).filter(attempts__lt=MOST_ATTEMPTS)
        tried = _try_each(waiting.order_by("attempts", "id")[:limit], now)
        Notice.objects.bulk_update(tried, ["error", "attempts", "sent_at"])
    return sum(notice.sent_at is not None for notice in tried)


def _try_each(notices: Iterable[Notice], now: datetime) -> list[Notice]:
    tried = []
    for notice in notices:
        tried.append(notice)
        notice.attempts += 1
        try:
            notice.error = _send(notice)
        except OSError as error:
            log.warning("the gateway does not answer: %s", error)
            notice.error = str(error)[:500]
            break
        notice.sent_at = None if notice.error else now
    return tried


def _send(notice: Notice) -> str:
    return hand_over(notice.to, notice.text, f"notice-{notice.pk}")


def hand_over(to: str, text: str, key: str) -> str:
    """Hand one message to the gateway; "" or why it refused. The same `key` is the same message, sent once. Raises
    OSError when it does not answer."""
    body = json.dumps({"to": to, "text": text}).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    try:
        with called(urllib.request.Request(settings.SMS_URL, body, headers), 10):
            return ""
    except (urllib.error.HTTPError, HTTPException, ValueError) as error:
        log.warning("%s was not taken by the gateway: %s", key, error)
        return str(error)[:500]
