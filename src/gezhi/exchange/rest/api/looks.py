"""Who looked at whose data: for auditors, and each person's own."""

from datetime import date, datetime, time, timedelta

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Query, Router

from gezhi.cases.models import Case
from gezhi.exchange.rest.access import READ, CallerRequest, Scope, origin_of
from gezhi.exchange.rest.api.reading import kept_json
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.look_shapes import LookOut, LookQuery, LooksOut
from gezhi.exchange.rest.problems import Problem
from gezhi.people.access import AUDIT, Actor
from gezhi.people.actions import record_audit_look
from gezhi.people.models import Lookup
from gezhi.people.purposes import AUDIT as AUDITING
from gezhi.people.queries.looking import LookFilters, looks_audited, own_looks

router = Router(tags=["access"])
PAGE = 50
_COLUMNS = tuple(LookOut.model_fields)


@router.get("/lookups", auth=Scope(READ), response={200: LooksOut, **PROBLEMS})
def lookups(request: CallerRequest, asked: Query[LookQuery]) -> HttpResponse:
    """For auditors of the place, newest first. That you looked is kept, and leaders see it."""
    actor = _actor(request)
    if not actor.may(AUDIT):
        raise Problem(403, "not-your-role", "None of your posts gives 'audit'.")
    body = _page(looks_audited(actor, _filters(asked)), asked.page)
    given = asked.model_dump(exclude_defaults=True)
    record_audit_look(
        actor, " ".join(f"{key}={value}" for key, value in given.items()), AUDITING, origin_of(request)
    )
    return kept_json(request, "查看记录", body, body["lookups"])  # type: ignore[arg-type]


@router.get("/lookups/mine", auth=Scope(READ), response={200: LooksOut, **PROBLEMS})
def mine(request: CallerRequest, page: int = 1) -> HttpResponse:
    """What you looked at yourself, newest first."""
    return JsonResponse(_page(own_looks(_actor(request).account_id), max(1, min(page, 100_000))))


def _page(found: QuerySet[Lookup], number: int) -> dict[str, object]:
    pages = Paginator(found, PAGE)
    rows = pages.page(number) if number <= pages.num_pages else []
    lines = [{name: getattr(row, name) for name in _COLUMNS} for row in rows]
    return {"lookups": lines, "count": pages.count, "page": number}


def _filters(asked: LookQuery) -> LookFilters:
    case = None
    if asked.number:
        case = Case.objects.filter(number=asked.number[:24]).values_list("id", flat=True).first() or 0
    return LookFilters(
        who=asked.who,
        subject=asked.subject,
        case_id=case,
        purpose=asked.purpose,
        way=asked.way,
        glass=asked.glass,
        since=_midnight(asked.since, 0),
        until=_midnight(asked.until, 1),
    )


def _midnight(day: date | None, later: int) -> datetime | None:
    if day is None or not date(1970, 1, 1) <= day < date(9998, 1, 1):
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=later), time.min))


def _actor(request: CallerRequest) -> Actor:
    assert request.caller is not None  # Scope has seen to it
    return request.caller.actor
