"""Lists that other systems read are files that leave, too: kept with what was in them."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from django.http import HttpResponse, JsonResponse
from django.utils import timezone

from gezhi.exchange.rest.access import CallerRequest
from gezhi.lib.readable import readable_code
from gezhi.people.purposes import HANDLING
from gezhi.security.actions import record_export
from gezhi.security.cells import leaves
from gezhi.security.fingerprints import Taker
from gezhi.security.leaving import File, Taken, filters_of
from gezhi.security.rounding import new_key
from gezhi.security.secret import fingerprint_key

FEWEST: Final = 10  # rows; fewer are looked at one by one, which is kept as that
SIGNAL: Final = "api-read"


def kept_json(
    request: CallerRequest, title: str, body: Mapping[str, object], rows: Sequence[Mapping[str, object]]
) -> HttpResponse:
    """The answer, kept where a key reads a list. Pages of people at work are no files."""
    answer = JsonResponse(body)
    caller = request.caller
    if caller is None or not caller.by_key or len(rows) < FEWEST:
        return answer
    taker = Taker(fingerprint_key(), timezone.get_current_timezone())
    for row in rows:
        taker.add(leaves(row))
    route = (request.resolver_match.route if request.resolver_match else request.path)[:60]
    address = str(request.META.get("REMOTE_ADDR", ""))[:45]
    taken = Taken(caller.actor.account_id, route, title, HANDLING, address, filters_of(request.GET.dict()))
    number, digest = readable_code(), hashlib.sha256(answer.content).hexdigest()
    file = File(number, "json", tuple(rows[0]), len(answer.content), digest, new_key(), taker.taken())
    record_export(taken, file, SIGNAL)
    answer["Export-Number"] = number
    return answer
