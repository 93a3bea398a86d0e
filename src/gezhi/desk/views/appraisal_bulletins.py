"""Published bulletins: the list, one, its files; publishing one whose period is over."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gezhi.desk.views.page import page
from gezhi.insight.actions.bulletins import AlreadyPublished, publish_bulletin
from gezhi.insight.bulletin import Content, Tables, said
from gezhi.insight.models import Bulletin
from gezhi.insight.queries.bulletins import bulletins, due_bulletins
from gezhi.insight.queries.methods import NoAppraisal, methods
from gezhi.lib.refused import Refused
from gezhi.pages.acting import words_of
from gezhi.pages.asked import posted
from gezhi.pages.paging import shown_of
from gezhi.pages.showing import english
from gezhi.pages.tables import XLSX, keep_file
from gezhi.people.access import APPRAISE, DESK, ActorRequest, requires
from gezhi.people.purposes import SUPERVISION

PAGE: Final = 30
TYPES: Final = {"xlsx": XLSX, "pdf": "application/pdf"}


@requires(DESK)
@require_GET
def bulletin_list(request: ActorRequest) -> HttpResponse:
    titles = {key: said(every[0].appraisal.title, english()) for key, every in methods().items()}
    wanted = request.GET.get("appraisal", "")
    shown = shown_of(request, bulletins(wanted if wanted in titles else ""), PAGE)
    may_publish = request.actor.may(APPRAISE)
    due = list(due_bulletins(timezone.localdate())) if may_publish else []
    context = {
        "shown": shown,
        "rows": [(one, titles.get(one.appraisal, one.appraisal)) for one in shown.object_list],
        "titles": titles.items(),
        "wanted": wanted,
        "query": f"appraisal={wanted}" if wanted in titles else "",
        "due": [(key, titles[key], period) for key, period in due],
    }
    return page(request, "desk/appraisal/bulletins.html", context, at="desk:appraisal")


@requires(DESK)
@require_GET
def bulletin(request: ActorRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Bulletin.objects.defer("xlsx", "pdf"), pk=pk)
    tables = Tables(Content.model_validate(found.content), english())
    context = {
        "bulletin": found,
        "title": tables.title,
        "ranking": tables.ranking(),
        "trend": tables.trend(),
        "method": tables.method(),
        "notes": tables.notes(),
    }
    return page(request, "desk/appraisal/bulletin.html", context, at="desk:appraisal")


@requires(DESK)
@require_GET
def file(request: ActorRequest, pk: int, kind: str) -> HttpResponse:
    found = get_object_or_404(Bulletin, pk=pk)
    content = {"xlsx": found.xlsx, "pdf": found.pdf}.get(kind)
    if content is None:
        raise Http404
    tables = Tables(Content.model_validate(found.content), english())
    keep_file(request, tables.title, kind, bytes(content), tables.ranking()[1], purpose=SUPERVISION)
    name = f"{found.appraisal}-{found.period}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(bytes(content), content_type=TYPES[kind], headers=headers)


@requires(APPRAISE)
@require_POST
def publish(request: ActorRequest) -> HttpResponse:
    """Only what is over and not published yet."""
    typed = posted(request, ("appraisal", "period"))
    asked = typed["appraisal"], typed["period"]
    if asked not in set(due_bulletins(timezone.localdate())):
        messages.warning(request, _("只能发布已结束、尚未发布的周期。"), "soon")
        return redirect("desk:bulletins")
    try:
        made = publish_bulletin(*asked, request.actor.account_id)
    except Refused as refused:
        messages.warning(request, words_of(refused), "bad")
        return redirect("desk:bulletins")
    except (AlreadyPublished, NoAppraisal):
        messages.warning(request, _("这一期刚刚已经发布。"), "soon")
        return redirect("desk:bulletins")
    messages.success(request, _("已发布。发布后的数字不再改变。"), "good")
    return redirect("desk:bulletin", made.pk)
