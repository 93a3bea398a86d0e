"""Heads of other logs are cosigned, and shown to whoever watches those logs."""

from math import ceil
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from gezhi.ledger.actions.cosigning import cosign, witness_signer
from gezhi.ledger.queries.outsiders import cosigned_note, witnesses_somebody
from gezhi.ledger.witnessing import LONGEST_BODY, SIZE_TYPE, BadSubmission, NotCosigned
from gezhi.lib.ratelimit import TokenBuckets
from gezhi.people.access import public

TEXT: Final = "text/plain; charset=utf-8"
by_address = TokenBuckets(size=120, seconds=60)


@csrf_exempt
@public
def add_checkpoint(request: HttpRequest) -> HttpResponse:
    """The log's own signature is all that lets somebody in; so many tries from one address are heard."""
    if request.method != "POST":
        return _said(405, "Send a checkpoint by POST.", Allow="POST")
    if wait := by_address.take(str(request.META.get("REMOTE_ADDR", ""))):
        return _said(429, "Too many checkpoints from here.", **{"Retry-After": str(max(1, ceil(wait)))})
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdigit() or int(length) > LONGEST_BODY:
        return _said(413 if length.isdigit() else 411, f"At most {LONGEST_BODY} bytes, with Content-Length.")
    try:
        return HttpResponse(cosign(request.body, timezone.now()), content_type=TEXT)
    except BadSubmission as bad:
        return _said(400, str(bad))
    except NotCosigned as refused:
        kind = SIZE_TYPE if refused.size is not None else TEXT
        return HttpResponse(refused.body, status=refused.status, content_type=kind)


@public
def checkpoint(request: HttpRequest, origin_hash: str) -> HttpResponse:
    """The last head of a log that was cosigned here; the log is named by the SHA-256 of its origin."""
    note = cosigned_note(origin_hash)
    if note is None:
        return _said(404, "No head of such a log was cosigned here.")
    return HttpResponse(note, content_type=TEXT)


@public
def key(request: HttpRequest) -> HttpResponse:
    """The key of this node as a witness, for whoever asks it to cosign."""
    if not witnesses_somebody():
        return _said(404, "This node witnesses no log.")
    return HttpResponse(f"{witness_signer().verifier.vkey()}\n", content_type=TEXT)


def _said(status: int, message: str, **headers: str) -> HttpResponse:
    return HttpResponse(f"{message}\n", status=status, content_type=TEXT, headers=headers)
