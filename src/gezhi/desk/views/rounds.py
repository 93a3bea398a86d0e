"""Plans of patrols and visits: how much is done where, switching them on, the list of rounds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from gezhi.cases.procedure import Refused
from gezhi.cases.world import known_world
from gezhi.desk.views.page import page
from gezhi.lib.codes import is_code
from gezhi.packs.forms import fields_of, said_answers
from gezhi.pages.acting import words_of
from gezhi.pages.asked import number, posted
from gezhi.pages.masks import origin_of
from gezhi.pages.photos import photo_response
from gezhi.pages.rounds import STATES, RoundView, rhythm, round_views
from gezhi.pages.showing import english, said
from gezhi.pages.tables import Table, table_file
from gezhi.people.access import EXPORT, PLAN, Actor, ActorRequest, requires
from gezhi.places.queries import place_names, search_places
from gezhi.rounds.actions import may_plan, set_plan
from gezhi.rounds.actions.looking import keep_looks
from gezhi.rounds.book import Book
from gezhi.rounds.listing import BadFilter, RoundFilters, read_round_filters
from gezhi.rounds.models import Round
from gezhi.rounds.queries import (
    Covered,
    book,
    coverage,
    readable,
    rounds_in_sight,
    rounds_matching,
    seen_places,
    settings_of,
    start_of,
)

_SHOWN: Final = 50
_MOST: Final = 50_000
_DEEPEST: Final = 10_000
_AT: Final = "desk:rounds"
_BAD: Final = {
    "place": gettext_lazy("没有找到这个区域，请写全名，或区划、网格编码。"),
    "since": gettext_lazy("“到期起”应是日期，例如 2026-07-01。"),
    "until": gettext_lazy("“到期止”应是日期，例如 2026-07-01。"),
}
_UNREAD: Final = gettext_lazy("有一个条件看不懂，已略过。")


@dataclass(frozen=True, slots=True)
class CoverView:
    """`share`: percent, None while nothing is over."""

    title: str
    more: str
    link: str
    counts: Covered
    share: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    filters: RoundFilters
    typed: dict[str, str]
    faults: dict[str, str]


def asked_of(query: Mapping[str, str]) -> Asked:
    """What cannot be understood is left out and named; a place's name becomes its code."""
    names = ("plan", "place", "state", "subject", "since", "until")
    typed = {name: query.get(name, "").replace("\0", "").strip()[:120] for name in names}
    plain = typed | {"place": place_of(typed["place"])}
    faults = {"place": str(_BAD["place"])} if typed["place"] and not plain["place"] else {}
    while True:
        try:
            return Asked(read_round_filters(plain), typed, faults)
        except BadFilter as bad:
            faults[bad.field] = str(_BAD.get(bad.field, _UNREAD))
            plain[bad.field] = ""


def place_of(typed: str) -> str:
    """The code that a code or a name means; "" when it means nothing."""
    if not typed or is_code(typed):
        return typed
    found = search_places(typed, known_world().root, limit=1)
    return found[0][0] if found else ""


def _place_in_sight(asked: Asked, actor: Actor) -> str:
    """The place asked for, or that of the person's first post."""
    own = seen_places(actor)
    if asked.filters.place and may_plan(actor, asked.filters.place):
        return asked.filters.place
    return next((code for code in own if may_plan(actor, code)), known_world().root)


