"""The auditors' page of the ledger: its heads, its entries, one entry with its proof, and all of it to take away.

Heads are no secret and shown to every auditor. Entries are of the whole node: whoever audits a part of it reads none.
"""

import base64
import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from gezhi.desk.views.lists import day_of
from gezhi.desk.views.page import page
from gezhi.ledger.entries import leaf_hash
from gezhi.ledger.freshness import State
from gezhi.ledger.models import Entry
from gezhi.ledger.proofs import BadProof, Proof, check_proof
from gezhi.ledger.queries import listed_keys, newest_checkpoint
from gezhi.ledger.queries import searching as found
from gezhi.ledger.queries.outsiders import lag
from gezhi.ledger.queries.proving import NotYet, proof_of, verifiers, zip_about
from gezhi.pages.asked import number, texts
from gezhi.people.access import AUDIT, ActorRequest, View, kept_nowhere, requires

P = ParamSpec("P")
AT: Final = "desk:ledger"
STATES: Final = {
    State.OFF: gettext_lazy("未设置"),
    State.FRESH: gettext_lazy("及时"),
    State.LATE: gettext_lazy("迟到"),
    State.STALE: gettext_lazy("过久"),
}
_KINDS: Final = {"timestamp": gettext_lazy("时间戳"), "witness": gettext_lazy("见证")}


def of_the_whole(
    view: Callable[Concatenate[ActorRequest, P], HttpResponseBase],
) -> View[P]:
    """For those who audit the whole node."""

    @wraps(view)
    def checked(request: ActorRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.actor.may_at(AUDIT, settings.NODE_PLACE):
            return render(request, "refused.html", {"actor": request.actor}, status=403)
        return view(request, *args, **kwargs)

    return requires(AUDIT)(checked)  # type: ignore[arg-type]  # wraps() keeps more of the type than a view has


@requires(AUDIT)
@require_GET
def checkpoints(request: ActorRequest) -> HttpResponse:
    """Newest first. Seven statements besides the frame."""
    heads = found.checkpoints(number(request.GET.get("before", "")))
    waiting, oldest = found.waiting()
    context = {
        "tab": "checkpoints",
        "heads": heads,
        "older": heads[-1].size if len(heads) == found.PAGE else None,
        "newest": newest_checkpoint(),
        "waiting": waiting,
        "oldest": oldest,
        "lags": [(_KINDS[one.kind], one, STATES[one.state]) for one in lag(timezone.now())],
        "keys": listed_keys(),
        "origin": settings.LEDGER_ORIGIN,
        "whole": request.actor.may_at(AUDIT, settings.NODE_PLACE),
    }
    return page(request, "desk/ledger.html", context, at=AT)


@requires(AUDIT)
@require_GET
def checkpoint(request: ActorRequest, size: int) -> HttpResponse:
    """The signed note itself."""
    head = found.checkpoint_of(size)
    if head is None:
        raise Http404
    return _file(head.note, "text/plain; charset=utf-8", f"checkpoint-{size}.txt")


@of_the_whole
@require_GET
def entries(request: ActorRequest) -> HttpResponse:
    """Three statements besides the frame."""
    typed = texts(request.GET, ("subject", "kind", "since", "until"))
    since, until = day_of(typed["since"]), day_of(typed["until"])
    end = _midnight(until) + timedelta(days=1) if until else None
    wanted = found.Wanted(typed["subject"][:80], typed["kind"][:60], _midnight(since) if since else None, end)
    shown = found.entries(wanted, timezone.now(), number(request.GET.get("before", "")))
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "tab": "entries",
        "typed": typed,
        "entries": [(one, _short(one)) for one in shown.entries],
        "older": shown.next,
        "looked_since": shown.since,
        "query": query.urlencode(),
        "kinds": found.kinds_seen(),
        "whole": True,
    }
    return page(request, "desk/ledger_entries.html", context, at=AT)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@of_the_whole
@require_GET
def entry(request: ActorRequest, pk: int) -> HttpResponse:
    """What was recorded, where it stands in the tree, and whether its proof holds."""
    one = _entry(pk)
    proof = _proof(one)
    head = found.first_over(one.tree_index) if one.tree_index is not None else None
    context = {
        "tab": "entries",
        "entry": one,
        "body": bytes(one.body).decode(errors="replace"),
        "facts": sorted(_facts(one).items()),
        "leaf": base64.b64encode(leaf_hash(bytes(one.body))).decode(),
        "is_true": leaf_hash(bytes(one.body)) == bytes(one.leaf_hash),
        "first": found.checkpoint_of(head.size) if head else None,
        "proof": proof,
        "trouble": _trouble(one, proof),
        "whole": True,
    }
    return page(request, "desk/ledger_entry.html", context, at=AT)


@of_the_whole
@require_GET
def proof(request: ActorRequest, pk: int) -> HttpResponse:
    one = _entry(pk)
    made = _proof(one)
    if made is None:
        raise Http404
    return _file(made.written(), "text/plain; charset=utf-8", f"{one.tree_index}.tlog-proof")


@of_the_whole
@require_GET
def body(request: ActorRequest, pk: int) -> HttpResponse:
    """The bytes of which the leaf hash is taken."""
    one = _entry(pk)
    name = f"{one.tree_index if one.tree_index is not None else f'waiting-{pk}'}.json"
    return _file(bytes(one.body), "application/json", name)


@of_the_whole
@require_GET
def proofs(request: ActorRequest) -> HttpResponse:
    """Everything that was recorded of a subject, with its proofs."""
    subject = texts(request.GET, ("subject",))["subject"][:80]
    if not subject or not Entry.objects.filter(subject=subject).exists():
        raise Http404
    name = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in subject)
    return _file(zip_about(subject, subject), "application/zip", f"{name}-proof.zip")


def _entry(pk: int) -> Entry:
    one = Entry.objects.filter(pk=pk).first() if pk < 2**63 else None
    if one is None:
        raise Http404
    return one


def _proof(one: Entry) -> Proof | None:
    try:
        return proof_of(one.tree_index) if one.tree_index is not None else None
    except NotYet:
        return None


def _trouble(one: Entry, made: Proof | None) -> str:
    """Why the proof does not hold; "": it does, or there is none yet."""
    if made is None:
        return ""
    try:
        check_proof(made, leaf_hash(bytes(one.body)), verifiers())
    except BadProof as error:
        return str(error)
    return ""


def _facts(one: Entry) -> dict[str, str]:
    try:
        facts = json.loads(bytes(one.body))["facts"]
    except (ValueError, KeyError, TypeError):
        return {}
    return {key: _said(value) for key, value in facts.items()}


def _said(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _short(one: Entry) -> str:
    """The first few facts, for a line of the list."""
    said = (f"{key} {value[:24]}" for key, value in _facts(one).items() if value not in ("", "null", "[]"))
    return " · ".join(list(said)[:4])


def _file(content: str | bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    kept_nowhere(answer)
    return answer
