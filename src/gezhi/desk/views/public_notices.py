"""Telling residents something: written, read once more as they will, and only then sent; and what was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from gezhi.cases.world import known_world
from gezhi.desk.views.sensing_page import sensed_page
from gezhi.lib.refused import Refused
from gezhi.pages.acting import words_of
from gezhi.pages.asked import number, posted, texts
from gezhi.pages.paging import shown_of
from gezhi.pages.place_choice import place_of
from gezhi.pages.security import LEVEL_LOOKS, LEVEL_NAMES, account_names
from gezhi.people.access import COMMAND, ActorRequest, requires
from gezhi.places.queries import place_names
from gezhi.sensing.actions.broadcasting import NoticeDraft, broadcast, check, withdraw
from gezhi.sensing.models import PublicNotice, SensedWarning
from gezhi.sensing.queries.notices import notices_told
from gezhi.sensing.queries.scope import warnings_in_sight

PAGE: Final = 30
LENGTHS: Final = {
    2: gettext_lazy("2 小时"),
    6: gettext_lazy("6 小时"),
    24: gettext_lazy("1 天"),
    72: gettext_lazy("3 天"),
    168: gettext_lazy("7 天"),
}
_FIELDS: Final = (
    *("level", "headline", "text", "todo", "headline_en", "text_en", "todo_en"),
    *("places", "hours", "until", "warning"),
)


@dataclass(frozen=True, slots=True)
class NoticeView:
    """`standing`: may still be read. `may_end`: by this person."""

    row: PublicNotice
    level: str
    look: str
    places: str
    who: str
    standing: bool
    may_end: bool


@requires(COMMAND)
@require_http_methods(["GET", "POST"])
def notices(request: ActorRequest) -> HttpResponse:
    """`do`: preview, change or send."""
    now = timezone.now()
    if request.method == "GET":
        return _page(request, _begun(request), now)
    typed, do = posted(request, _FIELDS), request.POST.get("do", "")
    if do == "change":
        return _page(request, typed, now)
    try:
        draft = _draft(request, typed, now)
        if do != "send":
            check(draft, request.actor, now)
            return _page(request, typed, now, draft=draft)
        row = broadcast(draft, request.actor, now)
    except Refused as refused:
        return _page(request, typed, now, fault=words_of(refused), status=422)
    until = timezone.localtime(row.expires_at)
    messages.success(request, _("已向居民告知，至 %(at)s。") % {"at": f"{until:%m-%d %H:%M}"}, "good")
    return redirect("desk:public-notices")


@requires(COMMAND)
@require_POST
def end(request: ActorRequest, pk: int) -> HttpResponse:
    try:
        withdraw(min(pk, 2**62), request.actor, timezone.now())
        messages.success(request, _("已撤回，居民不再看到。"), "good")
    except PublicNotice.DoesNotExist:
        raise Http404 from None
    except Refused as refused:
        messages.warning(request, words_of(refused), "soon")
    return redirect("desk:public-notices")


def _begun(request: ActorRequest) -> dict[str, str]:
    """Of a warning, where the address names one: its level, title, place and what to do."""
    typed = texts(request.GET, _FIELDS)
    found = SensedWarning.objects.filter(
        warnings_in_sight(request.actor), pk=number(typed["warning"]) or 0
    ).first()
    owned = known_world().catalogue.monitors.get(found.monitor) if found else None
    if found is None or owned is None:
        return {**typed, "warning": ""}
    names = place_names([found.place_code])
    place = names.get(found.place_code, found.place_code)
    return {**typed, "level": str(found.level or found.peak), "places": found.place_code,
            "headline": f"{place}{owned.thing.title.zh}"}  # fmt: skip


def _draft(request: ActorRequest, typed: Mapping[str, str], now: datetime) -> NoticeDraft:
    """Raises Refused."""
    return NoticeDraft(
        level=number(typed["level"]) or 0,
        places=_places(typed["places"]),
        expires_at=_until(typed, now),
        warning_id=number(typed["warning"]) or None,
        **{name: typed[name] for name in ("headline", "text", "todo", "headline_en", "text_en", "todo_en")},
    )


def _places(typed: str) -> list[str]:
    """Names or codes, a line or a comma apart. Raises Refused."""
    world, found = known_world(), []
    for one in typed.replace("，", ",").replace("、", ",").replace("\n", ",").split(","):
        if name := one.strip():
            code = place_of(name, world)
            if not code:
                raise Refused(
                    "places",
                    f"没有找到“{name[:30]}”，请写全名或编码。",
                    f"There is no place '{name[:30]}': write its full name or its code.",
                )
            found.append(code)
    return list(dict.fromkeys(found))[:50]


def _until(typed: Mapping[str, str], now: datetime) -> datetime:
    """Raises Refused."""
    if not typed["until"]:
        return now + timedelta(hours=min(number(typed["hours"]) or 0, 24 * 365))
    try:
        return timezone.make_aware(datetime.fromisoformat(typed["until"]))
    except ValueError:
        raise Refused(
            "until", "结束时间请写成 2026-11-22 18:00。", "Write the end as 2026-11-22 18:00."
        ) from None


def _page(
    request: ActorRequest,
    typed: Mapping[str, str],
    now: datetime,
    *,
    draft: NoticeDraft | None = None,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    shown = shown_of(request, notices_told(), PAGE)
    names = place_names(draft.places) if draft else {}
    context = {
        "typed": typed,
        "fault": fault,
        "draft": draft,
        "draft_level": str(LEVEL_NAMES.get(draft.level, "")) if draft else "",
        "draft_look": LEVEL_LOOKS.get(draft.level, "") if draft else "",
        "draft_places": _("、").join(names.get(one, one) for one in draft.places) if draft else "",
        "levels": [(str(key), words) for key, words in LEVEL_NAMES.items()],
        "lengths": [(str(hours), words) for hours, words in LENGTHS.items()],
        "shown": shown,
        "notices": _views(request, list(shown.object_list), now),
    }
    return sensed_page(request, "public_notices", context, status=status)


def _views(request: ActorRequest, rows: list[PublicNotice], now: datetime) -> list[NoticeView]:
    names = place_names(place for one in rows for place in one.places)
    people = account_names(one.account_id for one in rows if one.account_id)
    return [_view(request, one, names, people, now) for one in rows]


def _view(
    request: ActorRequest,
    one: PublicNotice,
    names: Mapping[str, str],
    people: Mapping[int, str],
    now: datetime,
) -> NoticeView:
    standing = one.ended_at is None and one.expires_at > now
    mine = one.source_id is None and all(request.actor.may_at(COMMAND, place) for place in one.places)
    return NoticeView(
        row=one,
        level=str(LEVEL_NAMES.get(one.level, _("未分级"))),
        look=LEVEL_LOOKS.get(one.level, "muted"),
        places=_("、").join(names.get(place, place) for place in one.places),
        who=people.get(one.account_id or 0, "") if one.source_id is None else one.sender,
        standing=standing,
        may_end=standing and mine,
    )
