"""Emergency looks: auditors review them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gezhi.desk.views.duty import glass_lines
from gezhi.desk.views.page import page
from gezhi.lib.refused import Refused
from gezhi.pages.acting import words_of
from gezhi.pages.asked import posted
from gezhi.pages.paging import shown_of
from gezhi.pages.showing import due_of
from gezhi.people.access import AUDIT, ActorRequest, requires
from gezhi.people.actions import review_glass
from gezhi.people.queries.looking import audited_places, names_of
from gezhi.people.queries.powers import glass_in


@requires(AUDIT)
@require_GET
def glass(request: ActorRequest) -> HttpResponse:
    return _show(request)


def _show(request: ActorRequest, status: int = 200) -> HttpResponse:
    shown, now = shown_of(request, glass_in(audited_places(request.actor))), timezone.now()
    rows = list(shown.object_list)
    reviewers = names_of({one.reviewed_by_id for one in rows if one.reviewed_by_id})
    lines = [
        (line, due_of(line.row.review_by, now), reviewers.get(line.row.reviewed_by_id or 0, ""))
        for line in glass_lines(rows)
    ]
    context = {"shown": shown, "lines": lines, "query": "", "tab": "glass", "me": request.actor.account_id}
    return page(request, "desk/audit_glass.html", context, at="desk:audit", status=status)


@requires(AUDIT)
@require_POST
def review(request: ActorRequest, pk: int) -> HttpResponse:
    do, words = posted(request, ("do", "words")).values()
    try:
        review_glass(request.actor, pk, do == "accept", words)
    except Refused as refused:
        messages.warning(request, words_of(refused), "bad")
        return _show(request, 422)
    messages.success(request, _("复核意见已记下，并告知本人。"), "good")
    return redirect("desk:audit-glass")
