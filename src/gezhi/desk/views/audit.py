"""Who looked at whose data: for auditors with filters and as a file, for whoever looked, of auditors for leaders.

Auditors see who, when, why and about which number; never what was looked at. Their own looks into these records are
kept like any other.
"""

from datetime import date, datetime, time, timedelta
from typing import Final

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gezhi.cases.models import Case
from gezhi.desk.views.page import page
from gezhi.pages.asked import texts
from gezhi.pages.looks import WAY_WORDS, LookLine, look_lines
from gezhi.pages.masks import origin_of, purpose_words
from gezhi.pages.paging import shown_of
from gezhi.pages.tables import Table, table_file
from gezhi.people.access import AUDIT, DESK, OVERSEE, ActorRequest, requires
from gezhi.people.actions import record_audit_look
from gezhi.people.looking import EXPORT as BY_FILE
from gezhi.people.looking import PAGE as BY_PAGE
from gezhi.people.purposes import AUDIT as AUDITING
from gezhi.people.purposes import PURPOSES, SUPERVISION
from gezhi.people.queries.looking import LookFilters, looks_audited, looks_of_auditors, own_looks

_FIELDS: Final = ("who", "subject", "number", "purpose", "way", "since", "until", "glass")
_MOST: Final = 20_000


@requires(AUDIT)
@require_GET
def looks(request: ActorRequest) -> HttpResponse:
    typed = texts(request.GET, _FIELDS)
    shown = shown_of(request, looks_audited(request.actor, _filters(typed)))
    lines = look_lines(list(shown.object_list))
    _keep(request, typed, AUDITING, BY_PAGE)
    return _page(request, shown, lines, {"typed": typed, "tab": "looks", "filters": True})


@requires(AUDIT)
@require_GET
def export(request: ActorRequest) -> HttpResponseBase:
    typed = texts(request.GET, _FIELDS)
    found = looks_audited(request.actor, _filters(typed))[:_MOST]
    lines = look_lines(list(found))
    _keep(request, typed, AUDITING, BY_FILE)
    headings = [_("时间"), _("查看人"), _("岗位"), _("目的"), _("理由"), _("对象"), _("案件编号"), _("内容")]
    headings += [_("方式"), _("网络地址"), _("紧急查看")]
    table = Table("lookups", _("查看记录"), headings, (_row(line) for line in lines), exact={0})
    return table_file(request, table, AUDITING)


def _row(line: LookLine) -> list[object]:
    words = [line.at, line.who, line.post, line.purpose, line.reason, line.subject, line.number, line.fields]
    return [*words, line.way, line.address, line.glass or ""]


@requires(DESK)
@require_GET
def mine(request: ActorRequest) -> HttpResponse:
    """What this person has looked at, as auditors and those who reported see it."""
    shown = shown_of(request, own_looks(request.actor.account_id))
    return _page(request, shown, look_lines(list(shown.object_list)), {"own": True}, at="desk:duty")


@requires(OVERSEE)
@require_GET
def auditors(request: ActorRequest) -> HttpResponse:
    """What the auditors of the place have looked at: nobody looks unseen."""
    shown = shown_of(request, looks_of_auditors(request.actor, timezone.localdate()))
    _keep(request, {}, SUPERVISION, BY_PAGE)
    return _page(
        request, shown, look_lines(list(shown.object_list)), {"of_auditors": True}, at="desk:auditors"
    )


def _page(
    request: ActorRequest,
    shown: object,
    lines: list[LookLine],
    more: dict[str, object],
    at: str = "desk:audit",
) -> HttpResponse:
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "shown": shown,
        "lines": lines,
        "query": query.urlencode(),
        "purposes": [(key, purpose_words(key)) for key in PURPOSES],
        "ways": WAY_WORDS.items(),
        **more,
    }
    return page(request, "desk/looks.html", context, at=at)


def _filters(typed: dict[str, str]) -> LookFilters:
    """A case that does not exist has been looked at by nobody."""
    case = None
    if typed["number"]:
        case = Case.objects.filter(number=typed["number"][:24]).values_list("id", flat=True).first() or 0
    return LookFilters(
        who=typed["who"][:60],
        subject=typed["subject"][:40],
        case_id=case,
        purpose=typed["purpose"],
        way=typed["way"],
        glass=bool(typed["glass"]),
        since=_midnight(typed["since"], 0),
        until=_midnight(typed["until"], 1),
    )


def _midnight(text: str, later: int) -> datetime | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=later), time.min))


def _keep(request: ActorRequest, typed: dict[str, str], purpose: str, way: str) -> None:
    asked = " ".join(f"{name}={value}" for name, value in typed.items() if value)
    record_audit_look(request.actor, asked, purpose, origin_of(request, way))
