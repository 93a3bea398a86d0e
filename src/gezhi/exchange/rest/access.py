"""Who calls the interface: a key of another system, a signed-in person, or anybody; and how often."""

import functools
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from gezhi.cases.photos import MAX_BYTES
from gezhi.exchange.rest.problems import CONTENT_TYPE, Problem
from gezhi.ledger.queries import configuration_stamp
from gezhi.lib import request_id
from gezhi.lib.ratelimit import TokenBuckets
from gezhi.people.access import (
    AUDIT,
    REPORT_FOR_OTHERS,
    REPORT_FROM_FIELD,
    SECURITY,
    Actor,
    actor_of,
    reach_as,
)
from gezhi.people.actions import hash_key
from gezhi.people.actions.tries import token_used
from gezhi.people.looking import API, Origin
from gezhi.people.models import Account
from gezhi.people.queries import token_with
from gezhi.people.signing_in import policy
from gezhi.people.signing_in.gate import lacks_factor
from gezhi.security.actions.noting import note

REPORT, READ, ACT, CONTACT = policy.REPORT, policy.READ, policy.ACT, policy.CONTACT
AUDIT_SCOPE = policy.AUDIT  # the bodies of the whole ledger
SECURITY_SCOPE = policy.SECURITY  # signals in and out
ANYBODY: Final = frozenset[str]()
CACHED: Final = 30.0  # seconds until a caller is read again at the latest
CHECKED: Final = 1.0  # seconds in which a key that was ended, or posts that were, still count
KEPT: Final = 10_000  # keys
NOTED: Final = timedelta(minutes=5)  # between two notes that a key was used
MULTIPART_ROOM: Final = 64 * 1024  # bytes around a photo

by_caller = TokenBuckets(size=4000, seconds=2)
by_address = TokenBuckets(size=240, seconds=60)
wrong_keys = TokenBuckets(size=30, seconds=300)
wrong_lookups = TokenBuckets(size=10, seconds=600)
View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Caller:
    """`actor` holds the posts; `scopes` what the key is for. `by_key` False: a signed-in person."""

    actor: Actor
    scopes: frozenset[str]
    by_key: bool = True

    @property
    def source(self) -> str:
        return f"api:{self.actor.account_id}"


class CallerRequest(HttpRequest):
    """A request that passed `guarded`."""

    caller: Caller | None


_callers: OrderedDict[str, tuple[float, Caller]] = OrderedDict()
_checked: tuple[float, int] = (0.0, -1)


def caller_with_key(key: str) -> Caller | None:
    """The holder of a key; read from the database at most once in 30 seconds (two statements), and once more when
    keys, posts or accounts have changed meanwhile, for which it is asked once a second (one statement)."""
    _forget_after_changes()
    key_hash = hash_key(key)
    until, caller = _callers.get(key_hash, (0.0, None))
    if caller is not None and until > time.monotonic():
        return caller
    _callers.pop(key_hash, None)
    found = _read_caller(key_hash)
    if found is not None:
        _callers[key_hash] = (time.monotonic() + CACHED, found)
        if len(_callers) > KEPT:
            _callers.popitem(last=False)
    return found


def _forget_after_changes() -> None:
    global _checked
    until, known = _checked
    if until > time.monotonic():
        return
    stamp = configuration_stamp()
    if stamp != known:
        _callers.clear()
    _checked = (time.monotonic() + CHECKED, stamp)


def _read_caller(key_hash: str) -> Caller | None:
    token, now = token_with(key_hash), timezone.now()
    if token is None or token.expires_at <= now or not token.account.is_active:
        return None
    if token.last_used_at is None or now - token.last_used_at > NOTED:
        token_used(token.pk, now)
    actor, scopes = actor_of(token.account, timezone.localdate()), frozenset(token.scopes)
    return Caller(actor, scopes if token.account.is_system else _given_by_posts(actor, scopes))


def _given_by_posts(actor: Actor, scopes: frozenset[str]) -> frozenset[str]:
    """Of the scopes of a person's key those that reach the whole node count with a post of the whole node alone."""
    given = {
        AUDIT_SCOPE: actor.may_at(AUDIT, settings.NODE_PLACE),
        SECURITY_SCOPE: actor.may_at(SECURITY, settings.NODE_PLACE),
    }
    return frozenset(scope for scope in scopes if given.get(scope, True))


