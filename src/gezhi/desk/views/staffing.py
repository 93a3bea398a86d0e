"""Posts of others: administrators ask for them, a second one grants the guarded ones, and they end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gezhi.cases.world import known_world
from gezhi.desk.views.page import page
from gezhi.lib.codes import is_code, is_within
from gezhi.lib.refused import Refused
from gezhi.pages.acting import unit_named, words_of
from gezhi.pages.asked import posted
from gezhi.pages.paging import shown_of
from gezhi.pages.showing import ROLES, role_name
from gezhi.people.access import STAFFING, Actor, ActorRequest, requires
from gezhi.people.actions import Wanted, decide_nomination, end_post, nominate
from gezhi.people.duties_apart import GUARDED
from gezhi.people.models import Nomination, Post
from gezhi.people.queries.looking import names_of, staffed_places
from gezhi.people.queries.powers import nominations_in, posts_in, username_of
from gezhi.people.signing_in.gate import recently_signed_in
from gezhi.places.queries import place_names, search_places

_FIELDS = ("username", "unit", "role", "place", "begins", "last", "reason")
_HISTORY = 50


@dataclass(frozen=True, slots=True)
class NominationLine:
    """`mine`: whoever looks may not decide."""

    row: Nomination
    role: str
    place: str
    asked_by: str
    decided_by: str
    last: date | None
    mine: bool


@dataclass(frozen=True, slots=True)
class HeldLine:
    row: Post
    role: str
    place: str
    last: date | None


@requires(STAFFING)
@require_GET
def staffing(request: ActorRequest) -> HttpResponse:
    return _show(request)


def _show(request: ActorRequest, typed: Mapping[str, str] | None = None, status: int = 200) -> HttpResponse:
    text, places = request.GET.get("text", "").replace("\0", "").strip()[:60], staffed_places(request.actor)
    shown = shown_of(request, posts_in(places, text, timezone.localdate()))
    query = request.GET.copy()
    query.pop("page", None)
    found = list(nominations_in(places)[:_HISTORY])
    lines = _nomination_lines(found, request.actor)
    context = {
        "waiting": [line for line in lines if line.row.decided_at is None],
        "decided": [line for line in lines if line.row.decided_at is not None],
        "held": _held_lines(list(shown.object_list)),
        "shown": shown,
        "query": query.urlencode(),
        "text": text,
        "roles": [(key, str(name), key in GUARDED) for key, name in ROLES.items()],
        "today": timezone.localdate().isoformat(),
        "typed": typed or {},
    }
    return page(request, "desk/staffing.html", context, at="desk:staffing", status=status)


def _nomination_lines(found: list[Nomination], actor: Actor) -> list[NominationLine]:
    people = {one for row in found for one in (row.asked_by_id, row.decided_by_id) if one is not None}
    names, places = names_of(people), place_names(row.place_code for row in found)
    return [
        NominationLine(
            row=row,
            role=role_name(row.role),
            place=places.get(row.place_code, row.place_code),
            asked_by=names.get(row.asked_by_id, ""),
            decided_by=names.get(row.decided_by_id or 0, ""),
            last=row.valid_to - timedelta(days=1) if row.valid_to else None,
            mine=actor.account_id in (row.asked_by_id, row.account_id, row.account.made_by_id),
        )
        for row in found
    ]


def _held_lines(found: list[Post]) -> list[HeldLine]:
    places = place_names(row.place_code for row in found)
    return [
        HeldLine(
            row,
            role_name(row.role),
            places.get(row.place_code, row.place_code),
            row.valid_to - timedelta(days=1) if row.valid_to else None,
        )
        for row in found
    ]


def _tried(request: ActorRequest, act: Callable[[], str]) -> HttpResponse:
    try:
        done = act()
    except Refused as refused:
        messages.warning(request, words_of(refused), "bad")
        return _show(request, request.POST.dict(), 422)
    messages.success(request, done, "good")
    return redirect("desk:staffing")


@requires(STAFFING)
@recently_signed_in
@require_POST
def nominate_for(request: ActorRequest) -> HttpResponse:
    """`last`: the last day, itself counted; "": until the post is ended."""
    given = posted(request, _FIELDS)

    def act() -> str:
        last = _day(given["last"]) if given["last"] else None
        wanted = Wanted(
            username=username_of(given["username"]),
            unit_code=_unit_code(given["unit"]),
            role=given["role"],
            place_code=_place_code(given["place"]),
            begins=_day(given["begins"]),
            until=last + timedelta(days=1) if last else None,
            reason=given["reason"],
        )
        made = nominate(request.actor, wanted)
        return _("已任命。") if made.granted else _("已提名，等另一位管理员审批。")

    return _tried(request, act)


def _unit_code(words: str) -> str:
    """Of a unit's name or code; what is no unit's stays as it was typed, and is refused."""
    world = known_world()
    found = unit_named(words, world)
    return world.directory.units[found].code if found else words


def _place_code(words: str) -> str:
    """Raises Refused where a name fits several places that do not lie in one of them, or none."""
    if is_code(words):
        return words
    found = search_places(words, known_world().root, limit=4)
    if found and all(is_within(code, found[0][0]) for code, _name in found):
        return found[0][0]
    several = "、".join(f"{name} {code}" for code, name in found)
    raise Refused(
        "which-place",
        f"“{words}”对应多个区域，请写编码：{several}"
        if found
        else f"没有名称含“{words}”的区域，可以写编码。",
        f"'{words}' may mean several places. Write the code: {several}"
        if found
        else f"No place is called '{words}'.",
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("bad-days", "请填写起止日期。", "Give the first and the last day.") from None


@requires(STAFFING)
@recently_signed_in
@require_POST
def decide(request: ActorRequest, pk: int) -> HttpResponse:
    grant = request.POST.get("do") == "grant"
    words = posted(request, ("words",))["words"]

    def act() -> str:
        decide_nomination(request.actor, pk, grant, words)
        return _("已同意，岗位即日生效或到起日生效。") if grant else _("已不同意。")

    return _tried(request, act)


@requires(STAFFING)
@require_POST
def end(request: ActorRequest, pk: int) -> HttpResponse:
    def act() -> str:
        end_post(request.actor, pk, timezone.localdate())
        return _("岗位已终止。")

    return _tried(request, act)
