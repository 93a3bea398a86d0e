"""How the node is kept: how far its copy is, which moments one can go back to, what the drills showed."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from gezhi.config.keeping.actions import request_drill
from gezhi.config.keeping.queries import drill_is_stale, drills
from gezhi.config.keeping.standing import standing
from gezhi.desk.views.page import page
from gezhi.people.access import KEEPING, ActorRequest, requires


@requires(KEEPING)
@require_GET
def home(request: ActorRequest) -> HttpResponse:
    now, kept = timezone.now(), standing()
    behind = kept.behind(now)
    context = {
        "kept": kept,
        "stale": kept.is_stale(now),
        "behind": max(0, round(behind.total_seconds())) if behind else None,
        "earliest": min((copy.at for copy in kept.copies), default=None),
        "copies": [(copy, copy.raw / 1e6) for copy in kept.copies[:20]],
        "drills": drills(),
        "drill_stale": kept.kept and drill_is_stale(now),
        "asked": request.GET.get("asked") == "1",
    }
    return page(request, "keeping/home.html", context, at="keeping:home")


@requires(KEEPING)
@require_POST
def drill_now(request: ActorRequest) -> HttpResponse:
    request_drill(request.actor.account_id)
    return redirect(f"{reverse('keeping:home')}?asked=1")
