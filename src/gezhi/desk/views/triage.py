"""Triage: one case at a time from the dispatcher's queue, decided by a key and on to the next."""

from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gezhi.cases.queries import BadFilter, CasePage, case_page
from gezhi.cases.queries.cursor import NO_DUE
from gezhi.cases.queries.triage import COUNTED, Turn, triage_count, turn_after, turn_before, turn_of
from gezhi.cases.world import known_world
from gezhi.desk.views.answering import answered, wants_words
from gezhi.desk.views.page import page
from gezhi.desk.views.suggesting import acts_of, best_of, why_unit
from gezhi.desk.views.undoing import TO_TRIAGE, undo_bar
from gezhi.packs.shapes import Kind
from gezhi.pages.lines import tag_of
from gezhi.pages.taking import Trouble, case_context, case_in_sight, try_step
from gezhi.people.access import TRIAGE, ActorRequest, requires

KEYS: Final = (
    ("A / Enter", gettext_lazy("采纳建议：派给建议单位；把握不大时先立案")),
    ("F", gettext_lazy("只立案")),
    ("C", gettext_lazy("改类别")),
    ("D", gettext_lazy("选单位派遣")),
    ("R", gettext_lazy("不予立案")),
    ("N", gettext_lazy("下一件（先跳过）")),
    ("P", gettext_lazy("上一件")),
    ("U", gettext_lazy("撤销刚办的一步")),
    ("O", gettext_lazy("打开案件页")),
    ("Esc", gettext_lazy("收起填写的表单")),
    ("?", gettext_lazy("显示这些快捷键")),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """`number`: a case that was asked for by itself; `turn`: the queue goes on after or before it."""

    number: str = ""
    turn: Turn | None = None
    backwards: bool = False


@requires(TRIAGE)
@require_GET
def triage(request: ActorRequest) -> HttpResponse:
    try:
        asked = _asked(request)
    except BadFilter:
        return redirect("desk:triage")
    found = _found(request, asked)
    done = request.GET.get("done", "")[:24]
    return _page(request, found, back=asked.turn is not None, undo_of=done)


def _asked(request: ActorRequest) -> Asked:
    """Raises BadFilter."""
    if number := request.GET.get("case", "")[:24]:
        return Asked(number)
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    cursor = before or after
    return Asked(turn=turn_of(cursor) if cursor else None, backwards=bool(before))


def _found(request: ActorRequest, asked: Asked) -> CasePage | None:
    """Raises Http404 for a case that was asked for and is out of sight."""
    if asked.number:
        return case_in_sight(request, asked.number)
    world = known_world()
    if asked.backwards and asked.turn:
        turn = turn_before(request.actor, world, asked.turn) or turn_after(request.actor, world)
    else:
        turn = turn_after(request.actor, world, asked.turn)
    return case_page(request.actor, turn.number, timezone.now()) if turn else None


def _page(
    request: ActorRequest,
    found: CasePage | None,
    trouble: Trouble | None = None,
    *,
    back: bool = False,
    undo_of: str = "",
) -> HttpResponse:
    world = known_world()
    left = triage_count(request.actor, world)
    context: dict[str, object] = {
        "left": min(left, COUNTED),
        "many": left > COUNTED,
        "keys": KEYS,
        "skipped": back and left,
        "undo": undo_bar(request, undo_of, world, TO_TRIAGE) if undo_of else None,
    }
    if found is not None:
        context |= _context(request, found, trouble)
    status = trouble.status if trouble else 200
    return page(request, "desk/triage.html", context, at="desk:triage", status=status)


def _context(request: ActorRequest, found: CasePage, trouble: Trouble | None) -> dict[str, object]:
    context = case_context(request, found, trouble)
    cursor = _turn(found).cursor
    acts = acts_of(context["shelves"])  # type: ignore[arg-type]
    return {
        **context,
        "cursor": cursor,
        "acts": acts,
        "best": best_of(found, acts, context["units"]),  # type: ignore[arg-type]
        "why_unit": why_unit(found),
        "step_url": f"{reverse('desk:triage-act', args=[found.case.number])}?after={cursor}",
    }


def _turn(found: CasePage) -> Turn:
    return Turn(found.case.due_at or NO_DUE, found.case.pk)


@requires(TRIAGE)
@require_POST
def act(request: ActorRequest, number: str) -> HttpResponse:
    """One step; whoever comes second hears what the case is now and goes on."""
    found = case_in_sight(request, number)
    after = f"{reverse('desk:triage')}?after={_cursor(request, found)}"
    trouble = try_step(request, found)
    if trouble is None:
        return _done(request, found, f"{after}&done={number}")
    if trouble.stale:
        messages.warning(request, _stale_words(request, number), "soon")
        return answered(request, done=True, left=_left(request)) if wants_words(request) else redirect(after)
    if wants_words(request):
        messages.warning(request, f"{number}：{_trouble_words(trouble)}", "soon")
        return answered(request, done=False, left=_left(request), again=number)
    return _page(request, case_in_sight(request, number), trouble)


def _cursor(request: ActorRequest, found: CasePage) -> str:
    """Of the case's turn as it was shown: since then it may have another limit."""
    try:
        return turn_of(request.GET.get("after", "")).cursor
    except BadFilter:
        return _turn(found).cursor


def _done(request: ActorRequest, found: CasePage, after: str) -> HttpResponse:
    """A case whose category was corrected stays: its suggestions are new."""
    number = found.case.number
    kinds = {step.key: step.kind for step in found.procedure.transitions}
    same = f"{reverse('desk:triage')}?case={number}&done={number}"
    stays = kinds.get(request.POST.get("step", "")) is Kind.CORRECT
    if not wants_words(request):
        return redirect(same if stays else after)
    bar = undo_bar(request, number, found.world, TO_TRIAGE)
    if bar is None:
        messages.success(request, _("%(number)s 已办一步。") % {"number": number}, "good")
    return answered(request, done=True, show=same if stays else "", left=_left(request), undo=bar)


def _left(request: ActorRequest) -> int:
    return min(triage_count(request.actor, known_world()), COUNTED)


def _stale_words(request: ActorRequest, number: str) -> str:
    found = case_page(request.actor, number, timezone.now())
    if found is None:
        raise Http404
    state = tag_of(found.world.catalogue, found.case.category, found.case.state).title
    return _("%(number)s 刚被别人办过，现为“%(state)s”，您这一步没有执行。") % {
        "number": number,
        "state": state,
    }


def _trouble_words(trouble: Trouble) -> str:
    return trouble.refused or " ".join(trouble.answer.faults.values())
