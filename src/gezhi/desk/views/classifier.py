"""What the classifier has learned, a new training, and a sentence to try."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gezhi.cases.actions import request_training
from gezhi.cases.models import Lesson, TrainedModel
from gezhi.cases.world import known_world
from gezhi.desk.views.page import page
from gezhi.pages.guesses import guess_views
from gezhi.people.access import TEACH, ActorRequest, requires

_RUNNING = ("queued", "running")


def _newest() -> TrainedModel | None:
    return TrainedModel.objects.defer("content").order_by("-id").first()


@requires(TEACH)
@require_http_methods(["GET", "POST"])
def classifier(request: ActorRequest) -> HttpResponse:
    if request.method == "POST":
        request_training(request.actor.account_id)
        return redirect("desk:classifier")
    newest, world, text = _newest(), known_world(), request.GET.get("text", "")[:500]
    context = {
        "lessons": Lesson.objects.count(),
        "best": TrainedModel.objects.defer("content").filter(state="done").order_by("-id").first(),
        "newest": newest,
        "running": newest is not None and newest.state in _RUNNING,
        "text": text,
        "guesses": guess_views(world.classifier.explain(text), world) if text.strip() else [],
    }
    return page(request, "desk/classifier.html", context, at="desk:classifier")


@requires(TEACH)
@require_GET
def training_progress(request: ActorRequest) -> HttpResponse:
    newest = _newest()
    if newest is None:
        return JsonResponse({"share": 1.0, "words": "", "ended": True})
    waiting = _("排队中，等后台任务开始") if newest.state == "queued" else ""
    words = waiting or _("已完成 %(percent)s%%") % {"percent": round(newest.progress * 100)}
    return JsonResponse({"share": newest.progress, "words": words, "ended": newest.state not in _RUNNING})
