"""Signals in, from firewalls and guards of hosts; signals and warnings out, for whoever collects them."""

import json
from datetime import timedelta
from typing import Annotated, Final

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Body, Query, Router
from pydantic import Field

from gezhi.cases.models import Case
from gezhi.exchange.rest import security_shapes as shapes
from gezhi.exchange.rest.access import SECURITY_SCOPE, CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.packs.shapes import LEVELS
from gezhi.security.actions.outside import FromOutside, take_outside
from gezhi.security.models import RaisedWarning
from gezhi.security.queries.counting import rules
from gezhi.security.queries.situation import signals_after, warnings_newest

router = Router(tags=["security"])
MOST: Final = 500
OLDEST: Final = timedelta(days=7)
Many = Annotated[list[shapes.SignalIn], Field(min_length=1, max_length=MOST)]


@router.post(
    "/security/signals", auth=Scope(SECURITY_SCOPE), response={200: list[shapes.SignalTakenOut], **PROBLEMS}
)
def send_signals(request: CallerRequest, body: Annotated[Many, Body()]) -> HttpResponse:
    """Up to 500 at once, all or none, each once by your `key`. The rules of warnings count them from then on."""
    assert request.caller is not None
    if not request.caller.by_key:
        raise Problem(403, "scope", "Signals are sent with a key, so that it is known which system says so.")
    now = timezone.now()
    found = []
    for one in body:
        at = one.at or now
        if at.tzinfo is None or not now - OLDEST <= at <= now + timedelta(minutes=5):
            raise Problem(
                422, "bad-time", f"'{one.key}': 'at' must have a zone and lie within the last seven days."
            )
        found.append(
            FromOutside(one.key, one.kind, min(at, now), str(one.address or ""), one.count, one.text)
        )
    taken = take_outside(found, request.caller.actor.account_id)
    rows = [
        {"key": one.key, "signal": signal, "known": known}
        for one, (signal, known) in zip(found, taken, strict=True)
    ]
    return JsonResponse(rows, safe=False)


@router.get("/security/signals", auth=Scope(SECURITY_SCOPE), response=PROBLEMS)
def read_signals(request: CallerRequest, asked: Query[shapes.SignalQuery]) -> HttpResponse:
    """JSON lines, oldest first; ask again with `after` of the last one. For a system that collects logs."""
    lines = [
        json.dumps(
            {
                "id": one.pk,
                "at": one.at.isoformat(),
                "kind": one.kind,
                "account": one.account_id,
                "address": one.address,
                "facts": one.facts,
            },
            ensure_ascii=False,
        )
        for one in signals_after(asked.after, asked.limit)
    ]
    return HttpResponse(
        "".join(f"{line}\n" for line in lines), content_type="application/x-ndjson; charset=utf-8"
    )


@router.get(
    "/security/warnings", auth=Scope(SECURITY_SCOPE), response={200: list[shapes.WarningOut], **PROBLEMS}
)
def read_warnings(request: CallerRequest, standing: bool = True) -> HttpResponse:
    """Those that stand, highest first; with `standing=false` the newest five hundred of all."""
    found = warnings_newest(standing=standing, most=MOST)
    known = rules()
    numbers = dict(
        Case.objects.filter(id__in=[w.case_id for w in found if w.case_id]).values_list("id", "number")
    )
    rows = [_row(one, known[one.rule].title.zh if one.rule in known else one.rule, numbers) for one in found]
    return JsonResponse(rows, safe=False)


def _row(one: RaisedWarning, title: str, numbers: dict[int, str]) -> dict[str, object]:
    return {
        "id": one.pk,
        "rule": one.rule,
        "title": title,
        "level": LEVELS[one.level - 1],
        "by": one.by,
        "group": one.group,
        "number": one.number,
        "signals": one.signal_count,
        "began_at": one.began_at,
        "last_at": one.last_at,
        "ended_at": one.ended_at,
        "acknowledged_at": one.acknowledged_at,
        "muted_until": one.muted_until,
        "case": numbers.get(one.case_id or 0),
    }
