"""One click urges: the cases that were chosen, or the most overdue of what is looked at."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezhi.cases.actions import urge_many
from gezhi.cases.actions.urging import MOST, Urged
from gezhi.cases.queries import BadFilter
from gezhi.cases.world import known_world
from gezhi.command.looking import bad_filter
from gezhi.insight.queries.board.lines import most_overdue
from gezhi.insight.queries.board.look import Look
from gezhi.pages.acting import words_of
from gezhi.pages.asked import number, posted
from gezhi.people.access import COMMAND, ActorRequest, requires

_SHOWN = 5


@requires(COMMAND)
@require_POST
def urge(request: ActorRequest) -> HttpResponse:
    """`case`: ids that were chosen; or `most`: n and the filters of what is looked at. Scripts get JSON."""
    text, after = posted(request, ("text", "next")).values()
    try:
        urged = urge_many(request.actor, _asked(request), text[:2000])
    except BadFilter as bad:
        return bad_filter(bad)
    if request.accepts("text/html"):
        _tell(request, urged)
        here = url_has_allowed_host_and_scheme(after, request.get_host(), require_https=request.is_secure())
        return redirect(after if here else "command:wall")
    return JsonResponse(plain_urged(urged))


def _asked(request: ActorRequest) -> Sequence[int]:
    """Raises BadFilter."""
    most = request.POST.get("most", "").replace("\0", "")
    if not most:
        return [pk for text in request.POST.getlist("case")[:MOST] if (pk := number(text)) is not None]
    asked = QueryDict(most[:400])
    count = number(asked.get("n", "10"))
    if not count or count > MOST:
        raise BadFilter("n", f"must be a number from 1 to {MOST}")
    look = Look.read(asked, request.actor, known_world())
    return [line.id for line in most_overdue(request.actor, look, timezone.now(), count)]


def plain_urged(urged: Urged) -> dict[str, object]:
    refused = [{"number": one, "why": words_of(why)} for one, why in urged.refused]
    return {
        "urged": urged.done,
        "already": urged.already,
        "refused": refused,
        "words": " ".join(_said(urged)),
    }


def _tell(request: ActorRequest, urged: Urged) -> None:
    good, *others = _said(urged)
    messages.success(request, good, "good" if urged.done else "soon")
    for words in others:
        messages.warning(request, words, "soon")


def _said(urged: Urged) -> list[str]:
    """First what was urged, then what was not and why."""
    words = []
    if urged.done:
        n = len(urged.done)
        words.append(_("已催办 %(n)s 件，都记入了案件的经过。") % {"n": n})
    if urged.already:
        words.append(_("%(n)s 件一小时内已催办过，不重复催。") % {"n": len(urged.already)})
    words += [
        _("%(number)s 不能催办：%(why)s") % {"number": one, "why": words_of(why)}
        for one, why in urged.refused[:_SHOWN]
    ]
    if len(urged.refused) > _SHOWN:
        words.append(_("还有 %(n)s 件不能催办。") % {"n": len(urged.refused) - _SHOWN})
    return words or [_("没有可以催办的案件。")]