def guarded(view: View, largest: int | None = None) -> View:
    """Before the body is read: its size, who calls, how often. Every refusal becomes a problem."""

    @functools.wraps(view)
    def guard(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            refuse_large(request, largest or settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
            caller = request.caller = _caller_of(request)  # type: ignore[attr-defined]
            if caller is not None:
                reach_as(request, caller.actor)
            answer = view(request, *args, **kwargs)
            answer.headers.setdefault("Cache-Control", "private, no-store")
        except Problem as problem:
            return answer_with(problem)
        return _method_problem(request, answer) if answer.status_code == 405 else answer

    guard.permission = "public"  # type: ignore[attr-defined]
    return guard


def answer_with(problem: Problem) -> HttpResponse:
    return JsonResponse(
        problem.body(), status=problem.status, content_type=CONTENT_TYPE, headers=dict(problem.headers)
    )


def photo_body() -> int:
    return MAX_BYTES + MULTIPART_ROOM


def refuse_large(request: HttpRequest, largest: int) -> None:
    if "CONTENT_LENGTH" not in request.META and "Transfer-Encoding" in request.headers:
        raise Problem(
            411, "no-length", "The body comes in chunks of unknown number. Send it with Content-Length."
        )
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > largest:
        detail = f"The body has {length[:20]} bytes; at most {largest} are taken. Send it in parts."
        raise Problem(413, "too-large", detail)


def _method_problem(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    allowed = answer.headers.get("Allow", "")
    detail = f"{request.method} is not possible at {request.path[:200]}. You may: {allowed}."
    return answer_with(Problem(405, "method-not-allowed", detail, headers={"Allow": allowed}))


def _caller_of(request: HttpRequest) -> Caller | None:
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    if kind:
        return keyed_caller(kind, key.strip(), request)
    slow_down_anybody(request)
    return _signed_in(request)


def slow_down_anybody(request: HttpRequest) -> None:
    """Raises Problem 429 when this address asks too often without a key."""
    _slow_down(by_address, _address(request))


def keyed_caller(kind: str, key: str, request: HttpRequest) -> Caller:
    """Raises Problem: 401 for a wrong key, 429 for too many requests or wrong keys."""
    address = _address(request)
    if kind.lower() != "bearer":
        raise Problem(
            401, "no-key", f"Authorization '{kind[:20]}' is not known; send 'Bearer KEY'.", headers=_BEARER
        )
    if wait := wrong_keys.wait(address):
        raise _too_often(wait)
    caller = caller_with_key(key)
    if caller is None:
        wrong_keys.take(address)
        note("wrong-key", address)
        raise Problem(
            401, "wrong-key", "The key is unknown or has ended. Ask for a new one.", headers=_BEARER
        )
    _slow_down(by_caller, str(caller.actor.account_id))
    return caller


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def origin_of(request: HttpRequest) -> Origin:
    """Whence a call that looks at personal data comes."""
    return Origin(API, _address(request)[:45], request_id.current())


_BEARER = {"WWW-Authenticate": "Bearer"}


def _slow_down(buckets: TokenBuckets, key: str) -> None:
    if wait := buckets.take(key):
        raise _too_often(wait)


def allow_lookup(request: HttpRequest) -> None:
    """Codes are not to be guessed: ten wrong ones in ten minutes from one address. Raises Problem."""
    if wait := wrong_lookups.wait(_address(request)):
        raise _too_often(wait)


def wrong_lookup(request: HttpRequest) -> Problem:
    wrong_lookups.take(_address(request))
    detail = "No report has this code with these last four digits of the telephone number. Check both."
    return Problem(404, "unknown-report", detail)


def _too_often(wait: float) -> Problem:
    seconds = max(1, ceil(wait))
    detail = f"Too many requests. Wait {seconds} s; many reports travel better as one batch."
    return Problem(429, "too-often", detail, headers={"Retry-After": str(seconds)})


def _signed_in(request: HttpRequest) -> Caller | None:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not isinstance(request.user, Account):
        return None
    if check_csrf(request) is not None:
        raise Problem(
            403, "csrf", "The CSRF token is missing or wrong. Send it as X-CSRFToken, or use a key."
        )
    actor = actor_of(request.user, timezone.localdate())
    if lacks_factor(request, actor.roles):
        detail = "Your posts may go on only with a second factor. Sign in with it, or set one up at /desk/account/."
        raise Problem(403, "second-factor", detail)
    reports = actor.may(REPORT_FOR_OTHERS) or actor.may(REPORT_FROM_FIELD)
    scopes = {READ, ACT} | ({REPORT} if reports else set()) | ({CONTACT} if actor.may(CONTACT) else set())
    if actor.may_at(AUDIT, settings.NODE_PLACE):
        scopes.add(AUDIT_SCOPE)
    if actor.may_at(SECURITY, settings.NODE_PLACE):
        scopes.add(SECURITY_SCOPE)
    return Caller(actor, frozenset(scopes), by_key=False)


class Scope(AuthBase):
    """Authentication of an operation: a caller with one of these scopes."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, *scopes: str) -> None:
        super().__init__()
        self.scopes = frozenset(scopes)

    def __call__(self, request: HttpRequest) -> Caller:
        caller: Caller | None = getattr(request, "caller", None)
        if caller is None:
            raise Problem(
                401, "no-key", "This needs a key: send 'Authorization: Bearer KEY'.", headers=_BEARER
            )
        if not self.scopes & caller.scopes:
            wanted = " or ".join(sorted(self.scopes))
            held = ", ".join(sorted(caller.scopes)) or "none"
            raise Problem(403, "scope", f"This needs the scope {wanted}; yours: {held}.")
        return caller