def _span(filters: RoundFilters) -> tuple[date, date]:
    """Without days: this month."""
    first = filters.since or timezone.localdate().replace(day=1)
    return first, filters.until or (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@requires(PLAN)
@require_GET
def rounds(request: ActorRequest) -> HttpResponse:
    asked = asked_of(request.GET.dict())
    place, (since, until) = _place_in_sight(asked, request.actor), _span(asked.filters)
    counts = coverage(place, start_of(since), start_of(until + timedelta(days=1)))
    plans = book(known_world().stamp)
    cards = [
        _cover(
            said(card.plan.title),
            f"{said(card.pack_title)} · {rhythm(card.plan)}",
            reverse("desk:plan", args=[key]),
            counts.get(key, Covered()),
        )
        for key, card in plans.plans.items()
    ]
    context = {"covers": cards, "asked": asked.typed, "faults": asked.faults, "since": since, "until": until}
    names = place_names([place])
    return page(request, "desk/rounds.html", context | {"place": names.get(place, place)}, at=_AT)


def _cover(title: str, more: str, link: str, counts: Covered) -> CoverView:
    share = counts.share
    return CoverView(title, more, link, counts, None if share is None else round(100 * share))


@requires(PLAN)
@require_http_methods(["GET", "POST"])
def plan(request: ActorRequest, key: str) -> HttpResponse:
    card = book(known_world().stamp).plans.get(key)
    if card is None:
        raise Http404
    if request.method == "GET":
        return _plan_page(request, key)
    asked = posted(request, ("place", "on", "since"))
    try:
        since = date.fromisoformat(asked["since"]) if asked["since"] else timezone.localdate()
        set_plan(request.actor, key, place_of(asked["place"]), asked["on"] == "1", since)
    except ValueError:
        return _plan_page(request, key, _("“从哪天起”应是日期，例如 2026-07-01。"), 422)
    except Refused as refused:
        return _plan_page(request, key, words_of(refused), 422)
    messages.success(request, _("已保存，到期任务随之更新。"), "good")
    return redirect("desk:plan", key)


def _plan_page(request: ActorRequest, key: str, refused: str = "", status: int = 200) -> HttpResponse:
    plans = book(known_world().stamp)
    card = plans.plans[key]
    asked = asked_of(request.GET.dict())
    place, (since, until) = _place_in_sight(asked, request.actor), _span(asked.filters)
    counts = coverage(place, start_of(since), start_of(until + timedelta(days=1)), key)
    settings = settings_of(key)
    names = place_names([place, *counts, *(one.place_code for one in settings)])
    categories = known_world().catalogue.categories
    context = {
        "plan": card.plan,
        "title": said(card.plan.title),
        "pack": said(card.pack_title),
        "rhythm": rhythm(card.plan),
        "finds": [said(categories[one].name) for one in card.plan.finds if one in categories],
        "covers": [
            _cover(names.get(code, code), code, f"?place={code}", one) for code, one in sorted(counts.items())
        ],
        "settings": [(names.get(one.place_code, one.place_code), one) for one in settings],
        "place": names.get(place, place),
        "given": posted(request, ("place", "on", "since")),
        "refused": refused,
        "today": timezone.localdate(),
        "since": since,
        "until": until,
    }
    return page(request, "desk/plan.html", context, at=_AT, status=status)


@requires(PLAN)
@require_GET
def round_list(request: ActorRequest) -> HttpResponse:
    asked = asked_of(request.GET.dict())
    start = min(number(request.GET.get("from", "")) or 0, _DEEPEST)
    plans = book(known_world().stamp)
    found = list(rounds_matching(request.actor, asked.filters)[start : start + _SHOWN + 1])
    query = request.GET.copy()
    query.pop("from", None)
    context = {
        "rows": round_views(found[:_SHOWN], plans, timezone.now()),
        "asked": asked.typed,
        "faults": asked.faults,
        "plans": [(key, said(card.plan.title)) for key, card in plans.plans.items()],
        "states": [(key, str(words)) for key, words in STATES.items()],
        "query": query.urlencode(),
        "next": start + _SHOWN if len(found) > _SHOWN and start < _DEEPEST else None,
        "earlier": start > 0,
        "may_export": request.actor.may(EXPORT),
    }
    return page(request, "desk/round_list.html", context, at=_AT)


@requires(PLAN)
@require_GET
def one_round(request: ActorRequest, pk: int) -> HttpResponse:
    """What one round brought; of elements those that this person's duties read."""
    found = _round(request, pk)
    plans = book(known_world().stamp)
    answers = _answers(request.actor, found, plans)
    if found.subject_id and answers:
        read = {(found.subject_id, found.place_code): ["answers"]}
        keep_looks(request.actor, read, origin_of(request))
    context = {
        "round": round_views([found], plans, timezone.now())[0],
        "subject": found.subject,
        "answers": answers,
        "photos": found.photos,
        "metres": found.metres,
        "points": found.points,
    }
    return page(request, "desk/round.html", context, at=_AT)


def _round(request: ActorRequest, pk: int) -> Round:
    if pk >= 2**63:
        raise Http404
    return get_object_or_404(rounds_in_sight(request.actor), pk=pk)


def _answers(actor: Actor, found: Round, plans: Book) -> list[tuple[str, str]]:
    card = plans.plans.get(found.plan)
    if card is None or card.form is None:
        return []
    may = readable(actor, plans.elements, found.place_code, known_world().directory)
    seen = {
        one.key: found.answers[one.key]
        for _group, one in fields_of(card.form)
        if one.key in found.answers and (one.element is None or one.element in may)
    }
    return said_answers(card.form, seen, "en" if english() else "zh")


@requires(PLAN)
@require_GET
def photo(request: ActorRequest, pk: int, key: UUID) -> HttpResponse:
    if key not in _round(request, pk).photos:
        raise Http404
    return photo_response(str(key))


@requires(EXPORT)
@require_GET
def export_rounds(request: ActorRequest) -> HttpResponseBase:
    asked = asked_of(request.GET.dict())
    found = rounds_matching(request.actor, asked.filters)[:_MOST]
    plans = book(known_world().stamp)
    views = round_views(found.iterator(2000), plans, timezone.now())
    table = Table("rounds", _("巡查走访任务"), _headings(), _lines(views))
    return table_file(request, table)


def _headings() -> Sequence[str]:
    first = [_("计划"), _("对象"), _("类型"), _("地址"), _("状态"), _("到期")]
    return [*first, _("完成"), _("原因"), _("发现案件")]


def _lines(views: Sequence[RoundView]) -> Iterator[Sequence[object]]:
    for one in views:
        yield (
            *(one.plans[0], one.where, one.kind, one.address, one.state_words, one.due_words),
            *(one.ended, one.reason, " ".join(one.found)),
        )
