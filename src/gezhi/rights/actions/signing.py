"""Signing in by a number: a one-time code by message. What a stranger sees is the same for every number."""

import hashlib
import hmac
import logging
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from procrastinate.contrib.django import app

from gezhi.ledger.actions import record
from gezhi.notices.actions import hand_over
from gezhi.people.actions import record_signal
from gezhi.rights.models import Channel, Code
from gezhi.rights.queries.people import digest_of, is_held

LASTS: Final = timedelta(minutes=5)
TRIES: Final = 5
DIGITS: Final = 6
MOST: Final = ((timedelta(minutes=10), 3), (timedelta(days=1), 10))  # codes for one number
_TEXT: Final = (
    "您正在查询本平台留存的个人信息，验证码 {code}，5 分钟内有效。工作人员不会向您索要验证码。",
    "Your code to see what this platform holds of you is {code}, good for 5 minutes. Nobody will ask you for it.",
)
log = logging.getLogger(__name__)


class TooMany(Exception):
    """`minutes`: until another code may be asked for."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"Too many codes were asked for; wait {minutes} minutes.")
        self.minutes = minutes


@transaction.atomic
def ask_code(number: str, *, always: bool = False, now: datetime | None = None) -> Code:
    """A code for the number, to be sent by a job; to a number under which nothing is held none is sent, unless
    `always`: somebody proves a new number. Raises TooMany, for known and unknown numbers alike."""
    at = now or timezone.now()
    digest = digest_of(number)
    _require_few(digest, at)
    known = is_held(number) or always
    code = Code.objects.create(
        digest=digest,
        number=number if known else "",
        nonce=secrets.token_bytes(16),
        made_at=at,
        expires_at=at + LASTS,
    )
    record("rights.code-asked", f"code:{code.pk}", {})
    app.configure_task("rights.send_code", allow_unknown=False).defer(code_id=code.pk)
    return code


def _require_few(digest: str, at: datetime) -> None:
    for length, most in MOST:
        times = list(
            Code.objects.filter(digest=digest, made_at__gt=at - length)
            .order_by("-made_at")
            .values_list("made_at", flat=True)[:most]
        )
        if len(times) == most:
            raise TooMany(int((times[-1] + length - at).total_seconds() // 60) + 1)


def code_words(code: Code) -> str:
    """The digits: an HMAC of the nonce under the node's secret, so that no copy of the database tells them."""
    digest = hmac.new(f"code:{settings.SECRET_KEY}".encode(), bytes(code.nonce), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def send_code(code_id: int) -> None:
    """A job: the message goes out once. Raises OSError when the gateway does
    not answer, and is then tried again."""
    code = Code.objects.filter(id=code_id, sent_at=None).exclude(number="").first()
    if code is None or code.expires_at < timezone.now():
        return
    text = "\n".join(_TEXT).format(code=code_words(code))
    if refused := hand_over(code.number, text, f"code-{code.pk}"):
        log.warning("code %s was not taken by the gateway: %s", code.pk, refused)
    _sent(code)


@transaction.atomic
def _sent(code: Code) -> None:
    code.sent_at = timezone.now()
    code.save(update_fields=["sent_at"])
    record("rights.code-sent", f"code:{code.pk}", {})


@transaction.atomic
def try_code(
    code_id: int, number: str, typed: str, address: str, now: datetime | None = None
) -> Channel | None:
    """The channel that the code opens, once. None for a wrong, used or old code, and after five tries; what was wrong
    is not said. `number`: the one that the code was asked for."""
    at = now or timezone.now()
    fresh = Code.objects.filter(
        id=code_id, digest=digest_of(number), used_at=None, expires_at__gt=at, tries__lt=TRIES
    )
    if not fresh.update(tries=F("tries") + 1):
        return None
    code = Code.objects.get(id=code_id)
    right = hmac.compare_digest(code_words(code).encode(), typed.strip().encode())
    if not right or not code.number:
        if code.tries >= TRIES:
            record_signal("rights-code-wrong", None, address, {"code": code.pk, "tries": code.tries})
        return None
    code.used_at, code.number = at, ""
    code.save(update_fields=["used_at", "number"])
    made = {"number": number, "made_at": at, "seen_at": at}
    channel, fresh_channel = Channel.objects.get_or_create(digest=code.digest, defaults=made)
    if not fresh_channel:
        channel.number, channel.seen_at = number, at
        channel.save(update_fields=["number", "seen_at"])
    record("rights.signed-in", f"channel:{channel.pk}", {})
    return channel
