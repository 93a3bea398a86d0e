"""Who vouches for the ledger, whom it witnesses; and with which keys a person signs."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gezhi.desk.views.page import page
from gezhi.ledger.freshness import AUTHORITY, TIMESTAMP, WITNESS, refusing
from gezhi.ledger.queries import newest_checkpoint
from gezhi.ledger.queries.outsiders import (
    clock_drift,
    contradicting,
    drifts,
    fault_counts,
    lag,
    newest_timestamp,
    outsiders,
    witnessed_logs,
    witnesses,
)
from gezhi.pages.asked import posted
from gezhi.pages.lagging import contradiction, lag_view, outsider_view
from gezhi.pages.proofs import key_view
from gezhi.people.access import AUDIT, DESK, VOUCHED, ActorRequest, requires
from gezhi.people.actions.keys import end_keys
from gezhi.people.keys import OWN, SERVER
from gezhi.people.queries.keys import keys_of
from gezhi.rights.queries.held import held_acts


@requires(VOUCHED)
@require_GET
def vouched(request: ActorRequest) -> HttpResponse:
    asked = outsiders()
    url = settings.TIMESTAMP_URL
    faults, now, drift = fault_counts(), timezone.now(), clock_drift()
    found = lag(now)
    context = {
        "audits": request.actor.may(AUDIT),
        "whole": request.actor.may_at(AUDIT, settings.NODE_PLACE),
        "lags": [contradiction(name) for name in contradicting()] + [lag_view(one) for one in found],
        "held": held_acts(now) if refusing(found) else None,
        "drift": drift if drifts(drift) else None,
        "limit": settings.CLOCK_DRIFT,
        "head": newest_checkpoint(),
        "authority": outsider_view(url, url, asked.get((TIMESTAMP, AUTHORITY))) if url else None,
        "stamp": newest_timestamp(),
        "witnesses": [
            outsider_view(one.name, one.url, asked.get((WITNESS, one.name))) for one in witnesses()
        ],
        "logs": [(one, faults.get(one.origin, 0)) for one in witnessed_logs()],
    }
    return page(request, "desk/vouched.html", context, at="desk:vouched")


@requires(DESK)
@require_GET
def signing_key(request: ActorRequest) -> HttpResponse:
    keys = keys_of(request.actor.account_id)
    own = next((one for one in keys if one.held == OWN and one.ended_at is None), None)
    context = {"keys": [key_view(one) for one in keys], "own": own}
    return page(request, "desk/signing_key.html", context)


@requires(DESK)
@require_POST
def end_signing_key(request: ActorRequest) -> HttpResponse:
    """A key that may have fallen into other hands signs nothing more; the next act makes a new one."""
    held = posted(request, ("held",))["held"].strip()
    account = request.actor.account_id
    if held in (SERVER, OWN) and end_keys([account], held, account, "ended by its holder"):
        messages.success(request, _("密钥已终止。以前的签名仍然有效；下次办理时启用新的密钥。"), "good")
    return redirect("desk:signing-key")
