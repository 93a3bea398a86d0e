"""A patrol or visit that comes from a phone's queue."""

from django.http import Http404, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from gezhi.cases.procedure import Refused
from gezhi.field.offline.views.arriving import done, gone, not_yet, refused
from gezhi.field.rounds.views.visits import Entered, Visit, entered_in, findings_of, visit_of
from gezhi.pages.acting import words_of
from gezhi.pages.asked import posted
from gezhi.people.access import ActorRequest
from gezhi.rounds.actions import Finished, begin, finish, skip


def round_from_queue(request: ActorRequest, pk: int) -> JsonResponse:
    if early := not_yet(request):
        return early
    try:
        visit = visit_of(request, pk)
        return _done_before(request, visit) or _do(request, visit)
    except Http404:
        return gone(_("这项巡查走访已不在您的网格里。"))
    except Refused as why:
        return refused(words_of(why))


def finished_words(finished: Finished) -> str:
    numbers = "、".join(receipt.case_number for receipt in finished.receipts)
    return _("已完成，上报案件 %(numbers)s。") % {"numbers": numbers} if numbers else _("已完成。")


def _do(request: ActorRequest, visit: Visit) -> JsonResponse:
    asked, first = posted(request, ("do", "reason")), visit.rounds[0]
    if asked["do"] == "begin":
        begin(request.actor, first.pk)
        return done(_("已开始巡查。"), reverse("field:round", args=[first.pk]))
    if asked["do"] == "skip":
        skip(request.actor, first.pk, asked["reason"])
        return _told(_("已记下不做的原因。"))
    entered = entered_in(request, visit)
    if entered.told:
        return refused("", entered.told)
    findings = findings_of(request, entered, visit)
    return _told(finished_words(finish(request.actor, [one.pk for one in visit.rounds], findings)))


def _done_before(request: ActorRequest, visit: Visit) -> JsonResponse | None:
    """A round ends once: what comes again from whoever ended it, word for word, had been lost on its way back."""
    asked, first = posted(request, ("do", "reason")), visit.rounds[0]
    if first.account_id != request.actor.account_id or first.ended_at is None:
        return None
    if asked["do"] == "begin":
        return _told(_("已完成。"))
    if asked["do"] == "skip":
        return _told(_("已记下不做的原因。")) if first.reason == asked["reason"] else None
    return _told(_("已完成。")) if _is_same(visit, entered_in(request, visit)) else None


def _is_same(visit: Visit, entered: Entered) -> bool:
    first, values = visit.rounds[0], entered.answers.values
    given = visit.unified.answers_of(first.plan, values) if visit.unified else {}
    if {str(key) for key in first.photos} != set(entered.photos.keys):
        return False
    return bool(first.photos) or first.answers == given


def _told(words: str) -> JsonResponse:
    return done(words, reverse("field:rounds"))
